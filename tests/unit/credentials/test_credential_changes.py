"""A PATCH of a credential reads nothing first, and still refuses and stores what it would if it had looked at the item before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from flows.aws import clients, ids
from flows.credentials import repository, service, use, values
from flows.credentials.hosts import check_hosts, check_token_url
from flows.credentials.models import CreateCredential, UpdateCredential
from flows.errors import NotFound, ValidationFailed

from tests.unit.credentials.test_credential_service import VALUES, WRONG

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT = ids.new_id("acct")
TOKEN_URL = "https://login.auth.example.com:8443/token"
CLIENT = {"client_id": "id", "client_secret": "n" * 12, "token_url": TOKEN_URL}
REFRESH = {"client_id": "id", "refresh_token": "n" * 12, "token_url": TOKEN_URL}
HOSTS: list[list[str]] = [
    [],
    ["auth.example.com"],
    ["*.example.com"],
    ["auth.example.com", "login.auth.example.com:8443"],
    ["api.example.org"],
]
SENT: list[dict[str, Any]] = [
    {"name": "Other"},
    *({"value": value} for value in VALUES.values()),
    *({"value": value} for _, value, _ in WRONG),
    *({"value": value} for value in (CLIENT, REFRESH, None, 7, [], {})),
    *({"value": REFRESH, "allowed_hosts": hosts} for hosts in HOSTS),
    *({"value": "n" * 20, "allowed_hosts": hosts} for hosts in HOSTS),
    *({"allowed_hosts": hosts} for hosts in HOSTS),
    {"allowed_hosts": ["no host"], "value": "\n"},
]


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The names of the AWS calls."""
    made: list[str] = []
    events = [clients.client(name).meta.events for name in ("dynamodb", "kms")]
    for one in events:
        one.register("before-call", lambda model, **_: made.append(model.name), unique_id="names")
    yield made
    for one in events:
        one.unregister("before-call", unique_id="names")


def make(type: str, hosts: list[str]) -> str:
    value = VALUES[type]
    body = {"name": "C", "type": type, "value": value, "allowed_hosts": hosts}
    return service.create(ACCOUNT, ids.new_id("cred"), CreateCredential.model_validate(body)).id


def wanted(sent: dict[str, Any]) -> UpdateCredential:
    """As it comes from a body that the model lets through."""
    return UpdateCredential.model_construct(**sent)


def told(act: Callable[[], Any]) -> list[Any]:
    """The problems that are told, or none."""
    try:
        act()
    except ValidationFailed as refused:
        return list(refused.problems)
    return []


def looked_at(item: dict[str, Any], sent: dict[str, Any]) -> list[Any]:
    """What is wrong with a change of the item, told by the item itself."""

    def check() -> None:
        hosts = check_hosts(sent["allowed_hosts"]) if "allowed_hosts" in sent else item["allowed_hosts"]
        if sent.get("value") is not None:
            check_token_url(values.check(item["type"], sent["value"]), hosts)
        elif "allowed_hosts" in sent:
            check_token_url({"token_url": item["token_url"]}, hosts)

    return told(check)


@pytest.mark.parametrize("kind", get_args(values.CredentialType))
def test_what_is_refused_and_what_is_stored_is_as_if_it_had_been_read_first(kind: str) -> None:
    for hosts in HOSTS[:3] if "oauth2" in kind else HOSTS[:1]:
        credential = make(kind, hosts)
        for sent in SENT:
            before = repository.get(ACCOUNT, credential)
            assert before
            expected = looked_at(before, sent)

            problems = told(lambda credential=credential, sent=sent: service.update(ACCOUNT, credential, wanted(sent)))

            assert problems == expected, (kind, hosts, sent)
            after = repository.get(ACCOUNT, credential)
            assert after
            if expected:
                assert after == before
                continue
            assert after["name"] == sent.get("name", "C")
            assert after["allowed_hosts"] == sent.get("allowed_hosts", hosts)
            value = sent["value"] if sent.get("value") is not None else VALUES[kind]
            assert use.open(ACCOUNT, credential, note=False).value() == value
            assert after["token_url"] == (value.get("token_url", "") if isinstance(value, dict) else "")
            assert after["version"] == (2 if sent.get("value") is not None else 1)
            credential = make(kind, hosts)


CALLS: list[tuple[str, list[str], dict[str, Any], list[str]]] = [
    ("bearer", [], {"name": "D"}, ["UpdateItem"]),
    ("bearer", [], {"value": "n" * 20}, ["GenerateDataKey", "UpdateItem"]),
    ("header", [], {"value": VALUES["query"]}, ["GenerateDataKey", "UpdateItem"]),
    ("oauth2", ["*.example.com"], {"value": VALUES["oauth2"]}, ["GenerateDataKey", "UpdateItem"]),
    ("oauth2", ["login.auth.example.com:8443", "auth.example.com"], {"value": REFRESH}, ["GenerateDataKey", "UpdateItem"]),
    ("oauth2", ["auth.example.com"], {"allowed_hosts": ["*.example.com"]}, ["UpdateItem", "UpdateItem"]),
    ("oauth2", ["auth.example.com"], {"allowed_hosts": []}, ["UpdateItem"]),
    ("bearer", [], {"allowed_hosts": ["a.example"]}, ["UpdateItem"]),
    ("aws", [], {"value": "n" * 20}, ["GenerateDataKey", "UpdateItem"]),
    ("aws", [], {"value": 7}, ["GetItem"]),
]


@pytest.mark.parametrize(("kind", "hosts", "sent", "expected"), CALLS)
def test_a_change_makes_two_calls_at_most(
    kind: str, hosts: list[str], sent: dict[str, Any], expected: list[str], calls: list[str]
) -> None:
    credential = make(kind, hosts)
    calls.clear()

    told(lambda: service.update(ACCOUNT, credential, wanted(sent)))

    assert calls == expected


def test_another_accounts_credential_and_one_that_is_gone_are_not_found() -> None:
    credential = make("bearer", [])
    gone = make("bearer", [])
    service.delete(ACCOUNT, gone, force=True)

    for sent in (
        {"value": "n" * 20},
        {"value": 7},
        {"allowed_hosts": ["no host"]},
        {"allowed_hosts": ["a.example"]},
        {"name": "D"},
    ):
        for account, one in ((ids.new_id("acct"), credential), (ACCOUNT, gone), (ACCOUNT, "cred_1")):
            with pytest.raises(NotFound):
                service.update(account, one, wanted(sent))
        assert repository.get(ACCOUNT, gone) is None


def test_a_token_url_that_comes_between_look_and_write_is_minded() -> None:
    credential = make("oauth2", ["auth.example.com"])
    events = clients.client("dynamodb").meta.events
    seen: list[str] = []

    def between(model: Any, **_: Any) -> None:
        seen.append(model.name)
        if seen.count("UpdateItem") == 2:  # the first has been refused, and its item looked at
            events.unregister("before-call", unique_id="between")
            other = {
                "value": {**VALUES["oauth2"], "token_url": "https://auth.example.org/"},
                "allowed_hosts": ["auth.example.org"],
            }
            service.update(ACCOUNT, credential, wanted(other))

    events.register("before-call", between, unique_id="between")

    problems = told(lambda: service.update(ACCOUNT, credential, wanted({"allowed_hosts": ["*.example.com"]})))

    assert [problem.type for problem in problems] == ["host_not_allowed"]
    assert service.get(ACCOUNT, credential).allowed_hosts == ["auth.example.org"]
