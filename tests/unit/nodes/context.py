"""What a node gets when it runs, without an engine around it: real expressions, the real outgoing client, no storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.engine import expressions, parameters
from flows.engine.contract import Credential, NodeType
from flows.engine.expressions.existing import Room, existing
from flows.engine.expressions.paths import UNDECIDED
from flows.engine.results import Answer, NodeFailure, Outcome, Wait

NOW = datetime(2026, 3, 14, 15, 9, 26, 535000, tzinfo=UTC)
_DEFAULT: Any = object()


@dataclass
class GivenCredential:
    """A credential as ``flows.credentials.use`` would open it."""

    secret: Any = "s3cret-value"
    id: str = "cred_01"
    type: str = "bearer"
    allowed_hosts: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    signature: Mapping[str, str] = field(default_factory=dict)

    def value(self) -> Any:
        return self.secret

    def secret_headers(self) -> Mapping[str, str]:
        return self.headers

    def secret_query(self) -> Mapping[str, str]:
        return self.query

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Mapping[str, str]:
        return {name: f"{value} {method} {url}" for name, value in self.signature.items()}

    def renew(self) -> bool:
        return False


@dataclass
class Context:
    """A node context."""

    input: Any = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, GivenCredential] = field(default_factory=dict)
    credential_id: str | None = None
    account_id: str = "acct_01"
    workflow_id: str = "wf_01"
    execution_id: str = "exec_01"
    node_id: str = "node"
    scope: Sequence[tuple[str, int]] = ()
    attempt: int = 1
    idempotency_key: str = "key-1"
    wait: Wait | None = None
    moment: datetime = NOW
    deadline: datetime = NOW + timedelta(seconds=600)
    private_hosts: frozenset[str] = frozenset()
    bindings: Mapping[str, Any] = field(default_factory=dict)
    room: Room = field(default_factory=Room)

    def evaluate(self, expression: str, *, document: Any = _DEFAULT, parameter: str = "", **bindings: Any) -> Any:
        try:
            return expressions.evaluate(
                expression, self.input if document is _DEFAULT else document, {"input": self.input, **self.bindings, **bindings}
            )
        except expressions.ExpressionError as error:
            raise NodeFailure("ExpressionError", str(error.at(parameter))) from None

    def render(self, value: Any, parameter: str) -> Any:
        try:
            return expressions.render_value(value, self.input, {"input": self.input, **self.bindings}, parameter, self.room)
        except expressions.ExpressionError as error:
            raise NodeFailure("ExpressionError", str(error)) from None

    def items(self, expression: str | None, parameter: str = "items") -> list[Any]:
        value = self.input if expression is None else existing(expression, self.input, {"input": self.input, **self.bindings})
        if value is UNDECIDED and expression is not None:
            value = self.evaluate(expression, parameter=parameter)
        return value if isinstance(value, list) else [] if value is None else [value]

    def now(self) -> datetime:
        return self.moment

    def http(self) -> Any:
        from flows.outgoing import OutgoingClient

        return OutgoingClient(self.private_hosts)

    def credential(self, credential_id: str | None = None) -> Credential:
        found = self.credentials.get(credential_id or self.credential_id or "")
        if found is None:
            raise NodeFailure("CredentialNotFound", "the credential does not exist")
        return found

    def trigger_url(self, path: str) -> str:
        return f"https://api.example.com/v1{path}"


def run(node_type: NodeType, raw: Mapping[str, Any], given: Any = None, **more: Any) -> Outcome:
    """Run a node as the engine does: render and validate its parameters, then run it."""
    context = Context(input=given, **more)
    return node_type.run(context, parameters.read(node_type.parameters, raw, context.render))


def resume(node_type: NodeType, raw: Mapping[str, Any], *answers: Answer, timed_out: bool = False, **more: Any) -> Outcome:
    """Resume a waiting node as the engine does."""
    context = Context(**more)
    assert node_type.resume is not None
    return node_type.resume(context, parameters.read(node_type.parameters, raw, context.render), answers, timed_out)
