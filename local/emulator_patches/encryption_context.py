"""KMS: policy conditions on ``kms:EncryptionContext:*``."""

from __future__ import annotations

import contextvars
import json
from typing import Any

from ministack import app
from ministack.core import iam_evaluator as iam

_keys: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("encryption_context", default=None)


def apply() -> None:
    """The emulator does not offer a request's encryption context to the policies, so every condition on it denies."""
    dispatch, enforce = app._dispatch_service_request, iam.enforce

    async def dispatch_request(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str) -> Any:
        _keys.set(condition_keys(body) if headers.get("x-amz-target", "").startswith("TrentService.") else None)
        return await dispatch(method, path, headers, body, query, request_id)

    def enforce_with_context(*args: Any, service_context: dict[str, Any] | None = None, **rest: Any) -> Any:
        return enforce(*args, service_context={**(service_context or {}), **(_keys.get() or {})} or None, **rest)

    app._dispatch_service_request = dispatch_request
    iam.enforce = enforce_with_context


def condition_keys(body: bytes) -> dict[str, Any]:
    """The condition keys of a KMS request: one for each pair of its encryption context, and their names."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    context = request.get("EncryptionContext") if isinstance(request, dict) else None
    if not isinstance(context, dict):
        return {}
    keys: dict[str, Any] = {f"kms:encryptioncontext:{name}".lower(): value for name, value in context.items()}
    return {**keys, "kms:encryptioncontextkeys": list(context)}
