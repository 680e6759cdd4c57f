"""The few things that a template of values cannot say.

{$each: name, as: template}          a list from a list input; ``{item}`` is the element
{$join: name, by: ","}               a list input as text
{$json: template}                    JSON as text
{$default: name, value: template}    the input, or what the template gives
{$mime: {to, cc, bcc, from, reply_to, subject, text, html}}   an e-mail (RFC 5322), base64url as Gmail takes it
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

Render = Callable[[Any, Mapping[str, Any]], Any]

_NAMES = ("$each", "$join", "$json", "$default", "$if", "$mime")


def is_transform(template: Mapping[str, Any]) -> bool:
    return any(name in template for name in _NAMES)


def names(template: Mapping[str, Any], placeholders: Callable[[Any], set[str]]) -> set[str]:
    """The inputs that the transform needs."""
    if "$each" in template:
        return {template["$each"], *(placeholders(template["as"]) - {"item"})}
    if "$join" in template:
        return {template["$join"]}
    if "$default" in template:
        return {template["$default"], *placeholders(template["value"])}
    if "$if" in template:
        return {template["$if"], *placeholders(template["then"])}
    return placeholders(template.get("$json", template.get("$mime")))


def apply(template: Mapping[str, Any], values: Mapping[str, Any], render: Render, missing: Any) -> Any:
    """What the transform gives; ``missing`` when its input was not given.

    Raises:
        ValueError: the inputs cannot be transformed; the message is for a person.
    """
    if "$each" in template:
        given = values.get(template["$each"], missing)
        if given is missing:
            return missing
        elements = given if isinstance(given, list) else [given]
        return [render(template["as"], {**values, "item": element}) for element in elements]
    if "$join" in template:
        given = values.get(template["$join"], missing)
        return str(template.get("by", ",")).join(map(str, given)) if isinstance(given, list) else given
    if "$if" in template:
        return render(template["then"], values) if template["$if"] in values else missing
    if "$default" in template:
        given = values.get(template["$default"], missing)
        return render(template["value"], values) if given is missing else given
    if "$json" in template:
        from flows import strict_json

        given = render(template["$json"], values)
        return given if given is missing else strict_json.dumps(given)
    parts = render(template["$mime"], values)
    return missing if parts is missing else _mime(parts)


def _mime(parts: Mapping[str, Any]) -> str:
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    for header, name in (
        ("To", "to"),
        ("Cc", "cc"),
        ("Bcc", "bcc"),
        ("From", "from"),
        ("Reply-To", "reply_to"),
        ("Subject", "subject"),
    ):
        value = parts.get(name)
        if not value:
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if "\r" in text or "\n" in text:
            raise ValueError(f"{name} holds a line break")
        message[header] = text
    message.set_content(str(parts.get("text") or ""))
    if parts.get("html"):
        message.add_alternative(str(parts["html"]), subtype="html")
        if not parts.get("text"):
            message.set_content(str(parts["html"]), subtype="html")
    if message.is_multipart():  # the same inputs make the same bytes, so that a repeat is a repeat
        message.set_boundary(hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()[:32])
    return base64.urlsafe_b64encode(message.as_bytes()).decode()
