"""A real browser for tests of pages: Chromium without a window. Tests that want it are skipped where it is not installed."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

needs_chromium = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs Chromium: apt-get install chromium chromium-driver",
)


def chromium() -> Any:
    """A driver of a new browser; its caller ends it with ``quit``, or uses it in a ``with``."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-proxy-server",
        "--window-size=1200,900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))


def find(driver: Any, selector: str) -> Any:
    """The first element that a CSS selector finds."""
    return driver.find_element("css selector", selector)


def shown(driver: Any, selector: str, text: str) -> bool:
    """Whether the page that the browser is on its way to shows this text there."""
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
    from selenium.webdriver.support.wait import WebDriverWait

    waiting = WebDriverWait(driver, 20, ignored_exceptions=(NoSuchElementException, StaleElementReferenceException))
    return bool(waiting.until(lambda present: find(present, selector).text == text))
