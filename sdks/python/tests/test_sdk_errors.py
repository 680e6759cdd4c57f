"""What answers mean."""

from __future__ import annotations

import pytest
from conftest import Use
from sdk_server import Reply, Server, error

import yourapp
from yourapp import APIError, InvalidResponseError, ServerError, ValidationError, YourAppError, errors

CODES = [
    (400, "VALIDATION_ERROR", yourapp.ValidationError),
    (401, "UNAUTHORIZED", yourapp.AuthenticationError),
    (403, "FORBIDDEN", yourapp.PermissionDeniedError),
    (404, "NOT_FOUND", yourapp.NotFoundError),
    (409, "CONFLICT", yourapp.ConflictError),
    (413, "PAYLOAD_TOO_LARGE", yourapp.PayloadTooLargeError),
    (415, "UNSUPPORTED_MEDIA_TYPE", yourapp.UnsupportedMediaTypeError),
    (429, "RATE_LIMITED", yourapp.RateLimitError),
    (500, "INTERNAL_ERROR", yourapp.ServerError),
]


@pytest.mark.parametrize(("status", "code", "kind"), CODES)
def test_each_code_has_a_class(use: Use, server: Server, status: int, code: str, kind: type[APIError]) -> None:
    server.will(error(status, code, "Something", {"a": 1}))

    with pytest.raises(kind) as caught:
        use(lambda client: client.workflows.get("wf_1"), max_retries=0)

    assert type(caught.value) is kind
    problem = caught.value
    assert (problem.status_code, problem.code, problem.message) == (status, code, "Something")
    assert (problem.details, problem.request_id) == ({"a": 1}, "req_bad")
    assert str(problem) == f"{code} ({status}): Something [request req_bad]"


def test_a_validation_error_tells_every_problem(use: Use, server: Server) -> None:
    problems = [
        {"path": "name", "message": "is required", "type": "missing"},
        {"path": "", "message": "too large", "type": "size"},
    ]
    server.will(error(400, "VALIDATION_ERROR", "name: is required (and 1 more)", problems))

    with pytest.raises(ValidationError) as caught:
        use(lambda client: client.workflows.create(name=""))

    assert caught.value.details == problems
    assert "\n  name: is required\n  (body): too large" in str(caught.value)


def test_an_answer_of_a_gateway_on_the_way(use: Use, server: Server) -> None:
    server.will(Reply(504, b"<html>Gateway Timeout</html>"))

    with pytest.raises(ServerError) as caught:
        use(lambda client: client.workflows.get("wf_1"), max_retries=0)

    assert (caught.value.code, caught.value.request_id, caught.value.status_code) == (None, None, 504)


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b'{"ok":true}', b'{"data":{"id":1}}', b'{"data":[]}', b"\xff"])
def test_an_answer_that_is_not_the_apis(use: Use, server: Server, body: bytes) -> None:
    server.will(Reply(200, body, {"X-Request-Id": "req_1"}))

    with pytest.raises(InvalidResponseError) as caught:
        use(lambda client: client.workflows.get("wf_1"))

    assert caught.value.request_id == "req_1"


def test_every_error_is_of_one_root_and_shadows_no_built_in() -> None:
    import builtins

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert all(issubclass(kind, YourAppError) for kind in kinds)
    assert not [kind.__name__ for kind in kinds if hasattr(builtins, kind.__name__)]
    assert {kind.__name__ for kind in kinds} <= set(yourapp.__all__)
