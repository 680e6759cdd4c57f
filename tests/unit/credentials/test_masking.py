"""Masking: a secret is found in every form in which it travels, and nothing else is touched."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from flows.credentials.masking import MASK, Masker
from hypothesis import given
from hypothesis import strategies as st

SECRETS = ["xoxb-1234-abcdEFGH", 'pa"ss\\wörd/+ &=?\n<x>', "sk_live_0123456789+/=", "пароль-密码-🔑🔑"]


def _at(shift: int, secret: str) -> str:
    return base64.b64encode(b"abc"[:shift] + secret.encode() + b" and more").decode()


FORMS = {
    "plain": lambda s: s,
    "JSON": lambda s: json.dumps({"a": s}),
    "JSON with its own letters": lambda s: json.dumps({"a": s}, ensure_ascii=False),
    "JSON in JSON": lambda s: json.dumps(json.dumps({"a": s})),
    "URL": lambda s: "https://a.example/?q=" + quote(s, safe=""),
    "URL path": quote,
    "form": quote_plus,
    "URL in small letters": lambda s: quote(s, safe="").lower() if s.islower() else quote(s, safe=""),
    "URL in URL": lambda s: quote(quote(s, safe=""), safe=""),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64, shifted by one": lambda s: _at(1, s),
    "base64, shifted by two": lambda s: _at(2, s),
    "base64 for URLs": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "base64 in a URL": lambda s: quote(base64.b64encode(s.encode()).decode(), safe=""),
    "hex": lambda s: s.encode().hex(),
    "HEX": lambda s: s.encode().hex().upper(),
    "Basic": lambda s: "Basic " + base64.b64encode(f"user-name:{s}".encode()).decode(),
}


def _traces(secret: str) -> list[str]:
    """Pieces of the forms that would give the secret away."""
    return [
        secret,
        secret.encode().hex(),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        base64.b64encode(secret.encode()).decode()[:8],
    ]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_masked(secret: str, form: str) -> None:
    text = f"before {FORMS[form](secret)} after"

    masked = Masker([secret]).text(text)

    assert MASK in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert not [trace for trace in _traces(secret) if trace in masked]


def test_it_goes_deep_and_into_keys() -> None:
    value = {"a": [{"k-hunter22-k": 1, "deep": ["x hunter22 y", 5, None, True]}]}

    assert Masker(["hunter22"]).mask(value) == {"a": [{"k-***-k": 1, "deep": ["x *** y", 5, None, True]}]}


def test_two_secret_keys_stay_two_keys() -> None:
    masked = Masker(["secret-one", "secret-two"]).mask({"secret-one": 1, "secret-two": 2})

    assert sorted(masked.values()) == [1, 2]


def test_a_number_that_is_the_secret_is_masked() -> None:
    assert Masker(["12345678"]).mask([12345678, 123456789, 1.5]) == [MASK, 123456789, 1.5]


def test_a_secret_that_someone_cut_at_the_end_is_masked() -> None:
    secret = "xoxb-17653672481-pdFZKVeTuE8sk7oOcBrzqygy"

    assert Masker([secret]).text("the answer was: " + secret[:20]) == "the answer was: ***"
    assert Masker([secret]).text("cut " + base64.b64encode(secret.encode()).decode()[:20]) == "cut ***"


def test_one_secret_within_another_leaves_no_rest() -> None:
    assert Masker(["token", "token-and-more"]).text("token-and-more token") == "*** ***"


def test_very_short_secrets_are_left_alone() -> None:
    assert Masker(["abc", ""]).mask("abc abcd") == "abc abcd"


def test_a_basic_pair_is_masked_whole() -> None:
    pair = base64.b64encode(b"ann:pw").decode()

    assert Masker([], [("ann", "pw")]).text(f"Authorization: Basic {pair}") == "Authorization: Basic ***"


def test_what_holds_no_secret_is_the_same_object() -> None:
    value = {"a": [1, {"b": "text"}], "c": "d" * 1000}

    assert Masker(["not-there"]).mask(value) is value


@given(st.text(min_size=6, max_size=40), st.binary(max_size=4), st.binary(max_size=4))
def test_base64_is_found_wherever_it_begins(secret: str, before: bytes, after: bytes) -> None:
    text = base64.b64encode(before + secret.encode() + after).decode()

    assert MASK in Masker([secret]).text(text)
