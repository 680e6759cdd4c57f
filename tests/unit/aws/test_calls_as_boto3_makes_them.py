"""Our clients beside boto3's: the same operation asks for the same, and the same answer comes to the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from flows.aws import clients
from flows.aws.json_protocol import CallFailed, JsonClient

from tests.unit.aws.json_endpoint import Request, answer, played

PointAt = Callable[[str], None]
ARN = "arn:aws:states:eu-central-1:123456789012:stateMachine:runs"
KEY = {"pk": {"S": "acct_1"}, "sk": {"S": "grün"}}
CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("dynamodb", "get_item", {"TableName": "t", "Key": KEY, "ConsistentRead": True}, {"Item": {**KEY, "n": {"N": "12.5"}}}),
    ("dynamodb", "batch_get_item", {"RequestItems": {"t": {"Keys": [KEY]}}}, {"Responses": {"t": [KEY]}, "UnprocessedKeys": {}}),
    (
        "dynamodb",
        "query",
        {"TableName": "t", "KeyConditionExpression": "pk = :p"},
        {"Items": [KEY], "Count": 1, "LastEvaluatedKey": KEY},
    ),
    ("dynamodb", "put_item", {"TableName": "t", "Item": {**KEY, "b": {"B": b"\x00\xff"}}}, {}),
    (
        "dynamodb",
        "update_item",
        {"TableName": "t", "Key": KEY, "UpdateExpression": "SET a = :a"},
        {"Attributes": {"a": {"BOOL": True}}},
    ),
    ("dynamodb", "delete_item", {"TableName": "t", "Key": KEY, "ReturnValues": "ALL_OLD"}, {"Attributes": KEY}),
    ("dynamodb", "batch_write_item", {"RequestItems": {"t": [{"PutRequest": {"Item": KEY}}]}}, {"UnprocessedItems": {}}),
    (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": "t", "Item": KEY}}], "ClientRequestToken": "same"},
        {},
    ),
    (
        "events",
        "put_events",
        {"Entries": [{"Source": "flows", "DetailType": "a", "Detail": "{}"}]},
        {"Entries": [], "FailedEntryCount": 0},
    ),
    (
        "kms",
        "decrypt",
        {"CiphertextBlob": b"\x01\x02", "KeyId": "k", "EncryptionContext": {"a": "b"}},
        {"Plaintext": "AQID", "KeyId": "k"},
    ),
    (
        "kms",
        "generate_data_key",
        {"KeyId": "k", "KeySpec": "AES_256"},
        {"Plaintext": "AQID", "CiphertextBlob": "BAU=", "KeyId": "k"},
    ),
    (
        "sqs",
        "send_message_batch",
        {
            "QueueUrl": "https://sqs.eu-central-1.amazonaws.com/1/q",
            "Entries": [{"Id": "0", "MessageBody": "é", "DelaySeconds": 3}],
        },
        {"Successful": [{"Id": "0"}], "Failed": []},
    ),
    ("stepfunctions", "start_execution", {"stateMachineArn": ARN, "name": "n", "input": "{}"}, {"executionArn": "arn"}),
    ("stepfunctions", "describe_execution", {"executionArn": ARN}, {"executionArn": ARN, "status": "RUNNING"}),
    ("stepfunctions", "send_task_success", {"taskToken": "t", "output": "{}"}, {}),
]


@pytest.mark.parametrize(("service", "method", "parameters", "told"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_a_call_asks_as_boto3_asks_and_comes_to_the_same(
    speaking_to: PointAt, service: str, method: str, parameters: dict[str, Any], told: dict[str, Any]
) -> None:
    with played(answer(told)) as endpoint:
        speaking_to(endpoint.url)
        ours = getattr(clients.client(service), method)(**parameters)
        asked = {"ReturnConsumedCapacity": "TOTAL"} if service == "dynamodb" else {}
        theirs = getattr(boto3.client(service, endpoint_url=endpoint.url), method)(**parameters, **asked)
        mine, boto3s = endpoint.requests

    assert isinstance(clients.client(service), JsonClient)
    assert (mine.line, mine.json) == (boto3s.line, boto3s.json)
    assert _told(mine) == _told(boto3s)
    theirs.pop("ResponseMetadata")
    assert _plain(ours) == _plain(theirs)


def _told(request: Request) -> dict[str, str]:
    """The headers that say what is wanted, and for whom."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    credential, signed, _ = headers["authorization"].split(", ")
    wanted = {name: headers[name] for name in ("host", "content-type", "content-length", "x-amz-target", "x-amz-security-token")}
    if "x-amzn-query-mode" in signed:
        signed = signed.replace(";x-amzn-query-mode", "")  # boto3 asks SQS for the error codes of its older protocol
    return {**wanted, "credential": credential, "signed": signed}


