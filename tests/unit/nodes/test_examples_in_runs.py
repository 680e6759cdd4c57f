"""The examples in workflows: each passes the checks of a definition, and does in a real run what it shows."""

from __future__ import annotations

from typing import Any

import pytest
from flows.engine import registry
from flows.engine.contract import Example, NodeType
from flows.engine.definition import check

from tests.unit.engine.runs import Run, definition, edges
from tests.unit.nodes.test_examples import CASES, same

pytestmark = pytest.mark.usefixtures("signing_secret")

_NEEDS_THE_OUTSIDE = frozenset({"http_request", "email", "integration", "execute_workflow", "approval", "wait_for_webhook"})
IN_PROCESS = [(node, example) for node, example in CASES if node.type not in _NEEDS_THE_OUTSIDE and example.inputs is None]


def named(cases: list[tuple[NodeType, Example]]) -> list[str]:
    return [f"{node.type}-{example.description}" for node, example in cases]


def workflow(node_type: NodeType, example: Example) -> dict[str, Any]:
    return definition([{"id": "it", "type": node_type.type, "parameters": dict(example.parameters)}])


@pytest.mark.parametrize(("node_type", "example"), CASES, ids=named(CASES))
def test_an_example_is_a_valid_node_of_a_definition(node_type: NodeType, example: Example) -> None:
    assert [problem.as_dict() for problem in check(workflow(node_type, example))] == []


@pytest.mark.parametrize(("node_type", "example"), IN_PROCESS, ids=named(IN_PROCESS))
def test_an_example_gives_in_a_run_what_it_shows(node_type: NodeType, example: Example) -> None:
    end = Run(workflow(node_type, example), example.input).to_the_end()

    fails = node_type.type == "stop" and example.parameters["outcome"] == "failure"
    assert end["status"] == ("failed" if fails else "completed")
    assert fails or same(example.output, end["output"])


def test_branches_merge_in_the_order_of_the_edges() -> None:
    nodes = [
        {"id": "start", "type": "manual", "parameters": {}},
        {"id": "people", "type": "filter", "parameters": {"items": "people", "where": "true"}},
        {"id": "cities", "type": "filter", "parameters": {"items": "cities", "where": "true"}},
        {"id": "join", "type": "merge", "parameters": {"mode": "key", "key": "id", "join": "outer"}},
    ]
    data = {
        "people": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}],
        "cities": [{"id": 3, "city": "Rome"}, {"id": 1, "city": "Bath"}],
    }

    end = Run(definition(nodes, edges("start>people", "start>cities", "people>join", "cities>join")), data).to_the_end()

    assert end["output"] == [{"id": 1, "name": "Ada", "city": "Bath"}, {"id": 2, "name": "Bo"}, {"id": 3, "city": "Rome"}]


@pytest.mark.parametrize(
    ("type", "parameters", "path"),
    [
        ("switch", {"cases": "{{ cases }}"}, "nodes[0].parameters.cases"),
        ("http_request", {"url": "example.com"}, "nodes[0].parameters.url"),
        ("limit", {}, "nodes[0].parameters.count"),
        ("limit", {"count": True}, "nodes[0].parameters.count"),
        ("schedule", {"cron": "0 9 1 * 1"}, "nodes[0].parameters.cron"),
        ("schedule", {"cron": "{{ cron }}"}, "nodes[0].parameters.cron"),
        ("if", {"condition": "a >"}, "nodes[0].parameters.condition"),
        ("delay", {}, "nodes[0].parameters"),
        ("aggregate", {"fields": {"x": {"operation": "median"}}}, "nodes[0].parameters.fields.x.operation"),
        ("email", {"to": "nobody", "subject": "x", "text": "y"}, "nodes[0].parameters.to"),
        ("datetime", {"operation": "now", "timezone": "Mars/Olympus"}, "nodes[0].parameters.timezone"),
    ],
)
def test_what_is_wrong_is_told_when_it_is_written(type: str, parameters: dict[str, Any], path: str) -> None:
    problems = check(definition([{"id": "it", "type": type, "parameters": parameters}]))

    assert path in [problem.path for problem in problems]


@pytest.mark.parametrize(
    ("type", "parameters"),
    [
        ("limit", {"count": "{{ n }}", "from": "{{ side }}"}),
        ("set", {"values": "{{ all }}"}),
        ("http_request", {"url": "{{ base }}/x", "method": "{{ m }}", "headers": "{{ h }}", "timeout_seconds": "{{ t }}"}),
        ("email", {"to": "{{ all }}", "subject": "{{ s }}", "text": "x"}),
        ("delay", {"until": "{{ when }}"}),
        ("datetime", {"operation": "convert", "value": "{{ t }}", "timezone": "{{ zone }}"}),
        ("filter", {"where": "{{ $item.a = 1 }}"}),
    ],
)
def test_templates_are_not_judged_before_they_have_a_value(type: str, parameters: dict[str, Any]) -> None:
    assert registry.node_type(type) is not None
    assert [problem.as_dict() for problem in check(definition([{"id": "it", "type": type, "parameters": parameters}]))] == []
