"""Regular expressions through RE2: linear time, so none is catastrophic; no lookaround and no backreferences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

_SPACES = r"\s\v\x{a0}\x{feff}\p{Z}"  # what \s is in JavaScript
_NO_LINE_END = r"[^\n\r\x{2028}\x{2029}]"  # what . is in JavaScript
_FOUR_HEX = re.compile("[0-9A-Fa-f]{4}")

MAX_PATTERN = 1_000
_MAX_MEMORY = 1 << 20  # bytes, for the program and what it remembers while it matches


class UnsupportedRegex(Exception):
    """A pattern that RE2 refuses, with its reason."""


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression in a syntax tree.

    It holds no program: a program may take a megabyte, trees are many, and the cache of programs is small.
    """

    pattern: str
    case_insensitive: bool
    multiline: bool

    def finditer(self, subject: str) -> Iterator[Any]:
        """The matches in a text, as `re` gives them."""
        program = compile_regex(self.pattern, self.case_insensitive, self.multiline)
        found: Iterator[Any] = program.finditer(subject)
        return found


@lru_cache(maxsize=64)
def compile_regex(pattern: str, case_insensitive: bool = False, multiline: bool = False) -> Any:
    """An RE2 pattern, which can do what one of `re` can.

    Raises:
        UnsupportedRegex: lookaround, a backreference, a syntax error, or a pattern that takes too much memory.
    """
    if len(pattern) > MAX_PATTERN:
        raise UnsupportedRegex(f"a regular expression has at most {MAX_PATTERN} characters")
    options = re2.Options()
    options.max_mem = _MAX_MEMORY
    options.log_errors = False
    options.case_sensitive = not case_insensitive
    flags = "(?m)" if multiline else ""
    try:
        return re2.compile(flags + _in_re2_syntax(pattern), options)
    except re2.error as error:
        detail = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        hint = "; lookaround and backreferences are not available" if "perl operator" in detail or "escape" in detail else ""
        raise UnsupportedRegex(f"regular expression /{pattern[:80]}/ cannot be used: {detail}{hint}") from error


def _in_re2_syntax(pattern: str) -> str:
    """What JavaScript writes otherwise: ``\\u00e9``, and white space beyond ASCII in ``\\s`` and ``\\S``."""
    pieces: list[str] = []
    in_class = False
    position = 0
    while position < len(pattern):
        char = pattern[position]
        following = pattern[position + 1 : position + 2]
        if char != "\\":
            in_class = char == "[" or (in_class and char != "]")
            pieces.append(_NO_LINE_END if char == "." and not in_class else char)
            position += 1
            continue
        position += 2
        if following == "u" and _FOUR_HEX.match(pattern, position):
            pieces.append(f"\\x{{{pattern[position : position + 4]}}}")
            position += 4
        elif following == "s":
            pieces.append(_SPACES if in_class else f"[{_SPACES}]")
        elif following == "S" and not in_class:
            pieces.append(f"[^{_SPACES}]")
        else:
            pieces.append(char + following)
    return "".join(pieces)
