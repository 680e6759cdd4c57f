"""Which IP addresses may be reached.

The list is our own: `ipaddress.is_global` is True for 6to4 and NAT64 forms of loopback, for `::127.0.0.1`, fec0::/10 and
multicast, and `is_private` is False for 100.64.0.0/10. Sources: the IANA special-purpose address registries for IPv4 and
IPv6, and the clouds' documentation of their metadata addresses.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

_REFUSED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network; Linux connects 0.0.0.0 to loopback
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; some clouds' metadata
        "127.0.0.0/8",  # loopback: the Lambda run-time API
        "168.63.129.16/32",  # Azure's host agent
        "169.254.0.0/16",  # link-local: instance metadata, container credentials
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# IPv6 is the other way round: only global unicast is open, and of that not these.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")

# Never reachable, even when the operator opened the host: a name that he opened may resolve to anything.
_NEVER_V4 = tuple(IPv4Network(text) for text in ("0.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"))
_NEVER_V6 = tuple(IPv6Network(text) for text in ("::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32"))
_LAMBDA_RUNTIME_API_PORT = 9001


def embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 form leads to: mapped, compatible, NAT64, 6to4 or Teredo; else None."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    return address.teredo[1] if address.teredo is not None else None


def is_public(address: Address) -> bool:
    """Whether anybody's request may go to `address`."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    inner = embedded_ipv4(address)
    if inner is not None and not is_public(inner):
        return False
    if address.ipv4_mapped is not None or address in _NAT64:
        return True  # judged by the address inside; DNS64 networks reach IPv4 hosts this way
    return address in _GLOBAL_UNICAST and not any(address in network for network in _REFUSED_V6)


def is_never_reachable(address: Address, port: int) -> bool:
    """Whether `address` stays closed even for a host in ALLOWED_PRIVATE_HOSTS: metadata, run-time API, multicast."""
    if isinstance(address, IPv6Address):
        inner = embedded_ipv4(address)
        if inner is not None:
            return is_never_reachable(inner, port)
        return any(address in network for network in _NEVER_V6) or (address.is_loopback and port == _LAMBDA_RUNTIME_API_PORT)
    return any(address in network for network in _NEVER_V4) or (address.is_loopback and port == _LAMBDA_RUNTIME_API_PORT)
