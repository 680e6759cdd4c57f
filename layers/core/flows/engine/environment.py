"""What the engine needs from outside: HTTP, credentials, links. Injected, so that the engine knows neither AWS nor other domains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.outgoing import OutgoingClient


@dataclass(frozen=True)
class Environment:
    """The outside of one process.

    Args:
        http: the client for outgoing requests.
        open_credential: ``(account_id, credential_id)`` -> a decrypted credential; raises LookupError when there is none.
        masker: opened credentials -> an object with ``mask(value)``.
        base_url: the API's base URL, for links.
        now: the clock.
        seconds_left: how long this invocation may still run.
        threads: outside effects at the same time.
    """

    http: Callable[[], OutgoingClient]
    open_credential: Callable[[str, str], Any]
    masker: Callable[[list[Any]], Any]
    base_url: str
    now: Callable[[], datetime]
    seconds_left: Callable[[], float] = lambda: 900.0
    threads: int = 10
