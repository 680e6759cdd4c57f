"""The workflows that the figures are about."""

from __future__ import annotations

from typing import Any

from tests.e2e.runs import edges, node


def chain(count: int) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Pure nodes in a row."""
    nodes = [node(f"n{i}", "set", values={"count": "{{ count + 1 }}"}) for i in range(count)]
    return nodes, edges(*[f"n{i}>n{i + 1}" for i in range(count - 1)])


def effects_chain(count: int, url: str) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """HTTP requests in a row."""
    nodes = [node(f"n{i}", "http_request", url=url) for i in range(count)]
    return nodes, edges(*[f"n{i}>n{i + 1}" for i in range(count - 1)])


def mixed_chain(count: int, effects: int, url: str) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Pure nodes in a row, with an HTTP request at every so many."""
    every = count // effects
    nodes = [
        node(f"n{i}", "http_request", url=url) if i % every == every - 1 else node(f"n{i}", "set", values={"i": i})
        for i in range(count)
    ]
    return nodes, edges(*[f"n{i}>n{i + 1}" for i in range(count - 1)])


def fan_out(width: int) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """One node, then many side by side, then a merge."""
    nodes = [node("a"), *(node(f"b{i}", "set", values={"i": i}) for i in range(width)), node("z", "merge")]
    return nodes, edges(*[f"a>b{i}" for i in range(width)], *[f"b{i}>z" for i in range(width)])


def loop() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """A body of one pure node for each item of the input."""
    body = {"nodes": [node("x", "set", values={"v": "{{ $item }}"})], "edges": []}
    return [node("each", "foreach", body=body)], []
