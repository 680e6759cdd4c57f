"""From inputs to a request: placeholders, what is left out, transforms, bodies."""

from __future__ import annotations

import base64
from email import message_from_bytes
from typing import Any

import pytest
from flows.connectors.bodies import encode, form_pairs
from flows.connectors.mapping import MISSING, render
from flows.connectors.schema import Body


def body(values: dict[str, Any], **template: Any) -> tuple[bytes, str]:
    return encode(Body.model_validate(template), values)


@pytest.mark.parametrize(
    ("template", "values", "rendered"),
    [
        ("{n}", {"n": 5}, 5),
        ("{n}", {"n": None}, None),
        ("{n}", {"n": False}, False),
        ("no {n} no", {"n": True}, "no true no"),
        ({"a": "{n}", "b": "{m}"}, {"n": 1}, {"a": 1}),
        ({"a": {"b": {"c": "{n}"}}}, {}, MISSING),
        ({"a": {}, "b": []}, {}, {"a": {}, "b": []}),
        (["{n}", "{m}"], {"m": 2}, [2]),
        ({"...": "{fields}", "x": 1}, {"fields": {"y": 2, "x": 0}}, {"y": 2, "x": 1}),
        ("{item.name}", {"item": {"name": "a"}}, "a"),
        ("query { id name }", {}, "query { id name }"),
        ({"$each": "to", "as": {"email": "{item}"}}, {"to": ["a", "b"]}, [{"email": "a"}, {"email": "b"}]),
        ({"$each": "to", "as": {"email": "{item}"}}, {}, MISSING),
        ({"$join": "ids", "by": ","}, {"ids": [1, "b"]}, "1,b"),
        ({"$if": "t", "then": {"text": "{t}", "kind": "x"}}, {}, MISSING),
        ({"$default": "n", "value": "USD"}, {}, "USD"),
        ({"$json": {"a": "{n}"}}, {"n": 1}, '{"a":1}'),
    ],
)
def test_templates(template: Any, values: dict[str, Any], rendered: Any) -> None:
    assert render(template, values) == rendered


def test_an_input_is_data_and_no_template() -> None:
    assert render({"a": "{text}"}, {"text": "{secret} {{ 1+1 }}", "secret": "s"}) == {"a": "{secret} {{ 1+1 }}"}


def test_nested_values_in_forms() -> None:
    value = {"a": {"b": [1, {"c": True}]}, "d": ["x", "y"]}

    assert list(form_pairs(value, "brackets")) == [("a[b][0]", "1"), ("a[b][1][c]", "true"), ("d[0]", "x"), ("d[1]", "y")]
    assert list(form_pairs({"d": ["x", "y"]}, "repeat")) == [("d", "x"), ("d", "y")]


def mail(**parts: Any) -> Any:
    raw = render({"$mime": {name: f"{{{name}}}" for name in parts}}, parts)
    return message_from_bytes(base64.urlsafe_b64decode(raw))


def test_a_mail_with_text_and_html_is_an_alternative_and_the_same_each_time() -> None:
    parts = {"to": ["ann@example.com"], "subject": "Grüße", "text": "Hi", "html": "<p>Hi</p>"}

    first, second = mail(**parts), mail(**parts)

    assert first.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in first.get_payload()] == ["text/plain", "text/html"]
    assert first.as_bytes() == second.as_bytes()


def test_a_mail_with_html_alone_is_html() -> None:
    sent = mail(to="ann@example.com", subject="Hi", html="<p>Hi</p>")

    assert (sent.get_content_type(), sent.get_payload(decode=True)) == ("text/html", b"<p>Hi</p>\r\n")


def test_a_mail_with_files_and_an_answer() -> None:
    files = [
        {"filename": "Rechnung für Ann.txt", "content": "SGk=", "content_type": "text/plain"},
        {"filename": "a", "content": ""},
    ]
    parts = {"to": "ann@example.com", "subject": "Re: Hi", "html": "<p>Hi</p>", "attachments": files}
    answered = {"in_reply_to": "<1@example.com>", "references": ["<0@example.com>", "<1@example.com>"]}

    first, second = mail(**parts, **answered), mail(**parts, **answered)

    assert first.get_content_type() == "multipart/mixed"
    attached = [part for part in first.walk() if part.get_filename()]
    assert [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in attached] == [
        ("Rechnung für Ann.txt", "text/plain", b"Hi"),
        ("a", "application/octet-stream", b""),
    ]
    assert (first["In-Reply-To"], first["References"]) == ("<1@example.com>", "<0@example.com> <1@example.com>")
    assert first.as_bytes() == second.as_bytes()


@pytest.mark.parametrize(
    "given",
    [
        {"filename": "a\r\nX-Evil: 1", "content": "SGk="},
        {"filename": "a", "content": "not base64"},
        {"filename": "a", "content": "SGk=", "content_type": "text/plain; x=1\r\nX-Evil: 1"},
        {"filename": "a", "content": "SGk=", "content_type": "text"},
    ],
)
def test_a_file_that_is_none_makes_no_mail(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"base64|content type|character"):
        mail(to="ann@example.com", subject="Hi", attachments=[given])


@pytest.mark.parametrize("name", ["to", "subject", "reply_to", "in_reply_to", "references"])
def test_a_line_break_makes_no_header(name: str) -> None:
    parts = {"to": "ann@example.com", "subject": "Hi", name: "x\r\nBcc: evil@example.com"}

    with pytest.raises(ValueError, match="line break"):
        mail(**parts)


def test_a_content_type_makes_no_header_either() -> None:
    with pytest.raises(ValueError, match="content type"):
        body({"kind": "text/plain\r\nX-Evil: 1"}, raw="{kind}", content_type="{kind}")


def test_a_body_of_nothing_is_an_empty_object() -> None:
    assert body({}, json=["a", "b"]) == (b"{}", "application/json")
