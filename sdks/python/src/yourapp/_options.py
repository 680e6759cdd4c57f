"""How a client is set up: arguments first, then the environment, then defaults."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from yourapp._version import __version__
from yourapp.errors import ConfigurationError

DEFAULT_BASE_URL = "https://api.yourapp.com/v1"
DEFAULT_MAX_RETRIES = 3
DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
USER_AGENT = f"yourapp-python/{__version__} (Python {platform.python_version()}; {platform.system()})"

Timeout = float | httpx.Timeout


@dataclass(frozen=True)
class Options:
    """What every request of a client goes by.

    Args:
        api_key: never shown by ``repr``.
        base_url: with the version, without a slash at its end.
        timeout: seconds, or httpx's finer ones.
        max_retries: how often a request that failed is sent again.
        headers: sent with every request.
    """

    api_key: str = field(repr=False)
    base_url: str
    timeout: httpx.Timeout
    max_retries: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def options(
    api_key: str | None,
    base_url: str | None,
    timeout: Timeout,
    max_retries: int,
    headers: Mapping[str, str] | None,
) -> Options:
    """Settle the options of a client.

    Raises:
        ConfigurationError: there is no API key, or one that no header can carry, or the base URL is none.
    """
    key = (api_key if api_key is not None else os.environ.get("YOURAPP_API_KEY", "")).strip()
    if not key:
        raise ConfigurationError("No API key: give it as Client('...') or set YOURAPP_API_KEY")
    if not key.isascii() or not key.isprintable():
        raise ConfigurationError("The API key holds characters that no key has (was it copied whole?)")
    url = (base_url or os.environ.get("YOURAPP_BASE_URL") or DEFAULT_BASE_URL).rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise ConfigurationError(f"The base URL must begin with https:// or http://, not {url!r}")
    if max_retries < 0:
        raise ConfigurationError("max_retries cannot be negative")
    return Options(key, url, as_timeout(timeout), max_retries, dict(headers or {}))


def as_timeout(timeout: Timeout) -> httpx.Timeout:
    """Seconds, or httpx's own notation, as httpx's."""
    return timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout)
