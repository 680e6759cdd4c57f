"""Where secrets and bodies may go, at every hop."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from flows.outgoing.urls import DEFAULT_PORTS, ParsedUrl, parse_url


def origin_of(url: str) -> str:
    """`https://host:port` of a URL: an entry of `Request.allowed_hosts` that keeps a secret to that origin.

    Raises:
        OutgoingError: kind "invalid_url".
    """
    return parse_url(url).origin


@dataclass(frozen=True)
class Trust:
    """The rule of one request.

    Attributes:
        first: the URL of the first request.
        allowed_hosts: as in `Request`.
        opened: ALLOWED_PRIVATE_HOSTS; a host that it opens on a port may get secrets there when named without a port.
    """

    first: ParsedUrl
    allowed_hosts: AbstractSet[str] | None
    opened: AbstractSet[str]

    def covers(self, url: ParsedUrl) -> bool:
        """Whether secrets, private headers and a body may go to `url`."""
        if self.first.scheme == "https" and url.scheme != "https":
            return False  # a downgrade would send them in clear
        if self.allowed_hosts is None:
            return url.origin == self.first.origin
        return any(self._matches(entry.strip().lower(), url) for entry in self.allowed_hosts)

    def _matches(self, entry: str, url: ParsedUrl) -> bool:
        if "://" in entry:
            scheme, _, entry = entry.partition("://")
            return url.scheme == scheme and url.host_port == entry
        if entry == url.host_port:
            return True
        if url.port != DEFAULT_PORTS[url.scheme] and url.host_port not in self.opened:
            return False  # another port is another origin, unless the entry names it
        if entry.startswith("*."):
            return url.address is None and url.host.endswith(entry[1:])
        return entry.strip("[]") == url.host
