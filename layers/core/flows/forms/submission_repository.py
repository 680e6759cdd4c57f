"""Submissions in DynamoDB: a partition for each form.

    pk                     sk                         what
    acct_…#form_…          SUB#sub_…                  a submission; ids sort by time
    acct_…#form_…          COUNT#<expiry>#<shard>     {n}: how many submissions expire then (or never)
    acct_…#form_…          SENT#<nonce>               {digest, ttl}: this opened page has been sent

Counts are exact and never hot: 16 shards, so that a burst of submissions does not meet in one item, and one set for each day of
expiry with the same ``ttl`` as what it counts, so that submissions that expire leave the count with it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.forms.records import StoredForm, StoredSubmission, partition
from flows.forms.time_range import Range
from flows.paging import Key, Listed, Window, walk

_SHARDS = 16


@dataclass(frozen=True)
class Sending:
    """One opened page, sent once.

    Args:
        nonce: the page's random number.
        digest: of what was sent: tells a repeat from another answer.
        expires: epoch seconds until when the page counts as sent.
    """

    nonce: str
    digest: str
    expires: int


class SentBefore(Exception):
    """The page was sent before; ``same`` when with the same answers."""

    def __init__(self, same: bool) -> None:
        super().__init__("sent before")
        self.same = same


class Refused(Exception):
    """Another write of the transaction does not hold."""


def add(submission: StoredSubmission, sending: Sending | None = None, also: Sequence[Write] = ()) -> StoredSubmission:
    """Store a submission, its event and its count in one transaction.

    Args:
        submission: what is stored.
        sending: the opened page that it came from.
        also: what else the transaction writes.

    Returns:
        The submission; when its id is there already: what is stored.

    Raises:
        SentBefore: the page of ``sending`` was sent before.
        Refused: the condition of another write does not hold.
    """
    table = settings().forms_table
    new = "attribute_not_exists(pk)"
    writes = [Write("put", table, submission.item(), condition=new), _count_write(submission, 1)]
    if sending is not None:
        note = {
            "pk": partition(submission.account_id, submission.form_id),
            "sk": f"SENT#{sending.nonce}",
            "digest": sending.digest,
            "ttl": sending.expires,
        }
        writes.append(Write("put", table, note, condition=new))
    try:
        tables.transact([*writes, *also])
    except ConditionFailed as failure:
        if failure.index >= len(writes):
            raise Refused from None
        if stored := get(submission.account_id, submission.form_id, submission.id):
            return stored
        raise SentBefore(same=sending is not None and (failure.item or {}).get("digest") == sending.digest) from None
    return submission


def get(account_id: str, form_id: str, submission_id: str) -> StoredSubmission | None:
    item = tables.get(settings().forms_table, partition(account_id, form_id), f"SUB#{submission_id}", consistent=True)
    return StoredSubmission.from_item(item) if item else None


def get_shown(account_id: str, form_id: str, submission_id: str) -> StoredSubmission | None:
    """A submission, unless its form is gone and what is left of it only waits to be removed. One call."""
    form, item = (account_id, f"LIST#{form_id}"), (partition(account_id, form_id), f"SUB#{submission_id}")
    found = tables.get_many(settings().forms_table, [form, item], consistent=True)
    return StoredSubmission.from_item(found[item]) if form in found and item in found else None


def listed(account_id: str, form_id: str, window: Window, span: Range, total: int) -> Listed[StoredSubmission]:
    """Submissions, newest first.

    Args:
        account_id, form_id: whose.
        window: which part.
        span: of which time.
        total: how many the form has in all; in a span of time they are counted.
    """
    if span.is_empty:
        return Listed([], None, 0)

    def read(start: Key | None, limit: int) -> tables.Page:
        return _query(account_id, form_id, span, start=start, limit=limit, consistent=True)

    counted = None
    if window.after is None:
        counted = total if span.is_all else count_range(account_id, form_id, span)
    found = walk(read, window, key_of=lambda item: {"pk": item["pk"], "sk": item["sk"]}, total=counted)
    return Listed([StoredSubmission.from_item(item) for item in found.items], found.next_key, found.total)


def rows(account_id: str, form_id: str, span: Range) -> Iterator[Item]:
    """Every submission's id, time, version and data (as text), newest first, a page at a time: nothing is held."""
    start: Key | None = None
    if span.is_empty:
        return
    while True:
        page = _query(account_id, form_id, span, start=start, attributes=("id", "submitted_at", "form_version", "data", "ttl"))
        yield from page.items
        start = page.next_key
        if start is None:
            return


