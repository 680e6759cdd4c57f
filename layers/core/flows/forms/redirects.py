"""Where the hosted page may lead, and who may show it in a frame.

Browsers read ``//evil`` and ``/\\evil`` as another host, strip tabs and line ends inside URLs, and run ``javascript:``. So a target is
either a path of this site in plain characters, or an https URL whose host is listed; it is judged when written and again when used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*(:[0-9]{{1,5}})?")
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9\-._~!$&'()*+,;=:@%/?#]*")
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@%/?#\[\]]+")


def host_pattern_problem(host: str) -> str | None:
    """What is wrong with an entry of a list of hosts: ``www.example.com``, ``*.example.com``, ``localhost:3000``; None: nothing.

    The text goes into a Content-Security-Policy header, where a space or a semicolon would begin something else.
    """
    if _HOST.fullmatch(host):
        return None
    return "must be a host, such as www.example.com or *.example.com (lower case; other scripts in punycode)"


def redirect_problem(target: str, hosts: Sequence[str]) -> str | None:
    """Why the page must not lead to the target; None when it may."""
    if target.startswith("/"):
        return None if _PATH.fullmatch(target) else "must be a path of this site that begins with one /"
    if not _URL_CHARACTERS.fullmatch(target):
        return "must be a path of this site, or an https URL, in plain URL characters"
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        return "must be a path of this site, or an https URL"
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or parts.password is not None:
        return "must be a path of this site, or an https URL without a user name"
    host = parts.hostname if port in (None, 443) else f"{parts.hostname}:{port}"
    if not any(_fits(host, listed) for listed in hosts):
        return "the host of the URL must be one of settings.redirect_hosts"
    return None


def _fits(host: str, listed: str) -> bool:
    if listed.startswith("*."):
        return host.endswith(listed[1:])
    return host == listed
