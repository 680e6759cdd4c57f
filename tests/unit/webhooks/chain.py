"""What stands between the functions on an event's way, in moto: the table's stream, the bus, the queues; with faults."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import botocore.client
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.webhooks import due
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from functions.deliver.handler import handler as deliver_handler
from functions.fan_out.handler import handler as fan_out_handler
from functions.relay.handler import handler as relay_handler

from .conftest import Platform


class Crash(BaseException):
    """The worker is gone: nothing of ours may catch this."""


def crashed(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except Crash:
        return Crash


REGION = "eu-west-1"
VISIBILITY = timedelta(seconds=150)
"""After which SQS brings a message again that a dead worker had."""


@dataclass
class Work:
    """Something to be handled: records of the stream, or a message of a queue."""

    function: str
    event: dict[str, Any]
    at: datetime


@dataclass
class Chain:
    """The table's stream, the bus, the queues and the functions behind them; the AWS calls of the functions are counted.

    Args:
        aws: what stands around.
        kind: of the fault: ``before``, ``after``, ``lost``, or none.
        number: of the call that it meets.
        twice: whether everything comes twice.
        reverse: whether what came last is handled first.
    """

    aws: Platform
    kind: str = "none"
    number: int = -1
    twice: bool = False
    reverse: bool = False
    calls: list[str] = field(default_factory=list)
    heard: int = 0
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        bus, queue = client("events"), client("sqs").create_queue(QueueName="events")["QueueUrl"]
        arn = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus.create_event_bus(Name="bus")
        bus.put_rule(Name="rule", EventBusName="bus", EventPattern='{"source": ["flows"]}')
        bus.put_targets(Rule="rule", EventBusName="bus", Targets=[{"Id": "events", "Arn": arn}])
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        client("dynamodb").update_table(TableName="webhooks", StreamSpecification=stream)
        self.aws.monkeypatch.setenv("EVENT_BUS", "bus")
        settings.cache_clear()

    def settle(self, rounds: int = 60) -> None:
        """Handle everything, and what follows from it; the clock goes on to what is due next, and the sweeper looks."""
        todo: list[Work] = []
        for _ in range(rounds):
            todo += self._new() * (2 if self.twice else 1)
            if not todo:
                break
            todo.sort(key=lambda work: work.at, reverse=self.reverse)
            ready = [work for work in todo if work.at <= self.aws.now] or [min(todo, key=lambda work: work.at)]
            work = ready[0]
            todo.remove(work)
            self.aws.now = max(self.aws.now, work.at)
            if self._handle(work):
                todo.append(Work(work.function, work.event, self.aws.now + VISIBILITY))
        assert not todo, "it comes to no end"
        for _ in range(3):
            self.aws.later(minutes=16)
            if due.sweep(self.aws.now):
                self.settle()

    def _handle(self, work: Work) -> bool:
        """Whether it has to come again."""
        with Faulty(self):
            outcome = crashed(lambda: HANDLERS[work.function](work.event, None))
        return outcome is Crash or bool(outcome["batchItemFailures"])

    def _new(self) -> list[Work]:
        """What the stream and the queues have brought since."""
        shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table("webhooks").stream_shard
        records = [item.to_json() for item in shard.items[self.heard :]]
        self.heard = len(shard.items)
        told = [record for record in records if {"event", "asked"} & set(record["dynamodb"].get("NewImage", {}))]
        found = [Work("relay", {"Records": told}, self.aws.now)] if told else []
        for function, name in (("fan_out", "events"), ("deliver", "delivery")):
            queue = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[name]
            for message in queue._messages:
                delay = max(0, (message.delayed_until - message.sent_timestamp) / 1000)
                record = {"messageId": str(next(self.numbers)), "body": message.body, "attributes": {}}
                found.append(Work(function, {"Records": [record]}, self.aws.now + timedelta(seconds=delay)))
            queue._messages.clear()
        return found


HANDLERS: dict[str, Callable[..., Any]] = {"relay": relay_handler, "fan_out": fan_out_handler, "deliver": deliver_handler}


class Faulty:
    """Counts the AWS calls made inside, over the chain's whole life, and lets one of them meet the chain's fault."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.real = botocore.client.BaseClient._make_api_call

    def __enter__(self) -> None:
        chain, real = self.chain, self.real

        def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
            chain.calls.append(operation)
            if len(chain.calls) - 1 != chain.number:
                return real(self, operation, parameters)
            if chain.kind == "before":
                raise Crash
            answer = real(self, operation, parameters)
            if chain.kind == "after":
                raise Crash
            return real(self, operation, parameters) if chain.kind == "lost" else answer

        botocore.client.BaseClient._make_api_call = call  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        botocore.client.BaseClient._make_api_call = self.real  # type: ignore[method-assign]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run these in threads that begin together; what they gave."""
    begin, given = threading.Barrier(len(acts)), []

    def work(act: Callable[[], Any]) -> None:
        begin.wait()
        given.append(act())

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
