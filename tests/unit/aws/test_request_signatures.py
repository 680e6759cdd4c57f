"""Signature Version 4: the known answer of AWS's own test suite, and botocore's signer as the judge of everything else."""

from __future__ import annotations

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from flows.aws.signature import Signer
from hypothesis import given
from hypothesis import strategies as st

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)


@given(
    token=st.text("abcXYZ019/+=", max_size=60),
    region=WORDS,
    service=WORDS,
    host=WORDS,
    target=WORDS,
    body=st.binary(max_size=200),
    day=st.dates().map(lambda day: f"{day:%Y%m%d}".zfill(8)),
)
def test_a_request_is_signed_as_botocore_signs_it(
    token: str, region: str, service: str, host: str, target: str, body: bytes, day: str
) -> None:
    moment = f"{day}T123600Z"

    ours = Signer(ACCESS_KEY, SECRET_KEY, token, region, service).headers(
        host, "application/x-amz-json-1.0", target, body, moment
    )

    headers = {name: value for name, value in ours.items() if name != "Authorization"}
    request = AWSRequest("POST", f"https://{host}/", headers=headers, data=body)
    request.context["timestamp"] = moment
    judge = botocore.auth.SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY, token or None), service, region)
    signature = judge.signature(judge.string_to_sign(request, judge.canonical_request(request)), request)
    names = judge.signed_headers(judge.headers_to_sign(request))
    assert ours["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential={judge.scope(request)}, SignedHeaders={names}, Signature={signature}"
    )


def test_the_key_of_a_day_is_that_of_the_next_day_no_more() -> None:
    signer = Signer(ACCESS_KEY, SECRET_KEY, "", "us-east-1", "dynamodb")

    first = [signer.headers("h", "t", "x", b"", f"2026112{day}T000000Z")["Authorization"] for day in (6, 7, 6)]

    assert first[0] == first[2] != first[1]
    assert (
        first[1]
        == Signer(ACCESS_KEY, SECRET_KEY, "", "us-east-1", "dynamodb").headers("h", "t", "x", b"", "20261127T000000Z")[
            "Authorization"
        ]
    )


def test_a_signer_that_is_printed_tells_no_secret() -> None:
    assert SECRET_KEY not in repr(Signer(ACCESS_KEY, SECRET_KEY, "session", "us-east-1", "kms"))
    assert "session" not in repr(Signer(ACCESS_KEY, SECRET_KEY, "session", "us-east-1", "kms"))


@pytest.mark.parametrize("body", [b"", b"{}", '{"é": 1}'.encode()])
def test_the_body_is_part_of_the_signature(body: bytes) -> None:
    signer = Signer(ACCESS_KEY, SECRET_KEY, "", "us-east-1", "dynamodb")

    assert (
        signer.headers("h", "t", "x", body, "20261126T000000Z")["Authorization"]
        != signer.headers("h", "t", "x", body + b" ", "20261126T000000Z")["Authorization"]
    )
