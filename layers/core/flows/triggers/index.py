"""The index of what starts workflows: one item for each thing that a published workflow listens to.

Written in the transaction that publishes, takes out of service or deletes the workflow, so that it never tells anything else
than the workflow itself. In the workflows table:

    pk                                 sk             found by
    hook#<sha256 of the token>         HOOK           an inbound request
    acct_…#trigger#form#<form_id>      wf_…#<node>    a stored submission
    acct_…#trigger#event#<pattern>     wf_…#<node>    an event of the platform: by its name, ``form.*``, ``*``
    acct_…#trigger#error               wf_…#<node>    a failed run
    acct_…#trigger#silence             ALL            any event: which of these partitions are empty (``silence``)
    acct_…#trigger#once#<digest>       ONCE           a request that ``deduplicate_by`` has seen (``hook_once``)

Schedules are not here: they live in EventBridge Scheduler and follow the workflow from the table's stream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from flows import strict_json
from flows.aws import ids, tables
from flows.aws.settings import settings
from flows.aws.tables import Item, Write
from flows.errors import invalid
from flows.triggers import silence
from flows.workflows import pinning
from flows.workflows.pinning import Pinned
from flows.workflows.trigger_nodes import trigger_nodes

Key: TypeAlias = tuple[str, str]

MAX_ITEMS = 40
"""Index items of one workflow: the old and the new ones are changed in one transaction, which ends at 100 writes."""


def hook_key(token: str) -> Key:
    """The key of a hook's item. The token itself is not in the table's keys: whoever reads them can start nothing."""
    return f"hook#{hashlib.sha256(token.encode()).hexdigest()}", "HOOK"


def form_partition(account_id: str, form_id: str) -> str:
    return f"{account_id}#trigger#form#{form_id}"


def event_partitions(account_id: str, name: str) -> list[str]:
    """The partitions of all patterns that an event's name fits: ``form.submitted``, ``form.*`` and ``*``."""
    parts = name.split(".")
    patterns = [name, *(".".join([*parts[:end], "*"]) for end in range(len(parts) - 1, -1, -1))]
    return [_event_partition(account_id, pattern) for pattern in patterns]


def error_partition(account_id: str) -> str:
    return f"{account_id}#trigger#error"


def name_of(partition: str) -> str | None:
    """How ``silence`` calls a partition of events or errors; None of another, which it does not know."""
    name = partition.partition("#trigger#")[2]
    return name if name == "error" or name.startswith("event#") else None


def hook_tokens(definition: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """The token of each webhook trigger, by node id: the one it has had, so that its URL stays, or a new one.

    Args:
        definition: the one that is published.
        known: the workflow's tokens so far; those of nodes that are gone are kept, for they may come back.
    """
    named = {
        node["id"]: known.get(node["id"]) or ids.new_token() for node in trigger_nodes(definition) if node["type"] == "webhook"
    }
    kept = {node: token for node, token in list(known.items())[-100:] if node not in named}
    return {**kept, **named}


def items(
    account_id: str,
    workflow_id: str,
    version: int,
    definition: Mapping[str, Any],
    tokens: Mapping[str, str],
    name: str = "",
) -> list[Item]:
    """The index items of a published definition, each with all that is needed to start the run: the workflow is not read again.

    Args:
        account_id, workflow_id, version, definition: what is published.
        tokens: of its hooks, by node id.
        name: the workflow's.

    Raises:
        ValidationFailed: more than 40.
    """
    found: dict[Key, Item] = {}
    for node in trigger_nodes(definition):
        base = {
            "account_id": account_id,
            "workflow_id": workflow_id,
            "version": version,
            "node_id": node["id"],
            "trigger": node["type"],
            "workflow_name": name,
            "settings": strict_json.dumps(definition.get("settings") or {}),
            "parameters": strict_json.dumps(node.get("parameters") or {}),
        }
        if node.get("credential_id"):
            base["credential_id"] = node["credential_id"]
        for pk, sk in _keys(account_id, workflow_id, node, tokens):
            found[pk, sk] = {"pk": pk, "sk": sk, **base}
    if len(found) > MAX_ITEMS:
        raise invalid("nodes", f"the triggers listen to {len(found)} things; at most {MAX_ITEMS} are possible", "too_many")
    return list(found.values())


def writes(new: Sequence[Item], present: Sequence[Key]) -> list[Write]:
    """What changes the index from the items that are there to those that should be.

    Args:
        new: from :func:`items`; nothing takes the workflow out of service.
        present: keys of the workflow's items so far.
    """
    table = settings().workflows_table
    wanted = {(item["pk"], item["sk"]) for item in new}
    gone = [Write("delete", table, {"pk": pk, "sk": sk}) for pk, sk in present if (pk, sk) not in wanted]
    listening = {name for item in new if (name := name_of(item["pk"])) is not None}
    heard = [silence.broken(new[0]["account_id"], listening)] if listening else []
    return [*gone, *(Write("put", table, item) for item in new), *heard]


def renaming(keys: Sequence[Key], name: str) -> list[Write]:
    """The workflow has another name: its index items tell it, too."""
    table = settings().workflows_table
    return [
        Write(
            "update",
            table,
            {"pk": pk, "sk": sk},
            update="SET workflow_name = :name",
            condition="attribute_exists(pk)",
            values={":name": name},
        )
        for pk, sk in keys
    ]


def pinned_of(item: Item) -> Pinned | None:
    """What a run starts from, as an index item tells it; None of an item that an older version of the platform wrote."""
    if "settings" not in item:
        return None
    known = strict_json.loads(item["settings"])
    return pinning.of_version(item["account_id"], item["workflow_id"], item["workflow_name"], item["version"], known)


def found(partition: str) -> Iterator[Item]:
    """What listens there, page after page to the end: index items of published workflows."""
    return tables.query_all(settings().workflows_table, "pk = :pk", {":pk": partition}, consistent=True)


def hook(token: str) -> Item | None:
    """The index item of a published hook, or None."""
    return tables.get(settings().workflows_table, *hook_key(token), consistent=True)


def _keys(account_id: str, workflow_id: str, node: Mapping[str, Any], tokens: Mapping[str, str]) -> Iterator[Key]:
    parameters = node.get("parameters") or {}
    own = f"{workflow_id}#{node['id']}"
    if node["type"] == "webhook":
        yield hook_key(tokens[node["id"]])
    elif node["type"] == "form":
        yield form_partition(account_id, parameters["form_id"]), own
    elif node["type"] == "event":
        for pattern in parameters["events"]:
            yield _event_partition(account_id, pattern), own
    elif node["type"] == "error":
        yield error_partition(account_id), own


def _event_partition(account_id: str, pattern: str) -> str:
    return f"{account_id}#trigger#event#{pattern}"
