"""What the API's document shows of the two routes that let a file be sent."""

from __future__ import annotations

from typing import Any

UPLOAD: dict[str, Any] = {"field": "cv", "name": "cv.pdf", "content_type": "application/pdf", "size": 48_213}

PLACE: dict[str, Any] = {
    "upload_id": "up_01hmk6b1m0ex4mp1e000000010",
    "url": "https://data.s3.us-east-1.amazonaws.com/",
    "fields": {
        "key": "uploads/pending/acct_01hmk6b1m0ex4mp1e000000010/form_01hmk6b1m0ex4mp1e000000010/up_01hmk6b1m0ex4mp1e000000010",
        "Content-Type": "application/pdf",
        "x-amz-meta-name": "cv.pdf",
        "x-amz-meta-field": "cv",
        "policy": "eyJleHBpcmF0aW9uIjoi...",
        "x-amz-signature": "5d1c...",
    },
    "expires_at": "2024-01-20T15:45:00.000Z",
}
