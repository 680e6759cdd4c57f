"""The workflows API: definitions, their versions, and what is in service."""

from __future__ import annotations

import re
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from flows.api.answer import Answer, Listing, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.api.lists import ListQuery, WholeQuery, listing, whole, window
from flows.errors import NotFound, invalid
from flows.triggers.views import ScheduledTime, TriggerView
from flows.workflows import service, views
from flows.workflows.models import (
    CreateWorkflow,
    Deleted,
    DuplicateWorkflow,
    Status,
    UpdateWorkflow,
    ValidateWorkflow,
    Validation,
    VersionSummary,
    VersionView,
    WorkflowSummary,
    WorkflowView,
)

TAG = "Workflows"
StatusFilter = Annotated[Status | None, Query(alias="status", description="Only workflows of this status.")]
Search = Annotated[str | None, Query(max_length=200, description="A part of the name, in any case.")]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The version that the change is made for; 409 when it has moved on.")
]

EXAMPLE = {
    "name": "Lead Notification",
    "description": "Notify sales on new leads",
    "nodes": [
        {"id": "lead", "type": "set", "parameters": {"values": {"email": "{{ email }}", "big": "{{ employees > 500 }}"}}},
        {"id": "big", "type": "if", "parameters": {"condition": "big"}},
    ],
    "edges": [{"source": "lead", "target": "big"}],
}

_SAME_NAME = DuplicateWorkflow()

api = Api("workflows")


@api.get("/workflows", scope="workflows:read", summary="List workflows", tag=TAG)
def list_workflows(query: ListQuery, status: StatusFilter = None, search: Search = None) -> Listing[WorkflowSummary]:
    """Newest first, without their definitions."""
    filters = {"status": status, "search": search or None}
    found = service.listed(caller().account_id, window(query, "GET /workflows", filters), service.Filters(**filters))
    return listing(found, query, "GET /workflows", filters, view=views.summary)


@api.post(
    "/workflows",
    scope="workflows:write",
    status=201,
    summary="Create workflow",
    tag=TAG,
    errors=("CONFLICT",),
    request_example=EXAMPLE,
)
def create_workflow(body: CreateWorkflow) -> Answer[WorkflowView]:
    """Makes a draft. Every problem of the definition is told at once, each with its path."""
    made = service.create(caller().account_id, caller().new_id("wf"), body.root, caller().require)
    return _answer(made)


@api.post("/workflows/validate", scope="workflows:read", summary="Validate workflow", tag=TAG, request_example=EXAMPLE)
def validate_workflow(body: ValidateWorkflow) -> Answer[Validation]:
    """Checks a definition as creating it would, and stores nothing."""
    problems = service.validate(caller().account_id, body.root)
    return ok({"valid": not problems, "problems": [problem.as_dict() for problem in problems]})


@api.get("/workflows/<workflow_id>", scope="workflows:read", summary="Get workflow", tag=TAG)
def get_workflow(workflow_id: str) -> Answer[WorkflowView]:
    """The workflow with its newest definition, which is the draft."""
    return _answer(service.get(caller().account_id, workflow_id))


@api.patch(
    "/workflows/<workflow_id>",
    scope="workflows:write",
    summary="Update workflow",
    tag=TAG,
    errors=("CONFLICT",),
    request_example={"name": "Updated Name", "status": "published"},
)
def update_workflow(workflow_id: str, body: UpdateWorkflow, if_match: IfMatch = None) -> Answer[WorkflowView]:
    """Any subset of the fields. A changed definition is a new version; `status: published` puts the newest one into service,
    `draft` takes the workflow out of it."""
    changed = service.change(caller().account_id, workflow_id, body.root, caller().require, _version_in(if_match))
    return _answer(changed)


@api.delete("/workflows/<workflow_id>", scope="workflows:write", summary="Delete workflow", tag=TAG, errors=("CONFLICT",))
def delete_workflow(workflow_id: str) -> Answer[Deleted]:
    """Its triggers are gone at once; runs under way finish."""
    service.delete(caller().account_id, workflow_id)
    return ok({"id": workflow_id, "deleted": True})


@api.post(
    "/workflows/<workflow_id>/duplicate",
    scope="workflows:write",
    status=201,
    summary="Duplicate workflow",
    tag=TAG,
    errors=("CONFLICT",),
)
def duplicate_workflow(workflow_id: str, body: DuplicateWorkflow = _SAME_NAME) -> Answer[WorkflowView]:
    """Makes a new draft from the newest definition."""
    return _answer(service.duplicate(caller().account_id, workflow_id, caller().new_id("wf"), body.name, caller().require))


@api.get("/workflows/<workflow_id>/versions", scope="workflows:read", summary="List versions", tag=TAG)
def list_versions(workflow_id: str, query: ListQuery) -> Listing[VersionSummary]:
    """Newest first."""
    route = f"GET /workflows/{workflow_id}/versions"
    stored, found = service.list_versions(caller().account_id, workflow_id, window(query, route, {}))
    return listing(found, query, route, {}, view=lambda entry: views.version_summary(stored, entry))


@api.get("/workflows/<workflow_id>/versions/<version>", scope="workflows:read", summary="Get version", tag=TAG)
def get_version(workflow_id: str, version: str) -> Answer[VersionView]:
    """One version with its definition. Versions never change."""
    return ok(views.version(*service.get_version(caller().account_id, workflow_id, _number(version))))


@api.post(
    "/workflows/<workflow_id>/versions/<version>/restore",
    scope="workflows:write",
    summary="Restore version",
    tag=TAG,
    errors=("CONFLICT",),
)
def restore_version(workflow_id: str, version: str) -> Answer[WorkflowView]:
    """Makes the version's definition the draft again, as a new version."""
    return _answer(service.restore(caller().account_id, workflow_id, _number(version), caller().require))


@api.get("/workflows/<workflow_id>/triggers", scope="workflows:read", summary="List triggers", tag=TAG)
def list_triggers(workflow_id: str, query: WholeQuery) -> Listing[TriggerView]:
    """What can start the workflow: with URLs, the next time, the last start and what last went wrong. Those of a draft are not active."""
    from flows.triggers import overview

    return whole(overview.triggers(caller().account_id, workflow_id), query, f"GET /workflows/{workflow_id}/triggers")


@api.get("/workflows/<workflow_id>/schedule", scope="workflows:read", summary="Get schedule", tag=TAG)
def get_schedule(workflow_id: str) -> Answer[list[ScheduledTime]]:
    """The next ten moments at which the published schedule triggers start the workflow."""
    from flows.triggers import overview

    return ok(overview.schedule(caller().account_id, workflow_id))


def _answer(loaded: service.Loaded) -> Answer[Any]:
    return ok(views.workflow(loaded), headers={"ETag": f'"{loaded.workflow.version}"'})


def _number(version: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,7}", version):
        raise NotFound("Workflow version not found")
    return int(version)


def _version_in(header: str | None) -> int | None:
    """The version in an If-Match header: ``3``, ``"3"`` or ``W/"3"``; ``*`` is any (RFC 9110 section 13.1.1)."""
    if header is None or header.strip() == "*":
        return None
    found = re.fullmatch(r'(?:W/)?"?([0-9]{1,8})"?', header.strip())
    if not found:
        raise invalid("header.If-Match", "must be a version, such as 3", "if_match")
    return int(found[1])


handler = api.handler
