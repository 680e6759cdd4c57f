"""Short ways to write a definition and to run it to its end in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flows.aws import clock
from flows.engine import registry
from flows.engine.contract import NodeContext, NodeType, Parameters
from flows.engine.environment import Environment
from flows.engine.journal import RunRecord
from flows.engine.prepared import Plan
from flows.engine.results import Outcome
from flows.engine.walker import HandBack, Turn

from tests.unit.engine.memory_store import MemoryStore


def node(id: str, type: str = "noop", **fields: Any) -> dict[str, Any]:
    """A node; keywords that are no fields of a node are its parameters."""
    known = {
        name: fields.pop(name)
        for name in list(fields)
        if name in ("retry", "on_error", "disabled", "timeout_seconds", "credential_id")
    }
    return {"id": id, "type": type, "parameters": fields, **known}


def edges(*pairs: str) -> list[dict[str, str]]:
    """``edges("a>b", "if:true>c")``."""
    made = []
    for pair in pairs:
        source, target = pair.split(">")
        source, _, port = source.partition(":")
        made.append({"source": source, "target": target, **({"source_port": port} if port else {})})
    return made


def definition(nodes: list[dict[str, Any]], connections: list[dict[str, str]] | None = None, **more: Any) -> dict[str, Any]:
    return {"nodes": nodes, "edges": connections or [], **more}


@contextmanager
def effects(functions: Mapping[str, Callable[[NodeContext], Any]]) -> Iterator[None]:
    """Node types of the tests' own with an outside effect, by name: each a function of the context."""
    found = {}
    for name, function in functions.items():

        def run(context: NodeContext, parameters: Any, function: Callable[[NodeContext], Any] = function) -> Outcome:
            result = function(context)
            return result if isinstance(result, Outcome) else Outcome(result)

        found[name] = NodeType(
            type=name, title=name, description="", category="action", parameters=_Anything, run=run, effect=True
        )
    original = registry.node_type
    import flows.engine.planner as planner
    import flows.engine.prepared as prepared

    def lookup(name: str) -> NodeType | None:
        return found.get(name) or original(name)

    prepared.node_type = planner.node_type = lookup  # type: ignore[assignment]  # the registry reads a folder; tests add to it here
    try:
        yield
    finally:
        prepared.node_type = planner.node_type = original


class _Anything(Parameters):
    model_config = {"extra": "allow"}


class Run:
    """One run in memory."""

    def __init__(
        self,
        definition: Mapping[str, Any],
        input: Any = None,
        *,
        trigger: dict[str, Any] | None = None,
        trigger_output: Any = None,
    ) -> None:
        self.definition = definition
        self.plan = Plan.of(definition)
        self.record = RunRecord(
            account_id="acct_1",
            execution_id="exec_1",
            workflow_id="wf_1",
            workflow_name="Test",
            version=1,
            status="pending",
            started_at=clock.now_iso(),
            trigger=trigger or {"type": "api"},
            trigger_output={"v": trigger_output} if trigger_output is not None else None,
            input={"v": input},
            turn=0,
            answers=0,
            cancel_requested=False,
            deadline=None,
            depth=0,
        )
        self.store = MemoryStore(self.record)
        self.hand_backs: list[HandBack] = []
        self.now: Callable[[], datetime] = clock.now

    def turn(self, store: Any = None) -> HandBack:
        """One turn, by a walker of its own."""
        self.record.turn += 1
        self.record.answers = len(self.store.given)
        environment = Environment(
            http=_no_http, open_credential=_no_credential, masker=_no_masker, base_url="http://test/v1", now=self.now
        )
        record = dataclasses.replace(self.record)
        back = Turn(store or self.store, record, self.plan, environment, f"walker-{self.record.turn}").walk()
        self.hand_backs.append(back)
        return back

    def to_the_end(self, limit: int = 200) -> dict[str, Any]:
        """Turns until the run has a final status (or parks)."""
        for _ in range(limit):
            back = self.turn()
            if back.next == "done":
                assert self.store.final is not None
                return self.store.final
            if back.next == "park":
                raise AssertionError(f"parked: {back}")
        raise AssertionError("no end")

    def logs(self) -> dict[str, dict[str, Any]]:
        """The newest entry of each node of the workflow's own graph, by id."""
        found = {}
        for page in self.store.pages_from(0):
            for entry in page.entries:
                if "k" not in entry and "s" not in entry:
                    found[entry["n"]] = entry
        return found


def _no_http() -> Any:
    raise AssertionError("no HTTP here")


def _no_credential(account_id: str, credential_id: str) -> Any:
    raise LookupError(credential_id)


def _no_masker(opened: list[Any]) -> Any:
    raise AssertionError("nothing to mask")


def later(one: Run, seconds: float) -> None:
    """Let the run's clock be that much ahead."""
    one.now = lambda: clock.now() + timedelta(seconds=seconds)
