"""Parameters with ``{{ expression }}`` in them.

Finding the closing braces needs the expression's own tokens: braces nest, and may stand in strings, comments, quoted
names and regular expressions. The scanner follows the tokenizer of JSONata; it needs no import of the library, whose
100 ms would count for every cold start.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.limits import MAX_EXPRESSION

_WORD_ENDS = frozenset(" \t\n\r.[]{}(),@#;:?+-*/%|=<>^&!~\"'`")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: plain text, or the text of an expression without its braces."""

    text: str
    is_expression: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed string parameter."""

    text: str
    parts: tuple[Part, ...]

    @property
    def is_literal(self) -> bool:
        """No expression in it: the text is the value."""
        return not any(part.is_expression for part in self.parts)

    @property
    def is_single(self) -> bool:
        """One expression and nothing around it: the value keeps its type."""
        return len(self.parts) == 1 and self.parts[0].is_expression

    @property
    def expressions(self) -> tuple[str, ...]:
        """The expressions in order, without braces."""
        return tuple(part.text for part in self.parts if part.is_expression)


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Template:
    """Split a string parameter into text and expressions.

    Raises:
        ExpressionError: a ``{{`` without its ``}}``, or with nothing in it.
    """
    parts: list[Part] = []
    position = 0
    while (start := text.find("{{", position)) >= 0:
        if start > position:
            parts.append(Part(text[position:start], False))
        end = _find_end(text, start + 2)
        expression = text[start + 2 : end].strip()
        if not expression:
            raise ExpressionError(text, "there is no expression between {{ and }}", position=start)
        if len(expression) > MAX_EXPRESSION:
            raise ExpressionError(expression[:100], f"an expression has at most {MAX_EXPRESSION} characters")
        parts.append(Part(expression, True))
        position = end + 2
    if position < len(text):
        parts.append(Part(text[position:], False))
    return Template(text, tuple(parts))


def _find_end(text: str, start: int) -> int:
    """The offset of the ``}}`` that closes the expression that begins at `start`."""
    depth = 0
    after_operand = False  # decides whether "/" divides or begins a regular expression
    position = start
    while position < len(text):
        char = text[position]
        if char in " \t\n\r":
            position += 1
        elif char in "\"'":
            position, after_operand = _end_of_string(text, position), True
        elif char == "`":
            position, after_operand = text.find("`", position + 1) + 1 or len(text), True
        elif text.startswith("/*", position):
            end = text.find("*/", position + 2)
            position = end + 2 if end >= 0 else len(text)
        elif char == "/" and not after_operand:
            position, after_operand = _end_of_regex(text, position), True
        elif char == "{":
            depth, after_operand, position = depth + 1, False, position + 1
        elif char == "}":
            if depth == 0:
                if text.startswith("}}", position):
                    return position
                raise ExpressionError(text, "this } closes nothing", position=position)
            depth, after_operand, position = depth - 1, True, position + 1
        elif char in ")]":
            after_operand, position = True, position + 1
        elif text.startswith("**", position):
            after_operand, position = not after_operand, position + 2
        elif char in "*%?":
            # Between operands they are operators; where an operand is due: wildcard, parent, open argument.
            after_operand, position = not after_operand, position + 1
        elif char in _WORD_ENDS:
            after_operand, position = False, position + 1
        else:
            word_end = position
            while word_end < len(text) and text[word_end] not in _WORD_ENDS:
                word_end += 1
            is_operator = after_operand and text[position:word_end] in ("and", "or", "in")
            after_operand, position = not is_operator, word_end
    raise ExpressionError(text, "{{ has no closing }}; write a literal one as {{ '{{' }}", position=start - 2)


def _end_of_string(text: str, start: int) -> int:
    quote = text[start]
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text[position] == quote:
            return position + 1
        else:
            position += 1
    return len(text)


def _end_of_regex(text: str, start: int) -> int:
    """As JSONata's tokenizer: the first unescaped "/" outside of brackets."""
    depth = 0
    position = start + 1
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 2
            continue
        if char == "/" and depth == 0:
            return position + 1
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        position += 1
    return len(text)
