"""boto3 takes a third of a second to import: no function does it at its start, nor for a call that our own clients can make."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.unit.aws.conftest import LAMBDA
from tests.unit.aws.json_endpoint import answer, played

ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))


def test_no_function_imports_boto3_to_start_or_to_speak_json() -> None:
    calls = {
        "dynamodb": "get_item",
        "kms": "decrypt",
        "events": "put_events",
        "sqs": "send_message_batch",
        "stepfunctions": "start_execution",
    }
    program = "import importlib, json, sys\n"
    program += "".join(f"importlib.import_module('functions.{name}.handler')\n" for name in FUNCTIONS)
    program += "from flows.aws.clients import client\n"
    program += "".join(f"client('{service}').{method}()\n" for service, method in calls.items())
    program += "print(json.dumps(sorted({'boto3', 'botocore.session', 'botocore.client'} & set(sys.modules))))"
    with played(answer({})) as endpoint:
        environment = {**LAMBDA, "AWS_ENDPOINT_URL": endpoint.url, "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
    assert len(FUNCTIONS) >= 19
    assert {request.headers["X-Amz-Target"].partition(".")[2] for request in endpoint.requests} == {
        "GetItem", "Decrypt", "PutEvents", "SendMessageBatch", "StartExecution",
    }  # fmt: skip
