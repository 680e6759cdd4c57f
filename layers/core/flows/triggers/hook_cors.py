"""Pages of other origins that may call a hook, as its node says (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from __future__ import annotations

from flows.engine.nodes.webhook import WebhookParameters
from flows.triggers.hook_request import HookRequest


def headers(parameters: WebhookParameters, request: HookRequest) -> dict[str, str]:
    """What lets the page read the answer; nothing for pages that may not."""
    origin = request.headers.get("origin", "")
    cors = parameters.cors
    if cors is None:
        return {}
    if "*" in cors.origins:
        return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
    if origin.lower() in cors.origins:
        return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "*", "Vary": "Origin"}
    return {"Vary": "Origin"}


def preflight(parameters: WebhookParameters, request: HookRequest) -> dict[str, str]:
    """The answer to a browser's OPTIONS request."""
    allowed = headers(parameters, request)
    if parameters.cors is None or "Access-Control-Allow-Origin" not in allowed:
        return allowed
    return allowed | {
        "Access-Control-Allow-Methods": ", ".join(parameters.methods),
        "Access-Control-Allow-Headers": ", ".join(parameters.cors.headers),
        "Access-Control-Max-Age": str(parameters.cors.max_age_seconds),
    }
