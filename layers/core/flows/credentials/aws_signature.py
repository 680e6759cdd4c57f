"""AWS Signature Version 4, by botocore's own signer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[a-z0-9.-]+\.)?(?P<service>[a-z0-9-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?")


def signed_headers(
    value: Mapping[str, Any], method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> dict[str, str]:
    """The headers to add: Authorization, X-Amz-Date, and X-Amz-Security-Token and X-Amz-Content-SHA256 where they belong.

    Args:
        value: the credential's value: access_key_id, secret_access_key, session_token, region, service.
        method, url, headers, body: the request as it will be sent.
    """
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    host = urlsplit(url).hostname or ""
    found = _HOST.fullmatch(host)
    service = str(value.get("service") or (found["service"] if found else host.split(".")[0]))
    region = str(found["region"] if found and "region" not in value else value.get("region") or "us-east-1")
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body or b"")
    keys = Credentials(value["access_key_id"], value["secret_access_key"], value.get("session_token") or None)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(keys, service, region).add_auth(request)
    signed = {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
    return {name: text for name, text in request.headers.items() if name.lower() in signed}
