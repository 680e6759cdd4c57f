"""Credentials: made, listed, rotated, deleted; and nothing that shows the secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.credentials import repository, service, use
from flows.credentials.models import CreateCredential, UpdateCredential
from flows.engine.results import NodeFailure
from flows.errors import Conflict, NotFound, ValidationFailed
from flows.paging import Window

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT, OTHER = ids.new_id("acct"), ids.new_id("acct")
SECRET = "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzqygy"


def make(account: str = ACCOUNT, **fields: object) -> str:
    wanted = CreateCredential.model_validate({"name": "Slack", "type": "api_key", "value": SECRET, **fields})
    return service.create(account, ids.new_id("cred"), wanted).id


def test_what_is_shown_holds_no_more_of_the_secret_than_its_last_four_characters() -> None:
    credential = make()

    shown = service.get(ACCOUNT, credential).model_dump()

    assert shown["hint"] == SECRET[-4:]
    assert set(shown) == {
        "id", "name", "type", "hint", "allowed_hosts", "created_at", "updated_at", "last_used_at"
    }  # fmt: skip
    assert SECRET[:-4] not in json.dumps(shown)


def test_a_secret_under_twelve_characters_has_no_hint() -> None:
    assert service.get(ACCOUNT, make(value="12345678901")).hint is None
    assert service.get(ACCOUNT, make(value="123456789012")).hint == "9012"


def test_what_is_stored_is_ciphertext() -> None:
    credential = make()

    stored = tables.get(repository.table(), ACCOUNT, repository.key(credential))

    assert stored is not None
    assert SECRET not in repr(stored)
    assert stored["format"] == 1


def test_the_credential_opens_in_its_account_and_nowhere_else() -> None:
    credential = make()

    assert use.open(ACCOUNT, credential).value() == SECRET
    with pytest.raises(NodeFailure) as foreign:
        use.open(OTHER, credential)
    with pytest.raises(NodeFailure) as unknown:
        use.open(OTHER, ids.new_id("cred"))
    assert foreign.value.message == unknown.value.message


def test_moved_ciphertext_does_not_open() -> None:
    mine, yours = make(), make(OTHER, value="another-secret-of-another-account")
    stolen = tables.get(repository.table(), ACCOUNT, repository.key(mine))
    own = tables.get(repository.table(), OTHER, repository.key(yours))
    assert stolen
    assert own

    for moved in (
        {**own, "ciphertext": stolen["ciphertext"]},
        {**own, "data_key": stolen["data_key"]},
        {**own, "ciphertext": stolen["ciphertext"], "data_key": stolen["data_key"]},
    ):
        tables.put(repository.table(), moved)
        with pytest.raises(NodeFailure, match="cannot be opened"):
            use.open(OTHER, yours)


def test_a_single_changed_bit_does_not_open() -> None:
    credential = make()
    item = tables.get(repository.table(), ACCOUNT, repository.key(credential))
    assert item
    flipped = bytes([*item["ciphertext"][:-1], item["ciphertext"][-1] ^ 1])
    tables.put(repository.table(), {**item, "ciphertext": flipped})

    with pytest.raises(NodeFailure, match="cannot be opened"):
        use.open(ACCOUNT, credential)


def test_two_credentials_with_one_secret_share_no_byte_of_key_or_text() -> None:
    first, second = (tables.get(repository.table(), ACCOUNT, repository.key(make())) for _ in range(2))

    assert first
    assert second
    assert first["data_key"] != second["data_key"]
    assert first["ciphertext"] != second["ciphertext"]


def test_rotation_seals_under_a_new_data_key() -> None:
    credential = make()
    before = tables.get(repository.table(), ACCOUNT, repository.key(credential))

    changed = service.update(ACCOUNT, credential, UpdateCredential(name="Bot", value="a-new-secret-value-9876"))

    after = tables.get(repository.table(), ACCOUNT, repository.key(credential))
    assert before
    assert after
    assert (changed.name, changed.hint) == ("Bot", "9876")
    assert use.open(ACCOUNT, credential).value() == "a-new-secret-value-9876"
    assert after["data_key"] != before["data_key"]


def test_renaming_leaves_the_secret_as_it_is() -> None:
    credential = make()

    service.update(ACCOUNT, credential, UpdateCredential(name="Bot"))

    assert use.open(ACCOUNT, credential).value() == SECRET


def test_deleting_removes_the_only_copy_of_the_data_key() -> None:
    credential = make()

    service.delete(ACCOUNT, credential, force=True)

    assert tables.get(repository.table(), ACCOUNT, repository.key(credential)) is None
    with pytest.raises(NotFound):
        service.delete(ACCOUNT, credential, force=True)
    with pytest.raises(NotFound):
        service.get(ACCOUNT, credential)


def test_another_accounts_credential_is_not_found() -> None:
    credential = make(OTHER)

    with pytest.raises(NotFound):
        service.get(ACCOUNT, credential)
    with pytest.raises(NotFound):
        service.update(ACCOUNT, credential, UpdateCredential(name="mine now"))
    with pytest.raises(NotFound):
        service.delete(ACCOUNT, credential, force=True)
    assert service.existing(ACCOUNT, [credential]) == frozenset()


def test_use_is_noted_at_most_hourly() -> None:
    credential = make()
    start = datetime(2026, 1, 15, 10, tzinfo=UTC)
    seen = []

    for minutes in (0, 30, 61):
        clock.set_now(lambda at=start + timedelta(minutes=minutes): at)
        use.open(ACCOUNT, credential)
        seen.append(service.get(ACCOUNT, credential).last_used_at)

    assert seen == ["2026-01-15T10:00:00.000Z", "2026-01-15T10:00:00.000Z", "2026-01-15T11:01:00.000Z"]


def test_the_newest_comes_first_and_the_total_counts_all() -> None:
    made = [make(name=f"c{number}") for number in range(5)]

    first = service.listed(ACCOUNT, Window(limit=2))
    second = service.listed(ACCOUNT, Window(limit=2, after=first.next_key))

    assert first.total == 5
    assert [one.id for one in (*first.items, *second.items)] == sorted(made, reverse=True)[:4]


def test_an_account_has_at_most_500() -> None:
    tables.put(repository.table(), {"pk": ACCOUNT, "sk": repository.COUNTS, "credentials": 500})

    with pytest.raises(Conflict, match="500"):
        make()


def test_how_many_an_account_may_have_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_CREDENTIALS", "1")
    settings.cache_clear()
    make()

    with pytest.raises(Conflict) as full:
        make()

    assert full.value.details == {"limit": 1}


def test_the_same_request_twice_makes_one_credential() -> None:
    wanted = CreateCredential.model_validate({"name": "Slack", "type": "api_key", "value": SECRET})
    credential = ids.new_id("cred")

    first, again = (service.create(ACCOUNT, credential, wanted) for _ in range(2))

    assert first == again
    assert service.listed(ACCOUNT, Window()).total == 1


VALUES = {
    "api_key": "k" * 20,
    "bearer": "t" * 20,
    "basic": {"username": "ann", "password": "p" * 12},
    "header": {"name": "X-Token", "value": "v" * 12},
    "query": {"name": "token", "value": "v" * 12},
    "oauth2_client_credentials": {"client_id": "id", "client_secret": "s" * 12, "token_url": "https://auth.example.com/token"},
    "oauth2": {"client_id": "id", "refresh_token": "r" * 12, "token_url": "https://auth.example.com/token"},
    "aws": {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "w" * 40},
}


@pytest.mark.parametrize("kind", VALUES)
def test_each_type_comes_back_as_it_was(kind: str) -> None:
    assert use.open(ACCOUNT, make(type=kind, value=VALUES[kind])).value() == VALUES[kind]


WRONG = [
    ("api_key", {"username": "a"}, "value"),
    ("api_key", "  ", "value"),
    ("bearer", "canary-secret\n", "value"),
    ("basic", "canary-secret", "value"),
    ("basic", {"username": "a:b", "password": "canary-secret"}, "value.username"),
    ("basic", {"username": "a", "password": "canary-secret", "canary": 1}, "value.canary"),
    ("header", {"name": "Host", "value": "canary-secret"}, "value.name"),
    ("header", {"name": "X-A", "value": "canary-secret\r\nX-B: c"}, "value.value"),
    ("query", {"name": "key", "value": 17}, "value.value"),
    ("oauth2", {"client_id": "i", "token_url": "https://auth.example.com", "client_secret": "canary-secret"}, "value.refresh_token"),
    ("oauth2", {"client_id": "i", "token_url": "http://auth.example.com", "refresh_token": "canary-secret"}, "value.token_url"),
    ("oauth2_client_credentials", {"client_id": "i", "client_secret": "canary-secret", "token_url": "https://169.254.169.254/"}, "value.token_url"),
    ("aws", {"access_key_id": "AKIA"}, "value.secret_access_key"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "path"), WRONG)
def test_a_wrong_value_is_named_and_never_echoed(kind: str, value: object, path: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        make(type=kind, value=value)

    assert path in [problem.path for problem in refused.value.problems]
    assert "canary-secret" not in repr((refused.value.message, refused.value.details))


@pytest.mark.parametrize(
    "host", ["https://a.example", "a.example/path", "user@a.example", "*.com", "*", "a b.example", "*.1.2.3.4"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        make(allowed_hosts=["ok.example.com", host])

    assert [problem.path for problem in refused.value.problems] == ["allowed_hosts[1]"]


def test_hosts_are_kept_in_one_form() -> None:
    credential = make(allowed_hosts=["API.Example.com", "api.example.com", "*.Example.com", "h.example:8443"])

    assert service.get(ACCOUNT, credential).allowed_hosts == ["api.example.com", "*.example.com", "h.example:8443"]
    assert use.open(ACCOUNT, credential).allowed_hosts == {"api.example.com", "*.example.com", "h.example:8443"}


def test_a_connectors_credential_goes_to_the_connectors_hosts() -> None:
    assert service.get(ACCOUNT, make(connector="slack")).allowed_hosts == ["slack.com"]
    assert service.get(ACCOUNT, make(connector="slack", allowed_hosts=["a.example"])).allowed_hosts == ["a.example"]
    with pytest.raises(ValidationFailed, match="no such connector"):
        make(connector="nothing")


def test_the_token_url_must_be_among_the_hosts() -> None:
    with pytest.raises(ValidationFailed) as refused:
        make(type="oauth2", value=VALUES["oauth2"], allowed_hosts=["api.example.com"])

    assert refused.value.problems[0].path == "value.token_url"
    credential = make(type="oauth2", value=VALUES["oauth2"], allowed_hosts=["auth.example.com"])
    with pytest.raises(ValidationFailed):
        service.update(ACCOUNT, credential, UpdateCredential(allowed_hosts=["api.example.com"]))


SENT = [
    ("api_key", {"X-API-Key": "k" * 20}, {}),
    ("bearer", {"Authorization": "Bearer " + "t" * 20}, {}),
    ("basic", {"Authorization": "Basic YW5uOnBwcHBwcHBwcHBwcA=="}, {}),
    ("header", {"X-Token": "v" * 12}, {}),
    ("query", {}, {"token": "v" * 12}),
]


def test_of_very_many_problems_a_thousand_are_listed_and_the_message_tells_the_rest() -> None:
    with pytest.raises(ValidationFailed) as refused:
        make(type="aws", value={f"k{number}": 1 for number in range(5_000)})

    assert len(refused.value.details) == 1_000
    assert refused.value.message == "value.access_key_id: a value is required (and 5001 more)"


@pytest.mark.parametrize(("kind", "headers", "query"), SENT)
def test_how_each_type_is_sent(kind: str, headers: dict[str, str], query: dict[str, str]) -> None:
    opened = use.open(ACCOUNT, make(type=kind, value=VALUES[kind]))

    assert (opened.secret_headers(), opened.secret_query()) == (headers, query)


def test_an_opened_credential_shows_no_secret_as_text() -> None:
    opened = use.open(ACCOUNT, make())

    assert SECRET not in repr(opened) + str(opened)


def test_the_api_function_imports_nothing_that_decrypts() -> None:
    import subprocess
    import sys

    decrypting = ["flows.credentials.opening", "flows.credentials.use", "flows.credentials.tokens"]
    probe = f"import functions.credentials.handler, sys; print([m for m in {decrypting} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
