"""Where a connector's requests go: its own base URL, the integration's, or (tests) what the operator put in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from flows.aws.settings import settings
from flows.connectors.mapping import PLACEHOLDER
from flows.connectors.schema import Connector, Setting
from flows.errors import Problem
from flows.outgoing import OutgoingError, check_url, parse_private_hosts

_HOST_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_SEGMENT = re.compile(r"[A-Za-z0-9._~@:-]{1,200}")

BASE_URL = "base_url"
"""Name of the setting that every connector takes when it is connected: another server of the same service."""


def check_settings(connector: Connector, given: Mapping[str, object], *, complete: bool) -> list[Problem]:
    """What is wrong with the settings of a connection; paths below ``config``.

    Args:
        connector: the connector.
        given: the settings by name.
        complete: whether the required ones must be there.
    """
    problems: list[Problem] = []
    for name, value in given.items():
        setting = connector.settings.get(name) or (Setting(label="Base URL", kind="url") if name == BASE_URL else None)
        if setting is None:
            problems.append(Problem(f"config.{name}", "this connector has no such setting", "unknown_field"))
        elif not isinstance(value, str) or not value:
            problems.append(Problem(f"config.{name}", "expected a text", "string_type"))
        else:
            wrong = why_wrong(setting, value)
            if wrong:
                problems.append(Problem(f"config.{name}", wrong, "invalid_setting"))
    if complete and BASE_URL not in given:
        problems += [
            Problem(f"config.{name}", f"this setting is needed: {setting.description or setting.label}", "missing")
            for name, setting in connector.settings.items()
            if setting.required and not setting.default and name not in given
        ]
    return problems


def why_wrong(setting: Setting, value: str) -> str:
    """Why the value does not fit the setting, or ""."""
    if setting.kind == "host_label":
        return "" if _HOST_LABEL.fullmatch(value) else "expected one label of a host name: letters, digits and hyphens"
    if setting.kind == "segment":
        fits = _SEGMENT.fullmatch(value) and value not in (".", "..")
        return "" if fits else "expected letters, digits and . _ ~ @ : -"
    try:
        check_url(value, allowed_private_hosts=_private_hosts(), https_only=True)
    except OutgoingError as error:
        return error.message
    return "the URL must have no query" if "?" in value or "#" in value else ""


def resolve(connector: Connector, values: Mapping[str, str], secret: str = "") -> str:
    """The base URL for these settings, without a slash at its end.

    Args:
        connector: the connector.
        values: settings, already checked.
        secret: the credential's text, for connectors whose base URL holds it.
    """
    template = connector.base_url
    given = values.get(BASE_URL)
    if given and BASE_URL not in connector.settings:
        template = given.rstrip("/") + _secret_path(connector.base_url)
    known = {**values, "secret": quote(secret, safe=":") if template != "{secret}" else secret}
    return PLACEHOLDER.sub(lambda match: known.get(match[1], ""), template).rstrip("/")


def _secret_path(base_url: str) -> str:
    """The part of a base URL's path that holds the secret (``/bot{secret}``): it belongs to every server of the service."""
    path = base_url.split("://", 1)[-1].partition("/")[2]
    return f"/{path}" if "{secret}" in path else ""


def replacement(connector_id: str) -> str | None:
    """The operator's base URL in place of the connector's own; honoured for hosts in ALLOWED_PRIVATE_HOSTS only."""
    url = _replacements(settings().connector_base_urls).get(connector_id)
    if url is None:
        return None
    try:
        parsed = check_url(url, allowed_private_hosts=_private_hosts())
    except OutgoingError:
        return None
    return url.rstrip("/") if parsed.host_port in _private_hosts() else None


@lru_cache(maxsize=4)
def _replacements(text: str) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in text.split(",") if "=" in entry)
    return {name.strip(): url.strip() for name, _, url in pairs}


def _private_hosts() -> frozenset[str]:
    return parse_private_hosts(settings().allowed_private_hosts)
