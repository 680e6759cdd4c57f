"""approval and wait_for_webhook: links, answers, time-outs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flows.aws.settings import settings
from flows.engine import registry
from flows.engine.contract import NodeType
from flows.engine.results import Answer, NodeFailure, Outcome
from flows.triggers import links

from tests.unit.nodes.context import NOW, resume, run

pytestmark = pytest.mark.usefixtures("signing_secret")


def node(name: str) -> NodeType:
    found = registry.node_type(name)
    assert found is not None
    return found


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


def approval(decision: str, by: str | None = None, comment: str | None = None) -> Answer:
    return Answer("approval", {"decision": decision, "by": by, "comment": comment}, "2026-03-14T16:00:00Z")


def decided(raw: dict[str, Any], *answers: Answer, timed_out: bool = False) -> Outcome:
    waiting = run(node("approval"), raw).wait
    return resume(node("approval"), raw, *answers, timed_out=timed_out, wait=waiting)


def test_an_approval_waits_with_a_message_and_two_links() -> None:
    wait = run(node("approval"), {"message": "Pay {{ n }}?", "timeout_seconds": 60}, {"n": 5}, scope=(("loop", 3),)).wait

    assert wait is not None
    assert (wait.kind, wait.until, wait.data["message"]) == ("approval", NOW + timedelta(seconds=60), "Pay 5?")
    assert wait.data["links"]["approve"].startswith("https://api.example.com/v1/approvals/")
    assert links.verify(token_of(wait.data["links"]["approve"])) == links.Link(
        "acct_01", "exec_01", (("loop", 3),), "node", "approve"
    )
    assert links.verify(token_of(wait.data["links"]["reject"])).decision == "reject"  # type: ignore[union-attr] # it is one


def test_one_approval_approves() -> None:
    outcome = decided({}, approval("approved", "Ada", "fine"))

    assert outcome.port == "approved"
    assert outcome.output == {"decision": "approved", "comment": "fine", "by": "Ada", "decided_at": "2026-03-14T16:00:00Z"}


def test_one_rejection_rejects_whatever_came_before() -> None:
    outcome = decided({"approvals_needed": 3}, approval("approved", "Ada"), approval("rejected", "Bo", "no"))

    assert (outcome.port, outcome.output["by"]) == ("rejected", "Bo")


def test_what_comes_after_the_decision_changes_nothing() -> None:
    assert decided({}, approval("approved", "Ada"), approval("rejected", "Bo")).port == "approved"


def test_approvals_count_once_a_person() -> None:
    raw = {"approvals_needed": 2}
    same = [approval("approved", "Ada"), approval("approved", " ada "), approval("approved", "ADA")]

    assert decided(raw, *same).wait is not None
    assert decided(raw, *same, approval("approved", "Bo")).port == "approved"


def test_an_approval_that_goes_on_waiting_keeps_its_time_and_its_links() -> None:
    waiting = run(node("approval"), {"approvals_needed": 2}).wait

    assert resume(node("approval"), {"approvals_needed": 2}, approval("approved", "Ada"), wait=waiting).wait is waiting


def test_nobody_decides_in_time() -> None:
    outcome = decided({"approvals_needed": 2}, approval("approved", "Ada"), timed_out=True)

    assert outcome.port == "timeout"
    assert outcome.output == {"decision": "timeout", "comment": None, "by": None, "decided_at": "2026-03-14T15:09:26.535Z"}


def test_an_answer_that_came_in_time_is_not_lost_to_a_late_wake_up() -> None:
    assert decided({}, approval("approved", "Ada"), timed_out=True).port == "approved"


@pytest.mark.parametrize(
    "raw", [{"timeout_seconds": 0}, {"timeout_seconds": 350 * 86400 + 1}, {"approvals_needed": 0}, {"approvals_needed": True}]
)
def test_an_approval_that_cannot_be_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(NodeFailure):
        run(node("approval"), raw)


def test_a_hook_is_waited_for_at_its_own_url_and_gives_the_request() -> None:
    raw = {"timeout_seconds": 60, "authentication": {"type": "github", "credential_id": "cred_9"}}
    wait = run(node("wait_for_webhook"), raw).wait

    assert wait is not None
    assert links.verify(token_of(wait.data["url"])).decision == "webhook"  # type: ignore[union-attr] # it is one
    assert wait.data["authentication"] == {"type": "github", "credential_id": "cred_9"}
    request = {"method": "POST", "body": 1}
    assert resume(node("wait_for_webhook"), raw, Answer("webhook", request, "t"), wait=wait).output == request
    assert resume(node("wait_for_webhook"), raw, wait=wait).wait is wait
    late = resume(node("wait_for_webhook"), raw, timed_out=True, wait=wait, input={"id": 1})
    assert (late.port, late.output) == ("timeout", {"id": 1})


def test_links_differ_by_everything_that_they_answer() -> None:
    base: tuple[Any, ...] = ("acct_1", "exec_1", (("l", 1),), "n", "approve")
    others: list[tuple[Any, ...]] = [
        ("acct_2", *base[1:]),
        (base[0], "exec_2", *base[2:]),
        (*base[:2], (("l", 2),), *base[3:]),
        (*base[:3], "m", base[4]),
        (*base[:4], "reject"),
    ]

    tokens = {links.make(*arguments) for arguments in [base, *others]}

    assert len(tokens) == 6
    assert links.make(*base) in tokens


def test_an_altered_link_is_no_link() -> None:
    token = links.make("acct_1", "exec_1", (), "n", "approve")
    payload, _, signature = token.partition(".")
    other, _, _ = links.make("acct_1", "exec_1", (), "n", "reject").partition(".")

    altered = [
        "",
        ".",
        token[:-1],
        token + "=",
        token + "A",
        f"{other}.{signature}",
        payload,
        f"{payload}.",
        f".{signature}",
        "ü." + token,
    ]
    altered += [token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(len(token))]

    assert [text for text in altered if links.verify(text) is not None] == []


def test_a_link_of_another_stack_is_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.make("acct_1", "exec_1", (), "n", "approve")
    monkeypatch.setenv("SIGNING_SECRET", "another")
    settings.cache_clear()

    assert links.verify(token) is None


def test_without_a_secret_no_link_is_made_or_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.make("acct_1", "exec_1", (), "n", "approve")
    monkeypatch.delenv("SIGNING_SECRET")
    settings.cache_clear()

    for call in (lambda: links.make("a", "e", (), "n", "approve"), lambda: links.verify(token)):
        with pytest.raises(RuntimeError):
            call()


@pytest.mark.parametrize(("until", "message"), [("tomorrow", "must be a time"), ("2999-01-01T00:00:00Z", "more than 360 days")])
def test_a_delays_time_that_cannot_be_is_refused_when_it_is_written(until: str, message: str) -> None:
    from flows.engine import definition

    (problem,) = definition.check({"nodes": [{"id": "d", "type": "delay", "parameters": {"until": until}}]})

    assert problem.path == "nodes[0].parameters.until"
    assert message in problem.message
    assert definition.check({"nodes": [{"id": "d", "type": "delay", "parameters": {"until": "{{ at }}"}}]}) == []
