"""What can go wrong with an outgoing request, as one exception with a kind."""

from typing import Literal

Kind = Literal["blocked", "invalid_url", "dns", "connection", "timeout", "tls", "too_large", "redirects", "bad_request"]

# One text for every refused target, whatever the reason: texts that differ would make the platform a port scanner.
BLOCKED_MESSAGE = (
    "This address is not allowed. Requests go to public hosts over http or https, on port 80, 443 or one above 1023 "
    "that does not belong to another protocol."
)


class OutgoingError(Exception):
    """An outgoing request that got no complete answer.

    Attributes:
        kind: what happened, one of `Kind`.
        message: a sentence for the person who wrote the request. It holds no address, no secret, no header value.
        retryable: the same request may succeed later (time-outs, connection errors, temporary DNS failures).
        maybe_sent: the request may have reached the server, so that repeating it may repeat its effect.
    """

    def __init__(self, kind: Kind, message: str, *, retryable: bool = False, maybe_sent: bool = False) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.message = message
        self.retryable = retryable
        self.maybe_sent = maybe_sent


def blocked() -> OutgoingError:
    """The one error of every target that may not be reached."""
    return OutgoingError("blocked", BLOCKED_MESSAGE)
