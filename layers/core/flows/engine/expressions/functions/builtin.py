"""A built-in function: signature, bounds, implementation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.signature import Signature

from flows.engine.expressions.limits import MAX_ARRAY, MAX_STRING, Stopped
from flows.engine.expressions.values import NULL, JList, kind_of, number

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator

MAX_PICTURE = 250


_SYMBOLS = {
    type(None): "m", type(NULL): "l", str: "s", bool: "b", int: "n", float: "n", list: "a", JList: "a", dict: "o",
}  # fmt: skip


_KINDS = {
    "s": "a text", "n": "a number", "b": "true or false", "l": "null", "a": "a list", "o": "an object", "f": "a function or regular expression",
}  # fmt: skip
_MANY = {"s": "texts", "n": "numbers", "b": "true or false", "a": "lists", "o": "objects", "f": "functions"}


class NullAwareSignature(Signature):  # type: ignore[misc]  # the library has no types
    """The library takes null for undefined; the reference has a symbol of its own for it."""

    def get_symbol(self, value: Any) -> str:
        return _SYMBOLS.get(type(value), "f")

    def validate(self, args: Any, context: Any) -> Any:
        try:
            return super().validate(args, context)
        except JException as error:
            # The library's own words say neither what is wanted nor what is there, and quote the whole document.
            error.told = self._told(error, args, context)
            raise

    def _first_misfit(self, args: Any) -> int:
        given = "".join(self.get_symbol(arg) for arg in args)
        pattern, fits = "", 0
        for param in self._params:
            pattern += f"(?:{param.regex})"
            match = re.match(pattern, given)
            if match is None:
                break
            fits = match.end()
        return fits + 1

    def _told(self, error: JException, args: Any, context: Any) -> str:
        place = (
            self._first_misfit(args) if error.error == "T0410" else error.expected if error.error == "T0411" else error.current
        )
        name = f"${self.function_name}" if self.function_name else "the function"
        if place > len(self._params):
            return f"{name} takes at most {len(self._params)} arguments" if self._params else f"{name} takes no arguments"
        wanted = self._params[place - 1]
        if error.error == "T0411":
            there = kind_of(context)
            return f"argument {place} of {name} is missing, and the value that stands for it is {there}, not {_kinds(wanted)}"
        if place > len(args):
            return f"argument {place} of {name} is missing: {_kinds(wanted)}"
        given = args[place - 1]
        if error.error == "T0410" and self.get_symbol(given) in str(wanted.regex):
            return f"the arguments of {name} do not fit; it takes {', '.join(map(_kinds, self._params))}"
        found = "has something else in it" if isinstance(given, list) and wanted.type == "a" else f"is {kind_of(given)}"
        return f"argument {place} of {name} must be {_kinds(wanted)}; it {found}"


def _kinds(wanted: Any) -> str:
    """What a parameter of a signature takes, in words."""
    if wanted.subtype is not None and wanted.type == "a":
        return f"a list of {_MANY.get(str(wanted.subtype), 'values')}"
    return " or ".join(_KINDS.get(letter, "a value") for letter in str(wanted.type).strip("()"))


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
