"""YourApp: workflows, runs, forms, credentials, integrations and webhooks.

    from yourapp import Client

    client = Client("YOUR_API_KEY")
    workflows = client.workflows.list()
    client.workflows.execute("wf_123", input={"email": "user@example.com"})

``AsyncClient`` is the same with ``await``.
"""

from yourapp import models, webhooks
from yourapp._async.client import AsyncClient
from yourapp._async.page import AsyncPage
from yourapp._async.paginator import AsyncPaginator
from yourapp._request import NOT_GIVEN, NotGiven
from yourapp._sync.client import Client
from yourapp._sync.page import Page
from yourapp._version import __version__
from yourapp.errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ExecutionCancelledError,
    ExecutionError,
    ExecutionFailedError,
    ExecutionTimeoutError,
    InvalidResponseError,
    NotFoundError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnsupportedMediaTypeError,
    ValidationError,
    WebhookVerificationError,
    YourAppError,
)
from yourapp.raw import RawResponse

__all__ = [
    "NOT_GIVEN",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AsyncClient",
    "AsyncPage",
    "AsyncPaginator",
    "AuthenticationError",
    "Client",
    "ConfigurationError",
    "ConflictError",
    "ExecutionCancelledError",
    "ExecutionError",
    "ExecutionFailedError",
    "ExecutionTimeoutError",
    "InvalidResponseError",
    "NotFoundError",
    "NotGiven",
    "Page",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "ServerError",
    "UnsupportedMediaTypeError",
    "ValidationError",
    "WebhookVerificationError",
    "YourAppError",
    "__version__",
    "models",
    "webhooks",
]
