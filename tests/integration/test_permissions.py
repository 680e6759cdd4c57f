"""IAM is enforced: a function may do what its role says, and nothing else."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local.deploy import REGION
from local.settings import ROOT
from tests.stack import RunningStack

FUNCTIONS = frozenset(handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py"))
"""Every function: a new one is held by the tests below until it is named here."""

OPENING = frozenset({"run_node", "integrations", "hooks"})
"""May decrypt a credential: to send it, to try it, to check the signature of a hook."""

SEALING = frozenset({"credentials", "integrations", "webhooks", "pages", "run_node"})
"""May make data keys: they store what is secret (``pages``: what an OAuth provider granted)."""


def role_of(stack: RunningStack, function: str) -> str:
    configuration = stack.client("lambda").get_function_configuration(FunctionName=stack.functions[function])
    return str(configuration["Role"])


def client_as(stack: RunningStack, function: str, service: str) -> object:
    """A client with the credentials of the function's own role."""
    import boto3

    assumed = stack.client("sts").assume_role(RoleArn=role_of(stack, function), RoleSessionName="test")["Credentials"]
    return boto3.client(
        service,
        endpoint_url=stack.endpoint_url,
        region_name=REGION,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )


def test_a_function_that_loses_a_permission_cannot_do_its_work(stack: RunningStack) -> None:
    _, key = stack.make_account("unlimited")
    assert stack.api(key).get("/workflows").status == 200
    role = role_of(stack, "workflows").rpartition("/")[2]
    iam = stack.client("iam")
    denied = {"Effect": "Deny", "Action": "dynamodb:Query", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})

    iam.put_role_policy(RoleName=role, PolicyName="taken-away", PolicyDocument=policy)
    try:
        answer = stack.api(key).get("/workflows")
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="taken-away")

    assert answer.status == 500
    assert answer.error["code"] == "INTERNAL_ERROR"
    assert stack.api(key).get("/workflows").status == 200


@pytest.mark.parametrize("function", sorted(FUNCTIONS - SEALING))
def test_a_function_that_stores_no_secrets_gets_no_data_key(stack: RunningStack, function: str) -> None:
    kms = client_as(stack, function, "kms")

    with pytest.raises(ClientError) as refused:
        kms.generate_data_key(  # type: ignore[attr-defined]  # boto3 has no types
            KeyId=stack.outputs["CredentialsKeyArn"], KeySpec="AES_256", EncryptionContext={"account": "a", "credential": "c"}
        )

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


@pytest.mark.parametrize("function", sorted(SEALING))
def test_a_function_that_stores_secrets_gets_a_data_key(stack: RunningStack, function: str) -> None:
    """The other side of the test above: its refusals are of the role, not of the call."""
    kms = client_as(stack, function, "kms")

    made = kms.generate_data_key(  # type: ignore[attr-defined]  # boto3 has no types
        KeyId=stack.outputs["CredentialsKeyArn"], KeySpec="AES_256", EncryptionContext={"account": "a", "credential": "c"}
    )

    assert len(made["Plaintext"]) == 32


def test_the_authorizer_cannot_write_workflows(stack: RunningStack) -> None:
    tables = client_as(stack, "authorizer", "dynamodb")

    with pytest.raises(ClientError) as refused:
        tables.put_item(TableName=stack.outputs["WorkflowsTableName"], Item={"pk": {"S": "a"}, "sk": {"S": "b"}})  # type: ignore[attr-defined]  # boto3 has no types

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
