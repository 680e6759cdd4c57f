"""The JSON Schemas of parameters, as ``GET /node-types`` tells them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flows.engine import catalog, registry
from flows.engine.contract import Example, NodeType
from flows.engine.parameter_schema import written_schema
from jsonschema import Draft202012Validator

TYPES = list(registry.all_types())
CASES = [(node_type, example) for node_type in TYPES for example in node_type.examples]


def schema(name: str) -> Draft202012Validator:
    node_type = registry.node_type(name)
    assert node_type is not None
    return Draft202012Validator(written_schema(node_type))


@pytest.mark.parametrize("node_type", TYPES, ids=lambda node: node.type)
def test_a_schema_is_one_and_the_whole_description_is_json(node_type: NodeType) -> None:
    Draft202012Validator.check_schema(written_schema(node_type))

    assert json.loads(json.dumps(catalog.view(node_type)))["type"] == node_type.type


@pytest.mark.parametrize("node_type", TYPES, ids=lambda node: node.type)
def test_every_parameter_is_described(node_type: NodeType) -> None:
    told = written_schema(node_type)

    assert told["additionalProperties"] is False
    assert [name for name, value in told.get("properties", {}).items() if "description" not in value] == []


@pytest.mark.parametrize(("node_type", "example"), CASES, ids=[f"{node.type}-{example.description}" for node, example in CASES])
def test_the_parameters_of_an_example_fit_their_schema(node_type: NodeType, example: Example) -> None:
    assert [
        error.message for error in Draft202012Validator(written_schema(node_type)).iter_errors(dict(example.parameters))
    ] == []


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("limit", {"count": "{{ n }}", "from": "{{ side }}"}),
        ("set", {"values": "{{ all }}", "keep_input": "{{ keep }}"}),
        ("http_request", {"url": "{{ u }}", "headers": "{{ h }}", "body": {"type": "{{ t }}"}, "expect_status": ["{{ s }}"]}),
        ("email", {"to": "{{ all }}", "subject": "x", "text": "{{ t }}"}),
        ("merge", {"mode": "{{ m }}"}),
        ("email", {"to": "ada@example.com", "cc": ["bo@example.com"], "bcc": None, "subject": "x", "text": "y"}),
        ("http_request", {"url": "https://example.com", "expect_status": [404, "2xx"]}),
        ("webhook", {"cors": True}),
        ("webhook", {"cors": ["https://example.com"]}),
        ("webhook", {"cors": {"origins": ["*"]}}),
    ],
)
def test_what_can_be_written_fits(name: str, raw: dict[str, Any]) -> None:
    assert schema(name).is_valid(raw)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("limit", {"count": "five"}),
        ("limit", {"count": 1, "side": "end"}),
        ("switch", {"cases": "{{ cases }}"}),
        ("sort", {"by": ["{{ key }}"]}),
        ("webhook", {"methods": "{{ m }}"}),
        ("if", {}),
        ("set", {"values": {}, "x": 1}),
    ],
)
def test_what_cannot_be_does_not_fit(name: str, raw: dict[str, Any]) -> None:
    assert not schema(name).is_valid(raw)
