"""The two functions behind queues: batches, failures of single messages, log lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.deliver.handler import handler as deliver_handler
from functions.fan_out.handler import handler as fan_out_handler

from .conftest import ACCOUNT, Platform, Receiver


def batch(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": str(number), "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
            for number, body in enumerate(bodies)
        ]
    }


def entry(event: dict[str, Any]) -> str:
    """An entry of the bus as its rule puts it on the queue."""
    detail = {"account_id": ACCOUNT, "depth": 0, "event": event}
    return json.dumps({"version": "0", "source": "flows", "detail-type": event["type"], "detail": detail})


def test_from_the_bus_to_the_receiver(aws: Platform, receiver: Receiver, capsys: pytest.CaptureFixture[str]):
    aws.webhook(receiver)
    events = [aws.event(seed="1"), aws.event("form.submitted", {"form_id": "f"}, seed="2")]

    assert fan_out_handler(batch(*map(entry, events))) == {"batchItemFailures": []}
    messages = [{name: value for name, value in each.items() if name not in ("delay", "group")} for each in aws.messages()]
    assert deliver_handler(batch(*map(json.dumps, messages))) == {"batchItemFailures": []}

    assert [json.loads(seen.body) for seen in receiver.seen] == events
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["service"] for line in lines] == ["fan_out", "fan_out", "deliver", "deliver"]
    assert lines[-1]["outcome"] == "succeeded"


def test_a_message_that_cannot_be_handled_comes_again_and_the_others_do_not(aws: Platform, receiver: Receiver):
    aws.webhook(receiver)
    good = entry(aws.event())

    for bad in ("no JSON", "{}", '{"detail": {}}', '{"detail": {"account_id": "acct_x", "event": {"id": "evt_x"}}}'):
        answer = fan_out_handler(batch(bad, good, bad))
        assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}, {"itemIdentifier": "2"}]}
    assert len(aws.messages()) == 4


def test_when_nothing_could_be_handled_the_function_fails_so_that_its_alarm_hears(
    aws: Platform, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(ValueError, match="JSON"):
        deliver_handler(batch("\u2028canary\n"))

    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["level"] == "ERROR"
    assert "canary" not in line
