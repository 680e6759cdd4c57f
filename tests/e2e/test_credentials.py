"""Credentials on the deployed stack: used by runs, readable by nobody else."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from tests.e2e.receiver import Received, Receiver
from tests.e2e.runs import create, edges, node, run, start, until
from tests.e2e.secret_forms import canary, seen
from tests.integration.test_permissions import FUNCTIONS, OPENING, client_as
from tests.stack import Api, RunningStack

TOKEN = "xoxb-your-token-0123456789"


@pytest.fixture
def slack(stack: RunningStack) -> Iterator[Receiver]:
    """A server that plays Slack's API."""

    def answer(request: Received) -> Any:
        authorized = request.headers.get("authorization") == f"Bearer {TOKEN}"
        body: dict[str, Any] = (
            {"ok": True, "channel": "C1", "ts": "1503435956.000247"} if authorized else {"ok": False, "error": "invalid_auth"}
        )
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()

    with Receiver(stack.receivers[1], answer) as serving:
        yield serving


def store(api: Api, **fields: Any) -> str:
    answer = api.post("/credentials", {"name": "Slack Bot Token", "type": "api_key", "value": TOKEN, **fields})
    assert answer.status == 201, answer.text
    return str(answer.data["id"])


def connect(api: Api, credential_id: str, server: Receiver) -> str:
    body = {"provider": "slack", "credential_id": credential_id, "config": {"base_url": f"{server.url}/api"}}
    answer = api.post("/integrations", body)
    assert answer.status == 201, answer.text
    return str(answer.data["id"])


def message(credential_id: str) -> dict[str, Any]:
    parameters = {"channel": "#leads", "text": "New lead: {{ name }}"}
    return node(
        "notify", "integration", connector="slack", action="post_message", parameters=parameters, credential_id=credential_id
    )


def test_a_slack_node_posts_with_the_stored_token(api: Api, slack: Receiver) -> None:
    credential_id = store(api)
    connect(api, credential_id, slack)

    execution = run(api, [message(credential_id)], input={"name": "Ann"})

    assert execution["status"] == "completed", execution["error"]
    assert execution["output"]["ts"] == "1503435956.000247"
    (request,) = slack.requests
    assert (request.method, request.path) == ("POST", "/api/chat.postMessage")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.json == {"channel": "#leads", "text": "New lead: Ann"}
    assert api.get(f"/credentials/{credential_id}").data["last_used_at"] is not None


def test_the_test_of_an_integration_is_a_real_call_and_sets_its_status(api: Api, slack: Receiver) -> None:
    good = connect(api, store(api), slack)
    bad = connect(api, store(api, value="xoxb-wrong-token-9876543210"), slack)

    results = [api.post(f"/integrations/{one}/test") for one in (good, bad)]

    assert [result.status for result in results] == [200, 200]
    assert [(result.data["ok"], result.data["status_code"]) for result in results] == [(True, 200), (False, 200)]
    assert results[1].data["reason"] == "credentials"
    assert {one["id"]: one["status"] for one in api.get("/integrations").data} == {good: "connected", bad: "error"}


def test_a_credential_in_use_is_deleted_by_force_only(api: Api, slack: Receiver) -> None:
    credential_id = store(api)
    connect(api, credential_id, slack)
    workflow_id = create(api, [message(credential_id)])

    refused = api.delete(f"/credentials/{credential_id}")
    forced = api.delete(f"/credentials/{credential_id}", params={"force": "true"})
    again = api.delete(f"/credentials/{credential_id}", params={"force": "true"})

    assert (refused.status, refused.error["code"]) == (409, "CONFLICT")
    assert workflow_id in json.dumps(refused.error["details"])
    assert (forced.status, forced.data) == (200, {"id": credential_id, "deleted": True})
    assert again.status == 404
    failed = until(api, start(api, workflow_id, {"name": "Ann"}))
    assert failed["status"] == "failed"
    assert slack.requests == []


