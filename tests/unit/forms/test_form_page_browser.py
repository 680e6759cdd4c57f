"""The hosted page in a real browser (headless Chromium): accessible, usable on a phone, with the keyboard, with and without JavaScript.

``UPDATE_SCREENSHOTS=1`` writes docs/images/ anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flows.forms import service, submissions
from flows.forms.models import CreateForm, FormView
from flows.forms.time_range import Range
from flows.paging import Window

from functions.pages.handler import handler
from tests.chromium import chromium, find, needs_chromium, shown
from tests.node_packages import installed

from .forms_http import serving

ROOT = Path(__file__).parents[3]
AXE = ROOT / "tests/browser/node_modules/axe-core/axe.min.js"
IMAGES = ROOT / "docs/images"
ACCOUNT = "acct_one"

pytestmark = [
    needs_chromium,
    pytest.mark.xdist_group("browser"),
]

CONTACT = {
    "name": "Talk to us",
    "description": "Tell us what you need. We answer within one working day.",
    "fields": [
        {"name": "name", "type": "text", "label": "Your name", "required": True, "max_length": 100},
        {
            "name": "email",
            "type": "email",
            "label": "E-mail",
            "required": True,
            "help": "We answer there, and use it for nothing else.",
        },
        {
            "name": "topic",
            "type": "radio",
            "label": "What is it about?",
            "required": True,
            "options": [{"value": "sales", "label": "A new order"}, {"value": "other", "label": "Something else"}],
        },
        {"name": "detail", "type": "text", "label": "Which?", "required": True, "visible_if": "topic = 'other'"},
        {"name": "tags", "type": "multiselect", "label": "You use", "options": ["E-mail", "Slack", "Sheets"]},
        {"name": "size", "type": "select", "label": "People in your team", "options": ["1", "2-10", "11 or more"]},
        {"name": "stars", "type": "rating", "label": "How do you like us so far?"},
        {"name": "message", "type": "textarea", "label": "Message", "required": True, "placeholder": "A few sentences will do"},
        {"name": "agree", "type": "checkbox", "label": "You may contact me about this", "required": True},
        {"name": "source", "type": "hidden", "default": "docs"},
    ],
    "settings": {"submit_label": "Send message", "success_message": "We will be in touch soon.", "min_seconds": 0},
}

Browse = Callable[..., Any]


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """One Chromium for all tests here: starting it is what takes time."""
    driver = chromium()
    yield driver
    driver.quit()


@pytest.fixture
def browse(driver: Any) -> Browse:
    """The browser as a certain device."""

    def become(*, width: int = 1280, height: int = 1000, script: bool = True, dark: bool = False) -> Any:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.get("about:blank")
        driver.get_log("browser")  # what earlier pages said
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        return driver

    return become


@pytest.fixture
def site(aws: None) -> Iterator[str]:
    with serving(handler) as base_url:
        yield base_url


def make(**changes: Any) -> FormView:
    return service.create(ACCOUNT, CreateForm.model_validate(CONTACT | changes))


def stored(form: FormView) -> list[dict[str, Any]]:
    return [item.data for item in submissions.list_submissions(ACCOUNT, form.id, Window(), Range()).items]


@pytest.fixture(scope="module")
def axe() -> None:
    """axe-core, installed; skips without Node or network."""
    installed(ROOT / "tests" / "browser")


def judge(driver: Any) -> list[str]:
    """What axe finds wrong with the page as it is: WCAG 2.2 A and AA, and its best practices."""
    driver.execute_script(AXE.read_text())
    found = driver.execute_async_script("axe.run(document).then(arguments[0])")
    assert len(found["passes"]) > 10, "axe looked at nothing"
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]


def screenshot(driver: Any, name: str) -> None:
    if os.environ.get("UPDATE_SCREENSHOTS"):
        import base64

        height = driver.execute_script("return document.documentElement.scrollHeight")
        width = driver.execute_script("return window.innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        IMAGES.mkdir(parents=True, exist_ok=True)
        (IMAGES / name).write_bytes(base64.b64decode(shot["data"]))


def complaints(driver: Any) -> list[str]:
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


@pytest.mark.usefixtures("axe")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "size"), [(390, "phone"), (1280, "desktop")])
def test_the_page_is_accessible_opened_and_with_errors(site: str, browse: Browse, width: int, size: str, dark: bool) -> None:
    form = make()
    driver = browse(width=width, dark=dark)
    driver.get(f"{site}/f/{form.public_id}")
    if not dark:
        screenshot(driver, f"form-{size}.png")

    assert judge(driver) == []
    assert driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")

    driver.get(f"{site}/f/{form.public_id}")
    driver.execute_script("document.getElementById('form').noValidate = true")
    find(driver, "button").click()
    assert shown(driver, "#summary h2", "Please check your answers")
    if not dark:
        screenshot(driver, f"form-errors-{size}.png")

    assert judge(driver) == []
    driver.get(f"{site}/f/{form.public_id}?sent=1")
    assert judge(driver) == []


def test_a_person_fills_it_in_and_the_rule_is_followed_live(site: str, browse: Browse) -> None:
    form = make()
    driver = browse()
    driver.get(f"{site}/f/{form.public_id}")

    assert not find(driver, "#field-detail").is_displayed()
    find(driver, "label[for=field-topic-1]").click()
    assert find(driver, "#field-detail").is_displayed()
    assert find(driver, "#field-detail").get_attribute("required") == "true"
    find(driver, "#field-detail").send_keys("An idea")
    find(driver, "#field-name").send_keys("Ada <b>Lovelace</b>")
    find(driver, "#field-email").send_keys("ada@example.com")
    find(driver, "label[for=field-tags-1]").click()
    find(driver, "#field-stars-3").click()
    find(driver, "#field-message").send_keys("Hello {{ 1+1 }}\nSecond line")
    find(driver, "label[for=field-agree]").click()
    find(driver, "button").click()

    assert shown(driver, "h1", "Thank you")
    assert find(driver, ".lead").text == "We will be in touch soon."
    assert stored(form) == [
        {
            "name": "Ada <b>Lovelace</b>",
            "email": "ada@example.com",
            "topic": "other",
            "detail": "An idea",
            "tags": ["Slack"],
            "stars": 4,
            "message": "Hello {{ 1+1 }}\nSecond line",
            "agree": True,
            "source": "docs",
        }
    ]
    assert complaints(driver) == []


def test_what_the_rule_hides_again_is_not_sent(site: str, browse: Browse) -> None:
    form = make(fields=[CONTACT["fields"][2], CONTACT["fields"][3]])  # type: ignore[index]  # a list of dicts
    driver = browse()
    driver.get(f"{site}/f/{form.public_id}")

    find(driver, "label[for=field-topic-1]").click()
    find(driver, "#field-detail").send_keys("secret thought")
    find(driver, "label[for=field-topic-0]").click()
    find(driver, "button").click()

    assert shown(driver, "h1", "Thank you")
    assert stored(form) == [{"topic": "sales"}]


def test_it_works_without_javascript(site: str, browse: Browse) -> None:
    form = make()
    driver = browse(script=False)
    driver.get(f"{site}/f/{form.public_id}")

    assert find(driver, "#field-detail").is_displayed()
    find(driver, "#field-name").send_keys("Ada")
    find(driver, "#field-email").send_keys("ada@example.com")
    find(driver, "label[for=field-topic-0]").click()
    find(driver, "#field-message").send_keys("Hello")
    find(driver, "label[for=field-agree]").click()
    find(driver, "button").click()

    assert shown(driver, "h1", "Thank you")
    assert stored(form)[0]["name"] == "Ada"


def test_it_is_filled_in_with_the_keyboard_alone_and_errors_take_the_focus(site: str, browse: Browse) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    fields = [{"name": "code", "type": "text", "required": True, "pattern": "[[:upper:]]{3}"}, CONTACT["fields"][2]]  # type: ignore[index]  # a list of dicts
    form = make(fields=fields)
    driver = browse()
    driver.get(f"{site}/f/{form.public_id}")

    def press(*keys: str) -> None:
        ActionChains(driver).send_keys(*keys).perform()

    press(Keys.TAB, "abc", Keys.TAB, Keys.SPACE, Keys.TAB, Keys.ENTER)
    assert shown(driver, "#summary h2", "Please check your answers")
    assert driver.switch_to.active_element.get_attribute("id") == "summary"
    press(Keys.TAB, Keys.ENTER)
    assert driver.switch_to.active_element.get_attribute("id") == "field-code"
    assert driver.switch_to.active_element.get_attribute("value") == "abc"
    ActionChains(driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys("ABC", Keys.ENTER).perform()

    assert shown(driver, "h1", "Thank you")
    assert stored(form) == [{"code": "ABC", "topic": "sales"}]


def test_hostile_texts_stay_texts(site: str, browse: Browse) -> None:
    hostile = "\"'></textarea></script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
    fields = [
        {"name": "a", "type": "text", "label": hostile, "default": hostile, "visible_if": f"$not(b = {json.dumps(hostile)})"},
        {"name": "b", "type": "textarea", "default": hostile, "min_length": 1},
    ]
    driver = browse()
    driver.get(f"{site}/f/{make(fields=fields, name='Plain').public_id}")

    assert driver.title == "Plain"
    assert find(driver, "#field-a").get_attribute("value") == hostile
    assert find(driver, "#field-b").get_attribute("value") == hostile
    assert complaints(driver) == []
