"""JSON given on the command line: as it is, from a file, or from standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def read(text: str) -> Any:
    """The value of ``{"a": 1}``, ``@file.json`` or ``-``.

    Raises:
        ValueError: it is no JSON.
    """
    if text == "-":
        source, text = "standard input", sys.stdin.read()
    elif text.startswith("@"):
        source, text = text[1:], Path(text[1:]).read_text(encoding="utf-8-sig")
    else:
        source = "--input"
    try:
        return json.loads(text)
    except ValueError as problem:
        raise ValueError(f"{source} is no JSON: {problem}") from problem
