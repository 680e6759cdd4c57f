"""The Python SDK against the deployed stack: each resource, the built package in a fresh environment, each snippet of its guide."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from yourapp import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConflictError,
    ExecutionCancelledError,
    ExecutionFailedError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ValidationError,
    webhooks,
)

from tests.e2e.receiver import Received, Receiver
from tests.stack import ROOT, RunningStack

SDK = ROOT / "sdks" / "python"
GUIDE = (ROOT / "docs" / "sdks" / "python.md").read_text()
SET = {"id": "double", "type": "set", "parameters": {"values": {"twice": "{{ n * 2 }}"}}}
SNIPPET = """from yourapp import Client
client = Client('YOUR_API_KEY')
workflows = client.workflows.list()
client.workflows.execute('wf_123', input={...})
"""
TYPED = "import yourapp, pathlib; print(pathlib.Path(yourapp.__file__).with_name('py.typed').is_file())"
FAIL = {"id": "gate", "type": "stop", "parameters": {"outcome": "failure", "message": "No more than 10"}}


@pytest.fixture
def client(stack: RunningStack, account: tuple[str, str]) -> Iterator[Client]:
    with Client(account[1], base_url=stack.base_url) as made:
        yield made


def test_a_workflow_from_its_making_to_its_end(client: Client) -> None:
    made = client.workflows.create(name="Double", nodes=[SET])
    assert [found.id for found in client.workflows.list(search="doub")] == [made.id]

    changed = client.workflows.update(made.id, description="Twice as much", nodes=made.nodes, if_match=made.version)
    assert changed.description == "Twice as much"
    with pytest.raises(ConflictError):
        client.workflows.update(made.id, nodes=[], if_match=made.version + 7)
    published = client.workflows.publish(made.id)
    assert (published.status, published.published_version) == ("published", published.version)

    assert client.workflows.versions.get(made.id, published.version).nodes[0].id == "double"
    assert client.workflows.versions.list(made.id)[0].version == published.version
    assert client.workflows.versions.restore(made.id, 1).nodes == made.nodes
    assert list(client.workflows.triggers(made.id)) == []
    assert client.workflows.schedule(made.id) == []
    assert client.workflows.duplicate(made.id, name="Copy").name == "Copy"
    assert len(client.workflows.list()) == 2

    assert client.workflows.delete(made.id).deleted
    with pytest.raises(NotFoundError) as caught:
        client.workflows.get(made.id)
    assert caught.value.request_id


def test_a_wrong_definition_is_told_with_all_its_problems(client: Client) -> None:
    nodes = [{"id": "a", "type": "no_such_type"}]
    assert not client.workflows.validate(name="x", nodes=nodes).valid
    with pytest.raises(ValidationError) as caught:
        client.workflows.create(name="x", nodes=nodes, edges=[{"source": "a", "target": "zz"}])
    assert len(caught.value.details) >= 2
    assert client.expressions.evaluate(expression="n * 2", input={"n": 4}).result == 8
    assert {"set", "http_request"} <= {found.type for found in client.node_types.list()}


def test_runs_are_followed_and_their_logs_read(client: Client) -> None:
    workflow = client.workflows.create(name="Double", nodes=[SET])

    execution = client.workflows.execute(workflow.id, input={"n": 4}, wait=True)
    started = client.workflows.execute(workflow.id, input={"n": 5}, idempotency_key="five")
    again = client.workflows.execute(workflow.id, input={"n": 5}, idempotency_key="five")

    assert execution.output == {"twice": 8}
    assert again.execution_id == started.execution_id
    assert [entry.node_id for entry in client.executions.stream_logs(started.id)] == ["double"]
    assert [entry.status for entry in client.executions.logs(started.id)] == ["completed"]
    assert client.executions.wait(started.id).output == {"twice": 10}
    assert client.executions.output(started.id) == {"twice": 10}
    assert {found.id for found in client.executions.list(workflow_id=workflow.id, status="completed")} == {
        execution.id,
        started.id,
    }
    assert len(client.workflows.executions(workflow.id, page=1)) == 2
    retried = client.executions.retry(execution.id, from_node="double", wait=True)
    assert retried.id != execution.id


def test_a_failed_and_a_cancelled_run_raise(client: Client) -> None:
    failing = client.workflows.create(name="Gate", nodes=[FAIL])
    with pytest.raises(ExecutionFailedError, match="No more than 10") as caught:
        client.workflows.execute(failing.id, input={}, wait=True)
    assert caught.value.node_id == "gate"
    assert caught.value.logs_url == f"{client.base_url}/executions/{caught.value.execution_id}/logs"

    slow = client.workflows.create(name="Slow", nodes=[{"id": "wait", "type": "delay", "parameters": {"seconds": 600}}])
    started = client.workflows.execute(slow.id, input={})
    client.executions.cancel(started.id)
    with pytest.raises(ExecutionCancelledError):
        client.executions.wait(started.id)


def test_forms_and_submissions(client: Client) -> None:
    fields = [{"name": "email", "type": "email", "required": True}, {"name": "message", "type": "textarea"}]
    form = client.forms.create(name="Contact Form", fields=fields)
    assert client.forms.get(form.id).fields[0].required
    assert client.forms.update(form.id, name="Contact", if_match=form.version).name == "Contact"
    assert [found.id for found in client.forms.list(search="cont")] == [form.id]
    assert client.forms.versions.get(form.id, 1).fields[0].name == "email"
    assert list(client.forms.versions.list(form.id))

    sent = [client.forms.submit(form.id, data={"email": f"u{n}@example.com", "message": "Hello!"}) for n in range(3)]

    page = client.submissions.list(form.id, limit=2)
    assert (len(page), page.has_more) == (3, True)
    assert {found.id for found in page} == {found.id for found in sent}
    assert client.submissions.get(form.id, sent[0].id).data["email"] == "u0@example.com"
    assert client.submissions.export_csv(form.id).count("@example.com") == 3
    with pytest.raises(ValidationError) as caught:
        client.submissions.create(form.id, data={"message": "x"})
    assert "email" in caught.value.details[0]["path"]
    assert client.submissions.delete(form.id, sent[0].id).deleted
    assert client.forms.delete(form.id, force=True).deleted


def test_credentials_and_integrations(client: Client) -> None:
    credential = client.credentials.create(name="Token", type="bearer", value="xoxb-your-token-123")
    assert "xoxb-your-token" not in credential.model_dump_json()
    assert client.credentials.update(credential.id, name="Renamed").name == "Renamed"
    assert client.credentials.get(credential.id).name == "Renamed"
    connector = next(
        found
        for found in client.integrations.catalog()
        if "bearer" in str(found.auth) and not found.config_schema.get("required")
    )
    integration = client.integrations.create(provider=connector.id, credential_id=credential.id, name="Mine")
    assert client.integrations.get(integration.id).status == "untested"
    assert [found.id for found in client.integrations.list()] == [integration.id]
    assert isinstance(client.integrations.test(integration.id).ok, bool)
    assert client.integrations.delete(integration.id).deleted
    assert [found.id for found in client.credentials.list()] == [credential.id]
    assert client.credentials.delete(credential.id, force=True).deleted


def test_a_delivered_webhook_is_genuine(client: Client, stack: RunningStack) -> None:
    with Receiver(stack.receivers[0]) as receiver:
        url = f"http://127.0.0.1:{stack.receivers[0]}/hook"
        made = client.webhooks.create(url=url, events=["webhook.test"])
        assert made.secret
        delivery = client.webhooks.test(made.id)
        got = first(receiver)
        rotated = client.webhooks.rotate_secret(made.id)

        event = webhooks.verify(got.body, got.headers, made.secret)

        assert event.type == "webhook.test"
        assert event.id == delivery.event_id
        details = client.webhooks.deliveries.get(made.id, delivery.id)
        assert details.payload["id"] == event.id
        assert rotated.secret != made.secret
        assert [found.id for found in client.webhooks.deliveries.list(made.id)] == [delivery.id]
        assert [found.id for found in client.webhooks.deliveries.of_event(event.id)] == [delivery.id]
        client.webhooks.deliveries.redeliver(made.id, delivery.id)
        client.webhooks.redeliver_failed(made.id, since="2024-01-01T00:00:00Z")
    assert client.webhooks.update(made.id, enabled=False).status == "disabled"
    assert client.webhooks.get(made.id).statistics
    assert [found.id for found in client.webhooks.list()] == [made.id]
    assert "form.submitted" in {found.type for found in client.webhooks.events()}
    assert client.webhooks.delete(made.id).deleted


def first(receiver: Receiver, seconds: float = 60) -> Received:
    end = time.monotonic() + seconds
    while not receiver.requests:
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.1)
    return receiver.requests[0]


def test_keys_and_what_they_may(client: Client) -> None:
    made = client.api_keys.create(name="reader", scopes=["workflows:read"])
    with Client(made.key, base_url=client.base_url) as reader:
        assert list(reader.workflows.list()) == []
        with pytest.raises(PermissionDeniedError):
            reader.workflows.create(name="x")
    assert made.id in {found.id for found in client.api_keys.list()}
    assert client.api_keys.delete(made.id).deleted
    assert client.account.get().plan == "unlimited"
    with Client("ya_live_wrong", base_url=client.base_url) as nobody, pytest.raises(AuthenticationError):
        nobody.account.get()


def call_often(client: Client, times: int) -> None:
    """Several threads with one client; what one of them raises is raised."""
    with ThreadPoolExecutor(8) as pool:
        for done in pool.map(lambda _: client.account.get(), range(times)):
            assert done.plan == "free"


def test_the_rate_limit_is_an_error_that_tells_when_to_come_back(stack: RunningStack) -> None:
    _, key = stack.make_account("free")
    with Client(key, base_url=stack.base_url, max_retries=0) as client, pytest.raises(RateLimitError) as caught:
        call_often(client, 300)
    assert caught.value.code == "RATE_LIMITED"
    assert caught.value.retry_after
    assert 0 < caught.value.retry_after <= 61


def test_the_async_client(stack: RunningStack, account: tuple[str, str]) -> None:
    async def go() -> None:
        async with AsyncClient(account[1], base_url=stack.base_url) as client:
            workflow = await client.workflows.create(name="Double", nodes=[SET])
            execution = await client.workflows.execute(workflow.id, input={"n": 1}, wait=True)
            assert execution.output == {"twice": 2}
            assert [found.id async for found in client.workflows.list()] == [workflow.id]
            assert [entry.node_id async for entry in client.executions.stream_logs(execution.id)] == ["double"]
            raw = await client.with_raw_response(client.workflows.get)(workflow.id)
            assert raw.request_id == raw.headers["X-Request-Id"]

    asyncio.run(go())


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the built wheel in it, and nothing of this repository."""
    folder = tmp_path_factory.mktemp("sdk")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=SDK, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv")], check=True)
    subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(folder / "venv"), f"{wheel}[cli]"], check=True)
    return folder / "venv"


