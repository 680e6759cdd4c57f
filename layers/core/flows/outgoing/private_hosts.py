"""The operator's exceptions: the template's parameter ALLOWED_PRIVATE_HOSTS."""

from functools import lru_cache

from flows.outgoing.errors import OutgoingError
from flows.outgoing.urls import parse_url


@lru_cache(maxsize=16)
def parse_private_hosts(text: str) -> frozenset[str]:
    """The entries of a comma-separated list of `host:port`, each in the form that `check_url` compares with.

    An entry opens exactly that host as written in a URL, on exactly that port: "localhost:9911" does not open
    "127.0.0.1:9911", nor the other way round.

    Raises:
        ValueError: an entry is not `host:port`.
    """
    return frozenset(_normalise(entry.strip()) for entry in text.split(",") if entry.strip())


def normalise_private_hosts(entries: frozenset[str]) -> frozenset[str]:
    """As `parse_private_hosts`, from entries that are already apart."""
    return frozenset(_normalise(entry) for entry in entries)


def _normalise(entry: str) -> str:
    try:
        parsed = parse_url(f"http://{entry}")
    except OutgoingError:
        parsed = None
    if parsed is None or parsed.target != "/" or not entry.rpartition(":")[2].isdecimal():
        raise ValueError(f"{entry!r} is not host:port.")
    return parsed.host_port
