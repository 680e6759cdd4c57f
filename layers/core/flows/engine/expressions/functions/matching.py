"""Functions that search text: with a string, a regular expression, or a function that matches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata

from flows.engine.expressions.limits import MAX_STRING, Stopped
from flows.engine.expressions.values import is_regex, sequence

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator


@dataclass(frozen=True, slots=True)
class Match:
    """One match: its text, offsets in characters, and capture groups (None: took no part)."""

    text: str
    start: int
    end: int
    groups: list[Any]

    def as_object(self) -> dict[str, Any]:
        """What a replacement function gets."""
        return {"match": self.text, "start": self.start, "end": self.end, "groups": self.groups}


def _regex_matches(evaluator: Evaluator, regex: Any, subject: str) -> Iterator[Match]:
    previous: Match | None = None
    for found in regex.finditer(subject):
        evaluator.budget.tick()
        if previous is not None:
            if previous.end >= len(subject):
                return
            if not previous.text or not found.group():
                raise JException("D1004", -1)
        previous = Match(found.group(), found.start(), found.end(), list(found.groups()))
        yield previous
    if previous is not None and not previous.text and previous.end < len(subject):
        raise JException("D1004", -1)


def _function_matches(evaluator: Evaluator, function: Any, subject: str) -> Iterator[Match]:
    value = evaluator.call(function, [subject])
    while value is not None:
        evaluator.budget.tick()
        if not isinstance(value, dict) or not isinstance(value.get("match"), str):
            raise JException("T1010", -1)
        groups = value.get("groups")
        start, end = value.get("start"), value.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not isinstance(groups, list):
            raise JException("T1010", -1)
        yield Match(value["match"], start, end, groups)
        following = value.get("next")
        value = evaluator.call(following, []) if following is not None else None


def matches(evaluator: Evaluator, matcher: Any, subject: str) -> Iterator[Match]:
    """The matches of a regular expression or a matching function, from left to right.

    Raises:
        JException: D1004 when the expression matches the empty text and would never progress.
    """
    if is_regex(matcher):
        return _regex_matches(evaluator, matcher, subject)
    return _function_matches(evaluator, matcher, subject)


def first_match(evaluator: Evaluator, regex: Any, subject: str) -> dict[str, Any] | None:
    """A regular expression called as a function: the first match, with `next` for the one after it."""
    found = _regex_matches(evaluator, regex, subject)

    def following() -> dict[str, Any] | None:
        match = next(found, None)
        if match is None:
            return None
        step = Jsonata.JLambda(following)
        step.arity = 0
        return {**match.as_object(), "next": step}

    return following()


def contains(evaluator: Evaluator, subject: Any, token: Any) -> Any:
    """`$contains`"""
    if subject is None or token is None:
        return None
    if isinstance(token, str):
        return token in subject
    return next(matches(evaluator, token, subject), None) is not None


def match(evaluator: Evaluator, subject: Any, regex: Any, limit: Any) -> Any:
    """`$match`"""
    if subject is None:
        return None
    _require_positive("D3040", limit)
    result = sequence()
    if limit is None or limit > 0:
        for found in matches(evaluator, regex, subject):
            if limit is not None and len(result) >= limit:
                break
            result.append({"match": found.text, "index": found.start, "groups": found.groups})
            evaluator.budget.array(1)
            evaluator.budget.text(len(found.text))
    return result


def split(evaluator: Evaluator, subject: Any, separator: Any, limit: Any) -> Any:
    """`$split`"""
    if subject is None:
        return None
    _require_positive("D3020", limit)
    if limit is not None and limit <= 0:
        return []
    if isinstance(separator, str):
        parts = subject.split(separator) if separator else list(subject)
        return parts if limit is None else parts[: int(limit)]
    if separator is None:
        raise JException("T0410", -1, 2, "split")
    result: list[str] = []
    start = 0
    for found in matches(evaluator, separator, subject):
        if limit is not None and len(result) >= limit:
            return result
        result.append(subject[start : found.start])
        evaluator.budget.array(1)
        start = found.end
    if limit is not None and len(result) >= limit:
        return result
    result.append(subject[start:])
    return result


def replace(evaluator: Evaluator, subject: Any, pattern: Any, replacement: Any, limit: Any) -> Any:
    """`$replace`: a string for the pattern replaces literally; ``$1`` and the like count for expressions only."""
    if subject is None:
        return None
    if pattern == "":
        raise JException("D3010", -1)
    _require_positive("D3011", limit)
    if limit is not None and limit <= 0:
        return subject
    if isinstance(pattern, str):
        if pattern not in subject:
            return subject
        if not isinstance(replacement, str):
            raise JException("D3012", -1)
        count = -1 if limit is None else math.ceil(limit)
        times = subject.count(pattern) if count < 0 else min(subject.count(pattern), count)
        if len(subject) + times * (len(replacement) - len(pattern)) > MAX_STRING:
            raise Stopped(f"$replace makes a text of more than {MAX_STRING} characters")
        return subject.replace(pattern, replacement, count)
    pieces: list[str] = []
    position = 0
    for done, found in enumerate(matches(evaluator, pattern, subject)):
        if limit is not None and done >= limit:
            break
        made = _substitute(replacement, found) if isinstance(replacement, str) else None
        if made is None and replacement is not None:
            made = evaluator.call(replacement, [found.as_object()])
        if not isinstance(made, str):
            raise JException("D3012", -1, made)
        evaluator.budget.text(len(made) + found.start - position)
        pieces += (subject[position : found.start], made)
        position = found.start + len(found.text)
    return "".join(pieces) + subject[position:]


def _substitute(replacement: str, found: Match) -> str:
    """The replacement with ``$$``, ``$0`` and ``$n`` filled in."""
    groups = found.groups
    digits_at_most = len(str(len(groups))) if groups else 1
    pieces: list[str] = []
    position = 0
    while (index := replacement.find("$", position)) >= 0:
        pieces.append(replacement[position:index])
        position = index + 1
        following = replacement[position : position + 1]
        if following == "$":
            pieces.append("$")
            position += 1
        elif following == "0":
            pieces.append(found.text)
            position += 1
        elif following.isascii() and following.isdigit():
            number, width = _leading_number(replacement, position, digits_at_most)
            if digits_at_most > 1 and number > len(groups):
                number, width = _leading_number(replacement, position, digits_at_most - 1)
            if 0 < number <= len(groups):
                pieces.append(groups[number - 1] or "")
            position += width
        else:
            pieces.append("$")
    pieces.append(replacement[position:])
    return "".join(pieces)


def _leading_number(replacement: str, position: int, digits_at_most: int) -> tuple[int, int]:
    width = 0
    while width < digits_at_most and replacement[position + width : position + width + 1].isdigit():
        width += 1
    return int(replacement[position : position + width]), width


def _require_positive(code: str, limit: Any) -> None:
    if limit is not None and limit < 0:
        raise JException(code, -1, limit)
