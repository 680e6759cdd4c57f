"""Regular expressions through RE2: linear time, so none is catastrophic; no lookaround and no backreferences."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

MAX_PATTERN = 1_000
_MAX_MEMORY = 4 << 20


class UnsupportedRegex(Exception):
    """A pattern that RE2 refuses, with its reason."""


@lru_cache(maxsize=512)
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
    # JavaScript's named groups are (?<name>...), which RE2 reads as well as Python's (?P<name>...).
    try:
        return re2.compile(flags + pattern, options)
    except re2.error as error:
        detail = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        hint = "; lookaround and backreferences are not available" if "perl operator" in detail or "escape" in detail else ""
        raise UnsupportedRegex(f"regular expression /{pattern[:80]}/ cannot be used: {detail}{hint}") from error
