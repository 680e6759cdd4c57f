"""Putting a version into service and taking it out again: what changes in the workflow, in the trigger index, and what is told."""

from __future__ import annotations

from dataclasses import replace

from flows import strict_json
from flows.aws import clock
from flows.aws.tables import Write
from flows.engine.definition_ids import id_places
from flows.triggers import index
from flows.webhooks.events import new_event
from flows.workflows.records import StoredVersion, StoredWorkflow
from flows.workflows.trigger_nodes import trigger_nodes


def publish(workflow: StoredWorkflow, pinned: StoredVersion) -> tuple[StoredWorkflow, list[Write]]:
    """The workflow with the version in service, and the writes to the trigger index.

    Args:
        workflow: with its final name, revision and latest version.
        pinned: that latest version.
    """
    moment = clock.now()
    tokens = index.hook_tokens(pinned.definition, workflow.hook_tokens)
    items = index.items(workflow.account_id, workflow.id, pinned.version, pinned.definition, tokens, workflow.name)
    data = {
        "workflow_id": workflow.id,
        "workflow_name": workflow.name,
        "version": pinned.version,
        "published_at": clock.iso(moment),
    }
    seed = f"{workflow.account_id}\0{workflow.id}\0{workflow.revision}"
    credentials = {place.id for place in id_places(pinned.definition) if place.kind == "credential"}
    after = replace(
        workflow,
        status="published",
        published=workflow.latest,
        published_at=clock.iso(moment),
        hook_tokens=tokens,
        trigger_keys=tuple((item["pk"], item["sk"]) for item in items),
        schedules=sum(node["type"] == "schedule" for node in trigger_nodes(pinned.definition)),
        credential_ids=tuple(sorted(credentials)),
        event=strict_json.dumps(new_event("workflow.published", data, seed, moment)),
    )
    return after, index.writes(items, workflow.trigger_keys)


def withdraw(workflow: StoredWorkflow) -> tuple[StoredWorkflow, list[Write]]:
    """The workflow out of service: nothing starts it but ``execute``. Its hooks keep their tokens for the next time."""
    after = replace(workflow, status="draft", published=None, published_at=None, trigger_keys=(), schedules=0, credential_ids=())
    return after, index.writes([], workflow.trigger_keys)
