"""A file in S3 that is written part by part and fetched by a link that ends (S3 multipart upload)."""

from __future__ import annotations

from typing import Any

from flows.aws.clients import client
from flows.aws.settings import settings

PART_BYTES = 6 * 1024 * 1024
"""S3 wants 5 MiB at least for every part but the last."""

_LINK_SECONDS = 300


class ExportFile:
    """One upload.

    Args:
        key: where it lies in the data bucket; the bucket's lifecycle deletes it after a day, and parts of one that was never finished.
        name: what the browser saves it as.
    """

    def __init__(self, key: str, name: str) -> None:
        self._place = {"Bucket": settings().data_bucket, "Key": key}
        self._parts: list[dict[str, Any]] = []
        upload = client("s3").create_multipart_upload(
            **self._place, ContentType="text/csv; charset=utf-8", ContentDisposition=f'attachment; filename="{name}"'
        )
        self._upload = {**self._place, "UploadId": upload["UploadId"]}

    def add(self, body: bytes) -> None:
        """Write the next part."""
        number = len(self._parts) + 1
        answer = client("s3").upload_part(**self._upload, PartNumber=number, Body=body)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def finish(self, rest: bytes) -> str:
        """Write the last part, put the file together and return a link to it."""
        if rest or not self._parts:
            self.add(rest)
        client("s3").complete_multipart_upload(**self._upload, MultipartUpload={"Parts": self._parts})
        link: str = client("s3").generate_presigned_url("get_object", Params=self._place, ExpiresIn=_LINK_SECONDS)
        return link

    def abandon(self) -> None:
        """Give the parts back."""
        client("s3").abort_multipart_upload(**self._upload)
