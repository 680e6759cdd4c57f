"""The hosted page over HTTP, without JavaScript: what a browser gets and what it sends."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from flows.api import public_limit
from flows.forms import service, submissions
from flows.forms.models import CreateForm, FormView, PatchForm
from flows.forms.time_range import Range
from flows.paging import Window

from functions.pages.handler import FORM_POSTS_PER_MINUTE, handler

from .conftest import Clock
from .forms_http import Response, call

ACCOUNT = "acct_one"
POSTED = {"Content-Type": "application/x-www-form-urlencoded"}
FIELDS: list[dict[str, Any]] = [
    {"name": "email", "type": "email", "label": "Your e-mail", "required": True, "help": "We answer there."},
    {"name": "message", "type": "textarea", "required": True, "max_length": 500},
]


def make(fields: list[dict[str, Any]] | None = None, **form: Any) -> FormView:
    body = {"name": "Contact", "fields": FIELDS if fields is None else fields} | form
    return service.create(ACCOUNT, CreateForm.model_validate(body))


def get(form: FormView, query: str = "") -> Response:
    return call(handler, "GET", f"/f/{form.public_id}{query}")


def soup(answer: Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def token(answer: Response) -> str:
    field = soup(answer).select_one("input[name=__opened]")
    assert isinstance(field, Tag)
    return str(field["value"])


def post(form: FormView, pairs: list[tuple[str, str]], page: Response | None = None) -> Response:
    opened = [("__opened", token(page))] if page else []
    return call(handler, "POST", f"/f/{form.public_id}", urlencode([*pairs, ("__homepage", ""), *opened]), POSTED)


def stored(form: FormView) -> list[dict[str, Any]]:
    return [item.data for item in submissions.list_submissions(ACCOUNT, form.id, Window(), Range()).items]


ANSWERS = [("email", "user@example.com"), ("message", "Hello!")]


def test_a_sent_page_is_stored_and_thanked_for(time: Clock) -> None:
    form = make()
    page = get(form)
    time.pass_seconds(5)

    sent = post(form, ANSWERS, page)

    assert (sent.status, sent.headers["Location"]) == (303, "?sent=1")
    assert stored(form) == [dict(ANSWERS)]
    thanks = get(form, "?sent=1")
    assert thanks.status == 200
    assert "Thank you" in thanks.text


def test_what_is_wrong_is_told_beside_its_field_with_all_that_was_typed(time: Clock) -> None:
    form = make()
    page = get(form)
    time.pass_seconds(5)

    answer = post(form, [("email", "nobody"), ("message", "")], page)

    assert answer.status == 400
    html = soup(answer)
    assert html.title is not None
    assert html.title.string == "Error: Contact"
    control = html.select_one("#field-email")
    assert isinstance(control, Tag)
    assert (control["value"], control["aria-invalid"]) == ("nobody", "true")
    assert control["aria-describedby"] == "field-email-help field-email-error"
    error = html.select_one("#field-email-error")
    assert isinstance(error, Tag)
    assert "must be an e-mail address" in error.text
    assert [link["href"] for link in html.select("#summary a")] == ["#field-email", "#field-message"]
    assert stored(form) == []
    assert post(form, ANSWERS, answer).status == 303
    time.pass_seconds(5)
    assert post(form, ANSWERS, answer).status == 303


def test_every_control_has_its_label(time: Clock) -> None:
    options = ["a", {"value": "b", "label": "B"}]
    types = ["text", "textarea", "email", "number", "tel", "url", "date", "time", "checkbox", "rating"]
    fields = [{"name": kind, "type": kind, "required": True} for kind in types]
    fields += [{"name": kind, "type": kind, "options": options} for kind in ("select", "multiselect", "radio")]

    html = soup(get(make([*fields, {"name": "source", "type": "hidden", "default": "ads"}])))

    controls = [control for control in html.select("input, select, textarea") if control.get("type") != "hidden"]
    labelled = {label["for"] for label in html.select("label")}
    assert {control["id"] for control in controls} == labelled
    assert len(labelled) == len(controls)
    for group in html.select("fieldset"):
        assert group.select_one("legend") is not None
    assert len(html.select("fieldset")) == 3
    hidden = html.select_one("input[name=source]")
    assert isinstance(hidden, Tag)
    assert hidden["value"] == "ads"


def test_texts_are_converted_by_the_type_of_their_field(time: Clock) -> None:
    form = make(
        [
            {"name": "age", "type": "number"},
            {"name": "share", "type": "number"},
            {"name": "none", "type": "number"},
            {"name": "stars", "type": "rating"},
            {"name": "agree", "type": "checkbox"},
            {"name": "news", "type": "checkbox"},
            {"name": "tags", "type": "multiselect", "options": ["a", "b", "c"]},
            {"name": "name", "type": "text"},
            {"name": "text", "type": "textarea"},
            {"name": "size", "type": "select", "options": ["s", "m"]},
            {"name": "nothing", "type": "text", "default": "x"},
        ]
    )
    page = get(form)
    time.pass_seconds(5)

    sent = post(
        form,
        [
            ("age", "42"),
            ("share", " -0.5 "),
            ("none", ""),
            ("stars", "4"),
            ("agree", "true"),
            ("tags", "a"),
            ("tags", "c"),
            ("name", "  Ada  "),
            ("text", "one\r\ntwo "),
            ("size", ""),
            ("nothing", ""),
        ],
        page,
    )

    assert sent.status == 303
    assert stored(form) == [
        {
            "age": 42,
            "share": -0.5,
            "stars": 4,
            "agree": True,
            "news": False,
            "tags": ["a", "c"],
            "name": "Ada",
            "text": "one\ntwo ",
        }
    ]


@pytest.mark.parametrize(
    "pairs",
    [
        [("age", "many")],
        [("age", "1e999")],
        [("age", "1" * 400)],
        [("age", "1"), ("age", "2")],
        [("agree", "maybe")],
        [("account_id", "acct_two")],
    ],
    ids=str,
)
def test_what_no_browser_would_send_is_refused(time: Clock, pairs: list[tuple[str, str]]) -> None:
    form = make([{"name": "age", "type": "number"}, {"name": "agree", "type": "checkbox"}])
    page = get(form)
    time.pass_seconds(5)

    assert post(form, pairs, page).status == 400
    assert stored(form) == []


def test_a_field_hidden_by_its_rule_is_neither_demanded_nor_kept(time: Clock) -> None:
    form = make(
        [
            {"name": "topic", "type": "select", "options": ["sales", "other"]},
            {"name": "detail", "type": "text", "required": True, "visible_if": "topic = 'other'"},
        ]
    )
    page = get(form)
    control = soup(page).select_one("#field-detail")
    assert isinstance(control, Tag)
    assert not control.has_attr("required")  # without JavaScript the field is shown, and the server decides
    time.pass_seconds(5)

    assert post(form, [("topic", "sales"), ("detail", "x")], page).status == 303
    assert stored(form) == [{"topic": "sales"}]


def test_a_robot_that_fills_in_the_hidden_trap_learns_nothing_and_leaves_nothing(time: Clock) -> None:
    form = make()
    page = get(form)
    time.pass_seconds(5)
    body = urlencode([*ANSWERS, ("__homepage", "https://spam.example"), ("__opened", token(page))])

    answer = call(handler, "POST", f"/f/{form.public_id}", body, POSTED)

    assert (answer.status, answer.headers["Location"]) == (303, "?sent=1")
    assert stored(form) == []


def test_with_a_time_trap_a_page_must_have_been_opened_and_read(time: Clock) -> None:
    form, other = make(settings={"min_seconds": 1}), make(settings={"min_seconds": 1})
    page, foreign = get(form), get(other)

    too_fast = post(form, ANSWERS, page)
    time.pass_seconds(5)
    answers = [
        post(form, ANSWERS),
        post(form, ANSWERS, foreign),
        call(handler, "POST", f"/f/{form.public_id}", urlencode([*ANSWERS, ("__opened", token(page).swapcase())]), POSTED),
        call(handler, "POST", f"/f/{form.public_id}", urlencode([*ANSWERS, ("__opened", "x.é.y")]), POSTED),
    ]
    time.pass_seconds(4 * 86_400)
    too_old = post(form, ANSWERS, page)

    assert {answer.status for answer in (too_fast, *answers, too_old)} == {400}
    assert stored(form) == []
    assert 'value="user@example.com"' in too_fast.text  # nothing that was typed is lost


def test_without_a_time_trap_a_page_is_taken_at_once_and_from_pages_of_others(time: Clock) -> None:
    form = make()
    page = get(form)

    assert [post(form, ANSWERS, page).status, post(form, ANSWERS).status, post(form, ANSWERS).status] == [303, 303, 303]
    assert len(stored(form)) == 3
    altered = urlencode([*ANSWERS, ("__opened", token(page).swapcase())])
    assert call(handler, "POST", f"/f/{form.public_id}", altered, POSTED).status == 400
    assert post(form, [("email", "nobody")]).status == 400
    other = post(form, [*ANSWERS, ("<b>go</b>", "Send")])
    assert (other.status, "The form has no field “&lt;b&gt;go&lt;/b&gt;”." in other.text) == (400, True)
    assert len(stored(form)) == 3


def test_a_page_that_is_sent_twice_is_stored_once(time: Clock) -> None:
    form = make()
    page = get(form)
    time.pass_seconds(5)

    first, again = post(form, ANSWERS, page), post(form, ANSWERS, page)
    other = post(form, [("email", "user@example.com"), ("message", "Something else")], page)

    assert (first.status, again.status, other.status) == (303, 303, 409)
    assert len(stored(form)) == 1
    time.pass_seconds(5)
    assert post(form, [("email", "user@example.com"), ("message", "Something else")], other).status == 303
    assert len(stored(form)) == 2


HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} {% raw %}"


def test_everything_is_escaped_everywhere(time: Clock) -> None:
    form = make(
        [
            {"name": "a", "type": "text", "label": HOSTILE, "help": HOSTILE, "placeholder": HOSTILE, "default": HOSTILE},
            {"name": "b", "type": "select", "label": HOSTILE, "options": [{"value": HOSTILE, "label": HOSTILE}]},
            {"name": "c", "type": "radio", "options": [HOSTILE], "visible_if": "a = '</script><script>alert(1)</script>'"},
            {"name": "d", "type": "textarea", "default": f"</textarea>{HOSTILE}", "min_length": 1},
            {"name": "e", "type": "hidden", "default": HOSTILE},
        ],
        name=HOSTILE,
        description=HOSTILE,
        settings={"submit_label": HOSTILE[:90], "success_message": HOSTILE},
    )
    page = get(form)
    time.pass_seconds(5)
    answer = post(form, [("b", HOSTILE + "x"), ("a", HOSTILE), ("d", HOSTILE), ("zz" + HOSTILE, "x")], page)

    assert answer.status == 400
    for text in (page.text, answer.text, get(form, "?sent=1").text):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "{{ 7*7 }}" in text
    control = soup(page).select_one("#field-a")
    assert isinstance(control, Tag)
    assert control["value"] == HOSTILE
    assert len(soup(page).select("script")) == 1


def test_the_policy_allows_this_pages_style_and_script_and_nothing_else(time: Clock) -> None:
    page = get(make())
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))

    assert "unsafe" not in page.headers["Content-Security-Policy"]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        text = re.search(f"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        assert text is not None
        digest = base64.b64encode(hashlib.sha256(text.group(1).encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["frame-ancestors"] == "'self'"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.search(r"\son\w+=|\sstyle=", page.text)


def test_listed_hosts_may_embed_the_form_and_take_over_after_it(time: Clock) -> None:
    settings = {
        "embed_hosts": ["www.example.com", "*.example.org"],
        "redirect_hosts": ["www.example.com"],
        "redirect_url": "https://www.example.com/thanks",
        "min_seconds": 0,
    }
    form = make(settings=settings)
    page = get(form)
    policy = page.headers["Content-Security-Policy"]

    assert "frame-ancestors 'self' www.example.com *.example.org" in policy
    assert "form-action 'self' https://www.example.com" in policy
    assert "X-Frame-Options" not in page.headers
    assert post(form, ANSWERS, page).headers["Location"] == "https://www.example.com/thanks"


def test_a_closed_or_unknown_or_deleted_form_is_not_found(time: Clock) -> None:
    form = make()
    page = get(form)
    time.pass_seconds(5)
    service.patch(ACCOUNT, form.id, PatchForm(public=False))

    closed, sent = get(form), post(form, ANSWERS, page)
    unknown = call(handler, "GET", "/f/nothing")

    assert {answer.status for answer in (closed, sent, unknown)} == {404}
    assert closed.text == unknown.text
    assert closed.headers["Content-Type"] == "text/html; charset=utf-8"
    assert stored(form) == []


def test_an_address_that_sends_too_much_is_told_to_wait(time: Clock) -> None:
    form = make()
    for _ in range(FORM_POSTS_PER_MINUTE - 1):
        public_limit.count_address("192.0.2.1", "form-post", FORM_POSTS_PER_MINUTE)

    last, refused = post(form, ANSWERS), post(form, ANSWERS)

    assert (last.status, refused.status) == (303, 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert "Too many requests" in refused.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("{}", {"Content-Type": "application/json"}, 415),
        ("email=%FF%FE", POSTED, 400),
        ("&".join("a=1" for _ in range(6_000)), POSTED, 400),
        ("message=" + "x" * 200_000, POSTED, 413),
    ],
    ids=["json", "not-utf8", "many", "large"],
)
def test_a_body_that_is_no_form_is_an_error_page(time: Clock, body: str, headers: dict[str, str], status: int) -> None:
    answer = call(handler, "POST", f"/f/{make().public_id}", body, headers)

    assert answer.status == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_an_account_that_gets_too_much_is_told_to_wait_and_nothing_is_stored(
    time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = make()
    monkeypatch.setattr(public_limit.account_count, "__defaults__", (1,))

    first, refused = post(form, ANSWERS), post(form, ANSWERS)

    assert (first.status, refused.status) == (303, 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert len(stored(form)) == 1
