"""Which ports a public host may be called on.

Port 80, 443 and everything above 1023, but for ports whose protocol could be spoken to by what looks like a HTTP request
(mail, chat, databases, caches, remote control) and those that browsers refuse too (the "bad ports" of the Fetch standard).
Ports of ALLOWED_PRIVATE_HOSTS are named one by one, so this list does not apply to them.
"""

_REFUSED = frozenset(
    # Fetch standard, https://fetch.spec.whatwg.org/#port-blocking, those above 1023
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
    # databases, caches, queues
    | {1433, 1434, 1521, 1883, 3306, 5432, 5672, 6379, 6380, 8883, 9042, 9092, 11211, 27017, 27018, 27019}
    # container engines, cluster stores, remote control, the Lambda run-time API
    | {2375, 2376, 2377, 2379, 2380, 3389, 5900, 5985, 5986, 9001, 10250, 10255}
)


def is_open_port(port: int) -> bool:
    """Whether a public host may be called on `port` (1 to 65535)."""
    return port in (80, 443) or (port >= 1024 and port not in _REFUSED)