def test_rotation_takes_effect_at_the_next_use(api: Api, slack: Receiver) -> None:
    credential_id = store(api, value="xoxb-old-token-0000000000")
    connect(api, credential_id, slack)
    workflow_id = create(api, [message(credential_id)])
    before = until(api, start(api, workflow_id, {"name": "Ann"}))

    rotated = api.patch(f"/credentials/{credential_id}", {"value": TOKEN})
    after = until(api, start(api, workflow_id, {"name": "Ann"}))

    assert (before["status"], before["error"]["type"]) == ("failed", "AuthenticationError")
    assert rotated.data["hint"] == TOKEN[-4:]
    assert after["status"] == "completed"


def stored(stack: RunningStack, account_id: str, credential_id: str) -> Any:
    key = {"pk": {"S": account_id}, "sk": {"S": f"cred#{credential_id}"}}
    return stack.client("dynamodb").get_item(TableName=stack.outputs["CredentialsTableName"], Key=key)["Item"]


@pytest.mark.parametrize("function", sorted(FUNCTIONS - OPENING))
def test_kms_refuses_the_data_key_to_roles_that_do_not_use_credentials(
    stack: RunningStack, account: tuple[str, str], function: str
) -> None:
    account_id, key = account
    credential_id = store(stack.api(key))
    blob = stored(stack, account_id, credential_id)["data_key"]["B"]
    context = {"account": account_id, "credential": credential_id}

    with pytest.raises(ClientError) as refused:
        client_as(stack, function, "kms").decrypt(CiphertextBlob=blob, EncryptionContext=context)  # type: ignore[attr-defined]  # boto3 has no types

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_the_runners_role_may_decrypt_in_the_right_context_only(stack: RunningStack, account: tuple[str, str]) -> None:
    account_id, key = account
    mine, other = store(stack.api(key)), store(stack.api(key))
    blob = stored(stack, account_id, mine)["data_key"]["B"]
    kms: Any = client_as(stack, "run_node", "kms")

    opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext={"account": account_id, "credential": mine})

    assert len(opened["Plaintext"]) == 32
    with pytest.raises(ClientError):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"account": account_id, "credential": other})


def echoing(secret: str) -> Any:
    """A server that gives the secret back in every way that servers do."""
    encoded = base64.b64encode(secret.encode()).decode()
    pair = base64.b64encode(f"u:{secret}".encode()).decode()

    def answer(request: Received) -> Any:
        got = json.dumps({"headers": request.headers, "secret": secret})
        answers: dict[str, tuple[int, dict[str, str], str]] = {
            "/json": (200, {"Content-Type": "application/json"}, got),
            "/header": (200, {"X-Echo": quote(secret, safe="")}, "ok"),
            "/text": (500, {"Content-Type": "text/plain"}, f"failed for {secret} at {quote(secret)}"),
            "/broken": (200, {"Content-Type": "application/json"}, f'{{"broken": "{secret}'),
            "/base64": (403, {"Content-Type": "application/json"}, json.dumps({"error": f"a{encoded}", "pair": pair})),
            "/hex": (404, {}, secret.encode().hex()),
            "/cut": (502, {"Content-Type": "text/plain"}, "x" * (10_240 - 15) + secret + "y" * 2000),
            "/long": (
                200,
                {"Content-Type": "application/json"},
                json.dumps({"text": "x" * (10_240 - 30) + secret, secret: "as a key"}),
            ),
        }
        status, headers, body = answers.get(request.path.split("?")[0], (401, {"Content-Type": "application/json"}, got))
        return status, headers, body.encode()

    return answer


