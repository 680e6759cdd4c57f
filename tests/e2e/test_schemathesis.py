"""Requests made from the OpenAPI document, valid and invalid, against the deployed stack: answers are as the document says.

A few examples of each operation in ``make test``; as many as ``FUZZ_EXAMPLES`` says in ``make fuzz``.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

import pytest
import schemathesis
from flows.api import openapi
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.stack import RunningStack

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))

# unsupported_method wants 405, which is not among the codes of the contract: another method of a path is NOT_FOUND.
# positive_data_acceptance takes what JSON Schema cannot say (an end without its start, a cron expression) for valid.
# POST /workflows/validate is there to be sent what is wrong, and answers 200 with the problems.
CHECKS: list[Any] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.ignored_auth,
    checks.missing_required_header,
]


OPERATIONS = [(method, path) for path, methods in json.loads(openapi.PACKAGED.read_text())["paths"].items() for method in methods]


@pytest.fixture(scope="session")
def document(stack: RunningStack) -> Any:
    made = stack.anonymous().get("/openapi.json").body
    made["servers"] = [{"url": stack.base_url}]
    return schemathesis.openapi.from_dict(made)


@pytest.fixture(scope="session")
def fuzzed_key(stack: RunningStack) -> str:
    return stack.make_account("unlimited", "fuzzed")[1]


@pytest.mark.fuzz
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=str)
def test_answers_are_as_the_document_says(
    document: Any, stack: RunningStack, fuzzed_key: str, method: str, path: str, mode: GenerationMode
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=EXAMPLES < 20,
        database=None,
    )
    @given(case=document[path][method.upper()].as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        headers = {"Authorization": f"Bearer {fuzzed_key}"}
        wanted = [check for check in CHECKS if path != "/workflows/validate" or check is not checks.negative_data_rejection]
        case.call_and_validate(base_url=stack.base_url, headers=headers, checks=wanted, timeout=60)

    with contextlib.suppress(Unsatisfiable):  # an operation that takes nothing has nothing to break
        run()
