"""The command line, against a real HTTP server."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sdk_server import Asked, Reply, Server, error, ok, serving

from yourapp import webhooks
from yourapp.cli.app import app
from yourapp.cli.exit_codes import run

NOW = "2024-01-15T10:00:00Z"
SUMMARY = {"id": "wf_1", "name": "Leads", "status": "draft", "version": 2, "created_at": NOW, "updated_at": NOW}
NODES = [{"id": "a", "type": "set", "parameters": {"values": {"text": "one\ntwo\n", "no": "no", "date": "2024-01-01"}}}]
WORKFLOW = {**SUMMARY, "description": "", "nodes": NODES, "edges": [], "variables": {}, "settings": {}, "input_schema": None}
EXECUTION = {
    "id": "exec_1",
    "workflow_id": "wf_1",
    "version": 1,
    "status": "completed",
    "trigger": {"type": "api"},
    "started_at": NOW,
    "completed_at": NOW,
    "error": None,
    "usage": None,
    "input": {},
    "output": {"x": 1},
    "logs": [],
}
ENTRY = {
    "node_id": "a",
    "type": "set",
    "status": "failed",
    "attempt": 2,
    "started_at": NOW,
    "duration_ms": 5,
    "scope": [["loop", 3]],
}

Yourapp = Callable[..., tuple[int, str, str]]


@pytest.fixture
def yourapp(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Yourapp:
    """``yourapp("workflows", "list")`` -> (exit code, stdout, stderr), logged in by the environment."""
    monkeypatch.setenv("YOURAPP_API_KEY", "ya_live_key")
    monkeypatch.setenv("YOURAPP_BASE_URL", server.url)

    def call(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yourapp", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = run(app)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_a_list_is_a_table_for_people_and_json_for_programs(yourapp: Yourapp, server: Server) -> None:
    server.will(ok([SUMMARY], page=1, limit=50, total=1))

    code, table, _ = yourapp("workflows", "list", "--status", "draft", "--search", "lead")
    _, as_json, _ = yourapp("workflows", "list", "--json")

    assert code == 0
    assert [line.split()[:4] for line in table.splitlines()] == [
        ["ID", "NAME", "STATUS", "VERSION"],
        ["wf_1", "Leads", "draft", "2"],
    ]
    assert json.loads(as_json) == [SUMMARY]
    assert server.asked[0].query == {"status": "draft", "search": "lead", "limit": "50"}


def test_a_limit_is_kept_over_pages(yourapp: Yourapp, server: Server) -> None:
    server.answer = lambda asked: ok([EXECUTION] * 100, limit=100, next_cursor="more")
    _, out, _ = yourapp("executions", "list", "--limit", "150", "--json")
    assert len(json.loads(out)) == 150
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (error(404, "NOT_FOUND"), 3),
        (error(401, "UNAUTHORIZED"), 4),
        (error(403, "FORBIDDEN"), 4),
        (error(400, "VALIDATION_ERROR"), 5),
        (error(409, "CONFLICT"), 1),
        (error(429, "RATE_LIMITED", Retry_After="3600"), 7),
        (Reply(200, b"<html>"), 1),
    ],
)
def test_exit_codes_tell_failures_apart(yourapp: Yourapp, server: Server, reply: Reply, code: int) -> None:
    server.will(reply)

    found, out, err = yourapp("workflows", "get", "wf_1")

    assert (found, out) == (code, "")
    assert err.startswith("Error: ")
    assert "Traceback" not in err


def test_a_wrong_command_line(yourapp: Yourapp) -> None:
    assert yourapp("workflows", "fly")[0] == 2
    assert yourapp("workflows", "list", "--limit", "0")[0] == 2
    assert yourapp("workflows", "validate", "missing.yaml")[0] == 2


def test_nobody_is_logged_in(yourapp: Yourapp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YOURAPP_API_KEY")
    code, _, err = yourapp("workflows", "list")
    assert code == 4
    assert "yourapp login" in err


def test_login_checks_the_key_and_keeps_it_for_its_owner_only(
    yourapp: Yourapp, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("YOURAPP_API_KEY")
    window = {"used": 1, "limit": 60, "reset": 1}
    limits = {"requests_per_minute": 60, "requests_per_day": 1000, "retention_days": 7}
    usage = {"minute": window, "day": window, "api_keys": 1}
    server.will(ok({"id": "acct_1", "name": "acme", "plan": "free", "created_at": NOW, "limits": limits, "usage": usage}))

    code, out, _ = yourapp("login", "--api-key-stdin", stdin="ya_live_stored\n")

    assert code == 0
    assert "acme" in out
    assert "ya_live" not in out
    (stored,) = (tmp_path / "config").iterdir()
    assert stored.stat().st_mode & 0o777 == 0o600
    monkeypatch.delenv("YOURAPP_BASE_URL")
    assert yourapp("whoami")[1].startswith("acme (acct_1), plan free")
    assert server.asked[-1].headers["Authorization"] == "Bearer ya_live_stored"
    assert yourapp("logout")[0] == 0
    assert yourapp("whoami")[0] == 4


def test_a_wrong_key_is_not_kept(yourapp: Yourapp, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("YOURAPP_API_KEY")
    server.will(error(401, "UNAUTHORIZED"))
    assert yourapp("login", "--api-key-stdin", stdin="wrong\n")[0] == 4
    assert not (tmp_path / "config").exists()


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_what_is_pulled_and_pushed_is_the_same(yourapp: Yourapp, server: Server, tmp_path: Path, suffix: str) -> None:
    server.will(ok(WORKFLOW))
    file = tmp_path / f"leads.{suffix}"

    assert yourapp("workflows", "pull", "wf_1", "-o", str(file))[0] == 0
    text = file.read_text()
    assert yourapp("workflows", "push", str(file), "--publish", "--if-version", "2")[0] == 0

    pushed = server.asked[1]
    assert (pushed.method, pushed.path, pushed.headers["If-Match"]) == ("PATCH", "/v1/workflows/wf_1", "2")
    fields = ("name", "description", "nodes", "edges", "variables", "settings", "input_schema")
    assert pushed.json == {**{name: WORKFLOW[name] for name in fields}, "status": "published"}
    assert yourapp("workflows", "pull", "wf_1", *(["--json"] if suffix == "json" else []))[1] == text


def test_a_new_file_is_given_its_id_and_keeps_its_comments(yourapp: Yourapp, server: Server, tmp_path: Path) -> None:
    server.will(ok(WORKFLOW, status=201))
    file = tmp_path / "new.yaml"
    file.write_text("# Ours\n---\nname: Leads  # for sales\nnodes:\n  - {id: a, type: noop}\n")

    assert yourapp("workflows", "push", str(file))[0] == 0

    assert server.asked[0].method == "POST"
    assert server.asked[0].json["nodes"] == [{"id": "a", "type": "noop"}]
    assert file.read_text() == "# Ours\n---\nid: wf_1\nname: Leads  # for sales\nnodes:\n  - {id: a, type: noop}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "a workflow is an object"),
        ("name: a\nname: b\n", "twice: name"),
        ("name: [", "new.yaml"),
        ("name: a\nsteps: []\n", "unknown: steps"),
        ("nodes: []\n", "needs a name"),
        ("name: a\nvariables: {x: .nan}\n", "no such number"),
        ("!!python/object:os.system {}", "could not determine a constructor"),
    ],
)
def test_a_file_that_is_no_workflow_is_not_sent(yourapp: Yourapp, server: Server, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(text)
    code, _, err = yourapp("workflows", "push", str(file))
    assert code == 5
    assert said in err
    assert not server.asked


def test_yaml_is_read_as_json_has_it(yourapp: Yourapp, server: Server, tmp_path: Path) -> None:
    server.will(ok({"valid": True, "problems": []}))
    file = tmp_path / "new.yaml"
    file.write_text("name: no\nvariables: {day: 2024-01-01, on: off, yes: true, n: 1.5}\n")

    assert yourapp("workflows", "validate", str(file))[0] == 0

    assert server.asked[0].json["name"] == "no"
    assert server.asked[0].json["variables"] == {"day": "2024-01-01", "on": "off", "yes": True, "n": 1.5}


def test_validate_lists_the_problems_and_fails(yourapp: Yourapp, server: Server, tmp_path: Path) -> None:
    problem = {"path": "nodes[0].type", "message": "is unknown", "type": "unknown_node_type"}
    server.will(ok({"valid": False, "problems": [problem]}))
    file = tmp_path / "a.json"
    file.write_text('{"name": "a", "nodes": [{"id": "a", "type": "zzz"}]}')

    code, out, _ = yourapp("workflows", "validate", str(file))

    assert code == 5
    assert "nodes[0].type" in out
    assert "is unknown" in out


@pytest.mark.parametrize("given", ['{"a": 1}', "-", "@FILE"])
def test_run_prints_the_output_and_nothing_else(yourapp: Yourapp, server: Server, tmp_path: Path, given: str) -> None:
    server.will(ok(EXECUTION))
    (tmp_path / "in.json").write_text('{"a": 1}')

    code, out, err = yourapp("workflows", "run", "wf_1", "-i", given.replace("FILE", str(tmp_path / "in.json")), stdin='{"a": 1}')

    assert (code, json.loads(out), err) == (0, {"x": 1}, "exec_1 completed\n")
    assert server.asked[0].json == {"input": {"a": 1}}


def test_a_failed_run_has_an_exit_code_of_its_own(yourapp: Yourapp, server: Server) -> None:
    failure = {"node_id": "a", "type": "HttpError", "message": "503"}
    server.will(ok({**EXECUTION, "status": "failed", "error": failure}))
    code, _, err = yourapp("workflows", "run", "wf_1")
    assert code == 6
    assert "at node 'a': 503" in err


def test_an_input_that_is_no_json(yourapp: Yourapp) -> None:
    code, _, err = yourapp("workflows", "run", "wf_1", "--input", "{a}")
    assert code == 5
    assert "--input is no JSON" in err


def test_a_run_can_be_started_only(yourapp: Yourapp, server: Server) -> None:
    server.will(ok({"execution_id": "exec_1", "status": "pending", "started_at": NOW}, status=202))
    assert yourapp("workflows", "run", "wf_1", "--no-wait", "--version", "3")[1] == "Started exec_1\n"
    assert server.asked[0].json == {"input": {}, "version": 3}


def test_logs_are_followed_to_the_end(yourapp: Yourapp, server: Server) -> None:
    def answer(asked: Asked) -> Reply:
        return ok([{**ENTRY, "error": {"message": "Broken"}}], limit=100) if asked.path.endswith("logs") else ok(EXECUTION)

    server.answer = answer

    code, text, _ = yourapp("executions", "logs", "exec_1", "--follow")
    _, lines, _ = yourapp("executions", "logs", "exec_1", "--json")

    assert code == 0
    assert text.split()[1:] == ["loop[3]/a", "set", "failed", "in", "5", "ms", "(attempt", "2):", "Broken"]
    assert [json.loads(line)["node_id"] for line in lines.splitlines()] == ["a"]


def test_a_new_key_is_all_that_goes_to_stdout(yourapp: Yourapp, server: Server) -> None:
    made = {"id": "key_1", "name": "ci", "key": "ya_live_new", "scopes": ["workflows:read"], "created_at": NOW}
    server.will(ok(made, status=201))

    _, out, err = yourapp("keys", "create", "ci", "--scope", "workflows:read")

    assert out == "ya_live_new\n"
    assert "not shown again" in err
    assert server.asked[0].json == {"name": "ci", "scopes": ["workflows:read"]}


def test_listen_forwards_runs_that_end_signed_and_once(yourapp: Yourapp, server: Server) -> None:
    ended = "2999-01-01T00:00:00Z"
    looks: list[list[dict[str, Any]]] = [
        [{**EXECUTION, "status": "running", "completed_at": None}],
        [{**EXECUTION, "completed_at": ended}],
    ]

    def answer(asked: Asked) -> Reply:
        if asked.path == "/v1/workflows/wf_1":
            return ok(WORKFLOW)
        if asked.path == "/v1/executions/exec_1":
            return ok({**EXECUTION, "completed_at": ended})
        if "status" in asked.query:
            return ok([], limit=100)
        return ok(looks.pop(0) if len(looks) > 1 else looks[0], limit=100)

    server.answer = answer
    with serving() as mine:
        mine.will(Reply(204, b""))
        code, out, _ = yourapp(
            *("webhooks", "listen", "--forward", f"{mine.url}/hook", "--secret", "s3cret-text"),
            *("--interval", "0.1", "--count", "1", "--event", "workflow.*"),
        )

    assert code == 0
    assert "workflow.executed" in out
    assert "204" in out
    (got,) = mine.asked
    event = webhooks.verify(got.body, got.headers, "s3cret-text")
    assert got.headers["webhook-id"] == event.id
    assert event.data == {
        "execution_id": "exec_1",
        "workflow_id": "wf_1",
        "workflow_name": "Leads",
        "version": 1,
        "status": "completed",
        "trigger": {"type": "api"},
        "started_at": NOW,
        "completed_at": ended,
        "output": {"x": 1},
    }


def test_listen_forwards_an_endpoints_deliveries_as_they_are(yourapp: Yourapp, server: Server) -> None:
    payload = {"id": "evt_9", "type": "workflow.published", "created_at": NOW, "data": {"workflow_id": "wf_1"}}
    old = {"id": "dlv_0", "webhook_id": "wh_1", "event_id": "evt_8", "event_type": "x.y", "status": "failed", "created_at": NOW}
    new = {**old, "id": "dlv_1", "event_id": "evt_9"}
    first = [True]

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/dlv_1"):
            return ok({**new, "payload": payload})
        found = [old] if first else [new, old]
        first.clear()
        return ok(found, limit=100)

    server.answer = answer
    with serving() as mine:
        mine.will(Reply(500, b""))
        code, out, err = yourapp(
            *("webhooks", "listen", "--forward", mine.url, "--webhook", "wh_1", "--interval", "0.1", "--count", "1", "--json")
        )

    assert code == 0
    assert json.loads(out) == {"event": payload, "status_code": 500, "error": None}
    assert "Signing secret of this session: whsec_" in err
    assert mine.asked[0].json == payload


def test_listen_goes_on_after_trouble_that_passes(yourapp: Yourapp, server: Server) -> None:
    submission = {"id": "sub_1", "form_id": "form_1", "form_version": 1, "submitted_at": NOW, "source": "api", "data": {"a": 1}}
    looks = iter([ok([], limit=20), error(429, "RATE_LIMITED", Retry_After="100"), ok([submission], limit=100)])
    server.answer = lambda asked: next(looks) if "submissions" in asked.path else ok([], limit=100)

    code, out, err = yourapp(
        *(
            "webhooks",
            "listen",
            "--forward",
            "http://127.0.0.1:9/x",
            "--form",
            "form_1",
            "--interval",
            "0.1",
            "--count",
            "1",
            "--json",
        )
    )

    assert code == 0
    assert "Will try again" in err
    told = json.loads(out)
    assert told["event"]["type"] == "form.submitted"
    assert told["event"]["data"] == {"form_id": "form_1", "submission_id": "sub_1", "submitted_at": NOW, "data": {"a": 1}}
    assert told["status_code"] is None
    assert told["error"]


def test_help_and_completion_are_there(yourapp: Yourapp) -> None:
    code, out, _ = yourapp("--help")
    assert code == 0
    for command in ("login", "workflows", "executions", "keys", "webhooks", "--install-completion"):
        assert command in out
    assert yourapp("--version")[1].startswith("yourapp ")


def test_ctrl_c_ends_listening_quietly(server: Server, tmp_path: Path) -> None:
    server.will(ok([], limit=100))
    command = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from yourapp.cli import main; main()"
    variables = {"YOURAPP_API_KEY": "k", "YOURAPP_BASE_URL": server.url, "HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", command, "webhooks", "listen", "--forward", "http://127.0.0.1:9/", "--secret", "s3cret-text"],
        env=variables | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")},
        stderr=subprocess.PIPE,
        text=True,
    ) as listening:
        assert listening.stderr
        assert "Listening" in listening.stderr.readline()
        listening.send_signal(signal.SIGINT)
        assert listening.wait(30) == 130
        assert "Traceback" not in listening.stderr.read()
