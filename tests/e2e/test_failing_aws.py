"""The whole platform on an AWS that throttles, fails, hangs up, and loses answers, at every tenth call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.failing_aws import FailingAws, failing_aws
from tests.e2e.hook_calls import call, eventually, executions_of, publish_hook
from tests.e2e.receiver import Receiver
from tests.e2e.runs import FINAL, create, node
from tests.stack import Api, RunningStack

CAUSES = 25
LOST_ANSWER = {"abort_bytes": 0}
HALF_AN_ANSWER = {"abort_frac": 0.5}
RULES: list[dict[str, Any]] = [
    {"service": "dynamodb", "probability": 0.02, "error": {"code": "ProvisionedThroughputExceededException"}},
    {"service": "dynamodb", "probability": 0.02, "error": {"code": "InternalServerError"}},
    {"service": "dynamodb", "probability": 0.02, "reset": True},
    {"service": "dynamodb", "probability": 0.04, "response": LOST_ANSWER},
    {"service": "dynamodb", "probability": 0.02, "response": HALF_AN_ANSWER},
    {"service": "stepfunctions", "probability": 0.06, "response": LOST_ANSWER},
    {"service": "stepfunctions", "probability": 0.06, "error": {"code": "ThrottlingException"}},
    {"service": "events", "probability": 0.2, "response": LOST_ANSWER},
    {"service": "events", "probability": 0.2, "error": {"code": "InternalException"}},
    {"service": "sqs", "probability": 0.06, "response": LOST_ANSWER},
    {"service": "kms", "probability": 0.06, "response": LOST_ANSWER},
    {"service": "kms", "probability": 0.06, "error": {"code": "ThrottlingException"}},
]


@pytest.fixture(scope="module")
def aws(stack: RunningStack) -> Iterator[FailingAws]:
    with failing_aws(stack, RULES) as failing:
        yield failing


@pytest.mark.alone
def test_every_cause_has_its_run_its_effects_and_its_events_once(stack: RunningStack, api: Api, aws: FailingAws) -> None:
    with Receiver(stack.receivers[0]) as called, Receiver(stack.receivers[1]) as told:
        assert api.post("/webhooks", {"url": f"{told.url}/hook", "events": ["workflow.executed"]}).status == 201
        child = create(api, [node("c", "set", values={"twice": "{{ n * 2 }}"})])
        body = {"nodes": [node("s", "set", values={"v": "{{ $item * 10 }}"})], "edges": []}
        workflow_id, url = publish_hook(
            api,
            node("send", "http_request", method="POST", url=called.url, body={"value": {"n": "{{ body.n }}"}}),
            node("each", "foreach", items="{{ [1, 2, $nodes.hook.output.body.n] }}", body=body),
            node("call", "execute_workflow", workflow_id=child, input="{{ {'n': $nodes.hook.output.body.n} }}"),
            node("z", "set", values={"twice": "{{ twice }}", "loop": "{{ $sum($nodes.each.output.v) }}"}),
        )

        with ThreadPoolExecutor(5) as pool:
            answers = list(pool.map(lambda n: call(url, {"n": n}).status_code, range(CAUSES)))
        assert answers == [202] * CAUSES
        runs = eventually(lambda: _ended(api, workflow_id), seconds=120)
        assert {run["status"] for run in runs} == {"completed"}, api.get(f"/executions/{runs[0]['id']}").text
        outputs = [api.get(f"/executions/{run['id']}").data["output"] for run in runs]
        children = executions_of(api, child)
        expected = {run["id"] for run in [*runs, *children]}
        eventually(lambda: expected <= _executions_told(told), seconds=120)
        faults = aws.faults()

    assert {run["status"] for run in children} == {"completed"}
    assert sorted(output["twice"] for output in outputs) == [2 * n for n in range(CAUSES)]
    assert all(output["loop"] == 30 + 5 * output["twice"] for output in outputs)
    assert len(children) == CAUSES
    keys = defaultdict(set)
    for request in called.requests:
        keys[request.json["n"]].add(request.headers["idempotency-key"])
    assert {n: len(found) for n, found in keys.items()} == dict.fromkeys(range(CAUSES), 1)  # sent again only as the same
    events = {request.headers["webhook-id"]: request.json["data"]["execution_id"] for request in told.requests}
    assert sorted(events.values()) == sorted(expected)  # one event each, however often it was delivered
    assert sum(faults.values()) > 50
    assert {fault.split()[0] for fault in faults} >= {"dynamodb", "stepfunctions", "events"}


@pytest.mark.alone
def test_a_post_with_an_idempotency_key_has_one_effect(api: Api, aws: FailingAws) -> None:
    workflow_id = create(api, [node("a")])
    before = sum(aws.faults().values())

    def start(number: int) -> str:
        answer = api.post(f"/workflows/{workflow_id}/execute", {"input": number}, headers={"Idempotency-Key": f"key-{number}"})
        assert answer.status == 202, answer.text
        execution_id: str = answer.data["execution_id"]
        return execution_id

    with ThreadPoolExecutor(5) as pool:
        first = list(pool.map(start, range(CAUSES)))
        again = list(pool.map(start, range(CAUSES)))
    runs = eventually(lambda: _ended(api, workflow_id), seconds=60)

    assert sum(aws.faults().values()) > before + 10
    assert first == again
    assert {run["id"] for run in runs} == set(first)


def _ended(api: Api, workflow_id: str) -> list[dict[str, Any]] | None:
    """All runs, when as many as there are causes have ended."""
    runs = executions_of(api, workflow_id)
    return runs if len(runs) >= CAUSES and all(run["status"] in FINAL for run in runs) else None


def _executions_told(told: Receiver) -> set[str]:
    return {request.json["data"]["execution_id"] for request in told.requests}
