"""Every error that this package raises.

    YourAppError
    ├── ConfigurationError         the client was set up wrongly
    ├── APIError                   the API answered with an error
    │   ├── ValidationError        400  VALIDATION_ERROR: ``.details`` lists every problem
    │   ├── AuthenticationError    401  UNAUTHORIZED
    │   ├── PermissionDeniedError  403  FORBIDDEN
    │   ├── NotFoundError          404  NOT_FOUND
    │   ├── ConflictError          409  CONFLICT
    │   ├── PayloadTooLargeError   413  PAYLOAD_TOO_LARGE
    │   ├── UnsupportedMediaTypeError  415
    │   ├── RateLimitError         429  RATE_LIMITED: ``.retry_after`` in seconds
    │   └── ServerError            5xx  INTERNAL_ERROR
    ├── InvalidResponseError       the answer is none that this version understands
    ├── APIConnectionError         no answer came
    │   └── APITimeoutError        not in time
    ├── ExecutionError             a run that was waited for did not complete
    │   ├── ExecutionFailedError
    │   ├── ExecutionCancelledError
    │   └── ExecutionTimeoutError  it goes on; it was only waited for no longer
    └── WebhookVerificationError   a webhook that must not be trusted

An empty id or a wrong kind of argument is a ``ValueError`` or ``TypeError``, before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from yourapp.models import Execution


class YourAppError(Exception):
    """The root of all errors of this package."""


class ConfigurationError(YourAppError):
    """The client was set up wrongly."""


class APIError(YourAppError):
    """The API answered with an error.

    Attributes:
        message: what is wrong, in words.
        status_code: the HTTP status.
        code: the API's code, such as ``NOT_FOUND``; None when the answer was not the API's own.
        details: what more the API tells; its form depends on the code.
        request_id: names the request; quote it when you ask for help.
        response: httpx's response.
    """

    def __init__(
        self,
        message: str,
        *,
        response: httpx.Response,
        code: str | None = None,
        details: Any = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = response.status_code
        self.code = code
        self.details = details
        self.request_id = request_id
        self.response = response

    def __str__(self) -> str:
        named = f"{self.code or 'HTTP'} ({self.status_code}): {self.message}"
        return f"{named} [request {self.request_id}]" if self.request_id else named


class ValidationError(APIError):
    """The request is wrong; ``details`` is a list of ``{path, message, type}``, one for each problem."""

    def __str__(self) -> str:
        problems = self.details if isinstance(self.details, list) else []
        told = [f"\n  {p.get('path') or '(body)'}: {p.get('message')}" for p in problems if isinstance(p, dict)]
        return super().__str__() + "".join(told if len(told) > 1 else [])


class AuthenticationError(APIError):
    """The API key is missing, wrong, expired or revoked."""


class PermissionDeniedError(APIError):
    """The API key lacks a scope."""


class NotFoundError(APIError):
    """There is no such thing in this account."""


class ConflictError(APIError):
    """The request does not fit the present state: it moved on, is in use, or a limit is reached."""


class PayloadTooLargeError(APIError):
    """The request is larger than the API takes."""


class UnsupportedMediaTypeError(APIError):
    """The request's content type is not JSON."""


class RateLimitError(APIError):
    """Too many requests.

    Attributes:
        retry_after: seconds until it makes sense to try again; None when the API does not tell.
    """

    retry_after: float | None = None


class ServerError(APIError):
    """Something went wrong on the API's side."""


class InvalidResponseError(YourAppError):
    """The answer is none that this version of the package understands (a proxy's page, perhaps).

    Attributes:
        response: httpx's response.
        request_id: names the request, when the API told.
    """

    def __init__(self, message: str, *, response: httpx.Response, request_id: str | None = None) -> None:
        super().__init__(message)
        self.response = response
        self.request_id = request_id


class APIConnectionError(YourAppError):
    """No answer came: no connection, or it broke. ``__cause__`` is httpx's error."""


class APITimeoutError(APIConnectionError):
    """No answer came in time."""


class ExecutionError(YourAppError):
    """A run that was waited for did not complete.

    Attributes:
        execution_id: the run.
        logs_url: where its logs are.
    """

    def __init__(self, message: str, *, execution_id: str, logs_url: str) -> None:
        super().__init__(f"{message} (logs: {logs_url})")
        self.execution_id = execution_id
        self.logs_url = logs_url


class ExecutionFailedError(ExecutionError):
    """The run failed.

    Attributes:
        execution: the whole run.
        node_id: the node that failed; None when none did (the run's own time was up, for example).
        node_message: what that node said.
        error_type: the kind of error, such as ``TIMEOUT``.
    """

    def __init__(self, execution: Execution, *, logs_url: str) -> None:
        error = execution.error
        self.execution = execution
        self.node_id = error.node_id if error else None
        self.node_message = error.message if error else "no reason is known"
        self.error_type = error.type if error else None
        where = f" at node {self.node_id!r}" if self.node_id else ""
        message = f"Execution {execution.id} failed{where}: {self.node_message}"
        super().__init__(message, execution_id=execution.id, logs_url=logs_url)


class ExecutionCancelledError(ExecutionError):
    """The run was cancelled; ``execution`` is the whole run."""

    def __init__(self, execution: Execution, *, logs_url: str) -> None:
        self.execution = execution
        super().__init__(f"Execution {execution.id} was cancelled", execution_id=execution.id, logs_url=logs_url)


class ExecutionTimeoutError(ExecutionError):
    """The run had not ended when the time to wait was over. It goes on; ``status`` is the last that was seen."""

    def __init__(self, execution_id: str, status: str, seconds: float, *, logs_url: str) -> None:
        self.status = status
        message = f"Execution {execution_id} is still {status} after {seconds:g} s"
        super().__init__(message, execution_id=execution_id, logs_url=logs_url)


class WebhookVerificationError(YourAppError):
    """The webhook's signature, time or form is not right: do not act on it."""


BY_STATUS: dict[int, type[APIError]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: PayloadTooLargeError,
    415: UnsupportedMediaTypeError,
    429: RateLimitError,
}
