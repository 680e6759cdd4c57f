"""SES: an e-mail is sent by an identity, and policies name it (service authorization reference, "Amazon SES")."""

from __future__ import annotations

import json

from local.emulator_patches import resource_arns


def apply() -> None:
    """The emulator asks policies for ``*``, so that only a role that may send as anybody could send at all."""
    resource_arns.correct("ses", _identity)


def _identity(arn: str, path: str, body: bytes, _query: dict, region: str, account_id: str) -> str:
    sender = _sender(body) if arn == "*" and path.startswith("/v2/email/outbound-emails") else ""
    return f"arn:aws:ses:{region}:{account_id}:identity/{sender}" if sender else arn


def _sender(body: bytes) -> str:
    try:
        given = json.loads(body or b"{}").get("FromEmailAddress") or ""
    except (ValueError, AttributeError):
        return ""
    return str(given).rpartition("<")[2].rstrip("> ")
