"""What a node type is: a parameter model, its ports, and ``run(context, parameters) -> Outcome``.

A node type is one module, ``flows/engine/nodes/<type>.py``, with a module-level ``NODE = NodeType(...)``. The registry finds it by
its name; adding one touches no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict

from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.template import parse_template
from flows.engine.results import Answer, Outcome, Wait

if TYPE_CHECKING:
    from flows.outgoing import OutgoingClient


class ExpressionMarker:
    """Marks a parameter that holds a bare JSONata expression (kind *expr* in the node reference)."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {**handler(schema), "format": "jsonata"}


class RawMarker:
    """Marks a parameter that the engine hands over as it was written (a loop's body), with nothing in it evaluated."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {**handler(schema), "x-raw": True}


def bare(text: str) -> str:
    """The expression in a parameter of kind *expr*, which may stand in braces: ``{{ a > 1 }}`` is ``a > 1``.

    Raises:
        ValueError: text around the braces, or nothing in it.
    """
    stripped = text.strip()
    if not stripped:
        raise ValueError("an expression is missing")
    if not stripped.startswith("{{"):
        return stripped
    try:
        template = parse_template(stripped)
    except ExpressionError as error:
        raise ValueError(error.reason) from None
    if not template.is_single:
        raise ValueError("takes one expression, not a text with expressions in it")
    return template.expressions[0]


Expression = Annotated[str, AfterValidator(bare), ExpressionMarker()]
"""A parameter of kind *expr*: checked when written, evaluated by the node through ``context.evaluate``."""


class Parameters(BaseModel):
    """Base of every node's parameters: unknown fields are refused, names are those of the node reference."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, protected_namespaces=())


ParametersClass: TypeAlias = type[Parameters]


class NoParameters(Parameters):
    """For node types without parameters."""


class Credential(Protocol):
    """A decrypted credential, alive for one call only. Made by ``flows.credentials.use``."""

    id: str
    type: str
    allowed_hosts: frozenset[str]

    def value(self) -> Any:
        """The secret: a string, or an object by type."""

    def secret_headers(self) -> Mapping[str, str]:
        """Headers that authenticate an HTTP request."""

    def secret_query(self) -> Mapping[str, str]:
        """Query parameters that authenticate an HTTP request."""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Mapping[str, str]:
        """Headers that sign this very request (AWS); none for other types."""

    def renew(self) -> bool:
        """Get another access token because the service refused this one (401); False where there is none to get. Raises
        NodeFailure when the authorization server gives none."""


class NodeContext(Protocol):
    """What the engine gives to a running node. Everything is keyed to the run; nothing of another account can be reached."""

    account_id: str
    workflow_id: str
    execution_id: str
    node_id: str
    scope: Sequence[tuple[str, int]]
    attempt: int
    """1 for the first attempt."""
    input: Any
    inputs: Mapping[str, Any]
    """Outputs of the live predecessors by node id, in the order of the incoming edges; empty for a start node."""
    credential_id: str | None
    """The node's own ``credential_id``; None when it has none."""
    wait: Wait | None
    """In ``resume``: what the node waits for, as it returned it last; None in ``run``."""

    @property
    def idempotency_key(self) -> str:
        """The same for every repeat of this node in this run and scope; sent as ``Idempotency-Key`` by nodes with an outside effect."""

    @property
    def deadline(self) -> datetime:
        """The node must have ended by then."""

    def evaluate(self, expression: str, *, document: Any = ..., parameter: str = "", **bindings: Any) -> Any:
        """Evaluate a bare expression with the node's input as its document and all names bound; more names by keyword
        (``item=x, index=i``). Safe in threads. Raises NodeFailure (type ``ExpressionError``)."""

    def items(self, expression: str | None, parameter: str = "items") -> list[Any]:
        """The node's "list": the expression's value, else the input; a single value counts as a list of one, null as an empty one."""

    def now(self) -> datetime: ...

    def http(self) -> OutgoingClient:
        """The one client for outgoing requests."""

    def credential(self, credential_id: str | None = None) -> Credential:
        """The node's credential (``credential_id`` on the node), or another that the parameters name, decrypted now. Whatever it
        holds is masked in what the run stores. Raises NodeFailure."""

    def start_workflow(self, workflow_id: str, input: Any, *, wait: bool) -> str:
        """Start a run of another workflow of the account; returns its id. With ``wait`` its end is answered to this node (kind
        ``execution``). A repeat starts nothing twice. Raises NodeFailure."""

    def trigger_url(self, path: str) -> str:
        """An absolute URL of this API, for links: ``trigger_url("/approvals/…")``."""


@dataclass(frozen=True)
class Example:
    """A worked example: shown in the docs, run by a test.

    Args:
        input: the node's input.
        parameters: as written in a definition.
        output: what comes out (``...`` (Ellipsis) where the value varies).
        port: the port that it leaves through.
        description: one sentence.
        inputs: outputs of several predecessors by node id (``merge``); ``input`` then counts for nothing.
    """

    parameters: Mapping[str, Any]
    input: Any
    output: Any
    port: str = "main"
    description: str = ""
    inputs: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class NodeType:
    """A node type.

    Args:
        type: its name in definitions.
        title, description: for people (and docs/nodes).
        category: ``trigger``, ``flow``, ``data`` or ``action``.
        parameters: the pydantic model.
        run: does the work. On the main thread for pure nodes, in a thread for those with ``effect``.
        ports: the ports, or a function of the raw parameters (``switch``). The ``error`` port is the engine's.
        effect: touches the outside world: recorded before anything that depends on it starts.
        trigger: starts runs.
        resume: called when a waiting node is due (``timed_out``) or has answers; returns the Outcome (again with ``wait``: goes on waiting).
        check: more checks of the raw parameters when a definition is written: yields (path below parameters, message).
        examples: at least one, except for triggers.
    """

    type: str
    title: str
    description: str
    category: str
    parameters: ParametersClass
    run: Callable[[NodeContext, Any], Outcome]
    ports: Sequence[str] | Callable[[Mapping[str, Any]], Sequence[str]] = ("main",)
    effect: bool = False
    trigger: bool = False
    resume: Callable[[NodeContext, Any, Sequence[Answer], bool], Outcome] | None = None
    check: Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]] | None = None
    examples: Sequence[Example] = ()

    def port_names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        return self.ports(parameters) if callable(self.ports) else self.ports
