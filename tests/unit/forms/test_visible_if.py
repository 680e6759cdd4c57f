"""`visible_if`: what a rule hides is neither required nor kept; the page's script decides as the server does."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import flows.pages
import pytest
from flows.errors import ValidationFailed
from flows.forms import client_rules, definition
from flows.forms.models import FormField, FormSettings
from flows.forms.validation import validate
from flows.forms.visibility import hidden_fields

TOPIC = FormField(name="topic", type="select", options=["sales", "other"], required=True)
DETAIL = FormField(name="detail", type="text", required=True, visible_if="topic = 'other'")
REASON = FormField(name="reason", type="text", required=True, visible_if="$exists(detail)")


def check(*fields: FormField, **data: Any) -> dict[str, Any]:
    return validate(fields, FormSettings(), data)


def test_a_hidden_field_is_not_required() -> None:
    assert check(TOPIC, DETAIL, topic="sales") == {"topic": "sales"}


def test_a_hidden_field_is_not_kept_whatever_was_sent_in_it() -> None:
    assert check(TOPIC, DETAIL, topic="sales", detail=["not even text"]) == {"topic": "sales"}


def test_a_shown_field_is_required_and_checked() -> None:
    with pytest.raises(ValidationFailed) as failure:
        check(TOPIC, DETAIL, topic="other")
    assert [(problem.path, problem.type) for problem in failure.value.problems] == [("data.detail", "missing")]
    assert check(TOPIC, DETAIL, topic="other", detail="x") == {"topic": "other", "detail": "x"}


def test_what_depends_on_a_hidden_field_is_hidden_with_it() -> None:
    assert check(TOPIC, DETAIL, REASON, topic="sales", detail="x", reason="y") == {"topic": "sales"}


def test_defaults_count_for_rules() -> None:
    topic = FormField(name="topic", type="text", default="other")
    assert check(topic, DETAIL, detail="x") == {"topic": "other", "detail": "x"}


def test_a_rule_that_fails_loses_no_answer_and_locks_nobody_out() -> None:
    broken = FormField(name="more", type="text", required=True, visible_if="name > 5")
    name = FormField(name="name", type="text")

    assert check(name, broken, name="Ada") == {"name": "Ada"}
    assert check(name, broken, name="Ada", more="x") == {"name": "Ada", "more": "x"}


def test_a_rule_cannot_run_for_long_or_see_more_than_the_data() -> None:
    endless = FormField(name="more", type="text", visible_if="$sum([1..1e7]) > 0")
    curious = FormField(name="other", type="text", visible_if="$exists($settings) or $exists(account_id)")

    assert hidden_fields([endless, curious], {}) == ({"other"}, {"more"})


RULES = [
    "topic = 'other'",
    "topic != 'other'",
    "topic",
    "agree",
    "$not(agree)",
    "$not(topic)",
    "$boolean(topic)",
    "$exists(topic)",
    "count > 3",
    "count <= 3 and agree",
    "count >= 3 or agree = true",
    "'a' in tags",
    "topic in ['sales', 'other']",
    "tags = ['a']",
    "tags = 'a'",
    "tags",
    "(topic = 'sales' or count = 0) and $not('b' in tags)",
    "topic > 5",
    "topic < count",
    "count = '3'",
    "missing = 1",
    "true",
    "false or count",
]

VALUES: dict[str, list[Any]] = {
    "topic": [None, "other", "sales", "0"],
    "agree": [False, True],
    "count": [None, 0, 3, 4.5, "abc"],
    "tags": [None, ["a"], ["a", "b"]],
}


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: the page's script cannot run here")
def test_the_script_shows_and_hides_as_the_server_does() -> None:
    names = [FormField(name=name, type="text") for name in (*VALUES, "missing")]
    documents = [
        {name: value for name, value in zip(VALUES, row, strict=True) if value is not None} for row in product(*VALUES.values())
    ]
    cases = []
    for rule in RULES:
        field = FormField(name="x", type="text", visible_if=rule)
        trees = client_rules.translate([*names, field])
        assert "x" in trees, f"{rule} should be simple enough for the script"
        for data in documents:
            hidden, _failed = hidden_fields([field], data)
            cases.append({"rule": rule, "tree": trees["x"], "data": data, "shown": "x" not in hidden})

    script = Path(flows.pages.__file__).parent / "form.js"
    program = f"const {{shows}} = require({json.dumps(str(script))});" + (
        "const cases = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(cases.filter(c => shows(c.tree, c.data) !== c.shown)));"
    )
    ran = subprocess.run(["node", "-e", program], input=json.dumps(cases), capture_output=True, text=True, check=True)

    assert json.loads(ran.stdout) == []
    assert len(cases) > 2_000


@pytest.mark.parametrize(
    "rule", ["$contains(topic, 'x')", "$count(tags) > 1", "topic.part", "tags[0] = 'a'", "unknown = 1", "$ = 1"]
)
def test_what_the_script_cannot_tell_is_left_to_the_server(rule: str) -> None:
    fields = [
        FormField(name="topic", type="text"),
        FormField(name="tags", type="text"),
        FormField(name="x", type="text", visible_if=rule),
    ]
    assert client_rules.translate(fields) == {}


def test_a_rule_may_stand_in_braces_as_expressions_of_nodes_may() -> None:
    braces = FormField(name="detail", type="text", required=True, visible_if="{{ topic = 'other' }}")

    assert list(definition.check([TOPIC, braces], FormSettings())) == []
    assert hidden_fields([TOPIC, braces], {"topic": "other"}) == (set(), set())
    assert hidden_fields([TOPIC, braces], {"topic": "sales"}) == ({"detail"}, set())
    assert client_rules.translate([TOPIC, braces]) == client_rules.translate([TOPIC, DETAIL])


@pytest.mark.parametrize("rule", ["topic {{ 1 }}", "{{ topic", "{{ a = }}", "{{ a }} {{ b }}", "  "])
def test_braces_hold_one_whole_expression(rule: str) -> None:
    field = FormField(name="detail", type="text", visible_if=rule)

    assert [problem.path for problem in definition.check([field], FormSettings())] == ["fields[0].visible_if"]