def _plain(answered: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answered.items() if value not in ({}, [])}


def test_a_refused_call_raises_the_error_that_boto3_names(speaking_to: PointAt) -> None:
    refusal = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no", "Item": KEY}
    with played(answer(refusal, 400)) as endpoint:
        speaking_to(endpoint.url)
        ours, theirs = clients.client("dynamodb"), boto3.client("dynamodb", endpoint_url=endpoint.url)
        request = {"TableName": "t", "Item": KEY}
        with pytest.raises(ours.exceptions.ConditionalCheckFailedException) as found:
            ours.put_item(**request)
        with pytest.raises(theirs.exceptions.ConditionalCheckFailedException) as expected:
            theirs.put_item(**request)

    assert isinstance(found.value, ours.exceptions.ClientError)
    assert found.value.response["Error"] == expected.value.response["Error"]
    assert found.value.response["Item"] == expected.value.response["Item"]
    assert len(endpoint.requests) == 2  # a condition that failed once is not asked again


@pytest.mark.parametrize(
    "body",
    [
        ({"__type": "ExecutionAlreadyExists", "message": "taken"}),
        ({"__type": "ExecutionAlreadyExists:http://internal.amazon.com/", "message": "taken"}),
        ({"message": "no type"}),
        (b"<html>"),
        (b""),
        ([1]),
    ],
    ids=["type", "type and address", "no type", "a page", "nothing", "a list"],
)
def test_an_error_has_the_code_that_boto3_reads(speaking_to: PointAt, body: Any) -> None:
    with played(answer(body, 400)) as endpoint:
        speaking_to(endpoint.url)
        request = {"stateMachineArn": ARN, "name": "n", "input": "{}"}
        with pytest.raises(CallFailed) as found:
            clients.client("stepfunctions").start_execution(**request)

    code = found.value.response["Error"]["Code"]
    assert code == ("ExecutionAlreadyExists" if isinstance(body, dict) and "__type" in body else "400")
    if isinstance(body, dict):  # boto3 fails in other ways on what is no answer of AWS
        with played(answer(body, 400)) as endpoint, pytest.raises(ClientError) as expected:
            boto3.client("stepfunctions", endpoint_url=endpoint.url).start_execution(**request)
        assert expected.value.response["Error"]["Code"] == code


def test_a_trace_goes_on_in_the_calls_of_a_function(speaking_to: PointAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3;Parent=4;Sampled=0;Lineage=5:6:7")
    with played(answer({})) as endpoint:
        speaking_to(endpoint.url)
        clients.client("events").put_events(Entries=[])

    assert endpoint.requests[0].headers["X-Amzn-Trace-Id"] == "Root=1-2-3;Parent=4;Sampled=0;Lineage=5:6:7"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_LAMBDA_FUNCTION_NAME", None),
        ("AWS_ACCESS_KEY_ID", None),
        ("HTTPS_PROXY", "http://proxy.example"),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1"),
        ("AWS_REGION", "cn-north-1"),
    ],
)
def test_what_is_not_the_plain_case_is_left_to_boto3(monkeypatch: pytest.MonkeyPatch, name: str, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    clients.reset()

    assert not isinstance(clients.client("dynamodb"), JsonClient)


def test_a_function_speaks_to_the_address_of_its_region() -> None:
    assert {clients.client(service)._endpoint.host for service in ("dynamodb", "events", "kms", "sqs", "stepfunctions")} == {
        f"{name}.eu-central-1.amazonaws.com" for name in ("dynamodb", "events", "kms", "sqs", "states")
    }
    for service in ("dynamodb", "events", "kms", "sqs", "stepfunctions"):
        assert boto3.client(service).meta.endpoint_url == f"https://{clients.client(service)._endpoint.host}"
