"""The few things that a template of values cannot say.

{$each: name, as: template}          a list from a list input; ``{item}`` is the element
{$join: name, by: ","}               a list input as text
{$json: template}                    JSON as text
{$default: name, value: template}    the input, or what the template gives
{$mime: {to, cc, bcc, from, reply_to, in_reply_to, references, subject, text, html, attachments}}
                                     an e-mail (RFC 5322), base64url as Gmail takes it
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

Render = Callable[[Any, Mapping[str, Any]], Any]

_MAIL_HEADERS = (
    ("To", "to"),
    ("Cc", "cc"),
    ("Bcc", "bcc"),
    ("From", "from"),
    ("Reply-To", "reply_to"),
    ("In-Reply-To", "in_reply_to"),
    ("References", "references"),
    ("Subject", "subject"),
)
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
    for header, name in _MAIL_HEADERS:
        value = parts.get(name)
        if not value:
            continue
        text = (" " if name == "references" else ", ").join(map(str, value)) if isinstance(value, list) else str(value)
        if "\r" in text or "\n" in text:
            raise ValueError(f"{name} holds a line break")
        message[header] = text
    if parts.get("html") and not parts.get("text"):
        message.set_content(str(parts["html"]), subtype="html")
    else:
        message.set_content(str(parts.get("text") or ""))
        if parts.get("html"):
            message.add_alternative(str(parts["html"]), subtype="html")
    for given in parts.get("attachments") or []:
        _attach(message, given)
    seed = hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()[:32]
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"{seed}{depth or ''}")  # the same inputs make the same bytes, so that a repeat is a repeat
    return base64.urlsafe_b64encode(message.as_bytes()).decode()


def _attach(message: Any, given: Mapping[str, Any]) -> None:
    name, kind = str(given["filename"]), str(given.get("content_type") or "application/octet-stream")
    main, _, sub = kind.partition("/")
    if not main or not sub or not kind.isascii() or not kind.isprintable() or any(sign in kind for sign in ' ;,"'):
        raise ValueError(f"the content type of {name!r} is none")
    try:
        content = base64.b64decode(str(given["content"]), validate=True)
    except ValueError:
        raise ValueError(f"the content of {name!r} is not base64") from None
    if any(not sign.isprintable() for sign in name):
        raise ValueError("a file's name holds a character that no header can carry")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
