"""Reading a URL strictly, once: the guard and the connection use the same parsed object.

Two parsers that disagree are how guards are passed (`http://good\\@evil/` is `evil` to some libraries and `good` to others),
so whatever is ambiguous is refused, and odd notations of an address are turned into the address they mean.
"""

import re
import socket
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote

from flows.outgoing.addresses import Address, is_never_reachable, is_public
from flows.outgoing.errors import OutgoingError, blocked
from flows.outgoing.ports import is_open_port

MAX_URL_LENGTH = 8192
DEFAULT_PORTS = {"http": 80, "https": 443}

_SHAPE = re.compile(r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::(?P<port>[0-9]{1,5})?)?")
# C0 and C1 controls, DEL, line and paragraph separators, marks that change the order of what is read, the byte order mark
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\\\\]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._"
_INTERNAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".onion")


@dataclass(frozen=True)
class ParsedUrl:
    """A URL as it will be used.

    Attributes:
        scheme: "http" or "https".
        host: lower-case ASCII name without a trailing dot, or the canonical text of an address (IPv6 without brackets).
        port: 1 to 65535, the scheme's own when none was given.
        target: path and query, percent-encoded.
        address: the address when `host` is one, however it was written; else None.
    """

    scheme: str
    host: str
    port: int
    target: str
    address: Address | None

    @property
    def host_port(self) -> str:
        """`host:port`, always with the port, as ALLOWED_PRIVATE_HOSTS writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port; two URLs that differ in one of them are different origins."""
        return f"{self.scheme}://{self.host_port}"

    @property
    def host_header(self) -> str:
        """The Host header: without the port when it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def text(self) -> str:
        """The whole URL."""
        return f"{self.scheme}://{self.host_header}{self.target}"


def parse_url(url: str) -> ParsedUrl:
    """Read `url` without judging its target.

    Raises:
        OutgoingError: kind "invalid_url".
    """
    if not isinstance(url, str) or not url:
        raise _invalid("The URL is empty.")
    if len(url) > MAX_URL_LENGTH:
        raise _invalid(f"The URL is longer than {MAX_URL_LENGTH} characters.")
    if _FORBIDDEN.search(url):
        raise _invalid("The URL holds a backslash, a control character or an invisible character.")
    match = _SHAPE.fullmatch(url)
    scheme = match["scheme"].lower() if match else ""
    if match is None or scheme not in DEFAULT_PORTS:
        raise _invalid("The URL must be absolute and begin with http:// or https://.")
    if "@" in match["authority"]:
        raise _invalid("The URL must not hold a user name or password; send them in a header, or by a credential.")
    authority = _AUTHORITY.fullmatch(match["authority"])
    if authority is None:
        raise _invalid("The URL has no valid host and port.")
    port = int(authority["port"] or DEFAULT_PORTS[scheme])
    if not 1 <= port <= 65535:
        raise _invalid("The URL's port must be between 1 and 65535.")
    host, address = _read_host(authority["host"])
    return ParsedUrl(scheme, host, port, _encode_target(match["path"], match["query"]), address)


def check_url(url: str, *, allowed_private_hosts: AbstractSet[str], https_only: bool = False) -> ParsedUrl:
    """Judge `url` as far as it can be without DNS, for validation when it is written and as the first step of a request.

    Args:
        url: what a person wrote, or where a redirect leads.
        allowed_private_hosts: entries `host:port` in the form of `parse_private_hosts`.
        https_only: refuse http, except for a host in `allowed_private_hosts`.

    Raises:
        OutgoingError: kind "invalid_url" (cannot be read, or not https) or "blocked" (may not be reached).
    """
    parsed = parse_url(url)
    if parsed.host_port in allowed_private_hosts:
        if parsed.address is not None and is_never_reachable(parsed.address, parsed.port):
            raise blocked()
        return parsed
    if not is_open_port(parsed.port):
        raise blocked()
    if parsed.address is not None:
        if not is_public(parsed.address):
            raise blocked()
    elif "." not in parsed.host or parsed.host.endswith(_INTERNAL_SUFFIXES):
        raise blocked()  # names that only a private resolver or a search domain can answer
    if https_only and parsed.scheme != "https":
        raise _invalid("The URL must begin with https://.")
    return parsed


def _read_host(text: str) -> tuple[str, Address | None]:
    """Normalise a host as the URL standard does, so that each notation of an address is seen as the address."""
    if text.startswith("["):
        try:
            address = IPv6Address(text[1:-1])
        except AddressValueError:
            raise _invalid("The URL's IPv6 address cannot be read.") from None
        return str(address), address
    name = text.lower() if text.isascii() else _to_ascii(text)
    name = name.removesuffix(".")
    labels = name.split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        # decimal, octal, hexadecimal and short forms (2130706433, 0177.1, 0x7f.1): whatever the C library would make of it
        try:
            numeric = IPv4Address(socket.inet_aton(name))
        except OSError:
            raise _invalid("The URL's host cannot be read.") from None
        return str(numeric), numeric
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _invalid("The URL's host cannot be read.")
    return name, None


def _to_ascii(text: str) -> str:
    """The ASCII form of an international name; fullwidth letters, digits and dots become plain ones (UTS 46)."""
    import idna

    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise _invalid("The URL's host is not a valid international name.") from None


def _encode_target(path: str, query: str | None) -> str:
    try:
        target = quote(path or "/", safe=_KEPT_IN_PATH)
        return target if query is None else f"{target}?{quote(query, safe=_KEPT_IN_PATH + '?[]')}"
    except UnicodeEncodeError:
        raise _invalid("The URL holds a character that does not exist in Unicode text.") from None


def _invalid(message: str) -> OutgoingError:
    return OutgoingError("invalid_url", message)
