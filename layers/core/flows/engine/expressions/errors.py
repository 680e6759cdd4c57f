"""The one error that leaves this package."""

from __future__ import annotations

_MAX_QUOTED = 200


class ExpressionError(Exception):
    """An expression that cannot be parsed or evaluated.

    Attributes:
        expression: the expression as it was written, without its braces.
        position: offset of the fault in the expression, in characters, or None when it has no place.
        reason: why, in words for the author of the workflow.
        parameter: where the expression stands, such as ``values.name`` or ``body.items[2]``; None when unknown.
    """

    def __init__(self, expression: str, reason: str, *, position: int | None = None, parameter: str | None = None) -> None:
        super().__init__(expression, reason, position, parameter)
        self.expression = expression
        self.reason = reason
        self.position = position
        self.parameter = parameter

    def at(self, parameter: str) -> ExpressionError:
        """The same error, with the parameter that holds the expression."""
        return ExpressionError(self.expression, self.reason, position=self.position, parameter=parameter)

    def __str__(self) -> str:
        shown = self.expression if len(self.expression) <= _MAX_QUOTED else self.expression[:_MAX_QUOTED] + "..."
        where = f" in {self.parameter}" if self.parameter else ""
        place = f" at character {self.position + 1}" if self.position is not None else ""
        return f"Expression {shown!r}{where}{place}: {self.reason}"
