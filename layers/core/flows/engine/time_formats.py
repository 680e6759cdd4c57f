"""Times as text by a format, and back.

A format is one of four things: a name (``iso``, ``date``, ``time``, ``http``, ``unix``, ``unix_ms``); with ``%`` in it, directives as in C
(``%Y-%m-%d``); else letters as Luxon, Java and Unicode have them (``yyyy-MM-dd HH:mm``), with text in single quotes. Names of months and days
are English.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DIRECTIVE = re.compile(r"%(-?[aAbBdHIjmMpSyY]|[fzZuVGwUW%])?")
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|y{1,4}|Y{4}|M{1,4}|d{1,2}|D{2}|E{3,4}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|S{1,3}|a|Z{1,3}|z|[A-Za-z]|[^A-Za-z']+|'"
)

# Our letters in the directives of strptime, which take numbers with and without a leading zero.
_TO_DIRECTIVE = {
    "yyyy": "%Y", "YYYY": "%Y", "y": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "dd": "%d", "DD": "%d", "d": "%d",
    "EEEE": "%A", "EEE": "%a", "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "mm": "%M", "m": "%M", "ss": "%S", "s": "%S",
    "SSS": "%f", "SS": "%f", "S": "%f", "a": "%p", "Z": "%z", "ZZ": "%z", "ZZZ": "%z",
}  # fmt: skip
_NAMED = {"date": "yyyy-MM-dd", "time": "HH:mm:ss"}
_HTTP = "%a, %d %b %Y %H:%M:%S GMT"


def iso_text(moment: datetime) -> str:
    """ISO 8601 with the moment's own offset (Z for UTC), milliseconds only where there are some."""
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond >= 1000 else "seconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def format_time(moment: datetime, form: str) -> str | int:
    """A time by a format; ``unix`` and ``unix_ms`` give numbers.

    Raises:
        ValueError: the format is none.
    """
    if form == "iso":
        return iso_text(moment)
    if form in ("unix", "unix_ms"):
        return int(moment.timestamp() * (1 if form == "unix" else 1000) // 1)
    if form == "http":
        return moment.astimezone(UTC).strftime(_HTTP)
    if "%" in form:
        _check_directives(form)
        return moment.strftime(form)
    return "".join(_formatted(moment, token) for token in _tokens(_NAMED.get(form, form)))


def parse_time(text: str, form: str) -> datetime:
    """A time from its text; without an offset in it, it has no zone.

    Raises:
        ValueError: the format is none, or the text does not fit it.
    """
    if form == "iso":
        return datetime.fromisoformat(text)
    if form in ("unix", "unix_ms"):
        if not re.fullmatch(r"-?\d{1,15}(?:\.\d{1,9})?", text):
            raise ValueError("is not a number")
        return datetime.fromtimestamp(float(text) / (1 if form == "unix" else 1000), UTC)
    if form == "http":
        return datetime.strptime(text, _HTTP).replace(tzinfo=UTC)
    if "%" in form:
        _check_directives(form)
        directives = form.replace("%-", "%")
    else:
        directives = "".join(_directive(token) for token in _tokens(_NAMED.get(form, form)))
    try:
        return datetime.strptime(text, directives)  # noqa: DTZ007 - a text without an offset gets its zone from the caller
    except (ValueError, re.error):
        raise ValueError("does not fit the format") from None


def _check_directives(form: str) -> None:
    # The C library takes widths (%999999999d) and more that is not the same everywhere.
    for match in _DIRECTIVE.finditer(form):
        if match[1] is None:
            raise ValueError("knows the directives %Y %y %m %B %b %d %j %A %a %H %I %M %S %f %p %z %Z %u %w %U %W %V %G and %%")


def _tokens(form: str) -> list[str]:
    tokens = _TOKEN.findall(form)
    for token in tokens:
        if token == "'":
            raise ValueError("has a quote without its end")
        if token.isalpha() and token not in _TO_DIRECTIVE and token not in ("z", "T"):
            raise ValueError(f"does not know the letter {token}; text stands in single quotes")
    return tokens


def _literal(token: str) -> str:
    if token == "''":
        return "'"
    return token[1:-1].replace("''", "'") if token.startswith("'") else token


def _directive(token: str) -> str:
    if token == "z":
        raise ValueError("cannot read the name of a zone (z); give the timezone")
    return _TO_DIRECTIVE.get(token) or _literal(token).replace("%", "%%")


def _formatted(moment: datetime, token: str) -> str:
    if token in ("yyyy", "YYYY"):
        return f"{moment.year:04d}"
    if token == "y":
        return str(moment.year)
    if token in ("M", "d", "H", "m", "s"):
        return str({"M": moment.month, "d": moment.day, "H": moment.hour, "m": moment.minute, "s": moment.second}[token])
    if token == "h":
        return str(moment.hour % 12 or 12)
    if token in ("S", "SS", "SSS"):
        return f"{moment.microsecond // 1000:03d}"[: len(token)]
    if token in ("Z", "ZZ"):
        return moment.strftime("%z")[:3] + ":" + moment.strftime("%z")[3:5]
    if token == "z":
        return str(moment.tzinfo)
    return moment.strftime(_TO_DIRECTIVE[token]) if token in _TO_DIRECTIVE else _literal(token)
