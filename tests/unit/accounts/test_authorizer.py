"""The authorizer: who calls, in one call of DynamoDB; and nothing about why not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flows.accounts import keys, service
from flows.api import usage
from flows.aws import clock, tables

from functions.authorizer.handler import handler

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/v1/GET/workflows/wf_1"


def ask(token: str) -> dict:
    return handler({"type": "TOKEN", "authorizationToken": token, "methodArn": ARN}, None)


def test_a_key_stands_for_its_account_plan_and_scopes_on_the_whole_stage(table):
    account, key, text = service.create_account("acme", "starter")

    answer = ask(f"Bearer {text}")

    assert answer["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:eu-west-1:123456789012:abc123/v1/*"}
    ]
    assert answer["context"] == {
        "account_id": account.id,
        "key_id": key.id,
        "plan": "starter",
        "scopes": "*",
        "expires_at": "",
        "own_runs": "",
    }
    assert all(isinstance(value, str) for value in answer["context"].values())
    assert answer["usageIdentifierKey"].startswith("account-")


def test_every_refusal_is_the_same_and_malformed_keys_cost_no_read(table, capsys):
    account, _, text = service.create_account("acme", "free")
    expiring, expired_text = service.create_key(
        account.id, "k", maker_scopes=frozenset({"*"}), expires_at=clock.iso(clock.now() + timedelta(seconds=60))
    )
    revoked, revoked_text = service.create_key(account.id, "k", maker_scopes=frozenset({"*"}))
    service.delete_key(account.id, revoked.id)
    real_now = clock.now()
    clock.set_now(lambda: real_now + timedelta(seconds=61))
    wrong_checksum = text[:-1] + ("a" if text[-1] != "a" else "b")

    for token, calls in (
        ("", 0),
        ("Bearer x", 0),
        (f"Basic {text}", 0),
        (f"Bearer {wrong_checksum}", 0),
        (f"Bearer {keys.make(b'u' * 32)}", 1),
        (f"Bearer {revoked_text}", 1),
        (f"Bearer {expired_text}", 1),
    ):
        counted = usage.begin()
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            ask(token)
        assert counted.calls == calls
    logged = capsys.readouterr().out
    assert expiring.id not in logged
    assert "ya_live_" not in logged


def test_the_last_use_is_written_at_most_once_an_hour_and_reading_stays_one_call(table):
    _, key, text = service.create_account("acme", "free")
    start = clock.now()
    seen = []
    for minutes in (0, 1, 59, 61, 62):
        clock.set_now(lambda minutes=minutes: start + timedelta(minutes=minutes))
        counted = usage.begin()
        ask(f"Bearer {text}")
        assert counted.calls == 1
        seen.append((tables.get(table, keys.record_pk(key.digest), "KEY") or {})["last_used_at"])

    assert seen == [clock.iso(start)] * 3 + [clock.iso(start + timedelta(minutes=61))] * 2


def test_each_answer_logs_one_line(table, capsys):
    _, _, text = service.create_account("acme", "free")

    ask(f"Bearer {text}")

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["allowed"] is True