def form_and_count(account_id: str, form_id: str) -> tuple[StoredForm, int] | None:
    """A form and how many submissions it has, as of the last write, in one call; None when there is no such form."""
    place = partition(account_id, form_id)
    keys = [(account_id, f"FORM#{form_id}"), *((place, count_key(0, shard)) for shard in range(_SHARDS))]
    found = tables.get_many(settings().forms_table, keys, consistent=True)
    item = found.pop(keys[0], None)
    if item is None:
        return None
    form = StoredForm.from_item(item)
    # Where submissions expire there is a count for each day of expiry: those are found by a query.
    return form, count(account_id, form_id) if form.expiring else max(0, sum(int(part["n"]) for part in found.values()))


def count(account_id: str, form_id: str) -> int:
    """How many submissions the form has."""
    found = tables.query_all(
        settings().forms_table,
        "pk = :pk AND begins_with(sk, :prefix)",
        {":pk": partition(account_id, form_id), ":prefix": "COUNT#"},
        consistent=True,
    )
    return max(0, sum(int(item["n"]) for item in found))


def count_range(account_id: str, form_id: str, span: Range) -> int:
    """How many submissions the form has in a range of time: counted by reading the range."""
    first, last = span.keys()
    return tables.count(
        settings().forms_table,
        "pk = :pk AND sk BETWEEN :first AND :last",
        {":pk": partition(account_id, form_id), ":first": first, ":last": last},
    )


def remove(submission: StoredSubmission) -> bool:
    """Delete a submission and count it out; False when it was gone.

    A repeat by boto3 after a lost answer carries the same ClientRequestToken, so DynamoDB answers it as it did the first time.
    """
    key = submission.item()
    try:
        tables.transact(
            [
                Write("delete", settings().forms_table, key, condition="attribute_exists(pk)"),
                _count_write(submission, -1),
            ]
        )
    except ConditionFailed:
        return False
    return True


def remove_some(account_id: str, form_id: str, limit: int) -> int:
    """Delete up to ``limit`` records of a form's partition, of every kind; how many there were."""
    table = settings().forms_table
    page = tables.query(
        table,
        "pk = :pk",
        {":pk": partition(account_id, form_id)},
        limit=limit,
        consistent=True,
        attributes=("pk", "sk"),
    )
    tables.delete_many(table, [(item["pk"], item["sk"]) for item in page.items])
    return len(page.items)


def count_key(expiry: int, shard: int) -> str:
    """The sort key of a count; an expiry of 0 is never."""
    return f"COUNT#{expiry:012d}#{shard:02d}"


def _query(account_id: str, form_id: str, span: Range, **options: Any) -> tables.Page:
    first, last = span.keys()
    return tables.query(
        settings().forms_table,
        "pk = :pk AND sk BETWEEN :first AND :last",
        {":pk": partition(account_id, form_id), ":first": first, ":last": last},
        forward=False,
        **options,
    )


def _count_write(submission: StoredSubmission, step: int) -> Write:
    # The shard follows from the id, so that a submission is counted out where it was counted in.
    shard = zlib.crc32(submission.id.encode()) % _SHARDS
    place = partition(submission.account_id, submission.form_id)
    key = {"pk": place, "sk": count_key(submission.expires or 0, shard)}
    values: dict[str, Any] = {":step": step}
    if not submission.expires:
        return Write("update", settings().forms_table, key, update="ADD n :step", values=values)
    values[":ttl"] = submission.expires
    return Write(
        "update", settings().forms_table, key, update="SET #ttl = :ttl ADD n :step", names={"#ttl": "ttl"}, values=values
    )
