"""IAM is enforced: a function may do what its role says, and nothing else."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local.deploy import REGION
from tests.stack import RunningStack


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


@pytest.mark.parametrize("function", ["workflows", "executions", "forms", "api_keys", "authorizer"])
def test_a_function_that_needs_no_credentials_cannot_decrypt_them(stack: RunningStack, function: str) -> None:
    kms = client_as(stack, function, "kms")

    with pytest.raises(ClientError) as refused:
        kms.generate_data_key(KeyId=stack.outputs["CredentialsKeyArn"], KeySpec="AES_256")  # type: ignore[attr-defined]  # boto3 has no types

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_the_authorizer_cannot_write_workflows(stack: RunningStack) -> None:
    tables = client_as(stack, "authorizer", "dynamodb")

    with pytest.raises(ClientError) as refused:
        tables.put_item(TableName=stack.outputs["WorkflowsTableName"], Item={"pk": {"S": "a"}, "sk": {"S": "b"}})  # type: ignore[attr-defined]  # boto3 has no types

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
