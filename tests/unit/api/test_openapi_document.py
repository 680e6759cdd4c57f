"""The OpenAPI document: valid, complete, and the committed copy is that of the code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flows.accounts.scopes import SCOPES
from flows.api import openapi
from openapi_spec_validator import OpenAPIV31SpecValidator

from local.openapi import document, routes

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def fresh() -> dict[str, Any]:
    return document()


def operations(made: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, it) for path, methods in made["paths"].items() for method, it in methods.items()]


def test_it_is_valid_openapi_3_1(fresh):
    assert fresh["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(fresh).iter_errors()] == []


def test_the_committed_copy_is_that_of_the_code(fresh):
    committed = json.loads(openapi.PACKAGED.read_text())

    changed = [
        path
        for path in sorted({*fresh["paths"], *committed["paths"]})
        if fresh["paths"].get(path) != committed["paths"].get(path)
    ]
    assert changed == [], "the API changed: run `make openapi` and look at the difference"
    assert committed == fresh


def test_every_operation_has_an_id_a_summary_a_tag_and_its_errors(fresh):
    ids = [it["operationId"] for _, _, it in operations(fresh)]

    assert len(ids) == len(set(ids))
    for path, method, it in operations(fresh):
        assert it["summary"], path
        assert it["tags"], path
        assert {"400", "429", "500"} <= set(it["responses"]), f"{method} {path}"
        if it["security"]:
            assert {"401", "403"} <= set(it["responses"]), f"{method} {path}"


def test_what_a_key_needs_is_told_and_is_a_scope_that_there_is(fresh):
    for path, method, it in operations(fresh):
        for requirement in it["security"]:
            assert set(requirement["ApiKey"]) <= SCOPES, f"{method} {path}"


def test_every_post_with_a_key_takes_an_idempotency_key(fresh):
    reference = {"$ref": "#/components/parameters/IdempotencyKey"}

    missing = [
        path
        for path, method, it in operations(fresh)
        if method == "post" and it["security"] and reference not in it["parameters"]
    ]

    assert missing == []


def test_bodies_refuse_unknown_fields(fresh):
    schemas = fresh["components"]["schemas"]
    for path, method, it in operations(fresh):
        if "requestBody" not in it:
            continue
        content = it["requestBody"]["content"].get("application/json")
        if content is None:
            continue
        for reference in _references(content["schema"]):
            assert schemas[reference].get("additionalProperties") is False, f"{method} {path}: {reference}"


def test_examples_fit_their_schemas(fresh):
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    registry = Registry().with_resource("urn:api", Resource.from_contents(fresh, DRAFT202012))
    for path, method, it in operations(fresh):
        asked = it.get("requestBody", {}).get("content", {}).get("application/json", {})
        answers = [response.get("content", {}).get("application/json", {}) for response in it["responses"].values()]
        for content in (asked, *answers):
            if "example" in content:
                schema = json.loads(json.dumps(content["schema"]).replace('"#/', '"urn:api#/'))
                errors = Draft202012Validator(schema, registry=registry).iter_errors(content["example"])
                assert [error.message for error in errors] == [], f"{method} {path}"


def test_every_answer_in_the_envelope_and_every_body_has_an_example(fresh):
    missing = []
    for path, method, it in operations(fresh):
        contents = [response.get("content", {}) for status, response in it["responses"].items() if status.startswith("2")]
        contents.append(it.get("requestBody", {}).get("content", {}))
        for content in contents:
            told = content.get("application/json")
            if told is not None and "$ref" in told["schema"] and "example" not in told:
                missing.append(f"{method} {path}")

    assert missing == []


def test_no_route_is_declared_twice():
    names = [route.name for route in routes()]

    assert len(names) == len(set(names))


def _references(schema: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        return [schema["$ref"].rsplit("/", 1)[-1]]
    return [name for choice in schema.get("anyOf", []) for name in _references(choice)]
