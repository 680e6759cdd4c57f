"""A timer signal that ends what the soft bounds miss: a loop inside one library call."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from flows.engine.expressions.limits import HARD_SECONDS, Stopped


@contextmanager
def hard_stop(seconds: float = HARD_SECONDS) -> Iterator[None]:
    """Raise Stopped in the body when it runs longer than that.

    Only the main thread can receive a signal; elsewhere the body has the soft bounds alone. A timer that was already
    running (an outer guard of the caller) keeps its handler, and goes on with the time that it had left.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise Stopped(f"took longer than {seconds:g} s and was stopped")

    previous = signal.signal(signal.SIGALRM, stop)
    outer_left, outer_interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    started = monotonic()
    try:
        yield
    finally:
        # The timer goes first: were the handler restored first, a late alarm would end the process by default.
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous if previous is not None else signal.SIG_DFL)
        if outer_left:
            left = max(outer_left - (monotonic() - started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, outer_interval)
