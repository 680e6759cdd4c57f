"""Submissions: stored once with their event, listed, counted, deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from flows import strict_json
from flows.aws import clock, ids, tables
from flows.errors import Conflict, NotFound, ValidationFailed
from flows.forms import deletion, deletion_notes, repository, service, submission_repository, submissions, sweeping
from flows.forms.models import CreateForm, PatchForm
from flows.forms.time_range import Range
from flows.paging import Window

from .conftest import Clock

ACCOUNT = "acct_one"


def make_form(**settings: Any) -> str:
    form = CreateForm.model_validate({"name": "F", "fields": [{"name": "n", "type": "number"}], "settings": settings})
    return service.create(ACCOUNT, form).id


def send(form_id: str, number: int = 1, **options: Any) -> str:
    return submissions.submit(ACCOUNT, form_id, {"n": number}, **options).id


def everything(form_id: str) -> list[dict[str, Any]]:
    return list(tables.query_all("forms", "pk = :pk", {":pk": f"{ACCOUNT}#{form_id}"}))


def test_a_submission_keeps_the_version_that_it_was_made_with(aws: None) -> None:
    form_id = make_form()
    first = send(form_id)
    service.patch(ACCOUNT, form_id, PatchForm(name="G"))
    second = send(form_id)

    assert submissions.get(ACCOUNT, form_id, first).form_version == 1
    assert submissions.get(ACCOUNT, form_id, second).form_version == 2


def test_the_event_is_part_of_the_record(time: Clock) -> None:
    form_id = make_form()
    sent = submissions.submit(ACCOUNT, form_id, {"n": 1.5})

    record = next(item for item in everything(form_id) if item["sk"].startswith("SUB#"))
    event = strict_json.loads(record["event"])

    assert record["account_id"] == ACCOUNT
    assert record["depth"] == 0
    assert event["type"] == "form.submitted"
    assert event["id"].startswith("evt_")
    assert event["data"] == {"form_id": form_id, "submission_id": sent.id, "submitted_at": sent.submitted_at, "data": {"n": 1.5}}


def test_a_repeat_with_the_same_id_is_one_submission_with_one_event(time: Clock) -> None:
    form_id = make_form()
    moment = clock.now()
    sub_id = ids.derived_id("sub", moment, b"0123456789")

    first = submissions.submit(ACCOUNT, form_id, {"n": 1}, sub_id, moment)
    time.pass_seconds(5)
    again = submissions.submit(ACCOUNT, form_id, {"n": 1}, sub_id, moment)

    assert again == first
    assert submissions.list_submissions(ACCOUNT, form_id, Window(), Range()).total == 1


def test_what_is_invalid_is_not_stored(aws: None) -> None:
    form_id = make_form()

    with pytest.raises(ValidationFailed):
        submissions.submit(ACCOUNT, form_id, {"n": "1"})

    assert everything(form_id) == []


def test_lists_are_newest_first_and_pages_neither_repeat_nor_skip(time: Clock) -> None:
    form_id = make_form()
    sent = []
    for number in range(7):
        sent.append(send(form_id, number))
        time.pass_seconds(1)

    first = submissions.list_submissions(ACCOUNT, form_id, Window(limit=3), Range())
    send(form_id, 99)
    second = submissions.list_submissions(ACCOUNT, form_id, Window(limit=3, after=first.next_key), Range())
    third = submissions.list_submissions(ACCOUNT, form_id, Window(limit=3, after=second.next_key), Range())

    assert [item.id for page in (first, second, third) for item in page.items] == sent[::-1]
    assert first.total == 7
    assert third.next_key is None


def test_from_and_to_are_half_open(time: Clock) -> None:
    time.moment = datetime(2024, 1, 15, 10, tzinfo=UTC)
    form_id = make_form()
    for number in range(4):
        send(form_id, number)
        time.pass_seconds(60)

    def numbers(start: str | None, end: str | None) -> tuple[list[Any], int | None]:
        found = submissions.list_submissions(ACCOUNT, form_id, Window(), submissions.span_of(start, end))
        return [item.data["n"] for item in found.items], found.total

    assert numbers("2024-01-15T10:01:00Z", "2024-01-15T10:03:00Z") == ([2, 1], 2)
    assert numbers("2024-01-15T12:01:00+02:00", None) == ([3, 2, 1], 3)
    assert numbers("2024-01-15T12:01:00 02:00", None) == ([3, 2, 1], 3)
    assert numbers(None, "2024-01-15") == ([], 0)
    assert numbers("2024-01-15", "2024-01-16") == ([3, 2, 1, 0], 4)
    assert numbers("2025-01-01", "2024-01-01") == ([], 0)
    with pytest.raises(ValidationFailed):
        submissions.span_of("yesterday", None)


def test_a_deleted_submission_is_gone_and_counted_out(aws: None) -> None:
    form_id = make_form()
    first, second = send(form_id), send(form_id)

    submissions.delete(ACCOUNT, form_id, first)

    found = submissions.list_submissions(ACCOUNT, form_id, Window(), Range())
    assert ([item.id for item in found.items], found.total) == ([second], 1)
    for action in (submissions.get, submissions.delete):
        with pytest.raises(NotFound):
            action(ACCOUNT, form_id, first)


def test_another_account_or_form_does_not_reach_a_submission(aws: None) -> None:
    form_id, other = make_form(), make_form()
    sub_id = send(form_id)

    for account, form in (("acct_two", form_id), (ACCOUNT, other), (ACCOUNT, "form_x#SUB")):
        with pytest.raises(NotFound):
            submissions.get(account, form, sub_id)
    with pytest.raises(NotFound):
        submissions.submit("acct_two", form_id, {"n": 1})


def test_submissions_end_after_the_retention_and_leave_the_count_with_them(time: Clock) -> None:
    form_id = make_form(retention_days=30)
    time.moment = datetime.now(UTC) - timedelta(days=40)
    send(form_id)
    time.moment = datetime.now(UTC)
    kept = send(form_id)

    found = submissions.list_submissions(ACCOUNT, form_id, Window(), Range())

    # DynamoDB deletes days late: what has expired is not shown, nor counted.
    assert ([item.id for item in found.items], found.total) == ([kept], 1)
    expiry = next(item["ttl"] for item in everything(form_id) if item["sk"] == f"SUB#{kept}")
    assert 30 * 86_400 < expiry - time.moment.timestamp() <= 31 * 86_400


def test_a_form_with_submissions_is_deleted_only_by_force(aws: None) -> None:
    form_id = make_form()
    send(form_id)
    send(form_id)

    with pytest.raises(Conflict) as refused:
        deletion.delete(ACCOUNT, form_id)

    assert refused.value.details == {"submissions": 2}
    assert len(submissions.list_submissions(ACCOUNT, form_id, Window(), Range()).items) == 2


def test_a_form_without_submissions_is_deleted_and_a_second_time_not_found(aws: None) -> None:
    form_id = make_form()

    deletion.delete(ACCOUNT, form_id)

    with pytest.raises(NotFound):
        deletion.delete(ACCOUNT, form_id)
    with pytest.raises(NotFound):
        service.get(ACCOUNT, form_id)
    assert service.list_forms(ACCOUNT, Window()).total == 0


def test_a_forced_deletion_leaves_nothing_behind(time: Clock) -> None:
    form_id = make_form()
    for number in range(30):
        send(form_id, number)
    public_id = service.get(ACCOUNT, form_id).public_id

    deletion.delete(ACCOUNT, form_id, force=True)
    time.pass_seconds(180)
    sweeping.sweep()

    assert repository.by_public_id(public_id) is None
    left = boto3.client("dynamodb").scan(TableName="forms")["Items"]
    assert [item["sk"]["S"] for item in left] == ["COUNTS"]


def test_an_interrupted_deletion_is_gone_for_everybody_and_finished_later(time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = make_form()
    for number in range(30):
        send(form_id, number)

    def crash(*_arguments: Any) -> int:
        raise RuntimeError("the function was stopped")

    with monkeypatch.context() as patch:
        deletion.delete(ACCOUNT, form_id, force=True)
        patch.setattr(tables, "delete_many", crash)
        with pytest.raises(RuntimeError):
            sweeping.sweep()

    with pytest.raises(NotFound):
        submissions.list_submissions(ACCOUNT, form_id, Window(), Range())
    assert len(everything(form_id)) > 30

    time.pass_seconds(60)
    assert sweeping.sweep() == 0  # emptied, and looked at again: a submission may still be under way
    assert everything(form_id) == []
    straggler = submission_repository.StoredSubmission(ACCOUNT, form_id, ids.new_id("sub"), 1, clock.now_iso(), "api", {})
    submission_repository.add(straggler)
    time.pass_seconds(120)
    assert sweeping.sweep() == 1
    assert everything(form_id) == []
    assert deletion_notes.unfinished(10) == []
