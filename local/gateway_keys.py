"""API Gateway's side of an account: the key that its usage plan throttles by. The authorizer names it in each answer.

Done by the operator's command and not by a function: no function needs the right to make API Gateway keys.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from flows.accounts.gateway_key import gateway_key
from flows.accounts.plans import PLANS


def register(gateway: Any, outputs: dict[str, str], account_id: str, plan: str) -> str:
    """See that the account's key exists and belongs to its plan's usage plan and to no other of ours.

    Args:
        gateway: boto3 client of ``apigateway``.
        outputs: the stack's outputs, which name the usage plans.
        account_id: the account.
        plan: name of its plan.

    Returns:
        the key's value.
    """
    value = gateway_key(account_id, PLANS[plan].own_gateway_key)
    identity = find(gateway, value) or gateway.create_api_key(name=value, value=value, enabled=True)["id"]
    for name in PLANS:
        usage_plan = outputs[f"{name.capitalize()}UsagePlanId"]
        if name == plan:
            join(gateway, usage_plan, identity)
        elif PLANS[plan].own_gateway_key:
            leave(gateway, usage_plan, identity)
    return value


def find(gateway: Any, value: str) -> str | None:
    """The id of the key with this value; our keys are named by it."""
    for page in gateway.get_paginator("get_api_keys").paginate(nameQuery=value):
        for item in page["items"]:
            if item["name"] == value:
                return str(item["id"])
    return None


def join(gateway: Any, usage_plan: str, identity: str) -> None:
    try:
        gateway.create_usage_plan_key(usagePlanId=usage_plan, keyId=identity, keyType="API_KEY")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConflictException":  # it is in the plan already
            raise


def leave(gateway: Any, usage_plan: str, identity: str) -> None:
    try:
        gateway.delete_usage_plan_key(usagePlanId=usage_plan, keyId=identity)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":  # it was not in the plan
            raise
