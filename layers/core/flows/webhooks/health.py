"""What an attempt says about its endpoint: failing for how long, slow, gone; and switching off what no longer works."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from flows import strict_json
from flows.aws import clock
from flows.webhooks import repository
from flows.webhooks.catalogue import WEBHOOK_DISABLED
from flows.webhooks.events import new_event
from flows.webhooks.records import Endpoint
from flows.webhooks.schedule import disabled_after
from flows.webhooks.throttle import SLOW_SECONDS

Reason = Literal["gone", "failing"]

NOTICES = {
    "gone": "The endpoint answered 410 Gone, so nothing is sent to it any more. Set enabled to true to begin again.",
    "failing": "Every delivery failed for five days, so nothing is sent to it any more. Mend the endpoint, set enabled to true, and "
    "redeliver what it missed.",
    "manual": "The endpoint is switched off; it gets no events.",
}
"""What the API tells about a disabled endpoint, by reason."""


def note_success(endpoint: Endpoint) -> None:
    """An attempt succeeded: the endpoint is well. Costs a write only after a failure."""
    if endpoint.failing_since or endpoint.slow_until:
        repository.change(endpoint.account_id, endpoint.id, {}, ("failing_since", "slow_until"))


def note_failure(endpoint: Endpoint, at: datetime, *, gone: bool, timed_out: bool) -> bool:
    """An attempt failed.

    Args:
        endpoint: as it was read for this attempt.
        at: when the attempt began.
        gone: it answered 410.
        timed_out: it did not answer in time.

    Returns:
        Whether the endpoint is disabled now.
    """
    if gone:
        return _disable(endpoint, "gone", at)
    since = clock.parse_iso(endpoint.failing_since) if endpoint.failing_since else None
    if since is not None and at - since >= disabled_after():
        return _disable(endpoint, "failing", at)
    changes: dict[str, object] = {}
    if timed_out:
        changes["slow_until"] = int((clock.now() + timedelta(seconds=SLOW_SECONDS)).timestamp())
    elif endpoint.slow_until:
        changes["slow_until"] = 0
    if since is None:
        # Two failures at once: the later one's time may stay, by seconds, of five days.
        changes["failing_since"] = clock.iso(at)
    if changes:
        repository.change(endpoint.account_id, endpoint.id, changes)
    return False


def _disable(endpoint: Endpoint, reason: Reason, at: datetime) -> bool:
    """Switch the endpoint off, if it is still the one that was called; the event rides on the same write."""
    moment = clock.iso(at)
    data = {"webhook_id": endpoint.id, "url": endpoint.url, "reason": reason, "disabled_at": moment}
    seed = hashlib.sha256(f"{endpoint.account_id}\0{endpoint.id}\0{moment}".encode()).hexdigest()
    changed = repository.change(
        endpoint.account_id,
        endpoint.id,
        {
            "enabled": False,
            "disabled_reason": reason,
            "disabled_at": moment,
            "updated_at": clock.now_iso(),
            "event": strict_json.dumps(new_event(WEBHOOK_DISABLED, data, seed, at)),
            "depth": 0,
        },
        only_if={"enabled": True, "url": endpoint.url},
    )
    return changed is not None
