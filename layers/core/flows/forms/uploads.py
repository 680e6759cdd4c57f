"""Files of submissions: sent to S3 by whoever fills in the form, looked at, and kept with the submission.

    uploads/pending/<account>/<form>/<upload>               what was sent; gone after a day (the bucket's lifecycle)
    uploads/kept/<account>/<form>/<submission>/<upload>     a submission's own copy; goes with the submission

Nothing is stored in a table before the submission is: what a file is called, and for which field it was sent, is metadata of the object,
which the signed policy of the POST dictates. The copies are removed by what the table's stream tells (:mod:`flows.relay`), so a deletion,
the end of a retention and the deletion of a form all take the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from flows.aws import clock, ids
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.errors import Problem, ValidationFailed
from flows.forms import limits
from flows.forms.models import CreateUpload, FileLink, FormField, UploadView
from flows.forms.records import StoredForm, StoredSubmission

_POST_SECONDS = 900
"""How long the signed POST may be used."""

_LINK_SECONDS = 300
_MAX_QUOTED_NAME = 1_500
"""S3 takes 2 KB of metadata, in plain ASCII."""

_NOT_THERE = "is not uploaded, or was uploaded too long ago; upload it again"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})")


def is_media_type(text: str, *, wildcard: bool = False) -> bool:
    """``image/png``; with ``wildcard`` also ``image/*``."""
    return _MEDIA_TYPE.fullmatch(text) is not None and (wildcard or not text.endswith("/*"))


def greatest(field: FormField) -> int:
    """Bytes that a file of the field may have."""
    return field.max_size or limits.MAX_FILE_BYTES


def begin(form: StoredForm, wanted: CreateUpload, upload_id: str | None = None) -> UploadView:
    """Let a file be sent: a POST that S3 takes with exactly this size and type, and nothing else.

    Args:
        form: the form.
        wanted: the file.
        upload_id: the id to use: a repeated request brings the same one.

    Raises:
        ValidationFailed: the form has no such field, or the field does not take such a file.
    """
    field = next((one for one in form.fields if one.name == wanted.field and one.type == "file"), None)
    if field is None:
        raise ValidationFailed([Problem("field", "the form has no such field for files", "unknown_field")])
    kind = wanted.content_type.lower()
    problems = [Problem(path, message, code) for path, code, message in _faults(field, kind, wanted.size)]
    if len(quote(wanted.name, safe="")) > _MAX_QUOTED_NAME:
        problems.append(Problem("name", "is too long", "too_long"))
    if problems:
        raise ValidationFailed(problems)
    upload_id = upload_id or ids.new_id("up")
    fixed = {
        "Content-Type": kind,
        "x-amz-meta-name": quote(wanted.name, safe=""),
        "x-amz-meta-field": field.name,
    }
    post = client("s3").generate_presigned_post(
        settings().data_bucket,
        _pending(form, upload_id),
        Fields=fixed,
        Conditions=[*({name: value} for name, value in fixed.items()), ["content-length-range", wanted.size, wanted.size]],
        ExpiresIn=_POST_SECONDS,
    )
    expires = clock.iso(clock.now() + timedelta(seconds=_POST_SECONDS))
    return UploadView(upload_id=upload_id, url=post["url"], fields=post["fields"], expires_at=expires)


def origin() -> str:
    """Where files are sent to, for the policy of the page: scheme and host."""
    post = client("s3").generate_presigned_post(settings().data_bucket, "uploads/pending/none", ExpiresIn=1)
    parts = urlsplit(post["url"])
    return f"{parts.scheme}://{parts.netloc}"


def claim(form: StoredForm, data: Mapping[str, Any], submission_id: str) -> dict[str, Any]:
    """Keep the files of a submission.

    Args:
        form: the form.
        data: checked data, where fields for files hold ids of uploads.
        submission_id: whose copies they become; claiming twice for one submission is harmless.

    Returns:
        The data with ``{upload_id, name, size, content_type}`` in place of the ids.

    Raises:
        ValidationFailed: what is not there, or is not what the field takes.
    """
    kept = dict(data)
    problems: list[Problem] = []
    for field in form.fields:
        if field.type == "file" and (upload_id := data.get(field.name)):
            found = _looked_at(form, field, upload_id)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                kept[field.name] = found
    if problems:
        raise ValidationFailed(problems)
    for upload_id in upload_ids(kept):
        client("s3").copy_object(
            Bucket=settings().data_bucket,
            Key=_kept(form.account_id, form.id, submission_id, upload_id),
            CopySource={"Bucket": settings().data_bucket, "Key": _pending(form, upload_id)},
        )
    return kept


def upload_ids(data: Mapping[str, Any]) -> list[str]:
    """The uploads that a submission's data refers to: no other field holds an object."""
    return [value["upload_id"] for value in data.values() if isinstance(value, dict)]


def links(record: StoredSubmission) -> dict[str, FileLink]:
    """A link to each file, by field, good for five minutes; browsers save it and do not show it."""
    expires = clock.iso(clock.now() + timedelta(seconds=_LINK_SECONDS))
    return {
        name: FileLink(url=_link(record, value), expires_at=expires)
        for name, value in record.data.items()
        if isinstance(value, dict)
    }


def remove(account_id: str, form_id: str, submission_id: str, uploads: Iterable[str]) -> None:
    """Delete a submission's copies; those that are gone are no error."""
    for upload_id in uploads:
        client("s3").delete_object(Bucket=settings().data_bucket, Key=_kept(account_id, form_id, submission_id, upload_id))


def _looked_at(form: StoredForm, field: FormField, upload_id: str) -> dict[str, Any] | Problem:
    from botocore.exceptions import ClientError

    path = f"data.{field.name}"
    try:
        head = client("s3").head_object(Bucket=settings().data_bucket, Key=_pending(form, upload_id))
    except ClientError as error:
        # 403 is S3's answer for a key that is not there to whoever may not list the bucket, as our functions may not.
        if error.response["Error"]["Code"] not in ("404", "403", "NoSuchKey"):
            raise
        return Problem(path, _NOT_THERE, "upload")
    if head["Metadata"].get("field") != field.name:
        return Problem(path, "was uploaded for another field", "upload")
    size, kind = int(head["ContentLength"]), str(head["ContentType"])
    for _, code, message in _faults(field, kind, size):  # the form may have changed since
        return Problem(path, message, code)
    return {"upload_id": upload_id, "name": unquote(head["Metadata"]["name"]), "size": size, "content_type": kind}


def _faults(field: FormField, kind: str, size: int) -> list[tuple[str, str, str]]:
    """What the field says against a file: the place in the request for an upload, the code, the message."""
    faults = []
    if not is_media_type(kind):
        faults.append(("content_type", "media_type", "must be a media type, such as image/png"))
    elif field.accept and kind not in field.accept and f"{kind.partition('/')[0]}/*" not in field.accept:
        faults.append(("content_type", "accept", f"must be one of: {', '.join(field.accept)}"))
    if size > greatest(field):
        faults.append(("size", "max_size", f"must have at most {greatest(field)} bytes"))
    return faults


def _link(record: StoredSubmission, file: Mapping[str, Any]) -> str:
    link: str = client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().data_bucket,
            "Key": _kept(record.account_id, record.form_id, record.id, file["upload_id"]),
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(file['name'], safe='')}",
        },
        ExpiresIn=_LINK_SECONDS,
    )
    return link


def _pending(form: StoredForm, upload_id: str) -> str:
    return f"uploads/pending/{form.account_id}/{form.id}/{upload_id}"


def _kept(account_id: str, form_id: str, submission_id: str, upload_id: str) -> str:
    return f"uploads/kept/{account_id}/{form_id}/{submission_id}/{upload_id}"
