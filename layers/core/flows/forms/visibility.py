"""Which fields a person is asked: ``visible_if`` over the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.engine.expressions import ExpressionError, evaluate
from flows.forms.models import FormField


def rule(visible_if: str) -> str:
    """The expression, which may stand in braces.

    Raises:
        ValueError: there is text around the braces, or nothing in it.
    """
    from flows.engine.contract import bare

    return bare(visible_if) if "{{" in visible_if or not visible_if.strip() else visible_if


def hidden_fields(fields: Sequence[FormField], data: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Names of fields that their rule hides, and of those whose rule failed.

    The fields are decided in their order, each over the data without the fields found hidden before it, so that what depends on a
    hidden field is hidden with it. The hosted page's script goes the same way.

    Returns:
        hidden, and failed: a rule that cannot be evaluated over this data (an author's mistake, such as comparing text with a
        number) hides nothing and demands nothing, so that no answer is lost and nobody is locked out.
    """
    visible = dict(data)
    hidden: set[str] = set()
    failed: set[str] = set()
    for field in fields:
        if field.visible_if is None:
            continue
        try:
            shown = bool(evaluate(f"$boolean({rule(field.visible_if)}\n)", visible, {}))
        except (ExpressionError, ValueError):
            failed.add(field.name)
            continue
        if not shown:
            hidden.add(field.name)
            visible.pop(field.name, None)
    return hidden, failed
