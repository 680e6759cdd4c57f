"""datetime, crypto, html, markdown, xml, csv: beyond their examples."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flows.engine import csv_values, registry, work_limit, xml_values
from flows.engine.results import NodeFailure
from flows.engine.time_formats import format_time, parse_time
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.nodes.context import GivenCredential, run


def output(name: str, raw: dict[str, Any], data: Any = None, **more: Any) -> Any:
    node_type = registry.node_type(name)
    assert node_type is not None
    return run(node_type, raw, data, **more).output


def failure(name: str, raw: dict[str, Any], data: Any = None, **more: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        output(name, raw, data, **more)
    return caught.value


def time(operation: str, value: Any = None, **raw: Any) -> Any:
    return output("datetime", {"operation": operation, **({} if value is None else {"value": value}), **raw})["value"]


# Date and time


def test_a_day_later_is_the_same_time_of_day_when_the_clocks_change() -> None:
    assert time("add", "2026-03-28T09:00:00+01:00", amount=1, unit="day", timezone="Europe/Berlin") == "2026-03-29T09:00:00+02:00"
    assert (
        time("add", "2026-03-28T09:00:00+01:00", amount=24, unit="hours", timezone="Europe/Berlin") == "2026-03-29T10:00:00+02:00"
    )


def test_a_time_that_the_clock_skips_is_the_one_that_it_shows() -> None:
    assert time("convert", "2026-03-29T02:30:00", timezone="Europe/Berlin") == "2026-03-29T03:30:00+02:00"
    assert time("add", "2026-03-28T02:30:00", amount=1, unit="day", timezone="Europe/Berlin") == "2026-03-29T03:30:00+02:00"


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-01-31", 1, "month", "2026-02-28"),
        ("2024-01-31", 1, "months", "2024-02-29"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2026-01-31", -2, "month", "2025-11-30"),
        ("2026-11-30", 1, "quarter", "2027-02-28"),
        ("2026-01-01", 2, "weeks", "2026-01-15"),
        ("2026-01-01", "1", "day", "2026-01-02"),
    ],
)
def test_calendar_units_clamp_at_the_end_of_a_month(start: str, amount: Any, unit: str, end: str) -> None:
    assert time("add", start, amount=amount, unit=unit) == f"{end}T00:00:00Z"


def test_exact_units_take_fractions_and_calendar_units_do_not() -> None:
    assert time("subtract", "2026-01-01T00:00:00Z", amount=1.5, unit="hours") == "2025-12-31T22:30:00Z"
    assert (
        "whole number of days"
        in failure("datetime", {"operation": "add", "value": "2026-01-01", "amount": 0.5, "unit": "days"}).message
    )


@pytest.mark.parametrize(
    ("value", "other", "unit", "expected"),
    [
        ("2026-03-14T12:00:00Z", "2026-03-14T11:30:00Z", "seconds", 1800),
        ("2026-03-14T11:30:00Z", "2026-03-14T12:00:00Z", "hours", -0.5),
        ("2026-03-31", "2026-02-28", "months", 1.096774194),
        ("2026-02-28", "2026-01-31", "months", 1),
        ("2027-01-01", "2026-01-01", "years", 1),
        ("2026-01-01", "2026-01-15", "weeks", -2),
    ],
)
def test_a_difference_is_the_value_minus_the_other(value: str, other: str, unit: str, expected: float) -> None:
    assert time("difference", value, other=other, unit=unit) == expected


def test_a_day_with_25_hours_is_a_day() -> None:
    berlin = {"timezone": "Europe/Berlin"}

    assert time("difference", "2026-10-26T00:00:00", other="2026-10-25T00:00:00", unit="days", **berlin) == 1
    assert time("difference", "2026-10-26T00:00:00", other="2026-10-25T00:00:00", unit="hours", **berlin) == 25


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [
        ("minute", "2026-05-14T15:09:00Z", "2026-05-14T15:09:59.999Z"),
        ("hour", "2026-05-14T15:00:00Z", "2026-05-14T15:59:59.999Z"),
        ("day", "2026-05-14T00:00:00Z", "2026-05-14T23:59:59.999Z"),
        ("week", "2026-05-11T00:00:00Z", "2026-05-17T23:59:59.999Z"),
        ("month", "2026-05-01T00:00:00Z", "2026-05-31T23:59:59.999Z"),
        ("quarter", "2026-04-01T00:00:00Z", "2026-06-30T23:59:59.999Z"),
        ("year", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59.999Z"),
    ],
)
def test_units_begin_and_end(unit: str, start: str, end: str) -> None:
    assert time("start_of", "2026-05-14T15:09:26.535Z", unit=unit) == start
    assert time("end_of", "2026-05-14T15:09:26.535Z", unit=unit) == end


def test_a_day_that_begins_at_one_o_clock() -> None:
    cairo = {"timezone": "Africa/Cairo", "unit": "day"}  # the clock skipped the midnight of 26 April 2024

    assert time("start_of", "2024-04-26T12:00:00", **cairo) == "2024-04-26T01:00:00+03:00"
    assert time("end_of", "2024-04-26T12:00:00", **cairo) == "2024-04-26T23:59:59.999+03:00"


def test_numbers_are_milliseconds_since_1970() -> None:
    assert time("convert", 1773500966535) == "2026-03-14T15:09:26.535Z"
    assert time("parse", "1773500966", format="unix") == "2026-03-14T15:09:26Z"
    assert time("format", "2026-03-14T15:09:26.535Z", format="unix_ms") == 1773500966535


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("yyyy-MM-dd HH:mm:ss.SSS", "2026-03-04 05:06:07.089"),
        ("d.M.yy H:m:s", "4.3.26 5:6:7"),
        ("EEE, dd MMM yyyy hh:mm a", "Wed, 04 Mar 2026 05:06 AM"),
        ("yyyy-MM-dd'T'HH:mm:ssZZ", "2026-03-04T05:06:07+00:00"),
        ("YYYY/DD 'o''clock'", "2026/04 o'clock"),
        ("%Y-%m-%d %H:%M", "2026-03-04 05:06"),
        ("%-d %b", "4 Mar"),
        ("date", "2026-03-04"),
        ("time", "05:06:07"),
        ("http", "Wed, 04 Mar 2026 05:06:07 GMT"),
        ("iso", "2026-03-04T05:06:07.089Z"),
    ],
)
def test_formats_write(form: str, text: str) -> None:
    assert format_time(datetime(2026, 3, 4, 5, 6, 7, 89000, tzinfo=UTC), form) == text


@pytest.mark.parametrize("form", ["yyyy-MM-dd HH:mm:ss.SSS", "d MMMM yyyy h:m:s a", "%Y%m%dT%H%M%S", "http", "iso", "unix"])
@given(moment=st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - a bound
def test_what_a_format_writes_it_reads(form: str, moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)

    read = parse_time(str(format_time(whole, form)), form)

    assert (read.replace(tzinfo=UTC) if read.tzinfo is None else read) == whole


@pytest.mark.parametrize("form", ["%999999999d", "%", "%Q", "yyyy-QQ", "'open", "%\0"])
def test_formats_that_are_none_are_refused(form: str) -> None:
    assert failure("datetime", {"operation": "format", "value": "2026-01-01", "format": form}).type == "InvalidParameters"


@pytest.mark.parametrize(
    "raw",
    [
        {"operation": "add", "value": "2026-01-01", "unit": "day"},
        {"operation": "format", "value": "2026-01-01"},
        {"operation": "start_of", "value": "2026-01-01", "unit": "fortnight"},
        {"operation": "convert", "value": "14.03.2026"},
        {"operation": "convert", "value": "{{ gone }}"},
        {"operation": "convert", "value": True},
        {"operation": "convert", "value": 1e300},
        {"operation": "add", "value": "9999-12-31", "amount": 1, "unit": "day"},
        {"operation": "subtract", "value": "0001-01-01", "amount": 1, "unit": "month"},
        {"operation": "parse", "value": "x", "format": "yyyy"},
        {"operation": "parse", "value": "2026-01-01 CET", "format": "yyyy-MM-dd z"},
        {"operation": "now", "timezone": "Nowhere/Land"},
    ],
)
def test_times_that_cannot_be_are_refused(raw: dict[str, Any]) -> None:
    assert failure("datetime", raw).type == "InvalidParameters"


# Crypto


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"])
def test_digests(algorithm: str) -> None:
    digest = hashlib.new(algorithm, "ü".encode())

    assert output("crypto", {"operation": "hash", "value": "ü", "algorithm": algorithm})["value"] == digest.hexdigest()


def test_a_signature_with_the_secret_of_a_credential() -> None:
    given = {"cred_1": GivenCredential("key"), "cred_2": GivenCredential({"name": "X", "value": "other"})}
    raw = {"operation": "hmac", "value": "text", "encoding": "base64"}

    own = output("crypto", raw, credentials=given, credential_id="cred_1")["value"]
    named = output("crypto", {**raw, "credential_id": "cred_2", "algorithm": "sha512"}, credentials=given)["value"]

    assert own == base64.b64encode(hmac.new(b"key", b"text", "sha256").digest()).decode()
    assert named == base64.b64encode(hmac.new(b"other", b"text", "sha512").digest()).decode()


@given(st.text())
def test_base64_comes_back(text: str) -> None:
    for encoding in ("base64", "base64url"):
        encoded = output("crypto", {"operation": "base64_encode", "value": "{{ t }}", "encoding": encoding}, {"t": text})["value"]
        assert output("crypto", {"operation": "base64_decode", "value": "{{ t }}"}, {"t": encoded})["value"] == text


def test_random_values_differ() -> None:
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", output("crypto", {"operation": "uuid"})["value"]
    )
    assert len(output("crypto", {"operation": "random", "length": 8})["value"]) == 16
    assert output("crypto", {"operation": "random"}) != output("crypto", {"operation": "random"})


@pytest.mark.parametrize(
    "raw",
    [
        {"operation": "hash"},
        {"operation": "hash", "value": "{{ gone }}"},
        {"operation": "base64_decode", "value": "!!!"},
        {"operation": "base64_decode", "value": "/w=="},
        {"operation": "base64_encode", "value": "a", "encoding": "hex"},
        {"operation": "hmac", "value": "a"},
        {"operation": "random", "length": 0},
        {"operation": "encrypt", "value": "a"},
    ],
)
def test_what_cannot_be_made_fails(raw: dict[str, Any]) -> None:
    failure("crypto", raw)


# HTML and Markdown


def extracted(html: str, **field: Any) -> Any:
    return output("html", {"operation": "extract", "html": "{{ h }}", "fields": {"x": field}}, {"h": html})["x"]


def test_values_come_out_of_html() -> None:
    page = "<p class='a b'>One\n  <b>two</b></p><p id=x>three</p>"

    assert extracted(page, selector="p") == "One two"
    assert extracted(page, selector="p", all=True) == ["One two", "three"]
    assert extracted(page, selector="p", attribute="CLASS", all=True) == ["a b", None]
    assert extracted(page, selector="i") is None
    assert extracted(page, selector="i", all=True) == []


@pytest.mark.parametrize("selector", ["p[", "p:nope", ":has(", ">"])
def test_what_is_no_selector_fails_with_its_place(selector: str) -> None:
    assert (
        "fields.x.selector"
        in failure("html", {"operation": "extract", "html": "<p>", "fields": {"x": {"selector": selector}}}).message
    )


def test_html_as_a_person_reads_it() -> None:
    page = (
        "<head><title>t</title></head><style>p{}</style><h1>A &amp; B</h1><p>one<br>two   three</p><p>four</p>"
        "<ul><li>x</li><li>y</li></ul><!-- c -->"
    )

    assert (
        output("html", {"operation": "to_text", "html": "{{ h }}"}, {"h": page})["text"]
        == "A & B\n\none\ntwo three\n\nfour\n\nx\ny"
    )


def test_the_end_of_the_head_may_be_left_out() -> None:
    assert output("html", {"operation": "to_text", "html": "<head><title>t</title><body>x"})["text"] == "x"


def test_html_that_is_too_large_ends_as_a_failure() -> None:
    assert failure("html", {"operation": "to_text", "html": "x" * 5_000_001}).type == "TooLarge"


def test_html_that_keeps_the_parser_busy_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_limit, "SECONDS", 0.2)

    error = failure("html", {"operation": "to_text", "html": "<!--" * 100_000})

    assert (error.type, error.message.startswith("html: ")) == ("TooLarge", True)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "![a](x 'onerror=alert(1)')",
        "<img src=x onerror=alert(1)>",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "<style>@import 'x'</style>",
    ],
)
def test_markdown_never_gives_active_html(text: str) -> None:
    html = output("markdown", {"operation": "to_html", "text": "{{ t }}"}, {"t": text})["html"]

    for tag in re.findall(r"<[^>]*>", html):
        assert not re.search(r"script|style|\son\w+\s*=\s*[^\s]*alert\(1\)>|javascript:|data:", tag.replace("title=", "")), html


def test_markdown_has_tables() -> None:
    assert "<td>1</td>" in output("markdown", {"operation": "to_html", "text": "|a|\n|-|\n|1|"})["html"]


# XML


def test_xml_keeps_prefixes_and_namespaces_as_they_are_written() -> None:
    text = '<s:a xmlns:s="urn:x"><s:b s:c="1"><![CDATA[<x>]]></s:b></s:a>'

    assert xml_values.parse(text) == {"s:a": {"@xmlns:s": "urn:x", "s:b": {"@s:c": "1", "#text": "<x>"}}}


def test_elements_that_are_always_a_list() -> None:
    assert output("xml", {"operation": "parse", "text": "<a><b>1</b></a>", "always_list": ["b"]}) == {"a": {"b": ["1"]}}


def test_the_encoding_that_a_text_claims_does_not_count() -> None:
    assert xml_values.parse("\ufeff<?xml version='1.0' encoding='ISO-8859-1'?><a>ü€</a>") == {"a": "ü€"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<a>&undefined;</a>",
        "<a>" * 151 + "</a>" * 151,
        "<a b='1' b='2'/>",
    ],
)
def test_broken_or_dangerous_xml_is_refused(text: str) -> None:
    assert failure("xml", {"operation": "parse", "text": "{{ t }}"}, {"t": text}).type == "InvalidInput"


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"a": 1, "b": 2},
        {"a": [1, 2]},
        {"a b": 1},
        {"1a": 1},
        {"a": {"@b c": 1}},
        {"a": {"@b": {}}},
        {"a": "\x01"},
        {"<x>": 1},
    ],
)
def test_values_that_are_no_xml_are_refused(value: Any) -> None:
    assert failure("xml", {"operation": "build", "value": "{{ v }}"}, {"v": value}).type == "InvalidInput"


NAMES = st.sampled_from(["a", "b", "c-d", "n:e"])
TEXTS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=("Cc", "Cs", "Zs")), min_size=1, max_size=6
)
ELEMENTS = st.recursive(
    st.none() | TEXTS,
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3),
    max_leaves=8,
)


@given(NAMES, ELEMENTS)
def test_xml_comes_back(name: str, value: Any) -> None:
    assert xml_values.parse(xml_values.build({name: value})) == {name: value}


def test_indented_xml() -> None:
    assert xml_values.build({"a": {"b": ["1", "2"]}}, indent=True, declaration=False) == "<a>\n  <b>1</b>\n  <b>2</b>\n</a>"


# CSV


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["a", "b,", 'c"', "d\n"]), st.text(max_size=5), min_size=4, max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_csv_comes_back(rows: list[dict[str, str]]) -> None:
    rows = [{name: value.replace("\r", "") for name, value in row.items()} for row in rows]

    assert csv_values.parse(csv_values.build(rows, safe=False)) == rows


@pytest.mark.parametrize("text", ["=1+1", "  =1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"])
def test_formulas_are_made_harmless(text: str) -> None:
    assert csv_values.parse(csv_values.build([[text, -1]]), header=False) == [["'" + text, "-1"]]


def test_cells_of_every_type() -> None:
    rows = [{"n": 1.5, "t": True, "o": {"a": [1]}, "z": None}]

    assert (
        output("csv", {"operation": "build", "value": "{{ v }}"}, {"v": rows})["text"] == 'n,t,o,z\r\n1.5,true,"{""a"":[1]}",\r\n'
    )


def test_columns_choose_and_order_and_rows_may_be_lists() -> None:
    raw = {"operation": "build", "columns": ["b", "a"], "header": False, "delimiter": ";"}

    assert output("csv", raw, [{"a": 1, "b": 2, "c": 3}, {"a": 4}])["text"] == "2;1\r\n;4\r\n"
    assert output("csv", {"operation": "build"}, [[1, "x"], [2]])["text"] == "1,x\r\n2\r\n"
    assert output("csv", {"operation": "build"}, [])["text"] == ""


def test_types_are_what_cells_say() -> None:
    text = "a,b,c,d,e,f,g\n1,-2.5,007,true,,1e3,12345678901234567890\n"

    assert output("csv", {"operation": "parse", "text": "{{ t }}", "types": True}, {"t": text}) == [
        {"a": 1, "b": -2.5, "c": "007", "d": True, "e": None, "f": 1000.0, "g": "12345678901234567890"}
    ]


def test_a_byte_order_mark_and_empty_lines_are_passed_over() -> None:
    assert csv_values.parse("\ufeffa\n\n1\n\n") == [{"a": "1"}]
    assert csv_values.parse("") == []


@pytest.mark.parametrize("text", ["a,a\n1,2", "a\n1,2", 'a\n"open', 'a\n"x"y'])
def test_broken_csv_is_refused_with_its_line(text: str) -> None:
    assert failure("csv", {"operation": "parse", "text": "{{ t }}"}, {"t": text}).type == "InvalidInput"


@pytest.mark.parametrize(
    "raw", [{"operation": "parse"}, {"operation": "build", "delimiter": ",,"}, {"operation": "build", "delimiter": '"'}]
)
def test_csv_that_cannot_be_is_refused(raw: dict[str, Any]) -> None:
    assert failure("csv", raw, []).type == "InvalidParameters"


def test_rows_of_two_kinds_are_refused() -> None:
    assert "list of objects" in failure("csv", {"operation": "build"}, [{"a": 1}, [2]]).message
