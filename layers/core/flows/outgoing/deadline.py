"""One deadline for everything that a request does."""

from collections.abc import Callable

from flows.outgoing.errors import OutgoingError

Clock = Callable[[], float]


class Deadline:
    """A point in time on a monotonic clock."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        """Start a deadline `seconds` from now."""
        self._clock = clock
        self._seconds = seconds
        self._started = clock()
        self.maybe_sent = False

    def remaining(self) -> float:
        """Seconds left, always above zero.

        Raises:
            OutgoingError: kind "timeout", when there is none left.
        """
        left = self._started + self._seconds - self._clock()
        if left <= 0:
            raise self.expired()
        return left

    def elapsed_ms(self) -> int:
        """Whole milliseconds since the start."""
        return int((self._clock() - self._started) * 1000)

    def expired(self) -> OutgoingError:
        """The error of a request that took too long."""
        return OutgoingError(
            "timeout",
            f"The request did not end within {round(self._seconds, 2):g} seconds.",
            retryable=True,
            maybe_sent=self.maybe_sent,
        )
