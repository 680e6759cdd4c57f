"""The one HTTP client that leaves the platform: for nodes, connectors, token requests and webhooks.

Exports are resolved at first use, so that a function which only validates a URL does not pay for urllib3 and TLS.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.outgoing.client import OutgoingClient
    from flows.outgoing.errors import BLOCKED_MESSAGE, OutgoingError
    from flows.outgoing.models import Request, Response
    from flows.outgoing.origins import origin_of
    from flows.outgoing.private_hosts import parse_private_hosts
    from flows.outgoing.urls import ParsedUrl, check_url

__all__ = [
    "BLOCKED_MESSAGE",
    "OutgoingClient",
    "OutgoingError",
    "ParsedUrl",
    "Request",
    "Response",
    "check_url",
    "origin_of",
    "parse_private_hosts",
]

_HOMES = {
    "BLOCKED_MESSAGE": "errors",
    "OutgoingClient": "client",
    "OutgoingError": "errors",
    "ParsedUrl": "urls",
    "Request": "models",
    "Response": "models",
    "check_url": "urls",
    "origin_of": "origins",
    "parse_private_hosts": "private_hosts",
}


def __getattr__(name: str) -> Any:
    """Import the module that holds `name` when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
