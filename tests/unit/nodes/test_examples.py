"""Every example of every node type does what it shows."""

from __future__ import annotations

from typing import Any

import pytest
from flows.engine import parameters, registry
from flows.engine.contract import Example, NodeType
from flows.engine.results import Answer

from tests.unit.nodes.context import Context

pytestmark = pytest.mark.usefixtures("signing_secret")

CASES = [(node_type, example) for node_type in registry.all_types() for example in node_type.examples]


@pytest.mark.parametrize(("node_type", "example"), CASES, ids=[f"{node.type}-{example.description}" for node, example in CASES])
def test_an_example_gives_what_it_shows(node_type: NodeType, example: Example) -> None:
    if node_type.effect or node_type.type in ("foreach", "execute_workflow", "integration"):
        pytest.skip("needs the outside world: shown by the tests of that node type")
    given = example.input if example.inputs is None else dict(example.inputs)
    context = Context(input=given, inputs=example.inputs or {})

    read = parameters.read(node_type.parameters, example.parameters, context.render)
    outcome = node_type.run(context, read)
    if outcome.wait is not None and node_type.resume is not None:
        context.wait = outcome.wait
        outcome = node_type.resume(context, read, [Answer(outcome.wait.kind, example.output, "2026-03-14T15:10:00Z")], False)

    if outcome.end is None:
        assert outcome.port == example.port
    assert same(example.output, outcome.output)


@pytest.mark.parametrize("node_type", [node for node in registry.all_types() if not node.trigger], ids=lambda node: node.type)
def test_every_node_type_shows_an_example(node_type: NodeType) -> None:
    assert node_type.examples


@pytest.mark.parametrize(("node_type", "example"), CASES, ids=[f"{node.type}-{example.description}" for node, example in CASES])
def test_an_example_leaves_through_a_port_of_its_type(node_type: NodeType, example: Example) -> None:
    ports = node_type.port_names(example.parameters)

    assert not ports or example.port in ports


def same(expected: Any, found: Any) -> bool:
    """Equal, where ... in the expected value stands for anything."""
    if expected is ...:
        return True
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(value, found[name]) for name, value in expected.items())
    return type(expected) is type(found) and bool(expected == found)
