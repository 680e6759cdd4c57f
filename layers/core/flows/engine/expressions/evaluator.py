"""Walks a compiled expression: the library's evaluator, with bounds that hold and the reference's semantics.

One object is one evaluation. It shares the syntax tree with others and nothing else, so neither an assignment nor a
thread can see another's. The library reads its bounds' callbacks from the frame, where an expression could overwrite
them (``$__evaluate_entry := ...``) and skips them in "parallel" frames; here they are not in its reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import time
from typing import Any

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

from flows.engine.expressions import operators
from flows.engine.expressions.building import grouped, transformed
from flows.engine.expressions.functions.arrays import sort_items
from flows.engine.expressions.functions.builtin import Builtin
from flows.engine.expressions.functions.matching import first_match
from flows.engine.expressions.functions.registry import builtin_frame
from flows.engine.expressions.limits import MAX_ARRAY, Budget, Stopped
from flows.engine.expressions.navigation import descendants, fields, kept, lookup
from flows.engine.expressions.parsing import COALESCE, DEFAULT
from flows.engine.expressions.scope import Given, Scope
from flows.engine.expressions.values import (
    NULL,
    JList,
    is_function,
    is_lambda,
    is_number,
    is_regex,
    seen,
    seen_again,
    sequence,
    truth,
)


class Evaluator(Jsonata):  # type: ignore[misc]  # the library has no types
    """One evaluation of one syntax tree. Not reusable."""

    def __init__(self, parser: Any, ast: Any, bindings: Mapping[str, Any]) -> None:
        # The library's constructor parses; everything it would set that an evaluation reads is set here.
        self.parser = parser
        self.ast = ast
        self.budget = Budget()
        self.timestamp = int(time() * 1000)  # $now() and $millis() say the same throughout
        given = Scope(builtin_frame())
        given.bindings = Given(bindings)
        self.environment = Scope(given)

    def run(self, document: Any) -> Any:
        """The raw value of the expression on that document; None for undefined."""
        root = seen_again(document)
        self.environment.bindings["$"] = root
        if isinstance(root, list):
            root = sequence(root)
            root.outer_wrapper = True
        return self.eval(self.ast, root, self.environment)

    def call(self, function: Any, arguments: list[Any]) -> Any:
        """Apply a function value, as the higher-order built-ins do."""
        return self.apply(function, arguments, None, self.environment)

    def is_function_like(self, o: Any) -> bool:
        return is_function(o)

    def create_frame(self, enclosing_environment: Any = None) -> Scope:
        return Scope(enclosing_environment)

    def eval(self, expr: Any, input: Any, environment: Any) -> Any:
        budget = self.budget
        budget.enter()
        handler = _HANDLERS.get(expr.type)
        result = handler(self, expr, input, environment) if handler is not None else None
        if expr.predicate is not None:
            for item in expr.predicate:
                result = self.evaluate_filter(item.expr, result, environment)
        if expr.group is not None and expr.type != "path":
            result = self.evaluate_group_expression(expr.group, result, environment)
        budget.depth -= 1
        return _settled(expr, result) if isinstance(result, JList) else result

    # Paths ---------------------------------------------------------------------------------------------------------

    def evaluate_path(self, expr: Any, input: Any, environment: Any) -> Any:
        names = getattr(expr, "plain_names", None)
        if names is not None:  # through objects only: a third of the cost
            head = expr.steps[0]
            value = self.evaluate_variable(head, input, environment) if head.type == "variable" else input
            for name in names:
                if type(value) is not dict:
                    break
                if name not in value:
                    return None
                value = value[name]
            else:
                if not isinstance(value, JList):
                    return seen(value)
        return super().evaluate_path(expr, input, environment)

    def evaluate_step(self, expr: Any, input: Any, environment: Any, last_step: bool) -> Any:
        if expr.type == "sort":
            result = self.evaluate_sort_expression(expr, input, environment)
            return self.evaluate_stages(expr.stages, result, environment) if expr.stages is not None else result
        found = []
        is_plain_name = expr.type == "name" and expr.predicate is None and expr.group is None
        for item in input:
            if is_plain_name:  # what eval would do, at a third of its cost
                self.budget.tick()
                value = lookup(self, item, expr.value)
                value = _settled(expr, value) if isinstance(value, JList) else value
            else:
                value = self.eval(expr, item, environment)
            if expr.stages is not None:
                for stage in expr.stages:
                    value = self.evaluate_filter(stage.expr, value, environment)
            if value is not None:
                found.append(value)
        if last_step and len(found) == 1 and isinstance(found[0], list) and not Utils.is_sequence(found[0]):
            return found[0]
        flat = sequence()
        for value in found:
            if not isinstance(value, list) or (isinstance(value, JList) and value.cons):
                flat.append(value)
            else:
                flat.extend(value)
        self.budget.array(len(flat))
        return flat

    def evaluate_name(self, expr: Any, input: Any, environment: Any = None) -> Any:
        return lookup(self, input, expr.value)

    def evaluate_filter(self, predicate: Any, input: Any, environment: Any) -> Any:
        return kept(self, predicate, input, environment)

    def evaluate_group_expression(self, expr: Any, input: Any, environment: Any) -> Any:
        return grouped(self, expr, input, environment)

    def evaluate_transform_expression(self, expr: Any, input: Any, environment: Any) -> Any:
        # Evaluated by this object whoever calls it: the expression and its scope are from here.
        return Builtin("transform", "<(oa):o>", lambda _, subject: transformed(self, expr, environment, subject))

    # Operators -----------------------------------------------------------------------------------------------------

    def evaluate_binary(self, expr: Any, input: Any, environment: Any) -> Any:
        left = self.eval(expr.lhs, input, environment)
        operator = expr.value
        if operator == "and":
            return truth(left, self.budget) and truth(self.eval(expr.rhs, input, environment), self.budget)
        if operator == "or":
            return truth(left, self.budget) or truth(self.eval(expr.rhs, input, environment), self.budget)
        right = self.eval(expr.rhs, input, environment)
        try:
            if operator in ("=", "!="):
                return operators.equality(operator, left, right, self.budget)
            if operator in ("<", "<=", ">", ">="):
                return operators.comparison(operator, left, right)
            if operator == "&":
                return operators.concatenation(left, right, self.budget)
            if operator == "..":
                return operators.integer_range(left, right, self.budget)
            if operator == "in":
                return operators.membership(left, right, self.budget)
            return operators.arithmetic(operator, left, right)
        except JException as error:
            error.location = expr.position
            error.sides = (left, right)
            raise

    def evaluate_condition(self, expr: Any, input: Any, environment: Any) -> Any:
        if truth(self.eval(expr.condition, input, environment), self.budget):
            return self.eval(expr.then, input, environment)
        return self.eval(expr._else, input, environment) if expr._else is not None else None

    def evaluate_coalesce(self, expr: Any, input: Any, environment: Any) -> Any:
        value = self.eval(expr.lhs, input, environment)
        return value if value is not None else self.eval(expr.rhs, input, environment)

    def evaluate_default(self, expr: Any, input: Any, environment: Any) -> Any:
        value = self.eval(expr.lhs, input, environment)
        return value if truth(value, self.budget) else self.eval(expr.rhs, input, environment)

    def evaluate_unary(self, expr: Any, input: Any, environment: Any) -> Any:
        if expr.value == "{":
            return self.evaluate_group_expression(expr, input, environment)
        if expr.value == "-":
            value = self.eval(expr.expression, input, environment)
            if value is None:
                return None
            if not is_number(value):
                raise JException("D1002", expr.position, expr.value, value)
            return -value
        result = JList()
        for item in expr.expressions:
            value = self.eval(item, input, environment)
            if value is None:
                continue
            if isinstance(value, list) and item.value != "[":
                result.extend(value)
            else:
                result.append(value)
            if len(result) > MAX_ARRAY:
                raise Stopped(f"makes an array of more than {MAX_ARRAY} items")
        self.budget.array(len(result))
        result.cons = bool(expr.consarray)
        return result

    def evaluate_sort_expression(self, expr: Any, input: Any, environment: Any) -> Any:
        compare = Jsonata.ComparatorWrapper(self, expr, environment, isinstance(input, JList) and input.tuple_stream).compare
        result = sort_items(self, input, lambda left, right: compare(left, right) > 0)
        if isinstance(input, JList) and input.tuple_stream:
            result = JList(result)
            result.tuple_stream = True
        return result

    # Functions -----------------------------------------------------------------------------------------------------

    def apply_inner(self, proc: Any, args: Any, input: Any, environment: Any) -> Any:
        self.budget.tick()
        if is_lambda(proc):
            if proc.signature is not None:
                args = proc.signature.validate(args, input)
            return self.apply_procedure(proc, args)
        if isinstance(proc, Builtin):
            return proc.run(self, args, input)
        if isinstance(proc, Jsonata.JLambda):
            return proc.function(*args)
        if is_regex(proc):
            subject = args[0] if args else None
            return first_match(self, proc, subject) if isinstance(subject, str) else None
        raise JException("T1006", -1)

    def partial_apply_native_function(self, native: Any, args: Any) -> Any:
        """``$substring(?, 0, 1)``: a function of the arguments that were left open."""
        open_places = [index for index, arg in enumerate(args) if _is_open(arg)]
        fixed = list(args)

        def apply(*given: Any) -> Any:
            filled = list(fixed)
            for place, value in zip(open_places, given, strict=False):
                filled[place] = value
            for place in open_places[len(given) :]:
                filled[place] = None
            return self.call(native, filled)

        partial = Jsonata.JLambda(apply)
        partial.arity = len(open_places)
        return partial

    def evaluate_variable(self, expr: Any, input: Any, environment: Any) -> Any:
        if expr.value == "":
            return input[0] if isinstance(input, JList) and input.outer_wrapper else input
        return environment.lookup(expr.value)


def _settled(expr: Any, result: Any) -> Any:
    """A sequence of one is its item, and of none is undefined, unless the expression says ``[]``."""
    if result.sequence and not result.tuple_stream:
        if expr.keep_array:
            result.keep_singleton = True
        if not result:
            return None
        if len(result) == 1 and not result.keep_singleton:
            return result[0]
    return result


def _is_open(argument: Any) -> bool:
    return isinstance(argument, Parser.Symbol) and argument.type == "operator" and argument.value == "?"


def _literal(evaluator: Evaluator, expr: Any, input: Any, environment: Any) -> Any:
    return expr.value if expr.value is not None else NULL


_HANDLERS: dict[str, Callable[[Evaluator, Any, Any, Any], Any]] = {
    "path": Evaluator.evaluate_path,
    "binary": Evaluator.evaluate_binary,
    "unary": Evaluator.evaluate_unary,
    "name": Evaluator.evaluate_name,
    "string": _literal,
    "number": _literal,
    "value": _literal,
    "wildcard": lambda evaluator, expr, input, environment: fields(evaluator, input),
    "descendant": lambda evaluator, expr, input, environment: descendants(evaluator, input),
    "parent": lambda evaluator, expr, input, environment: environment.lookup(expr.slot.label),
    "condition": Evaluator.evaluate_condition,
    COALESCE: Evaluator.evaluate_coalesce,
    DEFAULT: Evaluator.evaluate_default,
    "block": Evaluator.evaluate_block,
    "bind": Evaluator.evaluate_bind_expression,
    "regex": lambda evaluator, expr, input, environment: expr.value,
    "function": lambda evaluator, expr, input, environment: evaluator.evaluate_function(expr, input, environment, Utils.NONE),
    "variable": Evaluator.evaluate_variable,
    "lambda": Evaluator.evaluate_lambda,
    "partial": Evaluator.evaluate_partial_application,
    "apply": Evaluator.evaluate_apply_expression,
    "transform": Evaluator.evaluate_transform_expression,
}
