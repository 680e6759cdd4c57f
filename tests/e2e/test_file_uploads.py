"""Files of forms on the deployed stack: sent to storage as S3 takes them, fetched by a link, gone with the submission."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.stack import Api, RunningStack

FORM = {
    "name": "Jobs",
    "fields": [{"name": "cv", "type": "file", "required": True, "accept": ["application/pdf"], "max_size": 100_000}],
    "settings": {"min_seconds": 0},
}
CONTENT = b"%PDF-1.7 not really"
WANTED = {"field": "cv", "name": "My CV.pdf", "content_type": "application/pdf", "size": len(CONTENT)}


@pytest.fixture
def form(api: Api) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/forms", FORM).data
    return made


def send(upload: dict[str, Any], content: bytes = CONTENT, **changed: str) -> int:
    """POST a file as a browser does; S3's status."""
    fields = upload["fields"] | changed
    return httpx.post(upload["url"], data=fields, files={"file": ("x", content)}, timeout=60, trust_env=False).status_code


def kept(stack: RunningStack, form: dict[str, Any]) -> list[str]:
    bucket = stack.outputs["DataBucketName"]
    pages = stack.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="uploads/kept/")
    return [item["Key"] for page in pages for item in page.get("Contents", []) if form["id"] in item["Key"]]


def test_a_file_is_sent_kept_fetched_and_deleted_with_its_submission(api: Api, form: dict[str, Any], stack: RunningStack) -> None:
    upload = api.post(f"/forms/{form['id']}/uploads", WANTED).data
    assert send(upload) == 204

    sent = api.post(f"/forms/{form['id']}/submissions", {"data": {"cv": upload["upload_id"]}})

    assert sent.status == 201, sent.text
    assert sent.data["data"]["cv"] == {
        "upload_id": upload["upload_id"],
        "name": "My CV.pdf",
        "size": len(CONTENT),
        "content_type": "application/pdf",
    }
    place = f"/forms/{form['id']}/submissions/{sent.data['id']}"
    fetched = httpx.get(api.get(place).data["files"]["cv"]["url"], timeout=60, trust_env=False)
    assert (fetched.status_code, fetched.content) == (200, CONTENT)
    assert fetched.headers["content-disposition"].startswith("attachment")

    assert api.delete(place).status == 200
    for _ in range(600):
        if not kept(stack, form):
            break
        time.sleep(0.2)
    assert kept(stack, form) == []


def test_storage_takes_nothing_but_what_was_agreed(api: Api, form: dict[str, Any]) -> None:
    upload = api.post(f"/forms/{form['id']}/uploads", WANTED).data

    assert send(upload, CONTENT + b"more") == 400
    assert send(upload, **{"Content-Type": "text/html"}) == 403
    assert send(upload, key=upload["fields"]["key"] + "x") == 403
    refused = api.post(f"/forms/{form['id']}/submissions", {"data": {"cv": upload["upload_id"]}})
    assert (refused.status, refused.error["details"][0]["path"]) == (400, "data.cv")


def test_the_hosted_page_gets_a_place_for_a_file_without_a_key(form: dict[str, Any]) -> None:
    begun = Api("", None).post(f"{form['url']}/uploads", WANTED)

    assert begun.status == 201, begun.text
    assert send(begun.data) == 204
