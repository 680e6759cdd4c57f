"""Whatever is interrupted between two AWS calls, a repeat ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flows.aws import clients, clock, ids, tables
from flows.errors import NotFound
from flows.forms import deletion, service, submission_repository, submissions, sweeping
from flows.forms.models import CreateForm, PatchForm
from flows.forms.submission_repository import Sending
from flows.forms.time_range import Range
from flows.paging import Window

from .conftest import Clock

ACCOUNT = "acct_one"
FORM = CreateForm.model_validate({"name": "F", "fields": [{"name": "n", "type": "number"}]})


class Crash(BaseException):
    """The function stops here, as when Lambda ends it: nothing may catch it."""


def crash_at(step: int, moment: str) -> Callable[[], bool]:
    """Stop before or after the call of that number; gives a function that ends the trouble and tells whether it came."""
    events = clients.client("dynamodb").meta.events
    count, struck = 0, False

    def strike(**_details: Any) -> None:
        nonlocal count, struck
        count += 1
        if count == step:
            struck = True
            raise Crash

    events.register(f"{moment}-call.dynamodb", strike)

    def end() -> bool:
        events.unregister(f"{moment}-call.dynamodb", strike)
        return struck

    return end


def at_every_call(work: Callable[[], Any], prepare: Callable[[], Any], check: Callable[[], None]) -> int:
    """Interrupt the work at each of its calls and repeat it; how many interruptions there were."""
    interruptions = 0
    for moment in ("before", "after"):
        for step in range(1, 30):
            prepare()
            end = crash_at(step, moment)
            try:
                work()
            except Crash:
                interruptions += 1
            if not end():
                break
            work()
            check()
    return interruptions


def test_a_submission_is_stored_and_counted_once(time: Clock) -> None:
    state: dict[str, Any] = {}

    def prepare() -> None:
        state["form"] = service.create(ACCOUNT, FORM).id
        state["sub"] = ids.new_id("sub")

    def work() -> None:
        submissions.submit(ACCOUNT, state["form"], {"n": 1}, state["sub"], clock.now())

    def check() -> None:
        found = submissions.list_submissions(ACCOUNT, state["form"], Window(), Range())
        assert ([item.id for item in found.items], found.total) == ([state["sub"]], 1)

    assert at_every_call(work, prepare, check) == 4  # read, write: before and after


def test_a_page_that_is_sent_again_after_a_fault_is_stored_once(time: Clock) -> None:
    state: dict[str, Any] = {}

    def prepare() -> None:
        state["form"] = service.stored(ACCOUNT, service.create(ACCOUNT, FORM).id)
        state["sending"] = Sending(ids.new_token(), "same", clock.epoch() + 600)

    def work() -> None:
        try:
            submissions.store(state["form"], {"n": 1}, "page", sending=state["sending"])
        except submission_repository.SentBefore as before:
            if not before.same:
                raise

    def check() -> None:
        assert submissions.list_submissions(ACCOUNT, state["form"].id, Window(), Range()).total == 1

    assert at_every_call(work, prepare, check) == 2


def test_a_form_is_made_once(time: Clock) -> None:
    state: dict[str, Any] = {"forms": 0}

    def prepare() -> None:
        state["id"] = ids.new_id("form")
        state["forms"] += 1

    def work() -> None:
        service.create(ACCOUNT, FORM, state["id"])

    def check() -> None:
        assert service.list_forms(ACCOUNT, Window()).total == state["forms"]
        assert service.get(ACCOUNT, state["id"]).version == 1

    assert at_every_call(work, prepare, check) == 2


def test_a_change_makes_one_version(time: Clock) -> None:
    state: dict[str, Any] = {}

    def prepare() -> None:
        state["id"] = service.create(ACCOUNT, FORM).id

    def work() -> None:
        service.patch(ACCOUNT, state["id"], PatchForm(name="G"))

    def check() -> None:
        assert service.get(ACCOUNT, state["id"]).version == 2
        assert service.get_version(ACCOUNT, state["id"], 2).name == "G"

    assert at_every_call(work, prepare, check) == 4


def test_a_deletion_ends_with_nothing_left(time: Clock) -> None:
    state: dict[str, Any] = {}

    def prepare() -> None:
        state["id"] = service.create(ACCOUNT, FORM).id
        submissions.submit(ACCOUNT, state["id"], {"n": 1})

    def work() -> None:
        with suppress(NotFound):  # it was gone before the fault
            deletion.delete(ACCOUNT, state["id"], force=True)
        sweeping.sweep()

    def check() -> None:
        for _ in range(2):
            time.pass_seconds(300)
            sweeping.sweep()
        assert list(tables.query_all("forms", "pk = :pk", {":pk": f"{ACCOUNT}#{state['id']}"})) == []
        assert list(tables.query_all("forms", "pk = :pk AND begins_with(sk, :v)", {":pk": ACCOUNT, ":v": "VERSION#"})) == []
        assert service.list_forms(ACCOUNT, Window()).total == 0

    assert at_every_call(work, prepare, check) >= 10
