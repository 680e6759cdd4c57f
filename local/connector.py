"""``make connector NAME=x``: a new connector with its contract, ready to be filled in, and checked from the first moment.

    layers/core/flows/connectors/services/x.yaml      what the service takes
    tests/unit/connectors/contracts/x.yaml            what its documentation says must arrive

Both are valid as they are made (a service with one resource), and so is the page in ``docs/connectors/``; change the files side by
side, then ``python -m local.connector_docs``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from flows.connectors.catalog import FOLDER, load

from local import connector_docs

CONTRACTS = Path(__file__).resolve().parent.parent / "tests" / "unit" / "connectors" / "contracts"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")

_CONNECTOR = """\
id: {name}
name: {title}
description: Items of {title}.
docs: https://developers.{host}/reference
category: other
base_url: https://api.{host}/v1
auth:
  - types: [bearer, api_key]
    label: API token
    headers: {{Authorization: "Bearer {{secret}}"}}
errors:
  message: [message, error]
rate_limit: {{requests: 60, per_seconds: 60}}
test:
  request: {{method: GET, path: /me}}
actions:
  - id: create_item
    name: Create an item
    docs: https://developers.{host}/reference/create-item
    inputs:
      title: {{type: string, required: true}}
      tags: {{type: array, items: {{type: string}}}}
    request: {{method: POST, path: /items, body: {{json: [title, tags]}}}}
  - id: list_items
    name: List items
    docs: https://developers.{host}/reference/list-items
    inputs:
      limit: {{type: integer, minimum: 1, maximum: 100}}
      cursor: {{type: string}}
    request: {{method: GET, path: /items, query: [limit, cursor]}}
    output: items
    pagination: {{kind: cursor, into: cursor, next: next_cursor, items: items}}
"""

_CONTRACT = """\
# From the documentation of {title}, not from the connector's file.
credential: {{type: bearer, value: token-12345678}}
cases:
  - action: create_item
    parameters: {{title: First, tags: [a]}}
    request:
      method: POST
      url: https://api.{host}/v1/items
      headers: &headers {{authorization: Bearer token-12345678}}
      json: {{title: First, tags: [a]}}
    response: {{status: 201, json: {{id: 1}}}}
    output: {{id: 1}}
  - action: list_items
    parameters: {{limit: 10}}
    request: {{method: GET, url: https://api.{host}/v1/items, query: {{limit: 10}}, headers: *headers}}
    response: {{json: {{items: [{{id: 1}}], next_cursor: abc}}}}
    output: [{{id: 1}}]
    next:
      query: {{limit: 10, cursor: abc}}
      response: {{json: {{items: [{{id: 2}}], next_cursor: null}}}}
  - action: test
    request: {{method: GET, url: https://api.{host}/v1/me, headers: *headers}}
failures:
  - {{type: AuthenticationError, message: Bad token, response: {{status: 401, json: {{message: Bad token}}}}}}
  - {{type: RateLimited, retry_after: 30.0, response: {{status: 429, headers: {{Retry-After: "30"}}, json: {{message: Slow down}}}}}}
  - {{type: ConnectorError, message: No such item, response: {{status: 404, json: {{message: No such item}}}}}}
"""


class ScaffoldProblem(Exception):
    """Nothing was made; the message says why."""


def scaffold(name: str, services: Path = FOLDER, contracts: Path = CONTRACTS) -> tuple[Path, Path]:
    """Make the two files of a connector.

    Args:
        name: its id, such as ``acme_crm``.
        services, contracts: where the files go.

    Raises:
        ScaffoldProblem: not such a name, or there is one already.
    """
    if not _NAME.fullmatch(name):
        raise ScaffoldProblem("NAME is small letters, digits and _, beginning with a letter: make connector NAME=acme_crm")
    files = services / f"{name}.yaml", contracts / f"{name}.yaml"
    for file in files:
        if file.exists():
            raise ScaffoldProblem(f"{file} is there already")
    title, host = name.replace("_", " ").title(), f"{name.replace('_', '-')}.example"
    for file, text in zip(files, (_CONNECTOR, _CONTRACT), strict=True):
        file.write_text(text.format(name=name, title=title, host=host), encoding="utf-8")
    load(files[0])
    return files


def main(arguments: list[str]) -> int:
    try:
        made = scaffold(arguments[0] if arguments else "")
    except ScaffoldProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    connector_docs.write()
    for file in (*made, connector_docs.FOLDER / f"{made[0].stem}.md"):
        print(file.relative_to(CONTRACTS.parents[3]))
    print("Change them, then: .venv/bin/python -m local.connector_docs && .venv/bin/python -m pytest tests/unit/connectors -q")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
