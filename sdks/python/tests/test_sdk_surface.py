"""The package as a whole: nothing of the API is missing, the two clients are one, the surface is what it was."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import yourapp
from yourapp import models

SDK = Path(__file__).parents[1]
DOCUMENT = SDK.parents[1] / "layers/core/flows/api/openapi.json"
if not DOCUMENT.exists():
    pytest.skip("The API's document is only in its repository", allow_module_level=True)
API = json.loads(DOCUMENT.read_text())

# Pages for browsers, where providers send browsers back to, and what other services call.
FOR_BROWSERS = {
    operation["operationId"]
    for methods in API["paths"].values()
    for operation in methods.values()
    if isinstance(operation, dict) and {"Pages", "Hooks"} & set(operation.get("tags", ()))
} | {"get_docs"}

OTHER_NAMES = {"from": "from_", "if-match": "if_match"}
# Not arguments: `format` has a method of its own (export_csv), `prefer` is what wait=True sends, `Idempotency-Key` is in another test.
BY_OTHER_MEANS = {"format", "prefer"}


@dataclass(frozen=True)
class Described:
    """A request as the source describes it."""

    method: str
    path: str
    function: ast.FunctionDef | ast.AsyncFunctionDef
    model: str | None

    @property
    def arguments(self) -> set[str]:
        return {argument.arg for argument in self.function.args.args + self.function.args.kwonlyargs}


def described() -> Iterator[Described]:
    for file in sorted((SDK / "src/yourapp/_async").rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from requests_of(function)


def requests_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Described]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    paths = [call.args[0].value for call in calls if name_of(call) == "path" and isinstance(call.args[0], ast.Constant)]
    found = [
        call.args[1].id for call in calls if name_of(call) in ("_one", "_all", "_list") and isinstance(call.args[1], ast.Name)
    ]
    for call in calls:
        if name_of(call) == "Request" and isinstance(call.args[0], ast.Constant):
            where = paths[0] if paths else call.args[1].value if isinstance(call.args[1], ast.Constant) else None
            if where:
                yield Described(call.args[0].value, where, function, found[0] if found else None)


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in API["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "patch", "put", "delete") and operation["operationId"] not in FOR_BROWSERS:
                yield method.upper(), path, operation


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: Any = API
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return resolved(found)
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    return resolved(choices[0]) if len(choices) == 1 else schema


OTHER_USES = {"export_csv", "stream_logs"}
"""Further methods over routes that have one of their own."""

REQUESTS = {(request.method, request.path): request for request in described() if request.function.name not in OTHER_USES}
OPERATIONS = {(method, path): operation for method, path, operation in operations()}


def test_no_operation_is_missing_and_none_is_invented() -> None:
    assert set(OPERATIONS) - set(REQUESTS) == set()
    assert set(REQUESTS) - set(OPERATIONS) == set()


@pytest.mark.parametrize("key", OPERATIONS, ids=" ".join)
def test_every_parameter_and_field_is_an_argument(key: tuple[str, str]) -> None:
    operation, request = OPERATIONS[key], REQUESTS[key]
    parameters = [resolved(parameter) for parameter in operation.get("parameters", ())]
    names = {parameter["name"].lower() for parameter in parameters if parameter["name"] != "Idempotency-Key"}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    names |= set(resolved(body).get("properties", ()))

    wanted = {OTHER_NAMES.get(name, name) for name in names - BY_OTHER_MEANS}
    if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
        wanted.add("idempotency_key")

    assert wanted - request.arguments == set()


@pytest.mark.parametrize("key", [key for key in OPERATIONS if REQUESTS.get(key) and REQUESTS[key].model], ids=" ".join)
def test_every_field_of_an_answer_is_in_its_model(key: tuple[str, str]) -> None:
    answers = OPERATIONS[key]["responses"]
    status = next(status for status in answers if status.startswith("2"))
    envelope = resolved(answers[status]["content"]["application/json"]["schema"])
    data = resolved(envelope["properties"]["data"])
    item = resolved(data["items"]) if data.get("type") == "array" else data
    model = getattr(models, str(REQUESTS[key].model))

    have = {field.alias or name for name, field in model.model_fields.items()}
    missing = set(item.get("properties", ())) - have
    needed = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}

    assert missing == set()
    assert needed - set(item.get("properties", ())) == set(), "the API never sends what the model requires"


def test_the_blocking_client_is_made_of_the_async_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SDK)
    made = importlib.import_module("generate_sync").generated()

    assert {str(file) for file, text in made.items() if not file.exists() or file.read_text() != text} == set()


def test_the_two_clients_have_the_same_methods() -> None:
    blocking, waiting = yourapp.Client("k"), yourapp.AsyncClient("k")
    for name, resource in vars(blocking).items():
        other = vars(waiting)[name]
        methods = {method for method, _ in inspect.getmembers(resource, callable) if not method.startswith("_")}
        assert methods == {method for method, _ in inspect.getmembers(other, callable) if not method.startswith("_")}


def test_what_can_be_imported() -> None:
    assert all(hasattr(yourapp, name) for name in yourapp.__all__)
    assert set(yourapp.__all__) >= {"Client", "AsyncClient", "YourAppError", "webhooks", "models", "NOT_GIVEN", "__version__"}
    assert [name for name in dir(yourapp.Client("k")) if not name.startswith("_")] == [
        "account",
        "api_keys",
        "base_url",
        "close",
        "credentials",
        "executions",
        "expressions",
        "forms",
        "integrations",
        "node_types",
        "openapi",
        "request",
        "submissions",
        "webhooks",
        "with_options",
        "with_raw_response",
        "workflows",
    ]


def test_it_is_typed() -> None:
    assert resources.files("yourapp").joinpath("py.typed").is_file()


def test_everything_public_is_described() -> None:
    for resource in vars(yourapp.Client("k")).values():
        for name, method in inspect.getmembers(resource, inspect.ismethod):
            assert name.startswith("_") or inspect.getdoc(method), f"{type(resource).__name__}.{name}"
