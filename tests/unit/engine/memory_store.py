"""A run's store in memory: the same contract as the one in DynamoDB, for tests of the walker's semantics."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from flows import strict_json
from flows.engine.journal import GivenAnswer, Packed, PackedText, Page, RunRecord, Superseded
from flows.engine.state import Scope


class MemoryStore:
    """Keeps pages, answers and the final status; every page goes through JSON, as it does on its way to a table."""

    def __init__(self, run: RunRecord) -> None:
        self.run = run
        self.journal: dict[int, Page] = {}
        self.given: list[GivenAnswer] = []
        self.final: dict[str, Any] | None = None
        self.response_given: Mapping[str, Any] | None = None
        self.events: list[Mapping[str, Any]] = []
        self.children: dict[str, dict[str, Any]] = {}
        self.seed: tuple[Mapping[str, Any], Sequence[Page]] | None = None
        self.cancelled_children: list[str] = []
        self.cancel_requested = False
        self.writes = 0
        self.reads: list[int] = []

    def head(self) -> Page | None:
        return copy.deepcopy(self.journal[max(self.journal)]) if self.journal else None

    def pages(self, numbers: Sequence[int]) -> Mapping[int, Page]:
        self.reads += numbers
        return {number: copy.deepcopy(self.journal[number]) for number in numbers}

    def pages_from(self, first: int) -> Sequence[Page]:
        return [self.journal[number] for number in sorted(self.journal) if number >= first]

    def append(self, page: Page, event: Mapping[str, Any] | None = None) -> None:
        if page.number in self.journal or self.final is not None:
            raise Superseded
        entries = strict_json.loads(page.entries_text())
        assert entries == strict_json.loads(strict_json.dumps(list(page.entries)))  # what was measured is what happened
        state = strict_json.loads(strict_json.dumps(page.state))
        self.journal[page.number] = Page(page.number, page.turn, page.owner, entries, state)
        self.writes += 1
        if event:
            self.events.append(event)

    def renew(self) -> RunRecord:
        return self.run

    def news(self) -> RunRecord:
        return dataclasses.replace(self.run, answers=len(self.given), cancel_requested=self.cancel_requested)

    def respond(self, response: Mapping[str, Any]) -> bool:
        first = self.response_given is None
        if first:
            self.response_given = response
        return first

    def response(self) -> Any:
        return self.response_given

    def answers(self) -> Sequence[GivenAnswer]:
        return list(self.given)

    def finish(self, status: str, output: Packed | None, error: Mapping[str, Any] | None, usage: Mapping[str, Any]) -> None:
        if self.final is not None:
            raise Superseded
        self.final = {
            "status": status,
            "output": self.unpack(output) if output is not None else None,
            "error": error,
            "usage": usage,
        }
        self.writes += 1

    def units(self) -> tuple[float, float]:
        return 0.0, 0.0

    def pack(self, value: Any) -> Packed:
        text = strict_json.dumps(value)
        return PackedText(strict_json.loads(text), text)

    def unpack(self, packed: Packed) -> Any:
        return copy.deepcopy(packed["v"])

    def seed_pages(self) -> tuple[Mapping[str, Any], Sequence[Page]] | None:
        return self.seed

    def start_child(self, workflow_id: str, input: Any, *, seed: str, scope: Scope, node_id: str, wait: bool, depth: int) -> str:
        self.children.setdefault(seed, {"workflow_id": workflow_id, "input": input, "scope": scope, "node_id": node_id})
        return f"exec_{seed[:10]}{seed[40:]}"

    def cancel_child(self, execution_id: str) -> None:
        self.cancelled_children.append(execution_id)
