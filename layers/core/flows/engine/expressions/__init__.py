"""Expressions in parameters: JSONata in ``{{ }}``, bounded in time, depth, memory and size.

Importing this package is cheap; the JSONata library is loaded by the first expression that is more than a plain path.
"""

from flows.engine.expressions.checking import check, check_template, check_value
from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.evaluation import evaluate
from flows.engine.expressions.references import References, references, template_references, value_references
from flows.engine.expressions.rendering import render, render_value
from flows.engine.expressions.template import Template, parse_template

__all__ = [
    "ExpressionError",
    "References",
    "Template",
    "check",
    "check_template",
    "check_value",
    "evaluate",
    "parse_template",
    "references",
    "render",
    "render_value",
    "template_references",
    "value_references",
]
