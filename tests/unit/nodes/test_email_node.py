"""email, against moto's SES."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber
from flows.aws import clients
from flows.aws.settings import settings
from flows.engine import registry
from flows.engine.addresses import checked
from flows.engine.contract import NodeType
from flows.engine.results import NodeFailure
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from tests.unit.nodes.context import run


def node() -> NodeType:
    found = registry.node_type("email")
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def sender(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EMAIL_FROM", "flows@example.com")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def service() -> Iterator[None]:
    with mock_aws():
        clients.reset()
        clients.client("sesv2").create_email_identity(EmailIdentity="flows@example.com")
        yield
    clients.reset()


def sent() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages)


def send(data: Any = None, **raw: Any) -> Any:
    return run(node(), {"to": "ada@example.com", "subject": "Hello", "text": "x", **raw}, data).output


def refused(**raw: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        send(**raw)
    return caught.value


@pytest.mark.usefixtures("service")
def test_the_example_gives_what_it_shows() -> None:
    example = node().examples[0]

    output = run(node(), example.parameters, example.input).output

    assert list(output) == ["message_id"]
    assert sent()[0].subject == "Order 17"


@pytest.mark.usefixtures("service")
def test_recipients_are_one_several_or_a_list() -> None:
    send(
        {"cc": ["bo@example.com", "cy@example.com"]},
        to="ada@example.com, di@example.com",
        cc="{{ cc }}",
        bcc=None,
        html="<b>x</b>",
    )

    assert sent()[0].destinations == {
        "ToAddresses": ["ada@example.com", "di@example.com"],
        "CcAddresses": ["bo@example.com", "cy@example.com"],
    }


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada Lovelace <ada@example.com>", "Ada Lovelace <ada@example.com>"),
        ('"Lovelace, Ada" <ada@example.com>', '"Lovelace, Ada" <ada@example.com>'),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("Lovelace A. <ada@example.com>", '"Lovelace A." <ada@example.com>'),
        ("<ada@example.com>", "ada@example.com"),
        ("Jürgen <j@example.com>", "=?utf-8?q?J=C3=BCrgen?= <j@example.com>"),
    ],
)
def test_addresses_as_the_service_takes_them(text: str, address: str) -> None:
    assert checked(text) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a b@example.com",
        "ada@example.com\r\nBcc: x@example.com",
        "ada@localhost",
        "jürgen@example.com",
        "a@b.c, ",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert refused(to=[address]).type == "InvalidParameters"


@pytest.mark.parametrize(
    "raw",
    [
        {"subject": "a\r\nBcc: x@example.com"},
        {"subject": "a\u2028b"},
        {"subject": ""},
        {"to": []},
        {"to": None},
        {"text": None},
        {"text": "", "html": ""},
        {"to": [f"a{number}@example.com" for number in range(51)]},
        {"reply_to": "x\ny"},
        {"from": "other@example.com"},
    ],
)
def test_messages_that_cannot_be_are_refused(raw: dict[str, Any]) -> None:
    assert refused(**raw).type == "InvalidParameters"


def test_without_a_sender_no_e_mail_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_FROM")
    settings.cache_clear()

    assert refused().type == "NotConfigured"


@pytest.mark.parametrize(("code", "retryable"), [("TooManyRequestsException", True), ("MessageRejected", False)])
def test_what_the_service_refuses_is_told_by_its_code(code: str, retryable: bool) -> None:
    with Stubber(clients.client("sesv2")) as stub:
        for _ in range(4):  # throttles are tried again by the client itself
            stub.add_client_error("send_email", service_error_code=code, service_message="secret@operator.example")
        failure = refused()

    assert (failure.type, failure.retryable, failure.details) == ("EmailError", retryable, {"code": code})
    assert "operator.example" not in failure.message


@pytest.mark.parametrize(
    ("to", "addresses"),
    [
        ("Ada <ada@example.com>, bo@example.com", ["Ada <ada@example.com>", "bo@example.com"]),
        ('"Lovelace, Ada" <ada@example.com>,bo@example.com,', ['"Lovelace, Ada" <ada@example.com>', "bo@example.com"]),
        ("Lovelace, Ada <ada@example.com>", ['"Lovelace, Ada" <ada@example.com>']),
    ],
)
def test_commas_part_addresses_with_names_too(to: str, addresses: list[str], service: None) -> None:
    send(to=to)

    assert sent()[0].destinations["ToAddresses"] == addresses
