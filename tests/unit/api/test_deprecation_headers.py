"""A deprecated route says so: Deprecation (RFC 9745), Sunset (RFC 8594), Link; at least twelve months before its end."""

from __future__ import annotations

from datetime import date

import pytest
from flows.api.answer import Answer, ok
from flows.api.app import Api
from flows.api.deprecation import Deprecation
from flows.api.openapi import document

from local.openapi import routes

GUIDE = "https://docs.example.com/migrations/old"
api = Api("old")


@api.get(
    "/old",
    scope="forms:read",
    summary="Old",
    tag="Old",
    deprecated=Deprecation(date(2026, 1, 15), date(2027, 1, 15), GUIDE),
)
def old() -> Answer[str]:
    return ok("still here")


@api.get("/new", scope="forms:read", summary="New", tag="Old")
def new() -> Answer[str]:
    return ok("here")


def test_answers_carry_the_three_headers_errors_too(send):
    for got in (send(api, "GET", "/old"), send(api, "GET", "/old", query={"x": "1"})):
        assert got.headers["Deprecation"] == "@1768435200"
        assert got.headers["Sunset"] == "Fri, 15 Jan 2027 00:00:00 GMT"
        assert f'<{GUIDE}>; rel="deprecation"' in got.headers["Link"]
    assert "Deprecation" not in send(api, "GET", "/new").headers


@pytest.mark.parametrize("sunset", [date(2027, 1, 14), date(2026, 1, 15), date(2025, 1, 1), date(2026, 12, 31)])
def test_less_than_twelve_months_is_refused(sunset):
    with pytest.raises(ValueError, match="12 months"):
        Deprecation(date(2026, 1, 15), sunset, GUIDE)


def test_the_document_tells_it():
    operation = document(api.routes)["paths"]["/old"]["get"]

    assert operation["deprecated"] is True
    assert operation["x-sunset"] == "2027-01-15"


def test_every_deprecated_route_of_the_application_has_a_guide():
    for route in routes():
        if route.deprecated is not None:
            assert route.deprecated.guide.startswith("https://"), route.name
