"""Where the hosted page may lead: this site, or a listed host, whatever way a browser reads the text."""

from __future__ import annotations

import pytest
from flows.forms.redirects import host_pattern_problem, redirect_problem

HOSTS = ["www.example.com", "*.shop.example", "localhost:3000"]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/thanks",
        "/thanks?from=form#top",
        "/a//b",
        "https://www.example.com",
        "https://www.example.com/thanks?x=%20",
        "https://www.example.com:443/",
        "https://WWW.example.com/",
        "https://eu.shop.example/",
        "https://localhost:3000/x",
    ],
)
def test_the_own_site_and_listed_hosts_are_let_through(target: str) -> None:
    assert redirect_problem(target, HOSTS) is None


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "///evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "http://www.example.com",
        "https:www.example.com",
        "https:/evil.example",
        "https:///evil.example",
        "https://evil.example",
        "https://www.example.com.evil.example",
        "https://evilshop.example",
        "https://shop.example",
        "https://www.example.com@evil.example",
        "https://evil.example\\@www.example.com",
        "https://evil.example#@www.example.com",
        "https://www.example.com:8443",
        "https://www.example.com:x/",
        "https://[::1",
        "https://ｅvil.example",
        "thanks",
        "",
        "?x",
    ],
)
def test_everything_else_is_refused(target: str) -> None:
    assert redirect_problem(target, HOSTS) is not None


@pytest.mark.parametrize(
    "host",
    [
        "example.com;",
        "example.com script-src",
        "*",
        "*.",
        "https://example.com",
        "'self'",
        "Example.com",
        "-a.example",
        "a_b",
        "",
    ],
)
def test_an_entry_that_would_change_the_policy_is_no_host(host: str) -> None:
    assert host_pattern_problem(host) is not None
