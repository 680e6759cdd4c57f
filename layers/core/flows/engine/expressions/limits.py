"""What one evaluation may use, and what says that it was too much.

The library looks at its time bound between syntax nodes only, so one built-in can run for minutes or fill the memory.
Every built-in and operator therefore charges what it makes to the budget of its evaluation.
"""

from __future__ import annotations

from time import monotonic

SOFT_SECONDS = 1.0
HARD_SECONDS = 1.5
MAX_DEPTH = 1_000
MAX_EXPRESSION = 20_000
MAX_CACHED_CHARACTERS = 100_000
MAX_STRING = 1_000_000
MAX_ARRAY = 100_000
MAX_RESULT_BYTES = 256 * 1024
MAX_RESULT_DEPTH = 100
MAX_TOTAL_TEXT = 32_000_000
MAX_TOTAL_ITEMS = 5_000_000

_CHECK_EVERY = 64


class Stopped(Exception):
    """A bound was reached."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Budget:
    """What is left of one evaluation's time, depth, text and items."""

    __slots__ = ("_deadline", "_items", "_text", "_until_check", "depth")

    def __init__(self) -> None:
        self._deadline = monotonic() + SOFT_SECONDS
        self._until_check = _CHECK_EVERY
        self._items = MAX_TOTAL_ITEMS
        self._text = MAX_TOTAL_TEXT
        self.depth = 0

    def enter(self) -> None:
        """Count one syntax node on the way in."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Stopped(f"nested too deeply: more than {MAX_DEPTH} levels; check for endless recursion")
        self.tick()

    def tick(self) -> None:
        """Count one step of a loop; looks at the clock now and then."""
        self._until_check -= 1
        if self._until_check <= 0:
            self._until_check = _CHECK_EVERY
            if monotonic() > self._deadline:
                raise Stopped(f"took longer than {SOFT_SECONDS:g} s; check for an endless loop")

    def text(self, length: int) -> None:
        """Charge a string of that many characters that is about to be made."""
        if length > MAX_STRING:
            raise Stopped(f"makes a text of {length} characters; at most {MAX_STRING} are allowed")
        self._text -= length
        if self._text < 0:
            raise Stopped(f"makes more than {MAX_TOTAL_TEXT} characters of text in all")

    def array(self, length: int) -> None:
        """Charge an array of that many items that is about to be made."""
        if length > MAX_ARRAY:
            raise Stopped(f"makes an array of {length} items; at most {MAX_ARRAY} are allowed")
        self._items -= length
        if self._items < 0:
            raise Stopped(f"makes more than {MAX_TOTAL_ITEMS} array items in all")
