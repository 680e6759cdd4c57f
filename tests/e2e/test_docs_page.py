"""``GET /v1/docs`` in a real browser: it lists every operation and sends requests with a key, under its strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chromium import chromium, needs_chromium
from tests.stack import RunningStack

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    driver = chromium()
    yield driver
    driver.quit()


def test_a_request_is_sent_with_the_key_and_its_answer_shown(browser: Any, stack: RunningStack, account: tuple[str, str]) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    account_id, key = account
    operations = [it for methods in stack.anonymous().get("/openapi.json").body["paths"].values() for it in methods.values()]

    browser.get(f"{stack.base_url}/docs")
    WebDriverWait(browser, 30).until(lambda page: page.find_elements(By.ID, "get_account"))
    assert len(browser.find_elements(By.CSS_SELECTOR, "nav li")) == len(operations)
    browser.find_element(By.ID, "key").send_keys(key)
    browser.find_element(By.CSS_SELECTOR, "#get_account > summary").click()
    browser.find_element(By.CSS_SELECTOR, "#get_account button").click()
    output = WebDriverWait(browser, 30).until(
        lambda page: (
            page.find_element(By.CSS_SELECTOR, "#get_account [role=status]").text if "200 in" in page.page_source else None
        )
    )

    assert account_id in output
    assert "x-ratelimit-limit" in output
    assert key not in output
    assert "YOUR_API_KEY" in output
    refused = [entry for entry in browser.get_log("browser") if "Content Security Policy" in entry["message"]]
    assert refused == []


def test_what_is_sought_is_found(browser: Any, stack: RunningStack) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{stack.base_url}/docs")
    WebDriverWait(browser, 30).until(lambda page: page.find_elements(By.ID, "get_account"))

    browser.find_element(By.ID, "search").send_keys("api-keys")

    shown = [item.text for item in browser.find_elements(By.CSS_SELECTOR, "nav li") if item.is_displayed()]
    assert shown == ["List API keys", "Create API key", "Revoke API key"]
