"""Sending an event to a server on this machine, signed as the API signs."""

from __future__ import annotations

import time
from typing import Any

import httpx

from yourapp import webhooks
from yourapp._request import encode


def forward(event: dict[str, Any], url: str, secret: str) -> dict[str, Any]:
    """Send an event.

    Returns:
        ``{"status_code", "error"}``: one of the two is None.
    """
    body = encode(event)
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "yourapp-listen",
        "webhook-id": str(event["id"]),
        "webhook-timestamp": str(now),
        "webhook-signature": webhooks.sign(secret, str(event["id"]), now, body),
    }
    try:
        # trust_env off: a proxy has no business between this machine and itself.
        with httpx.Client(trust_env=False, timeout=15.0) as http:
            response = http.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        return {"status_code": None, "error": str(problem) or type(problem).__name__}
    return {"status_code": response.status_code, "error": None}
