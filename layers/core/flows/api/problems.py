"""pydantic's errors about a request as problems: paths as ``nodes[2].parameters.url``, messages that never echo what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flows import problems as found_in
from flows import wording
from flows.errors import Problem

_PLACES = ("query", "header", "cookie", "path")
_NO_BODY = "a body is required: a JSON object"


def problems(errors: Iterable[Mapping[str, Any]], body: Any) -> list[Problem]:
    """Problems of pydantic's ``errors()``; their first place is ``body``, ``query``, ``header``, ``cookie`` or ``path``.

    Args:
        errors: pydantic's.
        body: the parsed body, None when there was none.
    """
    of_parameters: dict[str, Problem] = {}
    of_body = []
    for error in errors:
        loc = tuple(error.get("loc", ()))
        if loc[:1] != ("body",):
            path, kind = path_of(_parameter(loc)), str(error.get("type", "invalid"))
            message = wording.message(kind, str(error.get("msg", "invalid")))
            of_parameters.setdefault(path, Problem(path, message, wording.kind(kind)))
        elif body is None:
            return [*of_parameters.values(), Problem("", _NO_BODY, "missing")]
        else:
            of_body.append({**error, "loc": loc[1:]})
    return [*of_parameters.values(), *found_in.told(of_body, body)]


def path_of(parts: Sequence[Any]) -> str:
    """``("nodes", 2, "parameters")`` as ``nodes[2].parameters``; a name with odd characters as ``["..."]``."""
    return found_in.place("", parts)


def _parameter(loc: Sequence[Any]) -> Sequence[Any]:
    """``query.limit``: the place and the name, without what pydantic calls the members of a union."""
    if len(loc) > 2 and loc[0] in _PLACES and loc[1] == loc[0]:
        loc = loc[1:]
    return loc[:2]
