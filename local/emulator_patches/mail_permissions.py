"""SES: an e-mail is sent by an identity, and policies name it (service authorization reference, "Amazon SES")."""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions


def apply() -> None:
    """The emulator asks policies for ``*``, so that only a role that may send as anybody could send at all."""
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str, method: str, path: str, headers: dict, body: bytes, query_params: dict, *rest: Any
    ) -> str:
        arn = extract(service, method, path, headers, body, query_params, *rest)
        sender = _sender(body) if service == "ses" and arn == "*" and path.startswith("/v2/email/outbound-emails") else ""
        region, account_id = (*rest, "", "")[:2]
        return f"arn:aws:ses:{region}:{account_id}:identity/{sender}" if sender else arn

    iam_actions.extract_resource_arn = extract_resource_arn


def _sender(body: bytes) -> str:
    try:
        given = json.loads(body or b"{}").get("FromEmailAddress") or ""
    except (ValueError, AttributeError):
        return ""
    return str(given).rpartition("<")[2].rstrip("> ")
