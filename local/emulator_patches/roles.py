"""What a role may do, for the services that act in a role's name without the emulator asking."""

from __future__ import annotations

from ministack import app
from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id, get_region


def allowed(role_arn: str, action: str, resource: str) -> bool:
    """Whether the role's own policies allow the action on the resource; always, when IAM is not enforced."""
    if not app.AUTH:
        return True
    name = role_arn.rsplit("/", 1)[-1]
    account = get_account_id()
    context = iam.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/local",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    return bool(iam.evaluate(context, iam._gather_role_policies(name, account)).decision == "Allow")
