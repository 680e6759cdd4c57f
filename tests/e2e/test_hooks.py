"""Inbound webhooks over HTTP on the deployed stack."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.hook_calls import BURST, call, eventually, executions_of, github_signature, publish_hook, triggers_of
from tests.e2e.runs import create, edges, node, start, until
from tests.stack import Api, RunningStack

SECRET = "It's a Secret to Everybody"


def credential(api: Api, type: str, value: Any) -> str:
    answer = api.post("/credentials", {"name": "hook", "type": type, "value": value})
    assert answer.status == 201, answer.text
    found: str = answer.data["id"]
    return found


def test_a_request_starts_the_published_workflow_and_is_accepted_at_once(api: Api) -> None:
    workflow_id, url = publish_hook(api, node("keep", "set", values={"order": "{{ body.order }}"}))

    answer = call(
        url + "/orders?source=shop&tag=a&tag=b", {"order": 17}, headers={"X-Custom": "yes", "Authorization": "Bearer x"}
    )

    assert answer.status_code == 202
    assert answer.json()["success"] is True
    assert answer.headers["X-Request-Id"]
    execution = until(api, answer.json()["data"]["execution_id"])
    assert execution["workflow_id"] == workflow_id
    assert execution["output"] == {"order": 17}
    assert execution["trigger"]["type"] == "webhook"
    given = next(entry for entry in execution["logs"] if entry["node_id"] == "hook")["output"]
    assert given.keys() == {"method", "headers", "query", "body", "path", "received_at"}
    assert given["method"] == "POST"
    assert given["path"] == "/orders"
    assert given["query"] == {"source": "shop", "tag": ["a", "b"]}
    assert given["headers"]["x-custom"] == "yes"
    assert "authorization" not in given["headers"]
    assert triggers_of(api, workflow_id)["hook"]["last_started_at"] == execution["started_at"]


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", b'{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        ("application/vnd.api+json; charset=utf-8", b"[1]", [1]),
        ("application/x-www-form-urlencoded", b"a=1&b=x+y&b=%C3%A4", {"a": "1", "b": ["x y", "ä"]}),
        ("text/plain", "grüße {{ 1+1 }}".encode(), "grüße {{ 1+1 }}"),
        ("application/octet-stream", b"\xff\xfe\x00", base64.b64encode(b"\xff\xfe\x00").decode()),
    ],
)
def test_a_body_is_read_by_its_content_type(api: Api, content_type: str, body: bytes, expected: Any) -> None:
    _, url = publish_hook(api, node("keep", "set", values={"body": "{{ body }}"}), respond="when_finished")

    answer = call(url, body, headers={"Content-Type": content_type})

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"body": expected}


def test_broken_json_is_a_validation_error_and_starts_nothing(api: Api) -> None:
    workflow_id, url = publish_hook(api)

    for body in (b'{"a": NaN}', b"{", b'{"a": 1, "a": 2}'):
        answer = call(url, body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "VALIDATION_ERROR"

    assert executions_of(api, workflow_id) == []


def test_a_request_with_githubs_signature_is_taken_and_a_forged_one_refused(api: Api) -> None:
    secret = credential(api, "api_key", SECRET)
    workflow_id, url = publish_hook(api, authentication={"type": "github", "credential_id": secret})
    body = b'{"zen": "Keep it logically awesome."}'
    right = github_signature(SECRET, body)
    headers = {"Content-Type": "application/json"}

    forged = [
        call(url, body, headers=headers),
        call(url, body + b" ", headers={**headers, "X-Hub-Signature-256": right}),
        call(url, body, headers={**headers, "X-Hub-Signature-256": github_signature("guessed", body)}),
    ]
    taken = call(url, body, headers={**headers, "X-Hub-Signature-256": right})

    assert [answer.status_code for answer in forged] == [401, 401, 401]
    assert forged[0].json()["error"]["code"] == "UNAUTHORIZED"
    assert taken.status_code == 202, taken.text
    assert [run["id"] for run in executions_of(api, workflow_id)] == [taken.json()["data"]["execution_id"]]
    assert "signature" in triggers_of(api, workflow_id)["hook"]["last_error"]["message"]


def test_basic_and_header_secrets_are_checked_and_not_shown(api: Api) -> None:
    pair = credential(api, "basic", {"username": "ada", "password": "lovelace-1815"})
    named = credential(api, "header", {"name": "X-Shop-Secret", "value": "shop-secret-77"})
    keep = node("keep", "set", values={"headers": "{{ headers }}"})
    _, basic = publish_hook(api, keep, authentication={"type": "basic", "credential_id": pair}, respond="when_finished")
    _, header = publish_hook(api, keep, authentication={"type": "header", "credential_id": named}, respond="when_finished")

    assert call(basic, {}, auth=("ada", "wrong")).status_code == 401
    assert call(header, {}, headers={"X-Shop-Secret": "wrong"}).status_code == 401
    by_pair = call(basic, {}, auth=("ada", "lovelace-1815"))
    by_name = call(header, {}, headers={"X-Shop-Secret": "shop-secret-77"})

    assert by_pair.status_code == 200, by_pair.text
    assert "authorization" not in by_pair.json()["headers"]
    assert by_name.status_code == 200, by_name.text
    assert "x-shop-secret" not in by_name.json()["headers"]


def test_a_check_whose_credential_is_gone_refuses_everybody(api: Api) -> None:
    secret = credential(api, "api_key", SECRET)
    _, url = publish_hook(api, authentication={"type": "github", "credential_id": secret})
    assert api.delete(f"/credentials/{secret}?force=true").status == 200

    answer = call(
        url, b"{}", headers={"Content-Type": "application/json", "X-Hub-Signature-256": github_signature(SECRET, b"{}")}
    )

    assert answer.status_code == 401


def test_only_listed_addresses_and_methods_may_call(api: Api) -> None:
    _, elsewhere = publish_hook(api, allowed_ips=["203.0.113.0/24"])
    _, here = publish_hook(api, allowed_ips=["127.0.0.0/8", "::1"], methods=["GET"])

    assert call(elsewhere, {}).status_code == 403
    assert call(elsewhere, {}, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403, "anybody can write that"
    assert call(here, {}).status_code == 404
    assert call(here, method="GET").status_code == 202


def test_a_respond_node_answers_as_it_says_without_envelope(api: Api) -> None:
    answer = node(
        "answer", "respond", status_code=201, headers={"X-Order": "{{ body.order }}"}, body={"made": "{{ body.order }}"}
    )
    after = node("after", "delay", seconds=3600)
    workflow_id, url = publish_hook(api, answer, after, respond="respond_node")

    got = call(url, {"order": 17})

    assert got.status_code == 201, got.text
    assert got.json() == {"made": 17}
    assert got.headers["X-Order"] == "17"
    assert got.headers["Content-Type"] == "application/json"
    (run,) = executions_of(api, workflow_id)
    assert run["status"] in ("running", "waiting")
    api.post(f"/executions/{run['id']}/cancel")


def test_a_page_that_a_workflow_answers_with_is_sandboxed(api: Api) -> None:
    page = node("page", "respond", headers={"Content-Type": "text/html"}, body="<script>alert(1)</script>")
    _, url = publish_hook(api, page, respond="respond_node", methods=["GET"])

    got = call(url, method="GET")

    assert got.text == "<script>alert(1)</script>"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    assert "allow-same-origin" not in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"


def test_a_failed_run_is_told_with_its_id(api: Api) -> None:
    workflow_id, url = publish_hook(api, node("end", "stop", outcome="failure", message="no"), respond="when_finished")

    got = call(url, {})

    assert got.status_code == 500
    (run,) = executions_of(api, workflow_id)
    assert got.json()["error"]["code"] == "INTERNAL_ERROR"
    assert got.json()["error"]["details"] == {"execution_id": run["id"], "status": "failed"}


def test_requests_with_the_same_value_start_one_run_and_get_its_answer(api: Api) -> None:
    keep = node("keep", "set", values={"n": "{{ body.n }}"})
    workflow_id, url = publish_hook(api, keep, deduplicate_by='headers."x-event-id"', respond="when_finished")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: call(url, {"n": n}, headers={"X-Event-Id": "one"}), range(4)))
    other = call(url, {"n": 9}, headers={"X-Event-Id": "two"})
    without = call(url, {"n": 10})

    assert len({answer.text for answer in answers}) == 1
    assert other.json() == {"n": 9}
    assert without.json() == {"n": 10}
    assert len(executions_of(api, workflow_id)) == 3


def test_pages_of_listed_origins_may_call(api: Api) -> None:
    _, url = publish_hook(api, cors=["https://shop.example"])
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}

    preflight = call(url, method="OPTIONS", headers=asked)
    allowed = call(url, {}, headers={"Origin": "https://shop.example"})
    foreign = call(url, {}, headers={"Origin": "https://evil.example"})

    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert preflight.headers["Access-Control-Allow-Methods"] == "POST"
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_a_url_outlives_publications_and_ends_with_the_workflow(api: Api) -> None:
    workflow_id, url = publish_hook(api)

    assert api.patch(f"/workflows/{workflow_id}", {"status": "draft"}).status == 200
    assert call(url, {}).status_code == 404
    assert triggers_of(api, workflow_id)["hook"]["active"] is False
    assert api.patch(f"/workflows/{workflow_id}", {"status": "published"}).status == 200
    assert call(url, {}).status_code == 202
    assert triggers_of(api, workflow_id)["hook"]["url"] == url
    assert api.delete(f"/workflows/{workflow_id}").status == 200
    assert call(url, {}).status_code == 404


def test_a_test_url_runs_the_draft(api: Api) -> None:
    answer = api.post(
        "/workflows",
        {
            "name": "Draft",
            "nodes": [node("hook", "webhook", respond="when_finished"), node("say", "set", values={"v": "one"})],
            "edges": edges("hook>say"),
        },
    )
    trigger = triggers_of(api, answer.data["id"])["hook"]

    assert trigger["url"] is None
    assert call(trigger["test_url"], {}).json() == {"v": "one"}
    nodes = [node("hook", "webhook", respond="when_finished"), node("say", "set", values={"v": "two"})]
    assert api.patch(f"/workflows/{answer.data['id']}", {"nodes": nodes}).status == 200
    assert call(trigger["test_url"], {}).json() == {"v": "two"}


def test_a_waiting_run_goes_on_with_the_first_request_that_proves_itself(api: Api) -> None:
    secret = credential(api, "header", {"name": "X-Token", "value": "let-me-in-please"})
    wait = node("wait", "wait_for_webhook", authentication={"type": "header", "credential_id": secret})
    workflow_id = create(
        api, [node("go", "manual"), wait, node("keep", "set", values={"got": "{{ body }}"})], edges("go>wait", "wait>keep")
    )
    execution_id = start(api, workflow_id, {})
    execution = until(api, execution_id, "waiting")
    url = next(entry for entry in execution["logs"] if entry["node_id"] == "wait")["output"]["url"]

    refused = call(url, {"n": 1}, headers={"X-Token": "wrong"})
    taken = call(url, {"n": 2}, headers={"X-Token": "let-me-in-please"})
    execution = until(api, execution_id)
    late = call(url, {"n": 3}, headers={"X-Token": "let-me-in-please"})

    assert refused.status_code == 401
    assert taken.status_code == 202, taken.text
    assert execution["output"] == {"got": {"n": 2}}
    assert "let-me-in-please" not in json.dumps(execution)
    assert late.status_code == 409


def test_unknown_and_altered_tokens_are_not_found(stack: RunningStack, api: Api) -> None:
    _, url = publish_hook(api)

    assert call(f"{stack.base_url}/hooks/{'x' * 32}", {}).status_code == 404
    assert call(f"{stack.base_url}/hooks/a.b", {}).json()["error"]["code"] == "NOT_FOUND"
    assert call(url[:-1] + ("A" if url[-1] != "A" else "B"), {}).status_code == 404


def test_a_body_over_four_megabytes_is_too_large(api: Api) -> None:
    _, url = publish_hook(api)

    assert call(url, b"x" * (4 * 1024 * 1024 + 1), headers={"Content-Type": "text/plain"}).status_code == 413


def test_a_burst_of_requests_starts_each_its_run_none_twice_none_lost(api: Api) -> None:
    count = BURST
    workflow_id, url = publish_hook(api, node("keep", "set", values={"n": "{{ body.n }}"}))

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: call(url, {"n": n}, seconds=200), range(count)))

    assert {answer.status_code for answer in answers} == {202}
    ids = {answer.json()["data"]["execution_id"] for answer in answers}
    assert len(ids) == count

    def all_done() -> list[dict[str, Any]] | None:
        runs = executions_of(api, workflow_id)
        return runs if len(runs) == count and all(run["status"] == "completed" for run in runs) else None

    runs = eventually(all_done, 240)
    assert {run["id"] for run in runs} == ids
