"""The two functions behind queues: batches, failures of single messages, log lines."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import botocore.client
import pytest
from flows.webhooks.delivery import deliver

from functions.deliver.handler import handler as deliver_handler
from functions.fan_out.handler import handler as fan_out_handler
from local.settings import ROOT

from .conftest import ACCOUNT, Platform, Receiver
from .steps import message_of, only, run, send
from .test_delivery_faults import fault

DATA_MODEL = ROOT / "docs" / "data-model.md"


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


def test_a_batch_of_events_makes_full_calls(aws: Platform, receiver: Receiver):
    for _ in range(3):
        aws.webhook(receiver)
    events = [aws.event(seed=str(number)) for number in range(10)]

    with fault("none", -1) as calls:
        assert fan_out_handler(batch(*map(entry, events))) == {"batchItemFailures": []}

    # 30 deliveries: each by its own condition, their bodies and messages together, and the endpoints read once.
    counted = {"Query": 1, "BatchWriteItem": 2, "PutItem": 30, "SendMessageBatch": 3}
    assert Counter(calls) == counted
    assert len({message["delivery_id"] for message in aws.messages()}) == 30
    told = re.search(r"`fan_out`.*\| (\d+) \|$", DATA_MODEL.read_text(), re.MULTILINE)
    assert told
    assert int(told[1]) == sum(counted.values())


def test_an_event_that_stands_twice_in_a_batch_is_delivered_once(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    twice = entry(aws.event())

    assert fan_out_handler(batch(twice, twice)) == {"batchItemFailures": []}
    run(aws)

    assert len(receiver.seen) == 1
    assert only(webhook.id).status == "succeeded"


class Refused(Exception):
    pass


@pytest.mark.parametrize(
    ("operation", "number", "again"),
    [
        ("Query", 0, range(30)),  # the account's endpoints
        ("BatchWriteItem", 1, range(20, 30)),
        ("PutItem", 7, [7]),
        ("SendMessageBatch", 1, range(10, 20)),
    ],
)
def test_only_what_a_refused_call_was_for_comes_again(
    aws: Platform, receiver: Receiver, operation: str, number: int, again: Sequence[int], monkeypatch: pytest.MonkeyPatch
):
    aws.webhook(receiver)
    events = [aws.event(seed=str(each)) for each in range(30)]
    whole = batch(*map(entry, events))
    counted: Counter[str] = Counter()
    real = botocore.client.BaseClient._make_api_call

    def call(self: Any, name: str, parameters: dict[str, Any]) -> Any:
        counted[name] += 1
        if name == operation and (counted[name] == number + 1 or operation == "Query"):
            raise Refused
        return real(self, name, parameters)

    with monkeypatch.context() as refusing:
        refusing.setattr(botocore.client.BaseClient, "_make_api_call", call)
        if len(again) == len(events):
            with pytest.raises(Refused):
                fan_out_handler(whole)
        else:
            failed = fan_out_handler(whole)["batchItemFailures"]
            assert [int(each["itemIdentifier"]) for each in failed] == list(again)
    assert len(aws.messages()) == len(events) - len(again)

    left = {"Records": [whole["Records"][each] for each in again]}
    assert fan_out_handler(left) == {"batchItemFailures": []}
    assert len(aws.messages()) == len(again)


def test_an_attempt_makes_five_calls(aws: Platform, receiver: Receiver):
    aws.webhook(receiver)
    send(aws.event())
    [message] = aws.messages()

    with fault("none", -1) as calls:
        deliver(message_of(message))

    assert calls == ["UpdateItem", "BatchGetItem", "Decrypt", "UpdateItem", "UpdateItem"]
    told = re.search(r"`deliver`.*\| (\d+) \|$", DATA_MODEL.read_text(), re.MULTILINE)
    assert told
    assert int(told[1]) == len(calls)


def test_when_nothing_could_be_handled_the_function_fails_so_that_its_alarm_hears(
    aws: Platform, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(ValueError, match="JSON"):
        deliver_handler(batch("\u2028canary\n"))

    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["level"] == "ERROR"
    assert "canary" not in line
