"""The rules of endpoints. Nothing here can decrypt a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flows.aws import clock, ids
from flows.aws.settings import settings
from flows.engine.expressions import ExpressionError
from flows.errors import Conflict, NotFound, Problem, ValidationFailed
from flows.outgoing import OutgoingError, check_url, parse_private_hosts
from flows.paging import Listed, Window
from flows.webhooks import custom_headers, repository, sealing, signing, statistics, subscriptions
from flows.webhooks.models import CreatedWebhook, CreateWebhook, RotatedSecret, UpdateWebhook, WebhookDetails, WebhookView
from flows.webhooks.records import PREVIOUS, Endpoint
from flows.webhooks.thinning import check_filter
from flows.webhooks.views import view

BOTH_SIGN = timedelta(hours=24)
"""After a rotation the old secret signs too for so long."""


def create(account_id: str, webhook_id: str, wanted: CreateWebhook, entropy: bytes) -> CreatedWebhook:
    """Make an endpoint.

    Args:
        account_id: whose it is.
        webhook_id: its id, made by the caller: a repeated request brings the same one.
        wanted: what was sent.
        entropy: 32 bytes for a secret; a repeated request brings the same ones, and so shows the same secret.

    Raises:
        ValidationFailed: every problem.
        Conflict: the account has as many as it may have.
    """
    problems = _url_problems(wanted.url) + _problems(wanted.events, wanted.filter, wanted.fields_, wanted.headers)
    problems += _secret_problems(wanted.secret)
    if problems:
        raise ValidationFailed(problems)
    secret = wanted.secret or signing.secret_of(entropy)
    now = clock.now_iso()
    item: dict[str, Any] = {
        "id": webhook_id,
        "url": wanted.url,
        "events": list(dict.fromkeys(wanted.events)),
        "description": wanted.description,
        "enabled": wanted.enabled,
        **_sealed(account_id, webhook_id, {"secret": secret, "headers": wanted.headers}),
        "created_at": now,
        "updated_at": now,
    }
    if not wanted.enabled:
        item |= {"disabled_reason": "manual", "disabled_at": now}
    for name, value in (("filter", wanted.filter), ("fields", wanted.fields_), ("throttle", _number(wanted.throttle))):
        if value is not None:
            item[name] = value
    try:
        stored = repository.create(account_id, item)
    except repository.LimitReached:
        limit = repository.limit()
        raise Conflict(f"An account has at most {limit} webhooks", {"limit": limit}) from None
    return CreatedWebhook(**view(stored).model_dump(), secret=None if wanted.secret else secret)


def listed(account_id: str, window: Window) -> Listed[WebhookView]:
    """A page of the account's endpoints, the newest first."""
    found = repository.page(account_id, window)
    return Listed([view(endpoint) for endpoint in found.items], found.next_key, found.total)


def get(account_id: str, webhook_id: str) -> WebhookDetails:
    """One endpoint with its statistics. Raises NotFound."""
    endpoint = existing(account_id, webhook_id)
    return WebhookDetails(**view(endpoint).model_dump(), statistics=vars(statistics.read(account_id, webhook_id)))


def update(account_id: str, webhook_id: str, wanted: UpdateWebhook) -> WebhookView:
    """Change what was sent, in one write. Switching on forgets past failures.

    Raises:
        NotFound, ValidationFailed.
    """
    given = wanted.model_fields_set
    problems = _url_problems(wanted.url) if wanted.url is not None else []
    problems += _problems(wanted.events or [], wanted.filter, wanted.fields_, wanted.headers)
    if problems:
        raise ValidationFailed(problems)
    if not ids.is_id("wh", webhook_id):
        raise not_found()
    now = clock.now_iso()
    changes: dict[str, Any] = {"updated_at": now}
    since: dict[str, Any] = {}
    removed: list[str] = []
    values = {
        "url": wanted.url,
        "events": list(dict.fromkeys(wanted.events or [])),
        "description": wanted.description,
        "filter": wanted.filter,
        "fields": wanted.fields_,
        "throttle": _number(wanted.throttle),
    }
    for name, value in values.items():
        if (name if name != "fields" else "fields_") not in given:
            continue
        if value is None:
            removed.append(name)
        else:
            changes[name] = value
    if "headers" in given:
        changes |= _sealed(account_id, webhook_id, {"headers": wanted.headers})
        removed += [] if wanted.headers else ["headers", "header_names"]
    if wanted.enabled is True:
        changes["enabled"] = True
        removed += ["disabled_reason", "disabled_at", "failing_since", "slow_until"]
    elif wanted.enabled is False:
        changes["enabled"] = False
        since = {"disabled_reason": "manual", "disabled_at": now}  # of one that is disabled already they stay
    changed = repository.change(account_id, webhook_id, changes, removed, since=since)
    if changed is None:
        raise not_found()
    return view(changed)


