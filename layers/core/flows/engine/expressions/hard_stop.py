"""A timer signal that ends what the soft bounds miss: a loop inside one library call."""

from __future__ import annotations

import signal
import threading
from math import inf
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

from flows.engine.expressions.limits import HARD_SECONDS, Stopped

AGAIN_SECONDS = 0.1
"""Python drops what is raised in a finalizer or a collector's callback. A signal that finds one comes again after so long."""
SOON_SECONDS = 0.0001
"""A signal that finds a block's first or last steps comes again after so long."""
NOW_SECONDS = 1e-6
"""As soon as may be: 0 would be never."""
STEPS = 8
"""Frames that a block's first or last steps may be deep in the standard library."""


class _Alarm(BaseException):
    """Raised where the timer finds the code. No Exception: libraries that swallow Exception must not swallow it."""

    def __init__(self, owner: hard_stop) -> None:
        super().__init__()
        self.owner = owner


class hard_stop:
    """Raise Stopped from a `with` block that runs longer than that.

    Only the main thread can receive a signal; elsewhere the block has the soft bounds alone. Blocks inside others share one timer: many
    short blocks together run no longer than the one around them allows. It is set when it would ring too late for a block, and is not
    set back when the block ends: a ring that finds nobody over time sets it to the end that comes first. So of many blocks, each
    inside the same outer one, few cost a system call. A timer that was running before the outermost block keeps its handler and its
    end; an end that fell into the block comes after it.

    Args:
        seconds: of wall-clock time; infinity for a block that only keeps the timer for those inside it.
    """

    __slots__ = ("_end", "_on", "_seconds")

    def __init__(self, seconds: float = HARD_SECONDS) -> None:
        self._seconds = seconds
        self._end = 0.0
        self._on = False

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self._on = True
        self._end = monotonic() + self._seconds
        if not _open:
            _before.keep()
        _open.append(self)
        if self._end < _timer.rings_at:
            _timer.set(self._end, self._seconds)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if not self._on:
            return
        self._on = False
        del _open[_open.index(self) :]
        if not _open:
            _timer.rings_at = inf
            _before.give_back()
        if isinstance(error, _Alarm) and error.owner is self:
            raise Stopped(f"took longer than {self._seconds:g} s and was stopped") from None


class _Timer:
    """The one timer; no later than the first end of all open blocks."""

    def __init__(self) -> None:
        self.rings_at = inf

    def set(self, at: float, seconds: float) -> None:
        self.rings_at = at
        signal.setitimer(signal.ITIMER_REAL, seconds)


class _Before:
    """The handler and the timer that were there before the outermost block."""

    def __init__(self) -> None:
        self.handler: Any = None
        self.started = self.left = self.interval = 0.0

    def keep(self) -> None:
        self.started = monotonic()
        self.left, self.interval = signal.setitimer(signal.ITIMER_REAL, 0)
        self.handler = signal.signal(signal.SIGALRM, _ring)

    def give_back(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.handler if self.handler is not None else signal.SIG_DFL)
        if self.left:
            signal.setitimer(signal.ITIMER_REAL, max(self.left - (monotonic() - self.started), NOW_SECONDS), self.interval)


_open: list[hard_stop] = []
"""The main thread's blocks, the outermost first."""
_timer = _Timer()
_before = _Before()
_SWITCHING = frozenset(
    function.__code__ for function in (hard_stop.__enter__, hard_stop.__exit__, _Timer.set, _Before.keep, _Before.give_back)
)


def _ring(signum: int, frame: FrameType | None) -> None:
    """The signal's handler: it raises for the outermost block that is over its time, and sees that the timer comes again."""
    now = monotonic()
    over = next((block for block in _open if block._end <= now), None)
    if over is None:
        first = min((block._end for block in _open), default=inf)
        if first < inf:
            _timer.set(first, max(first - now, NOW_SECONDS))
        else:
            _timer.rings_at = inf
    elif _is_switching(frame):
        _timer.set(now + SOON_SECONDS, SOON_SECONDS)
    else:
        _timer.set(now + AGAIN_SECONDS, AGAIN_SECONDS)
        raise _Alarm(over)


def _is_switching(frame: FrameType | None) -> bool:
    """Whether a block begins or ends, or a generator and its ``with`` change places: raised there, it would leave all as it is."""
    if frame is not None and frame.f_globals.get("__name__") == "contextlib":
        return True
    for _ in range(STEPS):
        if frame is None:
            return False
        if frame.f_code in _SWITCHING:
            return True
        frame = frame.f_back
    return False
