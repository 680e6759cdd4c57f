"""What is refused when a form is written: everything at once, each with its path."""

from __future__ import annotations

from typing import Any

import pytest
from flows.forms.definition import check
from flows.forms.models import CreateForm, FormField, FormSettings
from pydantic import ValidationError


def found(*fields: dict[str, Any], **settings: Any) -> set[tuple[str, str]]:
    problems = check([FormField.model_validate({"name": "x", **field}) for field in fields], FormSettings(**settings))
    return {(problem.path, problem.type) for problem in problems}


WRONG = [
    ({"type": "select"}, "options", "missing"),
    ({"type": "radio", "options": []}, "options", "missing"),
    ({"type": "checkbox", "options": []}, "options", "missing"),
    ({"type": "text", "options": ["a"]}, "options", "unused"),
    ({"type": "select", "options": ["a", {"value": "a", "label": "A"}]}, "options[1]", "duplicate"),
    ({"type": "text", "min": 1}, "min", "unused"),
    ({"type": "number", "max_length": 5}, "max_length", "unused"),
    ({"type": "number", "pattern": "[0-9]"}, "pattern", "unused"),
    ({"type": "number", "min": "1"}, "min", "bound"),
    ({"type": "number", "min": 2, "max": 1}, "max", "bound"),
    ({"type": "date", "min": 20240101}, "min", "bound"),
    ({"type": "date", "max": "2024-02-30"}, "max", "bound"),
    ({"type": "time", "min": "17:00", "max": "09:00"}, "max", "bound"),
    ({"type": "rating", "max": 11}, "max", "bound"),
    ({"type": "rating", "min": 6}, "max", "bound"),
    ({"type": "rating", "max": 4.5}, "max", "bound"),
    ({"type": "checkbox", "min": 1}, "min", "bound"),
    ({"type": "multiselect", "options": ["a"], "min": 1.5}, "min", "bound"),
    ({"type": "text", "min_length": 3, "max_length": 2}, "max_length", "bound"),
    ({"type": "text", "pattern": "("}, "pattern", "pattern"),
    ({"type": "text", "pattern": r"(?=a)b"}, "pattern", "pattern"),
    ({"type": "text", "pattern": r"(a)\1"}, "pattern", "pattern"),
    ({"type": "text", "visible_if": "a = "}, "visible_if", "expression"),
    ({"type": "email", "default": "nobody"}, "default", "email"),
    ({"type": "number", "default": "1"}, "default", "number_type"),
    ({"type": "select", "options": ["a"], "default": "b"}, "default", "option"),
    ({"type": "text", "name": "__token"}, "name", "reserved"),
]


@pytest.mark.parametrize(("field", "path", "kind"), WRONG, ids=str)
def test_a_rule_that_cannot_work_is_refused(field: dict[str, Any], path: str, kind: str) -> None:
    assert (f"fields[0].{path}", kind) in found(field)


def test_all_problems_of_all_fields_are_told_at_once() -> None:
    assert found(
        {"type": "select"},
        {"type": "text", "pattern": "("},
        redirect_url="//evil.example",
        redirect_hosts=["evil.example; script-src *"],
        phone_region="XX",
    ) == {
        ("fields[0].options", "missing"),
        ("fields[1].name", "duplicate"),
        ("fields[1].pattern", "pattern"),
        ("settings.redirect_url", "redirect"),
        ("settings.redirect_hosts[0]", "host"),
        ("settings.phone_region", "region"),
    }


def test_every_type_can_be_used() -> None:
    types = ["text", "textarea", "email", "number", "tel", "url", "date", "time", "checkbox", "rating", "hidden"]
    fields = [{"name": kind, "type": kind} for kind in types]
    fields += [{"name": kind, "type": kind, "options": ["a", "b"]} for kind in ("select", "multiselect", "radio")]

    assert found(*fields) == set()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "x"},
        {"name": " ", "fields": []},
        {"name": "x", "fields": [], "account_id": "acct_other"},
        {"name": "x", "fields": [{"name": "a b", "type": "text"}]},
        {"name": "x", "fields": [{"name": "a", "type": "password"}]},
        {"name": "x", "fields": [{"name": "a", "type": "text", "required": "yes"}]},
        {"name": "x", "fields": [{"name": f"f{number}", "type": "text"} for number in range(101)]},
        {"name": "x", "fields": [{"name": "a", "type": "select", "options": [str(number) for number in range(501)]}]},
        {"name": "x", "fields": [], "settings": {"retention_days": 0}},
        {"name": "x" * 201, "fields": []},
    ],
    ids=str,
)
def test_what_is_no_form_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CreateForm.model_validate(form)


def test_fields_that_would_not_fit_a_record_are_refused() -> None:
    options = [str(number) + "x" * 490 for number in range(500)]
    assert ("fields", "too_large") in found({"type": "select", "options": options})
