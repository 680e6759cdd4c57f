"""The rules of credentials, as far as the API needs them. Nothing here can decrypt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.aws import clock, ids
from flows.aws.tables import ConditionFailed, Write
from flows.credentials import changing, repository, values
from flows.credentials.cipher import Sealed, context_of, seal
from flows.credentials.hosts import check_hosts, check_token_url, token_url_of
from flows.credentials.models import CreateCredential, CredentialView, UpdateCredential
from flows.errors import Conflict, NotFound, invalid
from flows.paging import Listed, Window

_ATTEMPTS = 6
"""How often a change is tried that others' changes get in the way of."""


def create(account_id: str, credential_id: str, wanted: CreateCredential) -> CredentialView:
    """Encrypt and store a credential.

    Args:
        account_id: whose it is.
        credential_id: its id, made by the caller: a repeated request brings the same one.
        wanted: what was sent.

    Raises:
        ValidationFailed: the value does not fit the type; a host that is none; a token URL outside the hosts.
        Conflict: the account has as many as it may have.
    """
    value = values.check(wanted.type, wanted.value)
    hosts = _hosts(wanted.allowed_hosts, wanted.connector)
    check_token_url(value, hosts)
    sealed = seal(context_of(account_id, credential_id), value)
    item = new_item(credential_id, name=wanted.name, type=wanted.type, value=value, hosts=hosts, sealed=sealed)
    if wanted.connector and wanted.allowed_hosts is None:
        item["hosts_by_connector"] = True
    try:
        return view(repository.create(account_id, item))
    except repository.LimitReached:
        raise limit_reached() from None


def listed(account_id: str, window: Window) -> Listed[CredentialView]:
    """A page of the account's credentials, the newest first."""
    found = repository.page(account_id, window)
    return Listed([view(item) for item in found.items], found.next_key, found.total)


def get(account_id: str, credential_id: str) -> CredentialView:
    """One credential.

    Raises:
        NotFound: the account has none of this id.
    """
    item = repository.get(account_id, credential_id) if ids.is_id("cred", credential_id) else None
    if item is None:
        raise NotFound("Credential not found")
    return view(item)


def update(account_id: str, credential_id: str, wanted: UpdateCredential) -> CredentialView:
    """Rename, set the hosts, or rotate: a new value is sealed under a new data key, and the old one is gone.

    Nothing is read before it is written, unless what was sent fits no credential: the write's condition says what the change was checked by.

    Raises:
        NotFound, ValidationFailed.
    """
    if not ids.is_id("cred", credential_id):
        raise NotFound("Credential not found")
    change = changing.assumed(wanted)
    sealed: Sealed | None = None
    inside: values.Value | None = None
    for _ in range(_ATTEMPTS):  # again where the item is not as assumed, and where another changed meanwhile what counts
        if change is None:
            item = repository.get(account_id, credential_id)
        else:
            if change.value != inside:
                sealed, inside = seal(context_of(account_id, credential_id), change.value), change.value
            attributes = {**change.attributes, "updated_at": clock.now_iso()}
            try:
                return view(repository.change(account_id, credential_id, attributes, sealed, change.condition))
            except ConditionFailed as refused:
                item = refused.item
        if item is None:
            raise NotFound("Credential not found")
        change = changing.checked(item, wanted)
    raise Conflict("The credential is being changed by others at this moment; try again")


def delete(account_id: str, credential_id: str, *, force: bool) -> None:
    """Delete a credential: the item with its only data key is gone.

    Raises:
        NotFound: no such credential.
        Conflict: published workflows use it, and ``force`` is false.
    """
    if not ids.is_id("cred", credential_id):
        raise NotFound("Credential not found")
    if not force:
        from flows.workflows.service import uses_of_credential

        users = uses_of_credential(account_id, credential_id)
        if users:
            raise Conflict(
                "Published workflows use this credential; delete it with ?force=true to let them fail", {"workflow_ids": users}
            )
    if not repository.shred(account_id, credential_id):
        raise NotFound("Credential not found")


def existing(account_id: str, credential_ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that are credentials of the account (for checks of definitions)."""
    wanted = [one for one in dict.fromkeys(credential_ids) if ids.is_id("cred", one)]
    return repository.existing(account_id, wanted) if wanted else frozenset()


def existence(account_id: str, credential_id: str) -> Write:
    """A check for a transaction: the account has this credential."""
    return repository.existence(account_id, credential_id)


def new_item(
    credential_id: str, *, name: str, type: str, value: values.Value, hosts: list[str], sealed: Sealed
) -> dict[str, Any]:
    """A credential's item, without its keys."""
    now = clock.now_iso()
    return {
        "id": credential_id,
        "name": name,
        "type": type,
        "hint": values.hint(type, value),
        "allowed_hosts": hosts,
        "token_url": token_url_of(value),
        "created_at": now,
        "updated_at": now,
        "version": 1,
        **sealed.attributes(),
    }


def limit_reached() -> Conflict:
    return Conflict(f"An account has at most {repository.limit()} credentials", {"limit": repository.limit()})


def view(item: dict[str, Any]) -> CredentialView:
    """What may be shown of an item."""
    return CredentialView(
        id=item["id"],
        name=item["name"],
        type=item["type"],
        hint=item.get("hint"),
        allowed_hosts=list(item.get("allowed_hosts") or []),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
        last_used_at=item.get("last_used_at"),
    )


def _hosts(given: list[str] | None, connector: str | None) -> list[str]:
    if given is not None:
        return check_hosts(given)
    if connector is None:
        return []
    from flows.connectors import catalog

    found = catalog.find(connector)
    if found is None:
        raise invalid("connector", "there is no such connector", "unknown_connector")
    return list(found.all_hosts)
