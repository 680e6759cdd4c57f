"""Connections that are kept open between requests."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.outgoing.addresses import Address
from flows.outgoing.deadline import Clock
from flows.outgoing.urls import ParsedUrl

if TYPE_CHECKING:
    from flows.outgoing.connections import Connection

_MAX_IDLE = 32
_MAX_IDLE_SECONDS = 30.0
# Servers close idle connections after 5 s and more; a request that must not be repeated takes only a fresher one.
_MAX_IDLE_SECONDS_UNREPEATABLE = 2.0


@dataclass
class _Idle:
    origin: str
    connection: "Connection"
    since: float


class IdleConnections:
    """Open connections that nobody uses, by origin and by the address that they are connected to."""

    def __init__(self, clock: Clock) -> None:
        """Start with none; `clock` tells how long one has been idle."""
        self._clock = clock
        self._idle: list[_Idle] = []
        self._lock = threading.Lock()

    def take(self, url: ParsedUrl, addresses: tuple[Address, ...], *, repeatable: bool) -> "Connection | None":
        """An open connection to `url`'s origin at one of the addresses just judged, or None."""
        limit = _MAX_IDLE_SECONDS if repeatable else _MAX_IDLE_SECONDS_UNREPEATABLE
        while True:
            with self._lock:
                fitting = (e for e in self._idle if e.origin == url.origin and e.connection.address in addresses)
                found = max(fitting, key=lambda entry: entry.since, default=None)
                if found is None:
                    return None
                self._idle.remove(found)
            # Readable while idle means closed, or bytes that nobody asked for: neither may meet the next request.
            if self._clock() - found.since <= limit and found.connection.is_connected:
                return found.connection
            found.connection.close()

    def put(self, url: ParsedUrl, connection: "Connection") -> None:
        """Keep `connection`, whose answer has been read to its end."""
        with self._lock:
            self._idle.append(_Idle(url.origin, connection, self._clock()))
            surplus = self._idle[:-_MAX_IDLE]
            del self._idle[:-_MAX_IDLE]
        for entry in surplus:
            entry.connection.close()

    def close(self) -> None:
        """Close all."""
        with self._lock:
            idle, self._idle = self._idle, []
        for entry in idle:
            entry.connection.close()
