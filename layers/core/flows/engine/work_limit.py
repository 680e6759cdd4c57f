"""A stop for pure nodes that hand people's documents to a library: some documents keep a parser busy for minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.expressions.limits import Stopped
from flows.engine.results import NodeFailure

SECONDS = 5.0
MAX_TEXT = 5_000_000
"""Characters of a document that is parsed."""


@contextmanager
def limited(parameter: str) -> Iterator[None]:
    """Turn a library's endless work, or its endless recursion, into the node's failure.

    Args:
        parameter: which one holds the document.
    """
    try:
        with hard_stop(SECONDS):
            yield
    except Stopped:
        raise NodeFailure(
            "TooLarge", f"{parameter}: took longer than {SECONDS:g} seconds; give it less, or a simpler selector"
        ) from None
    except RecursionError:
        raise NodeFailure("TooLarge", f"{parameter}: is nested too deeply") from None


def check_size(text: str, parameter: str) -> None:
    """Refuse a document that is too large to be parsed on the walker's main thread.

    Raises:
        NodeFailure: ``TooLarge``.
    """
    if len(text) > MAX_TEXT:
        raise NodeFailure("TooLarge", f"{parameter}: has {len(text)} characters; at most {MAX_TEXT} are taken")
