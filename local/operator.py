"""The operator's command line: accounts, keys and plans, through the application's own services.

    python -m local.operator account --name acme --plan free [--max-runs 10|none]
    python -m local.operator key --account acct_... --name ci [--scopes workflows:read,executions:read]
    python -m local.operator plan --account acct_... --plan pro [--max-runs 10|none|plan]
    python -m local.operator schedules [--mend]            what trigger schedules drifted from the published workflows

Prints one JSON object. ``--env local`` (the default) means the running local stack, ``--env dev`` and so on the stack of
that name in samconfig.toml, with your AWS credentials. The services are told the names of tables and the like as the
deployed functions are: the command takes them from the functions' own configuration.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.settings import ROOT, Stack, StackProblem, aws_environment, clean_environment, read_record, samconfig

PLANS = ("free", "starter", "pro", "business", "unlimited")


def parser() -> argparse.ArgumentParser:
    """The command line, as the module's docstring shows it."""
    top = argparse.ArgumentParser(prog="operator", description=(__doc__ or "").splitlines()[0])
    top.add_argument("--env", default="local", help="environment of samconfig.toml; local is the running local stack")
    commands = top.add_subparsers(dest="command", required=True)
    account = commands.add_parser("account", help="make an account and its first key")
    account.add_argument("--name", required=True)
    account.add_argument("--plan", required=True, choices=PLANS)
    account.add_argument(
        "--max-runs", default="plan", type=own_runs, help="executions under way at once: a number, none, or plan: the plan's"
    )
    key = commands.add_parser("key", help="make a further key of an account")
    key.add_argument("--account", required=True)
    key.add_argument("--name", required=True)
    key.add_argument("--scopes", default="*", help="comma-separated; all by default")
    plan = commands.add_parser("plan", help="change an account's plan")
    plan.add_argument("--account", required=True)
    plan.add_argument("--plan", required=True, choices=PLANS)
    plan.add_argument("--max-runs", default="keep", type=own_runs, help="likewise; without it what was set for the account stays")
    schedules = commands.add_parser("schedules", help="list trigger schedules that drifted")
    schedules.add_argument("--mend", action="store_true", help="and mend them")
    return top


def own_runs(text: str) -> int | str:
    """``--max-runs``: a number (0 for none), or ``plan`` or ``keep``. Raises ArgumentTypeError."""
    if text in ("plan", "keep"):
        return text
    if text == "none":
        return 0
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on, none, or plan")
    return int(text)


def run(endpoint_url: str, stack_name: str, arguments: list[str]) -> dict[str, Any]:
    """Run a command against a local stack in a process of its own; returns the object that it prints.

    Raises StackProblem with what the command said.
    """
    environment = {
        **clean_environment(),
        **aws_environment(endpoint_url),
        "OPERATOR_STACK": stack_name,
    }
    done = subprocess.run(
        [sys.executable, "-m", "local.operator", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StackProblem(f"operator {' '.join(arguments)} failed: {done.stderr.strip()[-1500:]}")
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def point_at_stack(environment: str) -> str:
    """Let AWS clients of this process meet the environment's stack; returns the stack's name. Raises StackProblem."""
    given = os.environ.get("OPERATOR_STACK")
    if given:
        return given
    if environment != "local":
        return str(samconfig(environment)["stack_name"])
    record = read_record(Stack.of_environment().folder)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(aws_environment(record["endpoint_url"]))
    return str(record["stack_name"])


def take_deployed_settings(stack_name: str) -> None:
    """Put what the stack's functions are told into this process's environment."""
    import boto3

    stacks, functions = boto3.client("cloudformation"), boto3.client("lambda")
    for page in stacks.get_paginator("list_stack_resources").paginate(StackName=stack_name):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                configuration = functions.get_function_configuration(FunctionName=resource["PhysicalResourceId"])
                os.environ.update(configuration.get("Environment", {}).get("Variables", {}))


def make_account(stack_name: str, name: str, plan: str, max_runs: int | str) -> dict[str, Any]:
    from flows.accounts import service

    account, _, text = service.create_account(name, plan, max_runs if isinstance(max_runs, int) else None)
    register_gateway_key(stack_name, account.id, plan)
    return {"account_id": account.id, "name": name, "plan": plan, "max_concurrent_runs": account.most_runs, "api_key": text}


def make_key(account_id: str, name: str, scopes: str) -> dict[str, Any]:
    from flows.accounts import service

    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    key, text = service.create_key(account_id, name, maker_scopes=frozenset({"*"}), scopes=wanted)
    return {"account_id": account_id, "key_id": key.id, "name": name, "api_key": text}


def change_plan(stack_name: str, account_id: str, plan: str, max_runs: int | str) -> dict[str, Any]:
    from flows.accounts import service

    wanted = {"plan": None, "keep": service.KEEP}.get(str(max_runs)) if isinstance(max_runs, str) else max_runs
    account = service.set_plan(account_id, plan, wanted)
    register_gateway_key(stack_name, account_id, plan)
    return {"account_id": account_id, "plan": plan, "max_concurrent_runs": account.most_runs}


def register_gateway_key(stack_name: str, account_id: str, plan: str) -> None:
    import boto3

    from local.gateway_keys import register

    stack = boto3.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    register(boto3.client("apigateway"), outputs, account_id, plan)


def reconcile_schedules(*, mend: bool) -> dict[str, Any]:
    from flows.triggers.reconciling import reconcile

    return {"drifted": reconcile(scheduled_workflows(), mend=mend), "mended": mend}


def scheduled_workflows() -> list[tuple[str, str]]:
    """Account and id of every published workflow that has schedules. A scan: functions never do that, an operator may."""
    import boto3
    from flows.aws.settings import settings

    pages = (
        boto3.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=settings().workflows_table,
            FilterExpression="sk = :workflow AND schedules > :none",
            ExpressionAttributeValues={":workflow": {"S": "workflow"}, ":none": {"N": "0"}},
            ProjectionExpression="account_id, id",
        )
    )
    return [(item["account_id"]["S"], item["id"]["S"]) for page in pages for item in page["Items"]]


def main(arguments: list[str]) -> int:
    if arguments == ["serve"]:
        return serve()
    asked = parser().parse_args(arguments)
    try:
        stack_name = point_at_stack(asked.env)
        take_deployed_settings(stack_name)
    except StackProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    from flows.errors import FlowsError

    try:
        print(json.dumps(answer(stack_name, asked)))
    except FlowsError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1
    return 0


def answer(stack_name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Do what was asked. Raises FlowsError."""
    match asked.command:
        case "account":
            return make_account(stack_name, asked.name, asked.plan, asked.max_runs)
        case "key":
            return make_key(asked.account, asked.name, asked.scopes)
        case "plan":
            return change_plan(stack_name, asked.account, asked.plan, asked.max_runs)
        case _:
            return reconcile_schedules(mend=asked.mend)


def serve() -> int:
    """Answer commands until standard input ends: one JSON list of arguments a line, one JSON object a line back.

    Tests make many accounts; a process for each would take a second each.
    """
    from flows.errors import FlowsError

    stack_name = point_at_stack("local")
    take_deployed_settings(stack_name)
    for line in sys.stdin:
        try:
            done = answer(stack_name, parser().parse_args(json.loads(line)))
        except FlowsError as error:
            done = {"failed": error.code, "message": error.message}
        print(json.dumps(done), flush=True)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(main(sys.argv[1:]))
