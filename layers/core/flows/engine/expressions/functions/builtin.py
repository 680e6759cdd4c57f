"""A built-in function: signature, bounds, implementation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jsonata.jsonata import Jsonata
from jsonata.signature import Signature

from flows.engine.expressions.limits import MAX_ARRAY, MAX_STRING, Stopped
from flows.engine.expressions.values import NULL, JList, number

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator

MAX_PICTURE = 250


_SYMBOLS = {
    type(None): "m", type(NULL): "l", str: "s", bool: "b", int: "n", float: "n", list: "a", JList: "a", dict: "o",
}  # fmt: skip


class NullAwareSignature(Signature):  # type: ignore[misc]  # the library has no types
    """The library takes null for undefined; the reference has a symbol of its own for it."""

    def get_symbol(self, value: Any) -> str:
        return _SYMBOLS.get(type(value), "f")


class Builtin(Jsonata.JFunction):  # type: ignore[misc]  # the library has no types
    """A function of the language.

    Args:
        name: without the ``$``.
        signature: in JSONata's notation, such as ``<s-nn?:s>``.
        implementation: called with the evaluator and the validated arguments; None stands for undefined.
        arity: how many arguments a higher-order function passes to it; by default as many as it takes.
        max_text: bound on the length of its text arguments.
    """

    def __init__(
        self,
        name: str,
        signature: str,
        implementation: Callable[..., Any],
        *,
        arity: int | None = None,
        max_text: int = MAX_STRING,
    ) -> None:
        super().__init__(None, None)
        self.function_name = name
        self.signature = NullAwareSignature(signature, name)
        self.implementation = implementation
        parameters = inspect.signature(implementation).parameters.values()
        self.is_variadic = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
        self.takes = len(parameters) - (2 if self.is_variadic else 1)
        self.arity = self.takes if arity is None else arity
        self.max_text = max_text

    def get_number_of_args(self) -> int:
        return self.takes

    def run(self, evaluator: Evaluator, args: list[Any], context: Any) -> Any:
        """Validate, bound, call."""
        values = self.signature.validate(args, context)
        for value in values:
            if isinstance(value, str) and len(value) > self.max_text:
                raise Stopped(f"${self.function_name} takes a text of at most {self.max_text} characters")
            if isinstance(value, list) and len(value) > MAX_ARRAY:
                raise Stopped(f"${self.function_name} takes an array of at most {MAX_ARRAY} items")
        if not self.is_variadic:
            values = [*values, *[None] * (self.takes - len(values))]
        result = self.implementation(evaluator, *values)
        if isinstance(result, str):
            evaluator.budget.text(len(result))
        elif isinstance(result, list):
            evaluator.budget.array(len(result))
            return result if isinstance(result, JList) else JList(result)
        elif isinstance(result, float):
            return number(result)
        return result


def arity_of(function: Any) -> int:
    """How many arguments the function can take (decides what a higher-order function passes)."""
    if isinstance(function, Builtin):
        return function.arity
    if isinstance(function, Jsonata.JLambda):
        return getattr(function, "arity", 1)
    arguments = getattr(function, "arguments", None)
    return 1 if arguments is None else len(arguments)
