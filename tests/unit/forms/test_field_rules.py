"""Every field type: what it takes and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from flows.errors import PayloadTooLarge, ValidationFailed
from flows.forms.models import FormField, FormSettings
from flows.forms.validation import validate


def problems(field: dict[str, Any], value: Any, **settings: Any) -> list[str]:
    """The types of what is wrong with a value."""
    try:
        kept = validate([FormField(**{"name": "x", **field})], FormSettings(**settings), {"x": value})
    except ValidationFailed as failure:
        return [problem.type if problem.path == "data.x" else problem.path for problem in failure.problems]
    assert kept == {"x": value}
    return []


COLOURS = ["red", {"value": "green", "label": "Green"}]

GOOD = [
    ({"type": "text"}, "Grüße 👋"),
    ({"type": "text"}, "{{ 1+1 }} <b>"),
    ({"type": "text", "required": True}, "0"),
    ({"type": "textarea"}, "one\ntwo"),
    ({"type": "text", "min_length": 2, "max_length": 3}, "👋👋👋"),
    ({"type": "text", "pattern": "[A-Z]{3}"}, "ABC"),
    ({"type": "text", "pattern": "^[A-Z]{3}$"}, "ABC"),
    ({"type": "email"}, "user@example.com"),
    ({"type": "email"}, "first.last+tag@sub.example.co.uk"),
    ({"type": "email"}, "üser@exämple.com"),
    ({"type": "tel"}, "+14155552671"),
    ({"type": "tel"}, "+49 30 901820"),
    ({"type": "tel"}, "+1 (555) 123-4567"),  # as a country's numbers are long, given out or not
    ({"type": "tel"}, "+1 555 0100"),
    ({"type": "tel"}, "(030) 90 18-20"),
    ({"type": "tel"}, "555.123.4567"),
    ({"type": "url"}, "https://example.com/a?b=c#d"),
    ({"type": "url"}, "http://localhost:3000"),
    ({"type": "url"}, "HTTPS://EXAMPLE.COM"),
    ({"type": "url"}, "https://[2001:db8::1]/"),
    ({"type": "number"}, 0),
    ({"type": "number"}, -1.5),
    ({"type": "number"}, 10**300),
    ({"type": "number", "min": 1, "max": 2.5}, 2.5),
    ({"type": "date"}, "2024-02-29"),
    ({"type": "date", "min": "2024-01-01", "max": "2024-12-31"}, "2024-12-31"),
    ({"type": "time"}, "23:59"),
    ({"type": "time", "min": "09:00", "max": "17:00"}, "17:00:00"),
    ({"type": "select", "options": COLOURS}, "green"),
    ({"type": "radio", "options": COLOURS}, "red"),
    ({"type": "multiselect", "options": COLOURS}, []),
    ({"type": "multiselect", "options": COLOURS, "min": 1, "max": 2}, ["red", "green"]),
    ({"type": "checkbox"}, False),
    ({"type": "checkbox", "required": True}, True),
    ({"type": "checkbox", "options": COLOURS}, ["red"]),
    ({"type": "rating"}, 5),
    ({"type": "rating", "min": 0, "max": 10}, 0),
    ({"type": "hidden"}, "campaign-7"),
    ({"type": "email"}, ""),
    ({"type": "text", "min_length": 2}, ""),
]


@pytest.mark.parametrize(("field", "value"), GOOD, ids=str)
def test_a_good_value_is_kept_as_it_came(field: dict[str, Any], value: Any) -> None:
    assert problems(field, value) == []


BAD = [
    ({"type": "text"}, 5, "string_type"),
    ({"type": "text"}, None, "string_type"),
    ({"type": "text"}, True, "string_type"),
    ({"type": "text"}, ["a"], "string_type"),
    ({"type": "text"}, {"a": 1}, "string_type"),
    ({"type": "text"}, "a\nb", "single_line"),
    ({"type": "text"}, "a\0b", "characters"),
    ({"type": "textarea"}, "a\0b", "characters"),
    ({"type": "text", "required": True}, "", "missing"),
    ({"type": "text", "required": True}, " \t ", "missing"),
    ({"type": "text", "min_length": 2}, "a", "min_length"),
    ({"type": "text", "max_length": 2}, "abc", "max_length"),
    ({"type": "text", "pattern": "[A-Z]{3}"}, "xABCx", "pattern"),
    ({"type": "text", "pattern": "a|b"}, "ab", "pattern"),
    ({"type": "email"}, "user", "email"),
    ({"type": "email"}, "user@", "email"),
    ({"type": "email"}, "user@localhost", "email"),
    ({"type": "email"}, "a b@example.com", "email"),
    ({"type": "email"}, "user@example..com", "email"),
    ({"type": "email"}, "User <user@example.com>", "email"),
    ({"type": "email"}, "user@example.com\nBcc: x@example.com", "single_line"),
    ({"type": "tel"}, "555-123", "tel"),
    ({"type": "tel"}, "call me", "tel"),
    ({"type": "tel"}, "0049", "tel"),
    ({"type": "tel"}, "1234567x", "tel"),
    ({"type": "tel"}, "1" * 16, "tel"),
    ({"type": "tel"}, "\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "tel"),
    ({"type": "tel"}, "+1 234", "tel"),
    ({"type": "tel"}, "+999 123456789", "tel"),
    ({"type": "tel"}, "+1" + "5" * 100, "tel"),
    ({"type": "url"}, "example.com", "url"),
    ({"type": "url"}, "javascript:alert(1)", "url"),
    ({"type": "url"}, "ftp://example.com", "url"),
    ({"type": "url"}, "https://", "url"),
    ({"type": "url"}, "https:///path", "url"),
    ({"type": "url"}, "https:\\\\evil.example", "url"),
    ({"type": "url"}, "https://a b.example", "url"),
    ({"type": "url"}, " https://example.com", "url"),
    ({"type": "url"}, "https://a..b", "url"),
    ({"type": "number"}, "5", "number_type"),
    ({"type": "number"}, True, "number_type"),
    ({"type": "number"}, "", "number_type"),
    ({"type": "number", "min": 1}, 0.999, "min"),
    ({"type": "number", "max": 1}, 1.001, "max"),
    ({"type": "date"}, "2023-02-29", "date"),
    ({"type": "date"}, "29.02.2024", "date"),
    ({"type": "date"}, "20240229", "date"),
    ({"type": "date"}, "2024-02-29T10:00:00Z", "date"),
    ({"type": "date"}, "２０２４-02-29", "date"),
    ({"type": "date"}, 20240229, "string_type"),
    ({"type": "date", "min": "2024-01-01"}, "2023-12-31", "min"),
    ({"type": "date", "max": "2024-01-01"}, "2024-01-02", "max"),
    ({"type": "time"}, "24:00", "time"),
    ({"type": "time"}, "9:30", "time"),
    ({"type": "time"}, "09:30Z", "time"),
    ({"type": "time", "min": "09:00"}, "08:59:59", "min"),
    ({"type": "time", "max": "17:00"}, "17:00:01", "max"),
    ({"type": "select", "options": COLOURS}, "blue", "option"),
    ({"type": "select", "options": COLOURS}, "Green", "option"),
    ({"type": "select", "options": COLOURS}, ["red"], "string_type"),
    ({"type": "radio", "options": COLOURS}, "", "option"),
    ({"type": "multiselect", "options": COLOURS}, "red", "list_type"),
    ({"type": "multiselect", "options": COLOURS}, ["blue"], "option"),
    ({"type": "multiselect", "options": COLOURS}, ["red", "red"], "unique"),
    ({"type": "multiselect", "options": COLOURS}, [1], "list_type"),
    ({"type": "multiselect", "options": COLOURS, "required": True}, [], "missing"),
    ({"type": "multiselect", "options": COLOURS, "min": 2}, ["red"], "min"),
    ({"type": "multiselect", "options": COLOURS, "max": 1}, ["red", "green"], "max"),
    ({"type": "checkbox"}, "true", "boolean_type"),
    ({"type": "checkbox"}, 1, "boolean_type"),
    ({"type": "checkbox", "required": True}, False, "missing"),
    ({"type": "checkbox", "options": COLOURS}, True, "list_type"),
    ({"type": "rating"}, 0, "rating"),
    ({"type": "rating"}, 6, "rating"),
    ({"type": "rating"}, 4.5, "integer_type"),
    ({"type": "rating"}, "4", "integer_type"),
    ({"type": "hidden"}, 7, "string_type"),
]


@pytest.mark.parametrize(("field", "value", "kind"), BAD, ids=str)
def test_a_bad_value_is_refused_by_its_rule(field: dict[str, Any], value: Any, kind: str) -> None:
    assert kind in problems(field, value)


def test_with_a_region_phone_numbers_must_exist_in_their_countrys_plan() -> None:
    for number, found in (("030 901820", []), ("+14155552671", []), ("+1 555 0100", ["tel"]), ("000 000000", ["tel"])):
        assert problems({"type": "tel"}, number, phone_region="DE") == found, number


def test_every_problem_is_told_at_once_with_its_field() -> None:
    fields = [
        FormField(name="email", type="email", required=True),
        FormField(name="age", type="number", min=18),
        FormField(name="code", type="text", max_length=2, pattern="[0-9]+"),
        FormField(name="ok", type="text"),
    ]

    with pytest.raises(ValidationFailed) as failure:
        validate(fields, FormSettings(), {"age": 3, "code": "abc", "ok": "yes", "extra": 1, "account_id": "x"})

    assert {(problem.path, problem.type) for problem in failure.value.problems} == {
        ("data.extra", "unknown_field"),
        ("data.account_id", "unknown_field"),
        ("data.email", "missing"),
        ("data.age", "min"),
        ("data.code", "max_length"),
        ("data.code", "pattern"),
    }


def test_no_message_repeats_what_was_sent() -> None:
    for field, value, _ in BAD:
        if isinstance(value, str) and len(value.strip()) > 4 and value != "https://":
            with pytest.raises(ValidationFailed) as failure:
                validate([FormField(**{"name": "x", **field})], FormSettings(), {"x": value})
            assert value not in failure.value.message


def test_a_default_is_taken_where_nothing_was_sent_and_only_there() -> None:
    fields = [FormField(name="topic", type="text", default="sales"), FormField(name="count", type="number", default=1)]

    assert validate(fields, FormSettings(), {}) == {"topic": "sales", "count": 1}
    assert validate(fields, FormSettings(), {"topic": "", "count": 0}) == {"topic": "", "count": 0}
    assert validate(fields, FormSettings(), {}, use_defaults=False) == {}


def test_a_default_satisfies_a_required_field() -> None:
    assert validate([FormField(name="a", type="text", required=True, default="x")], FormSettings(), {}) == {"a": "x"}


def test_more_data_than_a_submission_may_have_is_refused() -> None:
    with pytest.raises(PayloadTooLarge):
        validate([FormField(name="a", type="textarea")], FormSettings(), {"a": "x" * 100_000})


def test_a_pattern_that_would_take_ages_elsewhere_ends_at_once() -> None:
    assert problems({"type": "text", "pattern": "(a+)+b"}, "a" * 50_000) == ["pattern"]
