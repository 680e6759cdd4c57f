"""Requests to AWS are signed with Signature Version 4 for the service and Region that the host names."""

from __future__ import annotations

import pytest
from flows.credentials.use import OpenCredential

VALUE = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}


def signed(url: str, **more: str) -> dict[str, str]:
    credential = OpenCredential("cred_1", "aws", frozenset(), {}, {**VALUE, **more})
    return credential.sign("POST", url, {"content-type": "application/json"}, b"{}")


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/1/q", "eu-west-1/sqs/aws4_request"),
        ("https://abc.execute-api.us-east-2.amazonaws.com/prod", "us-east-2/execute-api/aws4_request"),
        ("https://bucket.s3.eu-central-1.amazonaws.com/key", "eu-central-1/s3/aws4_request"),
    ],
)
def test_the_scope_comes_from_the_host(url: str, scope: str) -> None:
    headers = signed(url)

    assert f"Credential={VALUE['access_key_id']}/" in headers["Authorization"]
    assert f"/{scope}, SignedHeaders=" in headers["Authorization"]
    assert VALUE["secret_access_key"] not in repr(headers)


def test_the_credential_may_name_region_and_service() -> None:
    headers = signed("https://search.example.com/", region="eu-north-1", service="es")

    assert "/eu-north-1/es/aws4_request" in headers["Authorization"]


def test_a_session_token_goes_along() -> None:
    assert (
        signed("https://sqs.eu-west-1.amazonaws.com/", session_token="session-token-1")["X-Amz-Security-Token"]
        == "session-token-1"
    )


def test_other_types_sign_nothing() -> None:
    assert OpenCredential("cred_1", "bearer", frozenset(), {}, "token").sign("GET", "https://a.example", {}, None) == {}
