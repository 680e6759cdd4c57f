"""Runs over HTTP on the deployed stack: real state machine, real waits, real requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.receiver import Received, Receiver, ok
from tests.e2e.runs import create, edges, log_of, node, run, start, until
from tests.stack import Api, RunningStack


@pytest.fixture
def receiver(stack: RunningStack) -> Iterator[Receiver]:
    with Receiver(stack.receivers[0]) as serving:
        yield serving


def test_a_branch_is_pruned_and_the_join_goes_on(api: Api) -> None:
    nodes = [node("check", "if", condition="n > 3"), node("big"), node("small"), node("after", "set", values={"n": "{{ n }}"})]
    execution = run(api, nodes, edges("check:true>big", "check:false>small", "big>after", "small>after"), {"n": 5})

    assert execution["status"] == "completed"
    assert execution["output"] == {"n": 5}
    assert log_of(execution, "small")["status"] == "skipped"
    assert execution["usage"]["state_transitions"] <= 6


def test_a_slow_branch_does_not_delay_its_sibling(api: Api, receiver: Receiver) -> None:
    def answer(request: Received) -> Any:
        if request.path == "/b":
            gate.wait(20)
            time.sleep(0.5)
        if request.path == "/e":
            gate.set()
        return ok(request)

    gate = threading.Event()
    receiver.answer = answer

    def call(id: str) -> dict[str, Any]:
        return node(id, "http_request", url=f"{receiver.url}/{id}")

    execution = run(api, [node("a"), call("b"), call("c"), call("d"), call("e")], edges("a>b", "a>c", "c>d", "d>e"), {})

    assert execution["status"] == "completed"
    assert log_of(execution, "e")["completed_at"] < log_of(execution, "b")["completed_at"]


def test_effects_carry_an_idempotency_key_of_their_own(api: Api, receiver: Receiver) -> None:
    nodes = [node(f"n{i}", "http_request", method="POST", url=f"{receiver.url}/{i}") for i in range(3)]
    execution = run(api, nodes, edges("n0>n1", "n1>n2"), {})

    assert execution["status"] == "completed"
    keys = [request.headers["idempotency-key"] for request in receiver.requests]
    assert len(set(keys)) == 3
    assert execution["usage"]["state_transitions"] <= 2 * 3 + 4


def test_a_failing_request_is_tried_again_and_then_leaves_through_the_error_port(api: Api, receiver: Receiver) -> None:
    receiver.answer = lambda request: (503, {"Retry-After": "0"}, b"down")
    nodes = [
        node(
            "call",
            "http_request",
            url=f"{receiver.url}/x",
            retry={"max_attempts": 3, "interval_seconds": 0.1},
            on_error="route",
        ),
        node("good"),
        node("bad", "set", values={"why": "{{ error.details.status_code }}"}),
    ]
    execution = run(api, nodes, edges("call>good", "call:error>bad"), {})

    assert execution["output"] == {"why": 503}
    assert log_of(execution, "call")["attempt"] == 3
    assert len(receiver.requests) == 3


def test_a_private_address_is_out_of_reach(api: Api) -> None:
    execution = run(api, [node("call", "http_request", url="http://169.254.169.254/latest/meta-data/")], [], {})

    assert execution["status"] == "failed"
    assert execution["error"]["node_id"] == "call"


def test_a_loop_of_a_thousand_items_takes_few_transitions(api: Api) -> None:
    body = {"nodes": [node("twice", "set", values={"v": "{{ $item * 2 }}"})], "edges": []}
    execution = run(api, [node("each", "foreach", body=body)], [], list(range(1000)))

    assert [item["v"] for item in execution["output"]] == [2 * n for n in range(1000)]
    assert execution["usage"]["state_transitions"] <= 20
    first = api.get(f"/executions/{execution['id']}/logs", params={"limit": 100})
    assert len(first.data) == 100
    assert first.body["meta"]["has_more"] is True


def test_a_loop_with_requests_nested_in_a_loop(api: Api, receiver: Receiver) -> None:
    inner = {"nodes": [node("call", "http_request", url=f"{receiver.url}/{{{{ $item }}}}")], "edges": []}
    outer = {"nodes": [node("inner", "foreach", items="$item", body=inner)], "edges": []}
    execution = run(api, [node("each", "foreach", body=outer)], [], [["a", "b"], ["c"]])

    assert [[answer["body"]["path"] for answer in answers] for answers in execution["output"]] == [["/a", "/b"], ["/c"]]


def test_a_delay_waits_in_the_state_machine_and_costs_nothing_meanwhile(api: Api) -> None:
    nodes = [node("d", "delay", seconds=2), node("after")]
    execution = run(api, nodes, edges("d>after"), {"n": 1})

    assert execution["output"] == {"n": 1}
    assert log_of(execution, "d")["duration_ms"] >= 2000
    assert execution["usage"]["state_transitions"] <= 6 + 3


def test_an_approval_waits_for_a_person_and_its_link_works_once(api: Api, stack: RunningStack) -> None:
    nodes = [node("ask", "approval", message="Ship it?"), node("yes", "set", values={"by": "{{ by }}"}), node("no")]
    execution_id = start(api, create(api, nodes, edges("ask:approved>yes", "ask:rejected>no")), {})
    waiting = until(api, execution_id, "waiting")
    links = log_of(waiting, "ask")["output"]["links"]
    nobody = stack.anonymous()

    page = nobody.get(links["approve"])
    assert page.status == 200
    assert until(api, execution_id, "waiting")["status"] == "waiting"
    answered = nobody("POST", links["approve"], data={"by": "Ada", "comment": "fine"})
    assert answered.status in (200, 303), answered.text

    execution = until(api, execution_id)
    assert execution["status"] == "completed"
    assert execution["output"] == {"by": "Ada"}
    assert nobody("POST", links["reject"], data={}).status in (404, 409, 410, 200)


def test_a_sub_workflow_gives_its_output(api: Api) -> None:
    child = create(api, [node("c", "set", values={"twice": "{{ n * 2 }}"})])
    execution = run(api, [node("call", "execute_workflow", workflow_id=child, input="{{ $ }}")], [], {"n": 21})

    assert execution["status"] == "completed", execution["error"]
    assert execution["output"] == {"twice": 42}


def test_a_failed_sub_workflow_fails_its_node(api: Api) -> None:
    child = create(api, [node("s", "stop", outcome="failure", message="not today")])
    execution = run(api, [node("call", "execute_workflow", workflow_id=child)], [], {})

    assert execution["status"] == "failed"
    assert "not today" in execution["error"]["message"]


def test_cancelling_a_run_ends_the_runs_that_it_waits_for(api: Api) -> None:
    grandchild = create(api, [node("d", "delay", seconds=3600)])
    child = create(api, [node("call", "execute_workflow", workflow_id=grandchild)])
    execution_id = start(api, create(api, [node("call", "execute_workflow", workflow_id=child)]), {})
    until(api, execution_id, "waiting")
    runs = [execution_id]
    for workflow_id in (child, grandchild):
        (found,) = api.get(f"/workflows/{workflow_id}/executions").data
        runs.append(found["id"])
        until(api, found["id"], "waiting")

    assert api.post(f"/executions/{execution_id}/cancel").status == 200

    assert [until(api, each)["status"] for each in runs] == ["cancelled"] * 3


def test_cancelling_ends_a_waiting_run(api: Api) -> None:
    execution_id = start(api, create(api, [node("d", "delay", seconds=3600)]), {})
    until(api, execution_id, "waiting")

    assert api.post(f"/executions/{execution_id}/cancel").status == 200
    execution = until(api, execution_id)
    assert execution["status"] == "cancelled"
    assert log_of(execution, "d")["status"] == "cancelled"
    assert api.post(f"/executions/{execution_id}/cancel").status == 409


def test_a_retry_takes_over_what_succeeded(api: Api, receiver: Receiver) -> None:
    receiver.answer = lambda request: (500, {}, b"no") if request.path == "/b" else ok(request)
    nodes = [
        node("a", "http_request", method="POST", url=f"{receiver.url}/a"),
        node("b", "http_request", url=f"{receiver.url}/b"),
    ]
    workflow_id = create(api, nodes, edges("a>b"))
    failed = until(api, start(api, workflow_id, {}))
    assert failed["status"] == "failed"
    receiver.answer = ok

    answer = api.post(f"/executions/{failed['id']}/retry", {})
    assert answer.status == 202
    again = until(api, answer.data["execution_id"])

    assert again["status"] == "completed"
    assert again["retry_of"] == failed["id"]
    assert [request.path for request in receiver.requests] == ["/a", "/b", "/b"]


def test_a_failure_starts_the_failure_workflow(api: Api) -> None:
    handler = create(api, [node("h", "set", values={"why": "{{ error.message }}"})])
    failed = run(api, [node("s", "stop", outcome="failure", message="bad")], [], {}, settings={"on_failure_workflow_id": handler})
    assert failed["status"] == "failed"

    end = time.monotonic() + 30
    while not (runs := api.get(f"/workflows/{handler}/executions").data) and time.monotonic() < end:
        time.sleep(0.2)
    (started,) = runs
    assert until(api, started["id"])["output"] == {"why": "bad"}


def test_a_published_failure_workflow_with_an_error_trigger_starts_once_for_a_failure(api: Api) -> None:
    handler = create(api, [node("on", "error"), node("m", "set", values={"why": "{{ error.message }}"})], edges("on>m"))
    settings = {"on_failure_workflow_id": handler}
    for _ in range(2):
        run(api, [node("b", "stop", outcome="failure", message="bad")], settings=settings)

    end = time.monotonic() + 30
    while len(started := api.get(f"/workflows/{handler}/executions").data) < 2:
        assert time.monotonic() < end
        time.sleep(0.2)
    ended = [until(api, one["id"]) for one in started]
    assert [execution["output"] for execution in ended] == [{"why": "bad"}] * 2
    time.sleep(2)  # a third one would have come by now
    assert len(api.get(f"/workflows/{handler}/executions").data) == 2


def test_a_run_ends_at_its_deadline(api: Api) -> None:
    execution = run(api, [node("d", "delay", seconds=600)], [], {}, settings={"timeout_seconds": 2})

    assert execution["status"] == "failed"
    assert execution["error"]["type"] == "ExecutionTimeout"


def test_stopping_the_state_machine_from_outside_settles_the_run(api: Api, stack: RunningStack) -> None:
    execution_id = start(api, create(api, [node("d", "delay", seconds=3600)]), {})
    until(api, execution_id, "waiting")
    states: Any = stack.client("stepfunctions")
    machine = next(
        m["stateMachineArn"] for m in states.list_state_machines()["stateMachines"] if m["name"].endswith("-execution")
    )
    states.stop_execution(executionArn=f"{machine.replace(':stateMachine:', ':execution:')}:{execution_id}-1")

    execution = until(api, execution_id)
    assert execution["status"] == "failed"
    assert execution["error"]["type"] == "MachineryFailed"


def test_max_concurrency_keeps_what_cannot_start_and_loses_nothing(api: Api) -> None:
    workflow_id = create(api, [node("d", "delay", seconds=1)], settings={"max_concurrency": 2})
    runs = [start(api, workflow_id, n) for n in range(5)]
    ends = [until(api, execution_id, seconds=90) for execution_id in runs]

    assert [end["status"] for end in ends] == ["completed"] * 5
    spans = sorted((log_of(end, "d")["started_at"], log_of(end, "d")["completed_at"]) for end in ends)
    overlapping = max(sum(1 for begun, ended in spans if begun <= at < ended) for at, _ in spans)
    assert overlapping <= 2


def test_values_of_many_kilobytes_go_through_the_bucket(api: Api) -> None:
    text = "ü" * 100_000
    execution = run(api, [node("a", "set", values={"t": "{{ t }}"}), node("b")], edges("a>b"), {"t": text})

    assert execution["output"] == {"t": text}
    assert log_of(execution, "a")["output"]["size"] > 200_000


def test_an_output_over_a_megabyte_is_a_link(api: Api, stack: RunningStack) -> None:
    words = run(api, [node("a", "set", values={"t": "{{ $pad('', 900000, 'x') }}", "u": "{{ $pad('', 900000, 'y') }}"})], [], {})
    assert words["status"] in ("completed", "failed")
    text = "z" * 1_200_000
    execution = run(api, [node("a")], [], {"t": text})

    assert set(execution["output"]) == {"$ref", "size"}
    fetched = stack.anonymous().get(execution["output"]["$ref"])
    assert fetched.body == {"t": text}


def test_prefer_wait_answers_with_the_finished_execution(api: Api) -> None:
    workflow_id = create(api, [node("a", "set", values={"x": 1})])
    answer = api.post(f"/workflows/{workflow_id}/execute", {"input": {}}, headers={"Prefer": "wait=20"})

    assert answer.data["status"] == "completed"
    assert answer.data["output"] == {"x": 1}


def test_an_input_that_does_not_fit_its_schema_is_refused_with_its_paths(api: Api) -> None:
    schema = {"type": "object", "required": ["email"], "properties": {"email": {"type": "string"}}}
    workflow_id = create(api, [node("a")], input_schema=schema)
    answer = api.post(f"/workflows/{workflow_id}/execute", {"input": {"email": 5}})

    assert answer.status == 400
    assert answer.error["details"][0]["path"] == "input.email"


def test_a_version_stays_with_its_run(api: Api) -> None:
    workflow_id = create(api, [node("d", "delay", seconds=2), node("a", "set", values={"v": 1})], edges("d>a"))
    execution_id = start(api, workflow_id, {})
    changed = [node("d", "delay", seconds=2), node("a", "set", values={"v": 2})]
    assert api.patch(f"/workflows/{workflow_id}", {"nodes": changed, "status": "published"}).status == 200
    assert api.delete(f"/workflows/{workflow_id}").status == 200

    assert until(api, execution_id)["output"] == {"v": 1}


def test_concurrent_runs_all_end_right(api: Api) -> None:
    workflow_id = create(api, [node("a", "set", values={"n": "{{ n }}"}), node("b")], edges("a>b"))
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda n: start(api, workflow_id, {"n": n}), range(24)))
    outputs = [until(api, execution_id)["output"]["n"] for execution_id in runs]

    assert outputs == list(range(24))


def test_executions_are_filtered_by_their_start(api: Api) -> None:
    workflow_id = create(api, [node("a")])
    execution = until(api, start(api, workflow_id, {}))
    started = datetime.fromisoformat(execution["started_at"])

    def listed(since: datetime, before: datetime) -> list[str]:
        params = {"workflow_id": workflow_id, "from": since.astimezone(UTC).isoformat(), "to": before.astimezone(UTC).isoformat()}
        return [item["id"] for item in api.get("/executions", params=params).data]

    assert listed(started, started + timedelta(seconds=1)) == [execution["id"]]
    assert listed(started - timedelta(seconds=1), started) == []
