"""``integration``: an action of a connected service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.results import NodeFailure, Outcome

if TYPE_CHECKING:
    from flows.credentials.use import OpenCredential


class IntegrationParameters(Parameters):
    connector: str = Field(description="Id of the connector, as `GET /integrations/catalog` lists it: `slack`, `github`, ...")
    action: str = Field(description="Id of the action: `post_message`, `create_issue`, ...")
    parameters: dict[str, Any] = Field(default_factory=dict, description="The action's parameters, by its `input_schema`.")


def run(context: NodeContext, parameters: IntegrationParameters) -> Outcome:
    """Run the action with the node's credential.

    Raises:
        NodeFailure: see ``flows.connectors.executor``.
    """
    from flows.connectors import catalog, executor

    connector = catalog.find(parameters.connector)
    action = connector.action(parameters.action) if connector else None
    if connector is None or action is None:
        what = f"the connector {parameters.connector}" if connector is None else f"the action {parameters.action}"
        raise NodeFailure("InvalidParameters", f"There is no such thing as {what}.")
    call = executor.Call(
        client=context.http(),
        credential=cast("OpenCredential", context.credential()) if context.credential_id else None,
        seconds=(context.deadline - context.now()).total_seconds(),
        idempotency_key=context.idempotency_key,
    )
    return Outcome(executor.run(connector, action, parameters.parameters, call))


def check(parameters: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Connector and action exist, and the parameters' names are the action's."""
    from flows.connectors import catalog

    connector = catalog.find(str(parameters.get("connector")))
    if connector is None:
        return [("connector", "there is no such connector; GET /integrations/catalog lists them")]
    action = connector.action(str(parameters.get("action")))
    if action is None:
        return [("action", f"{connector.name} has the actions {', '.join(one.id for one in connector.actions)}")]
    given = parameters.get("parameters") or {}
    if not isinstance(given, Mapping):
        return [("parameters", "expected an object")]
    known = {*action.input_schema["properties"], *connector.settings}
    unknown = [(f"parameters.{name}", "the action has no such parameter") for name in given if name not in known]
    missing = [
        (f"parameters.{name}", "this parameter is needed") for name in action.input_schema["required"] if name not in given
    ]
    return [*unknown, *missing]


NODE = NodeType(
    type="integration",
    title="Integration",
    description="Calls an action of a connected service: posts a message, adds a row, creates an issue.",
    category="action",
    parameters=IntegrationParameters,
    run=run,
    effect=True,
    check=check,
    examples=(
        Example(
            parameters={
                "connector": "rest",
                "action": "get",
                "parameters": {"base_url": "https://api.example.com", "path": "contacts/{{ id }}"},
            },
            input={"id": 7},
            output=...,
            description="Read a contact from a plain REST service.",
        ),
    ),
)
