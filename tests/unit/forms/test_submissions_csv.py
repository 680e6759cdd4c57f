"""Submissions as CSV: safe to open, complete, and written without being held."""

from __future__ import annotations

import csv
import io
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from flows.aws import clients, ids, tables
from flows.errors import ValidationFailed
from flows.forms import export, service, submissions
from flows.forms.models import CreateForm, PatchForm
from flows.forms.records import StoredSubmission
from flows.forms.time_range import Range

ACCOUNT = "acct_one"


def make_form(*fields: dict[str, Any]) -> str:
    return service.create(ACCOUNT, CreateForm.model_validate({"name": "F", "fields": list(fields)})).id


def rows(text: str | None) -> list[dict[str, str]]:
    assert text is not None
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "=cmd|' /C calc'!A0",
        "-5",
    ],
)
def test_a_text_that_a_spreadsheet_would_calculate_is_made_harmless(text: str) -> None:
    assert export.cell(text) == f"'{text}"
    assert export.cell([text, "b"]) == f"'{text}; b"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-5, "-5"),
        (-0.5, "-0.5"),
        (1e300, "1e+300"),
        (10**30, "1" + "0" * 30),
        (True, "true"),
        (None, ""),
        ("a = b", "a = b"),
        ("", ""),
        (["a", "b"], "a; b"),
    ],
)
def test_numbers_stay_numbers_and_plain_text_stays_as_it_is(value: Any, text: str) -> None:
    assert export.cell(value) == text


def test_every_text_comes_back_from_the_file(aws: None) -> None:
    form_id = make_form({"name": "message", "type": "textarea"}, {"name": "n", "type": "number"})
    texts = ['He said "no", twice', "one\ntwo", "Grüße; 👋", "a\u2028b", "{{ 1+1 }}"]
    for text in texts:
        submissions.submit(ACCOUNT, form_id, {"message": text, "n": -2})

    read = rows(export.export(ACCOUNT, form_id, Range()).text)

    assert {row["message"] for row in read} == set(texts)
    assert {row["n"] for row in read} == {"-2"}
    assert list(read[0]) == ["submission_id", "submitted_at", "form_version", "message", "n"]


def test_columns_of_older_versions_are_kept(aws: None) -> None:
    form_id = make_form({"name": "old", "type": "text"}, {"name": "form_version", "type": "text"})
    submissions.submit(ACCOUNT, form_id, {"old": "a", "form_version": "mine"})
    service.patch(ACCOUNT, form_id, PatchForm.model_validate({"fields": [{"name": "new", "type": "text"}]}))
    submissions.submit(ACCOUNT, form_id, {"new": "b"})

    newest, oldest = rows(export.export(ACCOUNT, form_id, Range()).text)

    assert (newest["new"], newest["old"], newest["form_version"]) == ("b", "", "2")
    assert (oldest["new"], oldest["old"], oldest["data.form_version"]) == ("", "a", "mine")


def store_many(form_id: str, number: int, text: str) -> None:
    records = [
        StoredSubmission(ACCOUNT, form_id, ids.new_id("sub"), 1, "2024-01-15T10:00:00.000Z", "api", {"m": text})
        for _ in range(number)
    ]
    tables.put_many("forms", [record.item() for record in records])


def test_a_large_file_goes_through_s3_and_is_never_held_whole(aws: None) -> None:
    form_id = make_form({"name": "m", "type": "textarea"})
    store_many(form_id, 120, "x" * 90_000)  # 11 MB

    calls: list[str] = []
    for service_name, operation in (("dynamodb", "Query"), ("s3", "UploadPart")):
        events = clients.client(service_name).meta.events
        events.register(f"before-call.{service_name}.{operation}", lambda model, **_rest: calls.append(model.name))
    file = export.export(ACCOUNT, form_id, Range())

    assert file.text is None
    link = urlsplit(file.url or "")
    key = link.path.removeprefix("/").removeprefix("data/")
    assert key.startswith(f"exports/{ACCOUNT}/")
    assert "X-Amz-Expires=300" in link.query
    stored = boto3.client("s3").get_object(Bucket="data", Key=key)
    read = rows(stored["Body"].read().decode())
    assert len(read) == 120
    assert {row["m"] for row in read} == {"x" * 90_000}
    assert stored["ContentType"] == "text/csv; charset=utf-8"
    # A part leaves as soon as there is enough for one, between one page and the next.
    pages_before_a_part = [len(list(group)) for name, group in groupby(calls) if name == "Query"]
    assert calls.count("UploadPart") == 2
    assert max(pages_before_a_part) <= export.PART_BYTES // 900_000 + 1


def test_a_file_that_would_take_too_long_says_what_to_do_and_leaves_no_parts(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = make_form({"name": "m", "type": "textarea"})
    store_many(form_id, 50, "x" * 90_000)
    monkeypatch.setattr(export, "_SECONDS", -1.0)

    with pytest.raises(ValidationFailed) as refused:
        export.export(ACCOUNT, form_id, Range())

    assert refused.value.problems[0].path == "query.from"
    assert "Uploads" not in boto3.client("s3").list_multipart_uploads(Bucket="data")


def test_a_form_without_submissions_gives_its_headings(aws: None) -> None:
    form_id = make_form({"name": "m", "type": "text"})
    assert export.export(ACCOUNT, form_id, Range()).text == "submission_id,submitted_at,form_version,m\r\n"
