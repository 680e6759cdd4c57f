"""The forms API: forms, their versions, and what people sent in."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from flows.api.answer import Answer, Listing, Raw, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.api.lists import ListQuery, listing, window
from flows.errors import NotFound, invalid
from flows.forms import deletion, examples, service, submissions
from flows.forms.models import (
    CreateForm,
    CreateSubmission,
    CreateUpload,
    Deleted,
    FormSummary,
    FormVersionSummary,
    FormVersionView,
    FormView,
    PatchForm,
    SubmissionView,
    UploadView,
)
from flows.forms.time_range import Range

TAG = "Forms"
Search = Annotated[str | None, Query(max_length=200, description="A part of the name, in any case.")]
Force = Annotated[bool, Query(description="Delete the form's submissions with it.")]
From = Annotated[str | None, Query(alias="from", max_length=64, description="Submitted at this time or later (ISO 8601).")]
To = Annotated[str | None, Query(alias="to", max_length=64, description="Submitted before this time (ISO 8601).")]
Format = Annotated[
    Literal["json", "csv"], Query(description="csv: all rows of the range in one file; a large one is a 303 to a link.")
]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The version that the change is made for.")]

CONTACT = {
    "name": "Contact Form",
    "fields": [
        {"name": "email", "type": "email", "required": True},
        {"name": "message", "type": "textarea", "required": True},
    ],
}

api = Api("forms")


@api.get("/forms", scope="forms:read", summary="List forms", tag=TAG)
def list_forms(query: ListQuery, search: Search = None) -> Listing[FormSummary]:
    """Newest first, without their fields."""
    filters = {"search": search}
    found = service.list_forms(caller().account_id, window(query, "GET /forms", filters), search)
    return listing(found, query, "GET /forms", filters)


@api.post(
    "/forms",
    scope="forms:write",
    status=201,
    summary="Create form",
    tag=TAG,
    errors=("CONFLICT",),
    request_example=CONTACT,
)
def create_form(body: CreateForm) -> Answer[FormView]:
    """Every problem of the fields is told at once. The form gets a hosted page at `url`."""
    return ok(service.create(caller().account_id, body, caller().new_id("form")))


@api.get("/forms/<form_id>", scope="forms:read", summary="Get form", tag=TAG)
def get_form(form_id: str) -> Answer[FormView]:
    """The form with its fields and settings."""
    return ok(service.get(caller().account_id, form_id))


@api.patch("/forms/<form_id>", scope="forms:write", summary="Update form", tag=TAG, errors=("CONFLICT",))
def update_form(form_id: str, body: PatchForm, if_match: IfMatch = None) -> Answer[FormView]:
    """Any subset of the form. A change makes a new version; submissions keep the version that they were made with."""
    return ok(service.patch(caller().account_id, form_id, body, if_match))


@api.delete("/forms/<form_id>", scope="forms:write", summary="Delete form", tag=TAG, errors=("CONFLICT",))
def delete_form(form_id: str, force: Force = False) -> Answer[Deleted]:
    """A form with submissions is a CONFLICT without `force`, which deletes them too."""
    deletion.delete(caller().account_id, form_id, force=force)
    return ok(Deleted(id=form_id))


@api.get("/forms/<form_id>/versions", scope="forms:read", summary="List a form's versions", tag=TAG)
def list_form_versions(form_id: str, query: ListQuery) -> Listing[FormVersionSummary]:
    """Newest first."""
    route = f"GET /forms/{form_id}/versions"
    return listing(service.list_versions(caller().account_id, form_id, window(query, route, {})), query, route, {})


@api.get("/forms/<form_id>/versions/<version>", scope="forms:read", summary="Get a form's version", tag=TAG)
def get_form_version(form_id: str, version: str) -> Answer[FormVersionView]:
    """The fields as they were."""
    if not re.fullmatch(r"[1-9][0-9]{0,7}", version):
        raise NotFound("Form version not found")
    return ok(service.get_version(caller().account_id, form_id, int(version)))


@api.post(
    "/forms/<form_id>/submissions",
    scope="forms:write",
    status=201,
    summary="Submit form",
    tag=TAG,
    errors=("CONFLICT", "PAYLOAD_TOO_LARGE"),
    request_example={"data": {"email": "user@example.com", "message": "Hello!"}},
)
def create_submission(form_id: str, body: CreateSubmission) -> Answer[SubmissionView]:
    """Checks every field, stores the data, and starts each published workflow whose form trigger names the form."""
    who = caller()
    submission_id = who.new_id("sub") if who.repeatable else None
    return ok(submissions.submit(who.account_id, form_id, body.data, submission_id, who.started_at()))


@api.get("/forms/<form_id>/submissions", scope="forms:read", summary="Get submissions", tag=TAG, produces="text/csv")
def list_submissions(
    form_id: str, query: ListQuery, start: From = None, end: To = None, format: Format = "json"
) -> Listing[SubmissionView] | Raw:
    """Newest first. With `format=csv` all of the range in one file that is safe to open in a spreadsheet."""
    span = submissions.span_of(start, end)
    if format == "csv":
        if query.cursor is not None or query.page is not None:
            raise invalid("query.format", "a CSV holds all of the range: page and cursor do not go with it", "conflict")
        return _csv(form_id, span)
    route = f"GET /forms/{form_id}/submissions"
    filters = {"from": start, "to": end}
    found = submissions.list_submissions(caller().account_id, form_id, window(query, route, filters), span)
    return listing(found, query, route, filters)


@api.get("/forms/<form_id>/submissions/<submission_id>", scope="forms:read", summary="Get submission", tag=TAG)
def get_submission(form_id: str, submission_id: str) -> Answer[SubmissionView]:
    """One submission."""
    return ok(submissions.get(caller().account_id, form_id, submission_id))


@api.delete("/forms/<form_id>/submissions/<submission_id>", scope="forms:write", summary="Delete submission", tag=TAG)
def delete_submission(form_id: str, submission_id: str) -> Answer[Deleted]:
    """Deletes what one person sent in, for good."""
    submissions.delete(caller().account_id, form_id, submission_id)
    return ok(Deleted(id=submission_id))


@api.post(
    "/forms/<form_id>/uploads",
    scope="forms:write",
    status=201,
    summary="Upload a file",
    tag=TAG,
    request_example=examples.UPLOAD,
    answer_example=examples.PLACE,
)
def create_upload(form_id: str, body: CreateUpload) -> Answer[UploadView]:
    """Tells where a file of a submission is sent: straight to storage. The submission then names `upload_id` as the field's value."""
    return ok(submissions.begin_upload(caller().account_id, form_id, body, caller().new_id("up")))


def _csv(form_id: str, span: Range) -> Raw:
    from flows.forms.export import export

    file = export(caller().account_id, form_id, span)
    if file.url is not None:
        return Raw(303, {"Location": file.url, "Cache-Control": "no-store"})
    return Raw(
        200,
        {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{form_id}.csv"',
            "Cache-Control": "no-store",
        },
        file.text or "",
    )


handler = api.handler
