"""What people send in: stored with its event in one write, listed, read, deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from flows.aws import clock, ids
from flows.aws.tables import Write
from flows.errors import NotFound, invalid
from flows.forms import service, submission_repository, uploads, validation
from flows.forms.models import CreateUpload, SubmissionView, UploadView
from flows.forms.records import StoredForm, StoredSubmission
from flows.forms.submission_repository import Refused, Sending
from flows.forms.time_range import Range
from flows.paging import Listed, Window
from flows.webhooks.events import new_event


def submit(
    account_id: str, form_id: str, data: dict[str, Any], submission_id: str | None = None, at: datetime | None = None
) -> SubmissionView:
    """Take a submission through the API.

    Args:
        account_id: ``acct_...``.
        form_id: ``form_...``.
        data: JSON by field name.
        submission_id: the id to use; one that was used already gives back the submission that was made then.
        at: the moment of the submission, which the id sorts by (default: now).

    Raises:
        NotFound: no such form.
        ValidationFailed: every problem, by field.
        PayloadTooLarge: more data than a submission may have.
    """
    form = service.stored(account_id, form_id)
    kept = validation.validate(form.fields, form.settings, data)
    return view(store(form, kept, "api", submission_id=submission_id, at=at))


def store(
    form: StoredForm,
    data: dict[str, Any],
    source: Literal["api", "page"],
    *,
    submission_id: str | None = None,
    at: datetime | None = None,
    sending: Sending | None = None,
    also: Sequence[Write] = (),
) -> StoredSubmission:
    """Store data that was checked, with its files; arguments as for :func:`submit`. The event rides on the record, so neither is ever
    without the other.

    Raises:
        ValidationFailed: a file is not there, or is not what its field takes.
        SentBefore: the page of ``sending`` was sent before.
        Refused: a write of ``also``, which belongs to the same transaction, does not hold.
    """
    moment = at or clock.now()
    new_id = submission_id or ids.new_id("sub", moment)
    submitted_at = clock.iso(moment)
    data = uploads.claim(form, data, new_id)
    event = new_event(
        "form.submitted",
        {"form_id": form.id, "submission_id": new_id, "submitted_at": submitted_at, "data": data},
        new_id,
        moment,
    )
    record = StoredSubmission(
        account_id=form.account_id,
        form_id=form.id,
        id=new_id,
        form_version=form.version,
        submitted_at=submitted_at,
        source=source,
        data=data,
        event=event,
        expires=_expiry(moment, form.settings.retention_days),
    )
    try:
        return submission_repository.add(record, sending, also)
    except (submission_repository.SentBefore, Refused):
        uploads.remove(form.account_id, form.id, new_id, uploads.upload_ids(data))
        raise


def list_submissions(account_id: str, form_id: str, window: Window, span: Range) -> Listed[SubmissionView]:
    """A form's submissions, newest first. Raises NotFound."""
    form, total = service.stored_with_count(account_id, form_id)
    found = submission_repository.listed(account_id, form.id, window, span, total)
    return Listed([view(record) for record in found.items], found.next_key, found.total)


def get(account_id: str, form_id: str, submission_id: str) -> SubmissionView:
    """One submission, with links to its files. Raises NotFound."""
    record = _stored(account_id, form_id, submission_id)
    found = view(record)
    return found.model_copy(update={"files": files}) if (files := uploads.links(record)) else found


def delete(account_id: str, form_id: str, submission_id: str) -> None:
    """Delete one submission for good. Raises NotFound."""
    if not submission_repository.remove(_stored(account_id, form_id, submission_id)):
        raise NotFound("Submission not found")


def span_of(start: str | None, end: str | None) -> Range:
    """The query parameters ``from`` and ``to``: ISO 8601, half-open.

    Raises:
        ValidationFailed: one is no time.
    """
    return Range(_moment("from", start), _moment("to", end))


def begin_upload(account_id: str, form_id: str, wanted: CreateUpload, upload_id: str | None = None) -> UploadView:
    """Let a file of a submission be sent; arguments as for :func:`flows.forms.uploads.begin`. Raises NotFound, ValidationFailed."""
    return uploads.begin(service.stored(account_id, form_id), wanted, upload_id)


def digest(data: dict[str, Any]) -> str:
    """A short fingerprint of a submission's data."""
    from flows import strict_json

    return hashlib.sha256(strict_json.dumps(data).encode()).hexdigest()


def view(record: StoredSubmission) -> SubmissionView:
    """A submission as the API shows it."""
    return SubmissionView(
        id=record.id,
        form_id=record.form_id,
        form_version=record.form_version,
        submitted_at=record.submitted_at,
        source="page" if record.source == "page" else "api",
        data=record.data,
    )


def _stored(account_id: str, form_id: str, submission_id: str) -> StoredSubmission:
    found = None
    if ids.is_id("form", form_id) and ids.is_id("sub", submission_id):
        found = submission_repository.get_shown(account_id, form_id, submission_id)
    if found is None:
        raise NotFound("Submission not found")
    return found


def _expiry(moment: datetime, days: int | None) -> int | None:
    # At the end of a UTC day: all submissions of a day expire at one moment, and their count with them.
    if days is None:
        return None
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight + timedelta(days=days + 1)).timestamp())


def _moment(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        # A + of a time zone that was not escaped arrives as a space.
        return clock.parse_iso(text.replace(" ", "+") if "T" in text else text)
    except (ValueError, OverflowError):
        raise invalid(f"query.{name}", "must be an ISO 8601 time, such as 2024-01-15T10:00:00Z", "datetime") from None
