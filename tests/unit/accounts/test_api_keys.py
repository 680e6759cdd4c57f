"""Keys: their form, what is kept of them, who may make which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flows.accounts import keys, repository, service
from flows.accounts.authorization import authorize
from flows.accounts.gateway_key import POOL, gateway_key
from flows.aws import clock, tables
from flows.aws.clients import client
from flows.errors import Conflict, Forbidden, NotFound, ValidationFailed
from flows.paging import Window
from hypothesis import given
from hypothesis import strategies as st

ALL = frozenset({"*"})


@given(st.binary(min_size=32, max_size=32))
def test_a_key_has_the_form_and_its_checksum(entropy):
    key = keys.make(entropy)

    assert len(key) == len("ya_live_") + 32 + 6
    assert keys.is_well_formed(key)
    assert keys.from_header(f"Bearer {key}") == key


@given(st.binary(min_size=32, max_size=32), st.integers(8, 45), st.sampled_from("0aZ9"))
def test_a_mistyped_key_is_known_without_a_database(entropy, place, char):
    key = keys.make(entropy)
    mistyped = key[:place] + char + key[place + 1 :]

    assert keys.is_well_formed(mistyped) == (mistyped == key)


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic x", "ya_live_x", "Bearer ya_test_" + "0" * 38, "Bearer " + "é" * 46]
)
def test_what_is_no_bearer_key_is_none(value):
    assert keys.from_header(value) is None


def test_the_first_key_of_an_account_may_do_everything_and_only_its_hash_is_kept(table):
    account, key, text = service.create_account("acme", "free")

    stored = str(client("dynamodb").scan(TableName=table)["Items"])
    assert key.scopes == ("*",)
    assert keys.digest(text) in stored
    assert text not in stored
    assert text[8:40] not in stored
    assert service.get_account(account.id).plan == "free"


def test_a_key_cannot_make_a_key_with_more_scopes_than_its_own(table):
    account, _, _ = service.create_account("acme", "free")
    maker = frozenset({"keys:write", "workflows:read"})

    for scopes in (["*"], ["workflows:write"], ["workflows:read", "credentials:use"]):
        with pytest.raises(Forbidden):
            service.create_key(account.id, "k", maker_scopes=maker, scopes=scopes)
    made, _ = service.create_key(account.id, "k", maker_scopes=maker, scopes=["workflows:read"])
    inherited, _ = service.create_key(account.id, "k", maker_scopes=maker)
    assert made.scopes == ("workflows:read",)
    assert inherited.scopes == ("keys:write", "workflows:read")


@pytest.mark.parametrize(
    "expires_at", ["yesterday", "2020-01-01T00:00:00Z", "2030-01-01", "0001-01-01T00:00:00+14:00", "9" * 30, ""]
)
def test_an_expiry_is_a_time_in_the_future(table, expires_at):
    account, _, _ = service.create_account("acme", "free")

    with pytest.raises(ValidationFailed) as caught:
        service.create_key(account.id, "k", maker_scopes=ALL, expires_at=expires_at)
    assert caught.value.problems[0].path == "expires_at"


def test_a_repeated_creation_gives_the_same_key_and_makes_one(table):
    account, _, _ = service.create_account("acme", "free")
    at = datetime(2036, 1, 1, tzinfo=UTC)
    again = {"maker_scopes": ALL, "key_id": "key_01hzzzzzzzzzzzzzzzzzzzzzzz", "entropy": b"e" * 32, "at": at}

    first = service.create_key(account.id, "k", **again)
    second = service.create_key(account.id, "k", **again)

    assert first == second
    assert service.list_keys(account.id, Window()).total == 2


def test_keys_are_listed_oldest_first_by_page_and_by_cursor(table):
    account, first, _ = service.create_account("acme", "free")
    made = [service.create_key(account.id, f"k{number}", maker_scopes=ALL)[0] for number in range(4)]
    ids = sorted([first.id, *(key.id for key in made)])

    one = service.list_keys(account.id, Window(2))
    two = service.list_keys(account.id, Window(2, None, one.next_key))
    three = service.list_keys(account.id, Window(2, 3))

    assert [key.id for key in one.items + two.items + three.items] == ids
    assert one.total == 5
    assert three.next_key is None


def test_a_revoked_key_is_gone_and_its_place_is_free(table):
    account, first, text = service.create_account("acme", "free")

    service.delete_key(account.id, first.id)

    assert tables.get(table, keys.record_pk(keys.digest(text)), "KEY") is None
    assert service.list_keys(account.id, Window()).total == 0
    with pytest.raises(NotFound):
        service.delete_key(account.id, first.id)


def test_another_accounts_key_is_not_found(table):
    _, theirs, _ = service.create_account("theirs", "free")
    mine, _, _ = service.create_account("mine", "free")

    for key_id in (theirs.id, "key_01hzzzzzzzzzzzzzzzzzzzzzzz", "x", "../" + theirs.id):
        with pytest.raises(NotFound):
            service.delete_key(mine.id, key_id)


def test_an_account_has_at_most_50_keys(table, monkeypatch):
    monkeypatch.setattr(repository, "MAX_KEYS", 2)
    account, _, _ = service.create_account("acme", "free")
    service.create_key(account.id, "second", maker_scopes=ALL)

    with pytest.raises(Conflict, match="at most"):
        service.create_key(account.id, "third", maker_scopes=ALL)


def test_a_change_of_plan_is_in_every_keys_record_at_once(table):
    account, _, text = service.create_account("acme", "free")
    _, other = service.create_key(account.id, "second", maker_scopes=ALL)

    service.set_plan(account.id, "pro")

    records = [tables.get(table, keys.record_pk(keys.digest(key)), "KEY") for key in (text, other)]
    assert [record["plan"] for record in records if record] == ["pro", "pro"]
    assert service.get_account(account.id).plan == "pro"
    later, text = service.create_key(account.id, "third", maker_scopes=ALL)
    assert (tables.get(table, keys.record_pk(later.digest), "KEY") or {})["plan"] == "pro"


def test_unknown_plans_accounts_and_names_are_told(table):
    with pytest.raises(ValidationFailed):
        service.create_account("acme", "gold")
    with pytest.raises(ValidationFailed):
        service.create_account("  ", "free")
    with pytest.raises(NotFound):
        service.set_plan("acct_01hzzzzzzzzzzzzzzzzzzzzzzz", "pro")


def test_an_expired_key_is_not_listed_as_such_but_kept(table):
    account, _, _ = service.create_account("acme", "free")
    soon = clock.iso(clock.now() + timedelta(hours=1))

    key, _ = service.create_key(account.id, "k", maker_scopes=ALL, expires_at=soon)

    assert key.expires_at == soon


def test_free_accounts_share_64_gateway_keys_and_others_have_their_own():
    accounts = [f"acct_{number}" for number in range(2000)]

    assert len({gateway_key(account, False) for account in accounts}) == POOL
    assert len({gateway_key(account, True) for account in accounts}) == 2000
    assert all(20 <= len(gateway_key(account, own)) <= 128 for account in accounts[:50] for own in (True, False))


def test_an_accounts_own_number_of_runs_is_in_every_keys_record_and_survives_a_change_of_plan(table):
    account, _, text = service.create_account("acme", "free", 3)
    assert account.most_runs == 3
    assert authorize(text).own_runs == 3
    _, later_text = service.create_key(account.id, "later", maker_scopes=frozenset({"*"}))

    assert service.set_plan(account.id, "pro").most_runs == 3
    assert service.set_plan(account.id, "pro", 0).most_runs is None
    assert (authorize(text).own_runs, authorize(later_text).own_runs) == (0, 0)
    assert service.set_plan(account.id, "pro", None).most_runs == 50
    assert authorize(later_text).own_runs is None
    assert service.get_account(account.id).most_runs == 50
    for impossible in (-2, 1_001):
        with pytest.raises(ValidationFailed):
            service.set_plan(account.id, "pro", impossible)
