"""A timer signal that ends what the soft bounds miss: a loop inside one library call."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from flows.engine.expressions.limits import HARD_SECONDS, Stopped


class _Alarm(BaseException):
    """Raised where the timer finds the code. No Exception: libraries that swallow Exception must not swallow it."""


@contextmanager
def hard_stop(seconds: float = HARD_SECONDS) -> Iterator[None]:
    """Raise Stopped in the body when it runs longer than that.

    Only the main thread can receive a signal; elsewhere the body has the soft bounds alone. A timer that was already
    running (an outer guard of the caller) keeps its handler, and goes on with the time that it had left.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    is_over = False

    def stop(signum: int, frame: FrameType | None) -> None:
        if not is_over:
            raise _Alarm

    previous = signal.signal(signal.SIGALRM, stop)
    outer_left, outer_interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    started = monotonic()
    try:
        try:
            yield
        finally:
            # An alarm may come right here, and raise: the outer `finally` still puts everything back.
            is_over = True
    except _Alarm:
        raise Stopped(f"took longer than {seconds:g} s and was stopped") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous if previous is not None else signal.SIG_DFL)
        if outer_left:
            signal.setitimer(signal.ITIMER_REAL, max(outer_left - (monotonic() - started), 0.001), outer_interval)
