"""A frame of variables."""

from __future__ import annotations

from typing import Any

from flows.engine.expressions.values import seen_again

_ABSENT = object()


class Scope:
    """Names and values, with an enclosing scope.

    Unlike the library's frame, binding a function does not rename the function's signature, which all evaluations share.
    """

    __slots__ = ("bindings", "is_parallel_call", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.bindings: dict[str, Any] = {}
        self.parent = parent
        self.is_parallel_call = False  # set, never read, by the library

    def bind(self, name: str, value: Any) -> None:
        """Set a variable in this scope."""
        self.bindings[name] = value

    def lookup(self, name: str) -> Any:
        """The value of the innermost binding; None when there is none."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.bindings.get(name, _ABSENT)
            if value is not _ABSENT:
                return value
            scope = scope.parent
        return None


class Given(dict[str, Any]):
    """Bindings from outside. What stands for null in them is looked after when a binding is read: most are not."""

    def get(self, name: str, default: Any = None) -> Any:
        """The value as an evaluation sees it."""
        value = super().get(name, default)
        return value if value is default else seen_again(value)
