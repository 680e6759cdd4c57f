"""A credential becomes a connector's: it keeps the connection's settings, and may go to the service's hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows.aws import ids
from flows.aws.tables import Write
from flows.credentials import repository
from flows.credentials.hosts import MAX_HOSTS, covers, host_entry
from flows.errors import invalid

if TYPE_CHECKING:
    from flows.connectors.schema import Connector


def bind(account_id: str, credential_id: str, connector: Connector, config: Mapping[str, str]) -> Write:
    """The write that binds the credential, for the transaction that makes the integration.

    A credential without hosts, or with hosts that connectors gave it, gets the service's; hosts that a person set stay, and must
    cover the service. One connection's settings a connector: the newest wins.

    Raises:
        ValidationFailed: no such credential (another account's answers the same), a wrong type, or hosts that do not cover.
    """
    item = repository.get(account_id, credential_id) if ids.is_id("cred", credential_id) else None
    if item is None:
        raise invalid("credential_id", "there is no such credential", "not_found")
    if item["type"] not in connector.credential_types:
        wanted = ", ".join(connector.credential_types)
        raise invalid("credential_id", f"{connector.name} takes credentials of type {wanted}, not {item['type']}", "wrong_type")
    old = list(item.get("allowed_hosts") or [])
    values: dict[str, Any] = {
        ":connectors": {**(item.get("connectors") or {}), connector.id: dict(config)},
        ":hosts": old,
        ":old": old,
        ":by": bool(item.get("hosts_by_connector")),
    }
    needed = api_hosts(connector, config)
    if not old or item.get("hosts_by_connector"):
        added = [host for host in (*needed, *_token_hosts(connector, item)) if host not in old]
        values |= {":hosts": [*old, *dict.fromkeys(added)][:MAX_HOSTS], ":by": True}
    else:
        uncovered = [host for host in needed if host not in old and not covers(old, f"https://{host.replace('*', 'any')}/")]
        if uncovered:
            raise invalid(
                "credential_id", f"the credential's allowed_hosts must cover {', '.join(uncovered)}", "host_not_allowed"
            )
    return Write(
        "update",
        repository.table(),
        {"pk": account_id, "sk": repository.key(credential_id)},
        update="SET connectors = :connectors, allowed_hosts = :hosts, hosts_by_connector = :by",
        condition="attribute_exists(pk) AND allowed_hosts = :old",
        values=values,
    )


def api_hosts(connector: Connector, config: Mapping[str, str]) -> list[str]:
    """Where this connection's requests go; of services whose URL is the secret, everywhere that such URLs point to."""
    from flows.connectors import base_urls

    if connector.base_url.startswith("{secret}") and not config.get(base_urls.BASE_URL):
        return list(connector.hosts)
    defaults = {name: setting.default for name, setting in connector.settings.items() if setting.default}
    return [host_entry(base_urls.resolve(connector, {**defaults, **config}, "x"))]


def _token_hosts(connector: Connector, item: Mapping[str, Any]) -> list[str]:
    """Where tokens are asked for: at the service's own URL and, for a credential that names another, there."""
    own = host_entry(str(item["token_url"])) if item.get("token_url") else ""
    host = urlsplit(connector.oauth2.token_url).netloc if connector.oauth2 else ""
    return [one for one in (host, own) if one and "{" not in one]
