"""The JavaScript SDK as it is published: its tarball installed in a fresh folder, against the deployed stack."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.settings import ROOT
from tests import javascript_sdk
from tests.e2e import runs
from tests.stack import Api, RunningStack

PAGES = (ROOT / "docs/sdks/javascript.md", javascript_sdk.SDK / "README.md")


def snippets() -> Iterator[tuple[str, str]]:
    """Name and text of each piece of code of the pages."""
    for page in PAGES:
        for part in re.split(r"^(?=##? )", page.read_text(), flags=re.MULTILINE):
            for number, code in enumerate(re.findall(r"^```(?:js|ts)\n(.*?)^```", part, re.MULTILINE | re.DOTALL)):
                heading = part.partition("\n")[0].strip("# ").replace(" ", "-")
                yield f"{heading}-{number}", code


SNIPPETS = dict(snippets())

# Word for word as the API reference has it; `{...}` stands for an object.
REFERENCE = """\
import { Client } from '@yourapp/sdk';
const client = new Client('YOUR_API_KEY');
const workflows = await client.workflows.list();
await client.workflows.execute('wf_123', { input: {...} });
"""

# What calls the snippet that only defines a function: a webhook that is right, and one that is not.
CALLS_THE_RECEIVER = """
import { sign } from '@yourapp/sdk/webhooks';
const body = JSON.stringify({ id: 'evt_1', type: 'form.submitted', created_at: '2024-01-20T15:30:05Z', data: { a: 1 } });
const time = Math.floor(Date.now() / 1000);
const signature = await sign(body, 'evt_1', time, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': String(time), 'webhook-signature': signature };
for (const [sent, status] of [[body, 204], [body + ' ', 400]]) {
  const answer = await receive(new Request('https://example.com/', { method: 'POST', body: sent, headers }));
  if (answer.status !== status) throw new Error(`${answer.status}: ${await answer.text()}`);
}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a project that has installed the package, and nothing else."""
    folder = tmp_path_factory.mktemp("javascript-project")
    tarball = javascript_sdk.packed(folder)
    (folder / "package.json").write_text('{"name": "project", "version": "1.0.0", "type": "module"}')
    install = ("npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", f"./{tarball.name}")
    javascript_sdk.run(*install, folder=folder)
    packages = [path.name for path in (folder / "node_modules").iterdir() if not path.name.startswith(".")]
    assert packages == ["@yourapp"]
    return folder


@pytest.fixture
def execute(installed: Path, stack: RunningStack, account: tuple[str, str]) -> Callable[..., str]:
    """Runs a script in that folder, with a fresh account's key; gives what it prints."""

    def run(script: str, name: str = "script.mjs", *options: str) -> str:
        (installed / name).write_text(script)
        environment = {
            "YOURAPP_API_KEY": account[1],
            "YOURAPP_BASE_URL": stack.base_url,
            "RECEIVER_PORT": str(stack.receivers[0]),
        }
        return javascript_sdk.node(*options, name, folder=installed, environment=environment).stdout

    return run


@pytest.fixture
def workflow(api: Api) -> str:
    """A published workflow that takes any input."""
    return runs.create(api, [runs.node("lead", "set", values={"big": "{{ employees > 500 }}"})], name="Leads")


def test_the_snippet_of_the_reference_runs_from_the_built_package(
    execute: Callable[..., str], api: Api, account: tuple[str, str], workflow: str
) -> None:
    script = REFERENCE.replace("YOUR_API_KEY", account[1]).replace("wf_123", workflow).replace("{...}", "{ employees: 600 }")

    execute(script)

    (execution,) = api.get(f"/workflows/{workflow}/executions").data
    finished = runs.until(api, execution["id"])
    assert (finished["input"], finished["output"]["big"]) == ({"employees": 600}, True)


def test_the_same_from_commonjs(execute: Callable[..., str], api: Api, workflow: str) -> None:
    script = f"""
        const {{ Client }} = require('@yourapp/sdk');
        const client = new Client();
        client.workflows.execute('{workflow}', {{ wait: true, input: {{ employees: 1 }} }})
            .then(({{ output }}) => console.log(output.big));
    """

    assert execute(script, "script.cjs").strip() == "false"


def test_the_package_does_what_it_says_against_the_stack(execute: Callable[..., str]) -> None:
    execute((ROOT / "tests/e2e/sdk_javascript/stack.test.mjs").read_text(), "stack.test.mjs", "--test")


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippets_of_the_pages_run(name: str, execute: Callable[..., str], account: tuple[str, str], workflow: str) -> None:
    snippet = SNIPPETS[name].replace("YOUR_API_KEY", account[1]).replace("wf_123", workflow)
    snippet = re.sub(r", type \w+", "", snippet).replace(": WorkflowNode =", " =").replace(": Execution =", " =")
    if "export async function receive" in snippet:
        snippet += CALLS_THE_RECEIVER

    execute(snippet)


def test_snippets_of_the_pages_are_right_for_typescript(installed: Path) -> None:
    folder = installed / "typed"
    folder.mkdir()
    for number, snippet in enumerate(SNIPPETS.values()):
        # The comment tells what TypeScript would be told by a type.
        typed = snippet.replace("receive(request)", "receive(request: Request)")
        (folder / f"snippet{number}.mts").write_text(typed)
    tools = javascript_sdk.SDK / "node_modules"
    types = ("--types", "node", "--typeRoots", str(tools / "@types"))
    options = ("--noEmit", "--strict", "--target", "ES2022", "--module", "NodeNext", "--lib", "ES2022", *types)

    files = [file.name for file in sorted(folder.iterdir())]
    javascript_sdk.node(str(tools / "typescript" / "bin" / "tsc"), *options, *files, folder=folder)

    shutil.rmtree(folder)
