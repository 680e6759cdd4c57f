"""E-mail addresses in parameters: checked by a well-kept library, without asking the DNS."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from flows.engine.parameter_types import Line

_NAMED = re.compile(r'([^"<>]{0,200})<([^<>]+)>')
"""A name as people write it, without the quotes that some names need."""


def checked(text: str) -> str:
    """An address as SES takes it, with its display name: ``Ada Lovelace <ada@example.com>``.

    Raises:
        ValueError: it is none, or its local part is not ASCII (SES takes no such ones).
    """
    from email_validator import EmailNotValidError, validate_email

    named = _NAMED.fullmatch(text.strip())
    name, plain = (named[1].strip(), named[2]) if named else ("", text.strip())
    try:
        # SES itself refuses what does not exist; a look-up here would tell the network about every recipient.
        found = validate_email(plain, check_deliverability=False, allow_display_name=not named)
    except EmailNotValidError:
        raise ValueError("must be an e-mail address, as ada@example.com or Ada Lovelace <ada@example.com>") from None
    if found.ascii_email is None:
        raise ValueError("must have plain letters before the @: the e-mail service takes no others there")
    return _with_name(name or found.display_name or "", found.ascii_email)


def _with_name(name: str, address: str) -> str:
    from email.header import Header
    from email.headerregistry import Address

    if not name:
        return address
    if name.isascii():
        return str(Address(display_name=name, addr_spec=address))  # quotes what must be
    return f"{Header(name, 'utf-8', maxlinelen=10_000).encode()} <{address}>"


def _parts(text: str) -> list[str]:
    """What stands between the commas that are in no quotes."""
    parts, begun, is_quoted, is_escaped = [], 0, False, False
    for place, char in enumerate(text):
        if char == '"' and not is_escaped:
            is_quoted = not is_quoted
        if char == "," and not is_quoted:
            parts.append(text[begun:place])
            begun = place + 1
        is_escaped = char == "\\" and not is_escaped
    return [part.strip() for part in (*parts, text[begun:]) if part.strip()]


def _listed(value: Any) -> Any:
    """One address, several with commas between them, or a list; null is none."""
    if value is None:
        return []
    if isinstance(value, str):
        parts = _parts(value)
        # A comma can be part of a name that somebody did not quote: Lovelace, Ada <ada@example.com>.
        return parts if all("@" in part for part in parts) else [value]
    return value


AddressList = Annotated[
    list[Annotated[Line, AfterValidator(checked)]], BeforeValidator(_listed, json_schema_input_type=str | list[str] | None)
]
"""Addresses: a text with one, or with several and commas between them, or a list."""
