"""E-mail addresses in parameters: checked by a well-kept library, without asking the DNS."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from flows.engine.parameter_types import Line


def checked(text: str) -> str:
    """An address as SES takes it, with its display name: ``Ada Lovelace <ada@example.com>``.

    Raises:
        ValueError: it is none, or its local part is not ASCII (SES takes no such ones).
    """
    from email.headerregistry import Address

    from email_validator import EmailNotValidError, validate_email

    try:
        # SES itself refuses what does not exist; a look-up here would tell the network about every recipient.
        found = validate_email(text.strip(), check_deliverability=False, allow_display_name=True, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError("must be an e-mail address, as ada@example.com or Ada Lovelace <ada@example.com>") from None
    plain = found.ascii_email or found.normalized
    if not found.display_name:
        return plain
    # The library of the language quotes and encodes the name; SES takes RFC 2047 words.
    address = Address(display_name=found.display_name, addr_spec=plain)
    if found.display_name.isascii():
        return str(address)
    from email.header import Header

    return f"{Header(found.display_name, 'utf-8', maxlinelen=10_000).encode()} <{plain}>"


def _listed(value: Any) -> Any:
    """One address, several with commas between them, or a list; null is none."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value] if "<" in value or '"' in value else [part for part in value.split(",") if part.strip()]
    return value


AddressList = Annotated[list[Annotated[Line, AfterValidator(checked)]], BeforeValidator(_listed)]
"""Addresses: a text with one, or with several and commas between them, or a list."""
