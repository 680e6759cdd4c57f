"""From a judged URL to the addresses that may be connected to."""

import socket
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from queue import Empty, SimpleQueue
from typing import Any

from flows.outgoing.addresses import Address, is_never_reachable, is_public
from flows.outgoing.deadline import Deadline
from flows.outgoing.errors import OutgoingError, blocked
from flows.outgoing.urls import ParsedUrl

Resolver = Callable[..., list[Any]]

_MAX_ADDRESSES = 4


def judged_addresses(url: ParsedUrl, *, opened: AbstractSet[str], resolver: Resolver, deadline: Deadline) -> tuple[Address, ...]:
    """Resolve the host of `url` once and judge every answer.

    Args:
        url: checked by `check_url`.
        opened: ALLOWED_PRIVATE_HOSTS; for these only what is never reachable is refused.
        resolver: called as `socket.getaddrinfo`.
        deadline: of the request.

    Returns:
        At least one address, at most four, in the resolver's order.

    Raises:
        OutgoingError: "blocked" when any answer may not be reached, "dns" when there is none, "timeout".
    """
    addresses = (url.address,) if url.address is not None else _resolve(url, resolver, deadline)
    if not addresses:
        raise OutgoingError("dns", "The host name has no address.")
    for address in addresses:
        allowed = not is_never_reachable(address, url.port) if url.host_port in opened else is_public(address)
        if not allowed:
            raise blocked()
    return addresses[:_MAX_ADDRESSES]


def _resolve(url: ParsedUrl, resolver: Resolver, deadline: Deadline) -> tuple[Address, ...]:
    # getaddrinfo knows no time limit (its own can be 30 s and more), hence a thread that may be left behind.
    answers: SimpleQueue[list[Any] | OSError | UnicodeError] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolver(url.host, url.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.remaining())
    except Empty:
        raise deadline.expired() from None
    if isinstance(answer, Exception):
        temporary = isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN
        raise OutgoingError("dns", "The host name could not be resolved.", retryable=temporary)
    return tuple(dict.fromkeys(_address(entry[4][0]) for entry in answer))


def _address(text: str) -> Address:
    plain = text.partition("%")[0]  # a scope id (fe80::1%eth0) belongs to link-local addresses, refused in any case
    try:
        return IPv6Address(plain) if ":" in plain else IPv4Address(plain)
    except AddressValueError:
        raise blocked() from None
