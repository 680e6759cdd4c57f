"""A timer signal that ends what the soft bounds miss: a loop inside one library call."""

from __future__ import annotations

import signal
import threading
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

from flows.engine.expressions.limits import HARD_SECONDS, Stopped

AGAIN_SECONDS = 0.1
"""Python drops what is raised in a finalizer or a collector's callback. A signal that finds one comes again after so long."""


class _Alarm(BaseException):
    """Raised where the timer finds the code. No Exception: libraries that swallow Exception must not swallow it."""


class hard_stop:
    """Raise Stopped from a `with` block that runs longer than that.

    Only the main thread can receive a signal; elsewhere the block has the soft bounds alone. A timer that was already
    running (an outer guard of the caller) keeps its handler and its end: one that fell into this block fires after it.

    Args:
        seconds: of wall-clock time.
    """

    __slots__ = ("_interval", "_left", "_over", "_previous", "_seconds", "_started")

    def __init__(self, seconds: float = HARD_SECONDS) -> None:
        self._seconds = seconds
        self._over = threading.current_thread() is not threading.main_thread()
        self._previous: Any = None
        self._left = self._interval = self._started = 0.0

    def __enter__(self) -> None:
        if not self._over:
            self._started = monotonic()
            self._previous = signal.signal(signal.SIGALRM, self._stop)
            self._left, self._interval = signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        code = None if frame is None else frame.f_code
        if code is hard_stop.__enter__.__code__ or (frame is not None and frame.f_globals.get("__name__") == "contextlib"):
            # Raised before the block has begun, or between a generator and its `with`, it would leave all as it is.
            signal.setitimer(signal.ITIMER_REAL, 0.001)
        elif not self._over and code is not hard_stop.__exit__.__code__:  # there it is too late, for the same reason
            signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
            raise _Alarm

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._over:
            return
        self._over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._previous if self._previous is not None else signal.SIG_DFL)
        if self._left:
            left = max(self._left - (monotonic() - self._started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, self._interval)
        if kind is _Alarm:
            raise Stopped(f"took longer than {self._seconds:g} s and was stopped") from None
