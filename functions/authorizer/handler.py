"""API Gateway's token authorizer: an API key to its account, plan and scopes.

Its answer is cached for 300 s and for all methods, so it allows the whole stage; scopes and expiry are checked in the functions.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from flows.accounts import keys, plans
from flows.accounts.authorization import Authorized, authorize
from flows.accounts.gateway_key import gateway_key


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer a TOKEN authorizer event.

    Raises:
        Exception: "Unauthorized", the text that API Gateway turns into a 401 (which it does not cache).
    """
    key = keys.from_header(str(event.get("authorizationToken") or ""))
    who = authorize(key) if key else None
    _log(who)
    if who is None:
        raise Exception("Unauthorized")  # API Gateway knows this text only, no class
    return {
        "principalId": who.account_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": _stage(event["methodArn"])}],
        },
        "context": {
            "account_id": who.account_id,
            "key_id": who.key_id,
            "plan": who.plan,
            "scopes": who.scopes,
            "expires_at": who.expires_at,
            "own_runs": "" if who.own_runs is None else str(who.own_runs),
        },
        "usageIdentifierKey": gateway_key(who.account_id, plans.plan(who.plan).own_gateway_key),
    }


def _stage(method_arn: str) -> str:
    """``arn:...:api-id/stage/*`` from ``arn:...:api-id/stage/GET/workflows``."""
    return "/".join(method_arn.split("/", 2)[:2]) + "/*"


def _log(who: Authorized | None) -> None:
    told = {"account_id": who.account_id, "key_id": who.key_id} if who else {}
    sys.stdout.write(json.dumps({"level": "INFO", "service": "authorizer", "allowed": who is not None, **told}) + "\n")
    sys.stdout.flush()