def delete(account_id: str, webhook_id: str) -> None:
    """Delete an endpoint with its secret; what is under way to it stops. Raises NotFound."""
    if not ids.is_id("wh", webhook_id) or not repository.delete(account_id, webhook_id):
        raise not_found()


def rotate(account_id: str, webhook_id: str, secret: str | None, entropy: bytes) -> RotatedSecret:
    """Set a new secret. The old one signs too for 24 hours, whatever rotations follow.

    Args:
        secret: the new one; None: one is made.
        entropy: 32 bytes, the same ones when the request is repeated: it rotates once.

    Raises:
        NotFound, ValidationFailed.
        Conflict: so many rotations within 24 hours that a secret would stop to sign before its time.
    """
    if problems := _secret_problems(secret):
        raise ValidationFailed(problems)
    if not ids.is_id("wh", webhook_id):
        raise not_found()
    new = secret or signing.secret_of(entropy)
    now, rotation = clock.now(), entropy.hex()[-32:]
    sealed = sealing.sealed(account_id, webhook_id, "secret", new)
    rotated = repository.rotate(account_id, webhook_id, sealed, clock.iso(now + BOTH_SIGN), clock.iso(now), rotation)
    endpoint = rotated or existing(account_id, webhook_id)
    for put_aside in endpoint.previous:
        if put_aside.rotation == rotation:
            return RotatedSecret(id=webhook_id, secret=None if secret else new, previous_secret_expires_at=put_aside.until)
    raise Conflict(
        f"A secret can be rotated {len(PREVIOUS)} times in 24 hours, for each old one signs so long",
        {"limit": len(PREVIOUS), "until": endpoint.previous[-1].until},
    )


def existing(account_id: str, webhook_id: str) -> Endpoint:
    """The account's endpoint. Raises NotFound."""
    endpoint = repository.get(account_id, webhook_id) if ids.is_id("wh", webhook_id) else None
    if endpoint is None:
        raise not_found()
    return endpoint


def not_found() -> NotFound:
    """The answer for an endpoint that is not there, or is another account's."""
    return NotFound("Webhook not found")


def _number(value: float | None) -> str | None:
    # DynamoDB's numbers are decimal: a float is kept as its text.
    return None if value is None else repr(value)


def _sealed(account_id: str, webhook_id: str, secrets: dict[str, Any]) -> dict[str, Any]:
    """The endpoint's attributes for its secret and its custom headers; what is empty is left out."""
    given = {purpose: value for purpose, value in secrets.items() if value}
    headers = given.get("headers")
    made = {purpose: sealing.sealed(account_id, webhook_id, purpose, value) for purpose, value in given.items()}
    return made | ({"header_names": sorted(headers)} if headers else {})


def _url_problems(url: str) -> list[Problem]:
    try:
        check_url(url, allowed_private_hosts=parse_private_hosts(settings().allowed_private_hosts), https_only=True)
    except OutgoingError as error:
        return [Problem("url", error.message, "invalid_url")]
    return []


def _secret_problems(secret: str | None) -> list[Problem]:
    try:
        if secret is not None:
            signing.check_secret(secret)
    except signing.BadSecret as error:
        return [Problem("secret", str(error), "invalid_secret")]
    return []


def _problems(events: list[str], filter: str | None, fields: list[str] | None, headers: dict[str, str] | None) -> list[Problem]:
    found = subscriptions.problems(events)
    if filter is not None:
        try:
            check_filter(filter)
        except ExpressionError as error:
            found.append(Problem("filter", error.reason, "invalid_expression"))
    for index, field in enumerate(fields or []):
        if not all(field.split(".")):
            found.append(Problem(f"fields[{index}]", "names of fields, joined by single dots", "invalid_field"))
    return found + custom_headers.problems(headers or {})
