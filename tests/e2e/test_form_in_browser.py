"""A form that a person fills in, in headless Chromium, starts a workflow whose output shows what was typed."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.e2e.runs import create, node
from tests.e2e.test_forms import started_by
from tests.stack import Api

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs Chromium: apt-get install chromium chromium-driver",
)


def test_a_form_posted_by_a_browser_starts_a_workflow_whose_output_shows_the_data(api: Api) -> None:
    from selenium import webdriver

    fields: list[dict[str, Any]] = [
        {"name": "email", "type": "email", "required": True},
        {"name": "topic", "type": "radio", "options": ["sales", "other"]},
        {"name": "detail", "type": "text", "required": True, "visible_if": "topic = 'other'"},
        {"name": "message", "type": "textarea", "required": True},
    ]
    form = api.post("/forms", {"name": "Contact", "fields": fields, "settings": {"min_seconds": 0}}).data
    nodes = [node("when", "form", form_id=form["id"]), node("show", "set", values={"typed": "{{ data }}"})]
    workflow_id = create(api, nodes, [{"source": "when", "target": "show"}])
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)

    with webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver"))) as driver:
        driver.get(form["url"])
        for selector, text in (("#field-email", "user@example.com"), ("#field-message", "Hello {{ 1+1 }}\n<b>Grüße</b>")):
            driver.find_element("css selector", selector).send_keys(text)
        driver.find_element("css selector", "label[for=field-topic-1]").click()
        driver.find_element("css selector", "#field-detail").send_keys("An idea")
        driver.find_element("css selector", "button[type=submit]").click()
        title = driver.find_element("css selector", "h1").text

    assert title == "Thank you"
    (run,) = started_by(api, workflow_id, 1)
    assert api.get(f"/executions/{run['id']}").data["output"] == {
        "typed": {
            "email": "user@example.com",
            "topic": "other",
            "detail": "An idea",
            "message": "Hello {{ 1+1 }}\n<b>Grüße</b>",
        }
    }
