"""What a node sees while it runs: the one implementation of ``contract.NodeContext``."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.engine.contract import Credential
from flows.engine.environment import Environment
from flows.engine.expressions import ExpressionError, evaluate, render_value
from flows.engine.expressions.existing import Room, existing
from flows.engine.expressions.paths import UNDECIDED
from flows.engine.journal import RunRecord, Store
from flows.engine.results import NodeFailure, Wait

if TYPE_CHECKING:
    from flows.outgoing import OutgoingClient

_OWN_INPUT: Any = object()

OnMainThread = Callable[[Callable[[], Any]], Any]
"""Runs a function on the main thread, where a timer can stop it, and gives its value."""


@dataclass
class RunningContext:
    """A node's view of its run. See ``contract.NodeContext`` for what each part means."""

    run: RunRecord
    node_id: str
    scope: Sequence[tuple[str, int]]
    attempt: int
    input: Any
    inputs: Mapping[str, Any]
    credential_id: str | None
    seconds: float
    """How long the node may take."""
    bindings: Mapping[str, Any]
    environment: Environment
    store: Store
    on_main_thread: OnMainThread
    wait: Wait | None = None
    opened: list[Any] = field(default_factory=list)
    """Credentials that the node has used: what they hold is masked in whatever is stored."""

    room: Room = field(default_factory=Room)
    """For large values in the parameters that are there already."""

    account_id: str = ""
    workflow_id: str = ""
    execution_id: str = ""

    def __post_init__(self) -> None:
        self.account_id = self.run.account_id
        self.workflow_id = self.run.workflow_id
        self.execution_id = self.run.execution_id
        self._begun = self.environment.now()

    @property
    def idempotency_key(self) -> str:
        place = "/".join(f"{node}:{index}" for node, index in self.scope)
        return hashlib.sha256(f"{self.execution_id}|{place}|{self.node_id}".encode()).hexdigest()[:40]

    @property
    def deadline(self) -> datetime:
        # Worked out when it is asked for: most nodes never do. Neither the invocation nor the run lasts longer.
        invocation = self.environment.now() + timedelta(seconds=max(1.0, self.environment.seconds_left() - 20))
        deadline = min(self._begun + timedelta(seconds=self.seconds), invocation)
        return deadline if self.run.deadline is None else min(deadline, self.run.deadline)

    def evaluate(self, expression: str, *, document: Any = _OWN_INPUT, parameter: str = "", **bindings: Any) -> Any:
        names = {**self.bindings, **bindings} if bindings else self.bindings
        subject = self.input if document is _OWN_INPUT else document
        if threading.current_thread() is threading.main_thread():
            return _evaluate(expression, subject, names, parameter, bindings.get("index"))
        return self.on_main_thread(lambda: _evaluate(expression, subject, names, parameter, bindings.get("index")))

    def render(self, value: Any, parameter: str) -> Any:
        """A JSON value of the parameters with its templates filled in. On the main thread only."""
        try:
            return render_value(value, self.input, self.bindings, parameter, self.room)
        except ExpressionError as error:
            raise _failure(error, parameter) from None

    def items(self, expression: str | None, parameter: str = "items") -> list[Any]:
        value = self.input if expression is None else existing(expression, self.input, self.bindings)
        if value is UNDECIDED and expression is not None:
            value = self.evaluate(expression, parameter=parameter)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def now(self) -> datetime:
        return self.environment.now()

    def http(self) -> OutgoingClient:
        return self.environment.http()

    def credential(self, credential_id: str | None = None) -> Credential:
        wanted = credential_id or self.credential_id
        if not wanted:
            raise NodeFailure("MissingCredential", "This node needs a credential: give it a credential_id")
        for one in self.opened:
            if one.id == wanted:
                found: Credential = one
                return found
        try:
            opened: Credential = self.environment.open_credential(self.account_id, wanted)
        except LookupError:
            raise NodeFailure("MissingCredential", f"There is no credential {wanted} in this account") from None
        self.opened.append(opened)
        return opened

    def trigger_url(self, path: str) -> str:
        return f"{self.environment.base_url}{path}"

    def start_workflow(self, workflow_id: str, input: Any, *, wait: bool) -> str:
        return self.store.start_child(
            workflow_id,
            input,
            seed=self.idempotency_key if self.attempt == 1 else f"{self.idempotency_key}|{self.attempt}",
            scope=tuple(self.scope),
            node_id=self.node_id,
            wait=wait,
            depth=self.run.depth + 1,
        )

    def masked(self, value: Any) -> Any:
        """The value without the secrets of the credentials that were used."""
        return self.environment.masker(self.opened).mask(value) if self.opened else value


def _evaluate(expression: str, document: Any, bindings: Mapping[str, Any], parameter: str, index: int | None) -> Any:
    try:
        return evaluate(expression, document, bindings)
    except ExpressionError as error:
        raise _failure(error, parameter, index) from None


def _failure(error: ExpressionError, parameter: str, index: int | None = None) -> NodeFailure:
    """Which parameter, which expression, where in it and why; of an expression over the items of a list, at which item."""
    place = error.parameter or parameter
    where = f"in parameter {place!r}" if place else "in an expression"
    item = f", item {index}" if index is not None else ""
    position = error.position + 1 if error.position is not None else None
    at = f" at character {position}" if position is not None else ""
    shown = error.expression if len(error.expression) <= 200 else error.expression[:200] + "…"
    details = {"parameter": place or None, "expression": shown, "position": position, "reason": error.reason}
    if index is not None:
        details["item"] = index
    return NodeFailure("ExpressionError", f"{where}{item}: {{{{ {shown} }}}}{at}: {error.reason}", details)
