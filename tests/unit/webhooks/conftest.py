"""The webhooks' table, queue and key in moto, and real receivers on 127.0.0.1."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flows import relay
from flows.aws import clients, clock, ids
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.webhooks import service
from flows.webhooks.events import new_event
from flows.webhooks.models import CreatedWebhook, CreateWebhook
from moto import mock_aws

from tests.unit.one_at_a_time import lock_writes

ACCOUNT = "acct_01hmx5j8yq3v7k2n9p4r6s8t0w"
START = datetime.fromisoformat("2100-03-01T10:00:00+00:00")
"""In the future, since expiry (TTL) goes by the real clock."""


@dataclass
class Seen:
    """A request as a receiver got it; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server whose answers a test sets; ``seen`` holds what reached it."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    answer: Callable[[Seen], tuple[int, dict[str, str], bytes]] = lambda seen: (200, {}, b"thanks")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def start_receiver() -> Iterator[Callable[[], Receiver]]:
    running: list[http.server.ThreadingHTTPServer] = []

    def start() -> Receiver:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen("POST", self.path, headers, self.rfile.read(length))
                receiver.seen.append(seen)
                status, more, body = receiver.answer(seen)
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                receiver.seen.append(Seen("GET", self.path, {}, b""))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        receiver = Receiver(server.server_address[1])
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return receiver

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver(start_receiver: Callable[[], Receiver], aws: Platform) -> Receiver:
    """A receiver that endpoints may name."""
    made = start_receiver()
    aws.open(made)
    return made


@dataclass
class Platform:
    """What stands around the code under test."""

    queue_url: str
    monkeypatch: pytest.MonkeyPatch
    now: datetime = START
    hosts: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def open(self, receiver: Receiver) -> None:
        """Let endpoints be at the receiver."""
        self.hosts.append(f"127.0.0.1:{receiver.port}")
        self.monkeypatch.setenv("ALLOWED_PRIVATE_HOSTS", ",".join(self.hosts))
        settings.cache_clear()

    def later(self, **parts: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**parts)
        return self.now

    def webhook(self, receiver: Receiver, account_id: str = ACCOUNT, **more: Any) -> CreatedWebhook:
        """Create an endpoint at the receiver."""
        wanted = CreateWebhook.model_validate({"url": receiver.url, "events": ["*"], **more})
        return service.create(account_id, ids.new_id("wh"), wanted, b"e" * 32)

    def event(self, type: str = "workflow.executed", data: dict[str, Any] | None = None, seed: str = "1") -> dict[str, Any]:
        return new_event(type, data if data is not None else {"execution_id": "exec_1"}, seed, self.now)

    def stream(self) -> None:
        """Hand the relay what the table's stream would tell: deliveries that somebody has asked for since the last time."""
        items = client("dynamodb").scan(TableName="webhooks")["Items"]
        asked = [item for item in items if "asked" in item and item["asked"]["S"] not in self.told]
        self.told |= {item["asked"]["S"] for item in asked}
        keys = [{name: item[name] for name in ("pk", "sk")} for item in asked]
        records = [
            {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": str(number), "Keys": key, "NewImage": item}}
            for number, (key, item) in enumerate(zip(keys, asked, strict=True))
        ]
        assert relay.relay(records) == []

    def messages(self) -> list[dict[str, Any]]:
        """Take everything from the delivery queue, also what is delayed: ``{..., delay, group}``."""
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.sqs.models import sqs_backends

        self.stream()
        queue = sqs_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].queues["delivery"]
        found = [
            {
                **json.loads(message.body),
                "delay": max(0, round((message.delayed_until - message.sent_timestamp) / 1000)),
                "group": message.group_id,
            }
            for message in queue._messages
        ]
        queue._messages.clear()
        return found


@pytest.fixture(scope="module")
def fresh_clients() -> Iterator[None]:
    """Clients of this module's own: making them takes longer than most tests."""
    clients.reset()
    yield
    clients.reset()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, fresh_clients: None) -> Iterator[Platform]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "WEBHOOKS_TABLE": "webhooks",
        "ACCOUNTS_TABLE": "accounts",
        "SIGNING_SECRET": "s" * 40,
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        for name in ("webhooks", "accounts"):
            client("dynamodb").create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[
                    {"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "lpk", "lsk", "dpk", "dsk")
                ],
                KeySchema=_keys("pk", "sk"),
                GlobalSecondaryIndexes=[
                    {"IndexName": "list", "KeySchema": _keys("lpk", "lsk"), "Projection": {"ProjectionType": "ALL"}},
                    {"IndexName": "due", "KeySchema": _keys("dpk", "dsk"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
                ],
            )
        monkeypatch.setenv("CREDENTIALS_KEY", client("kms").create_key()["KeyMetadata"]["Arn"])
        queue_url = client("sqs").create_queue(QueueName="delivery")["QueueUrl"]
        monkeypatch.setenv("DELIVERY_QUEUE_URL", queue_url)
        settings.cache_clear()
        platform = Platform(queue_url, monkeypatch)
        clock.set_now(lambda: platform.now)
        yield platform
    clock.set_now(None)
    settings.cache_clear()


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """See ``tests.unit.one_at_a_time``."""
    lock_writes(monkeypatch)


def _keys(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]
