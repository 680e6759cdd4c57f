"""The snippets of docs/webhooks.md, as a receiver would run them: what we sign passes, and nothing else does."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from flows.webhooks import signing
from flows.webhooks.catalogue import CATALOGUE

from tests.node_packages import installed

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/webhooks.md").read_text()
REFERENCE = ROOT / "tests/reference/standardwebhooks"
BODY = '{"id":"evt_1","type":"form.submitted","data":{"name":"Zoë"}}'.encode()
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CHOSEN = "your-webhook-secret"

Receive = Callable[[bytes, dict[str, str], str], bool]


def snippet(name: str) -> str:
    found = re.search(rf"```\w+\n(?:#|//) {name}\n(.*?)```", GUIDE, re.S)
    assert found, f"docs/webhooks.md has no snippet {name}"
    return found[1]


def python(name: str) -> Receive:
    namespace: dict[str, Any] = {}
    exec(compile(snippet(name), name, "exec"), namespace)  # noqa: S102 - our own documentation

    def receive(body: bytes, headers: dict[str, str], secret: str) -> bool:
        try:
            return bool(namespace["receive"](body, headers, secret))
        except PermissionError:
            return False

    return receive


def javascript(name: str) -> Receive:
    if shutil.which("node") is None:
        pytest.skip("needs Node.js")
    if "standardwebhooks" in snippet(name):
        installed(REFERENCE)
    program = snippet(name) + (
        "\nconst given = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));"
        "\nlet passed; try { passed = Boolean(receive(Buffer.from(given.body, 'base64'), given.headers, given.secret)); }"
        " catch { passed = false; }\nconsole.log(JSON.stringify(passed));"
    )

    def receive(body: bytes, headers: dict[str, str], secret: str) -> bool:
        given = json.dumps({"body": base64.b64encode(body).decode(), "headers": headers, "secret": secret})
        done = subprocess.run(["node", "-e", program], input=given, cwd=REFERENCE, capture_output=True, text=True, check=True)
        return bool(json.loads(done.stdout))

    return receive


@pytest.mark.parametrize("name", ["verify-python", "by-hand-python", "verify-javascript", "by-hand-javascript"])
def test_a_snippet_takes_what_we_sign_and_refuses_what_is_forged_replayed_or_old(name: str):
    receive = python(name) if name.endswith("python") else javascript(name)
    now = int(time.time())
    good = signing.headers([SECRET], "evt_1", now, BODY)
    rotated = signing.headers([signing.secret_of(os.urandom(32)), SECRET], "evt_1", now, BODY)

    assert receive(BODY, good, SECRET)
    assert receive(BODY, rotated, SECRET)
    assert not receive(BODY + b" ", good, SECRET)
    assert not receive(BODY, {**good, "webhook-id": "evt_2"}, SECRET)
    assert not receive(BODY, {**good, "webhook-timestamp": str(now + 1)}, SECRET)
    assert not receive(BODY, good, signing.secret_of(os.urandom(32)))
    for missing in good:
        assert not receive(BODY, {name: value for name, value in good.items() if name != missing}, SECRET)
    for broken in ("", "v1,", "v1,%%%", "v1a,x", "é"):
        assert not receive(BODY, {**good, "webhook-signature": broken}, SECRET)
    for old in (now - 400, now + 400):
        assert not receive(BODY, signing.headers([SECRET], "evt_1", old, BODY), SECRET)


@pytest.mark.parametrize("name", ["by-hand-python", "by-hand-javascript"])
def test_a_secret_of_ones_own_is_its_bytes(name: str):
    receive = python(name) if name.endswith("python") else javascript(name)

    assert receive(BODY, signing.headers([CHOSEN], "evt_1", int(time.time()), BODY), CHOSEN)


@pytest.mark.parametrize("name", ["verify-python", "verify-javascript"])
def test_the_libraries_take_it_as_the_guide_says(name: str):
    receive = python(name) if name.endswith("python") else javascript(name)
    as_told = "whsec_" + base64.b64encode(CHOSEN.encode()).decode()

    assert receive(BODY, signing.headers([CHOSEN], "evt_1", int(time.time()), BODY), as_told)


def test_the_receiver_of_the_guide_runs(capsys: pytest.CaptureFixture[str]):
    namespace: dict[str, Any] = {}
    exec(compile(snippet("receiver").replace("9911", "0"), "receiver", "exec"), namespace)  # noqa: S102 - our own documentation
    server = namespace["server"]
    threading.Thread(target=server.handle_request).start()
    headers = signing.headers([SECRET], "evt_1", int(time.time()), BODY)

    answer = httpx.post(f"http://127.0.0.1:{server.server_address[1]}/", content=BODY, headers=headers)
    server.server_close()

    assert answer.status_code == 204
    assert capsys.readouterr().out == f"evt_1 {BODY.decode()}\n"


def test_the_guide_tells_of_every_event():
    told = set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", GUIDE, re.M))

    assert told == set(CATALOGUE)
