"""A form that a person fills in, in headless Chromium, starts a workflow whose output shows what was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.chromium import chromium, needs_chromium, shown
from tests.e2e.runs import create, node
from tests.e2e.test_forms import started_by
from tests.stack import Api

pytestmark = needs_chromium


def test_a_form_posted_by_a_browser_starts_a_workflow_whose_output_shows_the_data(api: Api) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "email", "type": "email", "required": True},
        {"name": "topic", "type": "radio", "options": ["sales", "other"]},
        {"name": "detail", "type": "text", "required": True, "visible_if": "topic = 'other'"},
        {"name": "message", "type": "textarea", "required": True},
    ]
    form = api.post("/forms", {"name": "Contact", "fields": fields, "settings": {"min_seconds": 0}}).data
    nodes = [node("when", "form", form_id=form["id"]), node("show", "set", values={"typed": "{{ data }}"})]
    workflow_id = create(api, nodes, [{"source": "when", "target": "show"}])

    with chromium() as driver:
        driver.get(form["url"])
        for selector, text in (("#field-email", "user@example.com"), ("#field-message", "Hello {{ 1+1 }}\n<b>Grüße</b>")):
            driver.find_element("css selector", selector).send_keys(text)
        driver.find_element("css selector", "label[for=field-topic-1]").click()
        driver.find_element("css selector", "#field-detail").send_keys("An idea")
        driver.find_element("css selector", "button[type=submit]").click()
        assert shown(driver, "h1", "Thank you")

    (run,) = started_by(api, workflow_id, 1)
    assert api.get(f"/executions/{run['id']}").data["output"] == {
        "typed": {
            "email": "user@example.com",
            "topic": "other",
            "detail": "An idea",
            "message": "Hello {{ 1+1 }}\n<b>Grüße</b>",
        }
    }


def test_a_browser_sends_a_file_with_a_form(api: Api, tmp_path: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    field = {"name": "cv", "type": "file", "required": True, "accept": ["application/pdf"], "max_size": 2_000}
    form = api.post("/forms", {"name": "Jobs", "fields": [field], "settings": {"min_seconds": 0}}).data
    (tmp_path / "My CV.pdf").write_bytes(b"%PDF" + b"x" * 1_000)
    (tmp_path / "large.pdf").write_bytes(b"%PDF" + b"x" * 3_000)
    (tmp_path / "page.html").write_bytes(b"<b>")

    with chromium() as driver:
        driver.get(form["url"])
        picker = driver.find_element("css selector", "input[type=file]")

        def status_after(name: str, part: str) -> bool:
            picker.send_keys(str(tmp_path / name))
            status = driver.find_element("css selector", "#field-cv-status")
            return bool(WebDriverWait(driver, 60).until(lambda _: part in status.text))

        assert status_after("large.pdf", "too large")
        assert status_after("page.html", "must be one of: application/pdf")
        assert status_after("My CV.pdf", "The file is uploaded.")
        driver.find_element("css selector", "button[type=submit]").click()
        assert WebDriverWait(driver, 60).until(lambda page: page.title == "Thank you")

    (submission,) = api.get(f"/forms/{form['id']}/submissions").data
    assert (submission["data"]["cv"]["name"], submission["data"]["cv"]["size"]) == ("My CV.pdf", 1_004)
