"""An account's limit of executions at once, seen from outside: what cannot start is kept and shown, and starts when there is room."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.receiver import Received, Receiver, Reply
from tests.e2e.runs import create, edges, node, start, until
from tests.stack import Api, RunningStack


class Counting:
    """Answers slowly, and counts how many it is answering at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, request: Received) -> Reply:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.3)
        with self.lock:
            self.now -= 1
        return 200, {"Content-Type": "application/json"}, b"{}"


@pytest.fixture
def two_at_once(stack: RunningStack) -> Api:
    """An account that may have two executions under way."""
    made = stack.operate("account", "--name", "two", "--plan", "unlimited", "--max-runs", "2")
    assert made["max_concurrent_runs"] == 2
    return stack.api(made["api_key"])


def test_twenty_executions_at_once_of_an_account_that_may_have_two(stack: RunningStack, two_at_once: Api) -> None:
    counting = Counting()
    with Receiver(stack.receivers[0], counting) as receiver:
        workflow_id = create(two_at_once, [node("call", "http_request", method="POST", url=receiver.url + "/slow")])
        with ThreadPoolExecutor(8) as pool:
            runs = list(pool.map(lambda n: start(two_at_once, workflow_id, n), range(20)))
        shown = [two_at_once.get(f"/executions/{execution_id}").data for execution_id in runs]
        listed = two_at_once.get("/executions", params={"status": "pending", "limit": 100}).data
        account = two_at_once.get("/account").data
        ends = [until(two_at_once, execution_id, seconds=120) for execution_id in runs]
        sent = len(receiver.requests)

    held = [execution for execution in shown if execution.get("waiting_for")]
    assert held
    assert all((one["status"], one["waiting_for"]) == ("pending", "account_concurrency") for one in held)
    assert listed
    assert account["limits"]["max_concurrent_runs"] == account["usage"]["runs"]["limit"] == 2
    assert 0 <= account["usage"]["runs"]["running"] <= 2  # 0 between an end and the next start
    assert [end["status"] for end in ends] == ["completed"] * 20
    assert counting.most <= 2
    assert sent == 20
    assert all("waiting_for" not in end for end in ends)


def test_executions_that_wait_leave_their_places_to_others(two_at_once: Api) -> None:
    waiting = create(two_at_once, [node("ask", "approval"), node("a")], edges("ask:approved>a"))
    asked = [start(two_at_once, waiting) for _ in range(4)]
    for execution_id in asked:
        until(two_at_once, execution_id, "waiting")

    until(two_at_once, start(two_at_once, create(two_at_once, [node("a")])), "completed")

    for execution_id in asked:
        links = until(two_at_once, execution_id, "waiting")["logs"][0]["output"]["links"]
        assert two_at_once("POST", links["approve"], headers={"Accept": "application/json"}).status < 400
    assert {until(two_at_once, execution_id)["status"] for execution_id in asked} == {"completed"}


def test_a_workflow_that_waits_for_another_does_not_stand_in_its_way(stack: RunningStack) -> None:
    made = stack.operate("account", "--name", "one", "--plan", "free", "--max-runs", "1")
    api = stack.api(made["api_key"])
    child = create(api, [node("c", "set", values={"twice": "{{ n * 2 }}"})])
    parent = create(api, [node("call", "execute_workflow", workflow_id=child)])

    assert until(api, start(api, parent, {"n": 4}), seconds=30)["output"] == {"twice": 8}


def test_an_operator_changes_the_limit(stack: RunningStack) -> None:
    made = stack.operate("account", "--name", "some", "--plan", "pro")
    assert made["max_concurrent_runs"] == 50
    changed = stack.operate("plan", "--account", made["account_id"], "--plan", "pro", "--max-runs", "7")
    assert changed["max_concurrent_runs"] == 7
    kept = stack.operate("plan", "--account", made["account_id"], "--plan", "business")
    assert kept["max_concurrent_runs"] == 7
    api = stack.api(made["api_key"])
    assert api.get("/account").data["limits"]["max_concurrent_runs"] == 7
    freed = stack.operate("plan", "--account", made["account_id"], "--plan", "business", "--max-runs", "none")
    assert freed["max_concurrent_runs"] is None
    assert api.get("/account").data["usage"]["runs"] == {"running": None, "limit": None}