def run_in(environment: Path, command: list[str], client: Client, key: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command with the fresh environment first in PATH, and the account set."""
    variables = {
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
        "HOME": str(environment),
        "YOURAPP_BASE_URL": client.base_url,
        "YOURAPP_API_KEY": key,
    }
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, **more)


def test_the_built_package_runs_the_snippet_of_the_reference(environment: Path, client: Client, account: tuple[str, str]) -> None:
    workflow = client.workflows.create(name="Double", nodes=[SET])
    code = SNIPPET.replace("YOUR_API_KEY", account[1]).replace("wf_123", workflow.id).replace("{...}", '{"n": 2}')

    done = run_in(environment, ["python", "-c", code + "print(workflows.data[0].name)"], client, account[1])

    assert (done.returncode, done.stdout) == (0, "Double\n"), done.stderr
    assert [run.workflow_id for run in client.executions.list()] == [workflow.id]
    typed = run_in(
        environment,
        ["python", "-c", TYPED],
        client,
        "k",
    )
    assert typed.stdout == "True\n"


def test_the_command_line_keeps_workflows_as_files(
    environment: Path, client: Client, account: tuple[str, str], tmp_path: Path
) -> None:
    def yourapp(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_in(environment, ["yourapp", *arguments], client, account[1], cwd=tmp_path)

    file = tmp_path / "double.yaml"
    file.write_text(
        "# Doubles.\nname: Double\nnodes:\n  - id: double\n    type: set\n    parameters:\n      values: {twice: '{{ n * 2 }}'}\n"
    )

    assert yourapp("workflows", "validate", "double.yaml").returncode == 0
    pushed = yourapp("workflows", "push", "double.yaml", "--publish", "--json")
    workflow_id = json.loads(pushed.stdout)["id"]
    assert file.read_text().startswith(f"# Doubles.\nid: {workflow_id}\nname: Double\n")

    assert yourapp("workflows", "pull", workflow_id, "-o", "pulled.yaml").returncode == 0
    pulled = (tmp_path / "pulled.yaml").read_text()
    assert yourapp("workflows", "push", "pulled.yaml").returncode == 0
    assert yourapp("workflows", "pull", workflow_id).stdout == pulled

    ran = yourapp("workflows", "run", workflow_id, "--input", '{"n": 21}')
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"twice": 42}), ran.stderr
    execution_id = ran.stderr.split()[0]
    assert "double" in yourapp("executions", "logs", execution_id, "--follow").stdout
    assert workflow_id in yourapp("workflows", "list").stdout
    assert json.loads(yourapp("executions", "list", "--json").stdout)[0]["id"] == execution_id
    assert yourapp("workflows", "get", "wf_none").returncode == 3


def test_events_reach_a_server_on_this_machine(environment: Path, client: Client, account: tuple[str, str]) -> None:
    workflow = client.workflows.create(name="Double", nodes=[SET])
    with Receiver() as receiver:
        url = f"{receiver.url}/hooks"
        options = ["--secret", "whsec_QUFBQUFBQUFBQUFBQUFBQUFB", "--interval", "0.5", "--count", "1"]
        with subprocess.Popen(
            [environment / "bin/yourapp", "webhooks", "listen", "--forward", url, *options],
            env={"YOURAPP_BASE_URL": client.base_url, "YOURAPP_API_KEY": account[1], "HOME": str(environment)},
            stderr=subprocess.PIPE,
            text=True,
        ) as listening:
            assert listening.stderr
            assert "Listening" in listening.stderr.readline()
            execution = client.workflows.execute(workflow.id, input={"n": 3}, wait=True)
            got = first(receiver)
            assert listening.wait(60) == 0

    event = webhooks.verify(got.body, got.headers, "whsec_QUFBQUFBQUFBQUFBQUFBQUFB")
    assert (event.type, event.data["execution_id"]) == ("workflow.executed", execution.id)
    assert event.data["output"] == {"twice": 6}
    schema = next(found.json_schema for found in client.webhooks.events() if found.type == event.type)
    import jsonschema

    jsonschema.validate(json.loads(got.body), schema)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_every_python_snippet_of_the_guide_runs(environment: Path, client: Client, account: tuple[str, str]) -> None:
    workflow = client.workflows.create(name="Example", nodes=[{"id": "a", "type": "noop"}])
    code = "\n".join(blocks("python")).replace("YOUR_API_KEY", account[1]).replace("wf_123", workflow.id)

    done = run_in(environment, ["python", "-"], client, account[1], input=code + "\nassert receive(b'{}', {}) == 400\n")

    assert done.returncode == 0, done.stderr
    assert "no_such_type" in code
    assert "{'big': True}" in done.stdout


def test_every_command_of_the_guide_runs(environment: Path, client: Client, account: tuple[str, str], tmp_path: Path) -> None:
    workflow = client.workflows.create(name="Leads", nodes=[{"id": "a", "type": "noop"}])
    execution = client.workflows.execute(workflow.id, input={}, wait=True)
    install, install_cli, commands, listen = blocks("sh")

    # By name: here the wheel is installed, above.
    assert install.startswith("pip install")
    assert install_cli.startswith("pip install")
    assert listen.startswith("yourapp webhooks listen --forward ")  # goes on for ever: a test of its own above
    script = commands.replace("wf_123", workflow.id).replace("exec_456", execution.id)
    done = run_in(environment, ["sh", "-eux", "-c", script], client, account[1], cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert workflow.id in (tmp_path / "leads.yaml").read_text()
