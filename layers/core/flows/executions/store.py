"""A run's store in DynamoDB and S3: the lease, the journal, the answers, the end. Implements ``engine.journal.Store``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flows import strict_json
from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.engine.journal import GivenAnswer, Packed, Page, RunRecord, Superseded, packed_text
from flows.engine.results import Answer
from flows.engine.state import Scope
from flows.executions import values
from flows.executions.ending import END_NAMES, end_attributes
from flows.executions.records import FINAL, RUN, page_item, page_key, partition, read_page, read_run, status_partition

LEASE_SECONDS = 30
"""A walker renews its lease every ten seconds; one that died is followed after this time."""


@dataclass(frozen=True)
class Busy:
    """Another walker has the run.

    Args:
        seconds: until its lease ends.
        answers: as the run counts them.
    """

    seconds: int
    answers: int


@dataclass
class _News:
    answers: int
    cancel_requested: bool


class RunStore:
    """One run, as one walker sees it.

    Args:
        item: the run's item as the acquired lease left it.
        owner: who this walker is.
        start_child: starts a run of another workflow.
        cancel_child: asks a run to end: ``(account_id, execution_id)``.
        units: read and write units that this turn has consumed.
        pages_expire: when pages may go (epoch seconds; default: with the longest run).
    """

    def __init__(
        self,
        item: Item,
        owner: str,
        *,
        start_child: Callable[..., str],
        cancel_child: Callable[[str, str], None],
        units: Callable[[], tuple[float, float]] = lambda: (0.0, 0.0),
        pages_expire: int | None = None,
    ) -> None:
        self.item = item
        self.owner = owner
        self._start_child = start_child
        self._cancel_child = cancel_child
        self._units = units
        self._table = settings().executions_table
        self._account_id: str = item["account_id"]
        self._execution_id: str = item["id"]
        self._pk: str = item["pk"]
        self._pages_expire: int = pages_expire or item["ttl"]

    def record(self) -> RunRecord:
        return read_run(self.item)

    def head(self) -> Page | None:
        if self.item.get("turn") == 1:
            return None  # nobody has had the lease before us, and only who has it writes pages
        page = tables.query(
            self._table,
            "pk = :pk AND sk BETWEEN :first AND :last",
            {":pk": self._pk, ":first": page_key(1), ":last": "P#99999999"},
            limit=1,
            forward=False,
            consistent=True,
        )
        return read_page(page.items[0]) if page.items else None

    def pages(self, numbers: Sequence[int]) -> Mapping[int, Page]:
        # Pages never change, so a read that lags is enough; one that is not there yet is read again, consistently.
        found = {}
        keys = [(self._pk, page_key(number)) for number in numbers]
        items = tables.get_many(self._table, keys)
        missing = [key for key in keys if key not in items]
        if missing:
            items |= tables.get_many(self._table, missing, consistent=True)
        for item in items.values():
            page = read_page(item)
            found[page.number] = page
        return found

    def pages_from(self, first: int) -> Sequence[Page]:
        return read_pages(self._account_id, self._execution_id, first)

    def append(self, page: Page, event: Mapping[str, Any] | None = None) -> None:
        item = page_item(self._account_id, self._execution_id, page, self._pages_expire)
        if event is not None:
            from flows.webhooks.events import new_event

            made = new_event(event["type"], event["data"], event["seed"], clock.parse_iso(self.item["started_at"]))
            item["event"] = strict_json.dumps(made)
            item["depth"] = self.item.get("depth", 0)
        try:
            tables.put(self._table, item, "attribute_not_exists(pk)")
        except ConditionFailed as failed:
            # A repeat of our own write whose answer was lost finds what it wrote.
            if failed.item is None or (failed.item["owner"], failed.item["turn"]) != (self.owner, page.turn):
                raise Superseded from None

    def renew(self) -> RunRecord:
        try:
            self.item = tables.update(
                self._table,
                self._pk,
                RUN,
                "SET lease_until = :until",
                {":until": _lease_end(), ":me": self.owner},
                condition="lease_owner = :me",
            )
        except ConditionFailed:
            raise Superseded from None
        return self.record()

    def news(self) -> _News:
        found = tables.get(self._table, self._pk, RUN, consistent=True, attributes=("cancel_requested", "answers", "lease_owner"))
        if found is None or found.get("lease_owner") != self.owner:
            raise Superseded
        return _News(found.get("answers", 0), bool(found.get("cancel_requested")))

    def respond(self, response: Mapping[str, Any]) -> bool:
        text = packed_text(values.pack(self._account_id, self._execution_id, dict(response)))
        try:
            tables.update(
                self._table,
                self._pk,
                RUN,
                "SET #response = :response",
                {":response": text},
                names={"#response": "response"},
                condition="attribute_exists(pk) AND attribute_not_exists(#response)",
                returns="NONE",
            )
        except ConditionFailed:
            return False
        return True

    def response(self) -> Any:
        found = tables.get(self._table, self._pk, RUN, consistent=True, attributes=("response",))
        return values.unpack(strict_json.stored(found["response"])) if found and found.get("response") else None

    def answers(self) -> Sequence[GivenAnswer]:
        found = []
        for item in tables.query_all(
            self._table, "pk = :pk AND begins_with(sk, :a)", {":pk": self._pk, ":a": "A#"}, consistent=True
        ):
            scope = tuple((node, index) for node, index in strict_json.loads(item["scope"]))
            data = values.unpack(strict_json.stored(item["data"]))
            found.append(GivenAnswer(scope, item["node_id"], Answer(item["kind"], data, item["at"])))
        return sorted(found, key=lambda given: given.answer.at)

    def finish(self, status: str, output: Packed | None, error: Mapping[str, Any] | None, usage: Mapping[str, Any]) -> None:
        expression, given = end_attributes(self.item, status, output, error, usage)
        try:
            tables.update(
                self._table,
                self._pk,
                RUN,
                expression,
                {**given, ":me": self.owner},
                names=END_NAMES,
                condition="lease_owner = :me",
                returns="NONE",
            )
        except ConditionFailed as failed:
            if failed.item is None or failed.item.get("ended_by") != self.owner:
                raise Superseded from None

    def units(self) -> tuple[float, float]:
        return self._units()

    def pack(self, value: Any) -> Packed:
        return values.pack(self._account_id, self._execution_id, value, strict_json.VALUE_DEPTH)

    def unpack(self, packed: Packed) -> Any:
        if "page" in packed:
            return values.unpack(self.pages([packed["page"]])[packed["page"]].entries[packed.get("entry", 0)]["o"])
        return values.unpack(packed)

    def seed_pages(self) -> tuple[Mapping[str, Any], Sequence[Page]] | None:
        seed = self.record().seed
        if not seed:
            return None
        from flows.workflows import service as workflows

        found = tables.get(self._table, partition(self._account_id, seed["execution_id"]), RUN)
        if found is None:
            return None
        definition = workflows.load(self._account_id, found["workflow_id"], found["version"]).definition
        return definition, read_pages(self._account_id, seed["execution_id"], 1)

    def start_child(self, workflow_id: str, input: Any, *, seed: str, scope: Scope, node_id: str, wait: bool, depth: int) -> str:
        return self._start_child(self.item, workflow_id, input, seed=seed, scope=scope, node_id=node_id, wait=wait, depth=depth)

    def cancel_child(self, execution_id: str) -> None:
        self._cancel_child(self._account_id, execution_id)


def acquire(account_id: str, execution_id: str, prior: str | None) -> tuple[Item, str] | Busy | None:
    """Take a run's lease.

    Args:
        account_id, execution_id: the run.
        prior: the walker that handed back to us, whose lease is ours to take.

    Returns:
        The run's item and the owner that we are now; Busy; None when the run has ended or is not there.
    """
    owner = secrets.token_hex(8)
    try:
        item = tables.update(
            settings().executions_table,
            partition(account_id, execution_id),
            RUN,
            "SET lease_owner = :me, lease_until = :until, #status = :running, turn = if_not_exists(turn, :zero) + :one,"
            " spk = :spk, leg = if_not_exists(parked_turn, :zero) REMOVE park_token, wake, dpk, dsk",
            {
                ":me": owner,
                ":prior": prior or "-",
                ":until": _lease_end(),
                ":now": _milliseconds(),
                ":running": "running",
                ":spk": status_partition(account_id, "running"),
                ":pending": "pending",
                ":waiting": "waiting",
                ":zero": 0,
                ":one": 1,
            },
            names={"#status": "status"},
            condition="#status IN (:pending, :running, :waiting)"
            " AND (attribute_not_exists(lease_owner) OR lease_owner = :prior OR lease_until < :now)",
        )
    except ConditionFailed as failed:
        there = failed.item
        if there is None or there["status"] in FINAL:
            return None
        if there.get("lease_owner") == owner:
            return there, owner  # our own write, whose answer was lost
        left = (there.get("lease_until", 0) - _milliseconds()) / 1000
        return Busy(max(1, int(left) + 1), there.get("answers", 0))
    return item, owner


def park(account_id: str, execution_id: str, *, token: str, seen: int, waiting: bool) -> bool:
    """Keep a task token for whoever has an answer.

    Returns:
        False: something has come since the walker looked: the token must be answered at once.
    """
    # The turn names the wait: a repeat of this call says the same.
    sets = "SET park_token = :token" + (", #status = :waiting, spk = :spk, parked_turn = turn" if waiting else "")
    given: dict[str, Any] = {":token": token, ":seen": seen, ":zero": 0, ":final_a": "completed", ":final_b": "failed"}
    given[":final_c"] = "cancelled"
    if waiting:
        given |= {":waiting": "waiting", ":spk": status_partition(account_id, "waiting")}
    try:
        tables.update(
            settings().executions_table,
            partition(account_id, execution_id),
            RUN,
            sets,
            given,
            names={"#status": "status"},
            condition="(answers = :seen OR (attribute_not_exists(answers) AND :seen = :zero))"
            " AND NOT #status IN (:final_a, :final_b, :final_c)",
            returns="NONE",
        )
    except ConditionFailed as failed:
        return failed.item is not None and failed.item.get("park_token") == token and failed.item.get("answers", 0) == seen
    return True


def read_pages(account_id: str, execution_id: str, first: int, limit: int | None = None) -> Sequence[Page]:
    """Pages of a journal from a number on, in order."""
    condition = "pk = :pk AND sk BETWEEN :first AND :last"
    given = {":pk": partition(account_id, execution_id), ":first": page_key(first), ":last": "P#99999999"}
    table = settings().executions_table
    if limit is not None:
        return [read_page(item) for item in tables.query(table, condition, given, limit=limit, consistent=True).items]
    return [read_page(item) for item in tables.query_all(table, condition, given, consistent=True)]


def _milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)


def _lease_end() -> int:
    return int((clock.now() + timedelta(seconds=LEASE_SECONDS)).timestamp() * 1000)