def test_a_canary_is_nowhere_after_a_run_that_fails_in_every_way(stack: RunningStack, account: tuple[str, str]) -> None:
    _, key = account
    api, secret = stack.api(key), canary()
    texts: dict[str, str] = {}
    with Receiver(stack.receivers[2], echoing(secret)) as server, Receiver(stack.receivers[3]) as hooks:
        made = api.post(
            "/credentials", {"name": "Canary", "type": "api_key", "value": secret}, headers={"Idempotency-Key": canary()[:14]}
        )
        wrong = api.post("/credentials", {"name": "Canary", "type": "basic", "value": secret, "allowed_hosts": [secret]})
        basic = store(api, type="basic", value={"username": "u", "password": secret})
        texts |= {"create": made.text, "wrong create": wrong.text}
        assert api.post("/webhooks", {"url": f"{hooks.url}/hook", "events": ["*"]}).status == 201
        credential_id = str(made.data["id"])
        paths = ["json", "header", "text", "broken", "base64", "hex", "cut", "long", "else"]
        nodes = [
            node(
                name,
                "http_request",
                url=f"{server.url}/{name}",
                method="POST",
                body={"type": "json", "value": {"n": 1}},
                credential_id=credential_id if number % 2 else basic,
                on_error="continue",
            )
            for number, name in enumerate(paths)
        ]
        nodes += [
            node(
                "rest",
                "integration",
                connector="rest",
                action="get",
                parameters={"base_url": server.url, "path": "else"},
                credential_id=credential_id,
                on_error="continue",
            ),
            node(
                "elsewhere",
                "http_request",
                url=f"http://127.0.0.1:{stack.receivers[0] + 1}/",
                credential_id=credential_id,
                on_error="continue",
            ),
            node("all", "set", values={"everything": "{{ $ }}"}),
            node("end", "stop", outcome="failure", message="{{ $string(everything) }}", output="{{ everything }}"),
        ]
        joins = [f"{name}>all" for name in (*paths, "rest", "elsewhere")]
        execution = run(api, nodes, edges(*joins, "all>end"), {"n": 1})
        assert len(server.requests) >= len(paths) + 1
        assert any(secret in request.headers.get("x-api-key", "") for request in server.requests)
        integration = api.post(
            "/integrations", {"provider": "rest", "credential_id": credential_id, "config": {"base_url": server.url}}
        )
        assert integration.status == 201, integration.text
        texts["tested"] = api.post(f"/integrations/{integration.data['id']}/test").text
        texts |= {
            "execution": json.dumps(execution),
            "logs": api.get(f"/executions/{execution['id']}/logs").text,
            "credentials": api.get("/credentials").text,
            "integrations": api.get("/integrations").text,
        }
        end = time.monotonic() + 30
        while not hooks.requests and time.monotonic() < end:
            time.sleep(0.2)
        assert hooks.requests, "an event of the run reaches the webhook"
        texts["events"] = b"".join(request.body for request in hooks.requests).decode()

    assert execution["status"] == "failed"
    assert "***" in texts["execution"]
    kept = everything_kept(stack)
    for kind in ("table", "log", "history"):  # the search would see it: what was kept of this run is there
        assert any(execution["id"] in text for place, text in kept.items() if place.startswith(kind)), kind
    texts |= kept
    assert {place: found for place, text in texts.items() if (found := seen(secret, text))} == {}


def everything_kept(stack: RunningStack) -> dict[str, str]:
    """All that the stack keeps, as text: tables, buckets, logs, histories, queues."""
    kept: dict[str, str] = {}
    dynamodb, s3, logs, states, sqs = (stack.client(name) for name in ("dynamodb", "s3", "logs", "stepfunctions", "sqs"))
    for name in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=name):
            kept[f"table {name}"] = kept.get(f"table {name}", "") + repr(page["Items"])
    for bucket in s3.list_buckets()["Buckets"]:
        if "sam" in bucket["Name"]:
            continue  # the packages of the deployment
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for item in page.get("Contents", []):
                body = s3.get_object(Bucket=bucket["Name"], Key=item["Key"])["Body"].read()
                kept[f"object {item['Key']}"] = body.decode("utf-8", "replace")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            kept[f"log {group['logGroupName']}"] = kept.get(f"log {group['logGroupName']}", "") + repr(page["events"])
    for machine in states.list_state_machines()["stateMachines"]:
        for one in states.list_executions(stateMachineArn=machine["stateMachineArn"], maxResults=100)["executions"]:
            history = states.get_execution_history(executionArn=one["executionArn"], includeExecutionData=True)
            kept[f"history {one['name']}"] = repr(history["events"])
    for url in sqs.list_queues().get("QueueUrls", []):
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        kept[f"queue {url}"] = repr(found.get("Messages", []))
    return kept
