"""The rules of template.yaml that no linter knows. An exception stands in a table here, with its reason."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flows.aws.settings import Settings

from local.deploy import snake
from tests.template import ROOT, resources, template
from tests.unit.template.settings_used import settings_used

FUNCTIONS = resources("AWS::Serverless::Function")
TABLES = resources("AWS::DynamoDB::Table")

ANY_RESOURCE = {
    ("ExecutionMachine", "logs:CreateLogDelivery"): "the log delivery API knows no resources",
    ("ExecutionMachine", "logs:GetLogDelivery"): "the log delivery API knows no resources",
    ("ExecutionMachine", "logs:UpdateLogDelivery"): "the log delivery API knows no resources",
    ("ExecutionMachine", "logs:DeleteLogDelivery"): "the log delivery API knows no resources",
    ("ExecutionMachine", "logs:ListLogDeliveries"): "the log delivery API knows no resources",
    ("ExecutionMachine", "logs:PutResourcePolicy"): "the log delivery API knows no resources",
    ("ExecutionMachine", "logs:DescribeResourcePolicies"): "the log delivery API knows no resources",
    ("ExecutionMachine", "logs:DescribeLogGroups"): "the log delivery API knows no resources",
    ("RelayFunction", "scheduler:ListSchedules"): "IAM knows no resources for this action",
}
"""Who may do what on ``Resource: "*"``."""

NO_ALARM = {"AuthorizerFunction": "API Gateway answers 500 when it fails, which ApiErrorsAlarm counts"}

NO_FAILURE_DESTINATION = {"SweepFunction": "the next minute's invocation does the work that the failed one left"}

READ_BY_OTHERS = {
    "PYDANTIC_DISABLE_PLUGINS": "pydantic's own",
    "PYTHONDONTWRITEBYTECODE": "Python's own",
}
"""Environment variables that are no field of Settings."""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(name: str) -> Iterator[dict[str, Any]]:
    """The policy statements of a function, a state machine or a role."""
    resource = template()["Resources"][name]
    for policy in resource["Properties"]["Policies"]:
        assert isinstance(policy, dict), f"{name}: {policy} is a policy by name; write its actions and resources"
        yield from listed(policy.get("PolicyDocument", policy)["Statement"])


WITH_POLICIES = sorted(name for name, body in template()["Resources"].items() if "Policies" in body.get("Properties", {}))


# ---------------------------------------------------------------------------------------------------------- roles


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_has_a_role_of_its_own_made_from_its_policies(name: str) -> None:
    assert "Role" not in FUNCTIONS[name]
    assert FUNCTIONS[name].get("Policies")
    assert "Policies" not in template()["Globals"]["Function"]


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_a_policy_names_its_actions(name: str) -> None:
    for statement in statements(name):
        assert statement["Effect"] == "Allow"
        assert "NotAction" not in statement
        assert [action for action in listed(statement["Action"]) if "*" in action] == []


@pytest.mark.parametrize("name", WITH_POLICIES)
def test_a_policy_names_its_resources(name: str) -> None:
    unnamed = {
        (name, action)
        for statement in statements(name)
        if "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert unnamed == {exception for exception in ANY_RESOURCE if exception[0] == name}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_may_use_the_tables_that_it_is_told_and_no_others(name: str) -> None:
    allowed = set(re.findall(r"(\w+Table)(?:\.Arn|', 'Arn)", str(list(statements(name)))))
    told = {value["Ref"] for value in variables(name).values() if isinstance(value, dict) and value.get("Ref") in TABLES}
    assert allowed == told


# ---------------------------------------------------------------------------------------------- logs and alarms


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_has_a_log_group_of_its_own(name: str) -> None:
    wanted = {"Fn::Sub": f"/aws/lambda/${{{name}}}"}
    assert [group for group in resources("AWS::Logs::LogGroup").values() if group["LogGroupName"] == wanted]


@pytest.mark.parametrize("name", sorted(resources("AWS::Logs::LogGroup")))
def test_logs_are_kept_as_long_as_the_parameter_says(name: str) -> None:
    assert resources("AWS::Logs::LogGroup")[name]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_that_fails_raises_an_alarm(name: str) -> None:
    wanted = {"Name": "FunctionName", "Value": {"Ref": name}}
    found = [
        alarm
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "Errors" and wanted in alarm["Dimensions"]
    ]
    assert bool(found) != (name in NO_ALARM)


@pytest.mark.parametrize("name", sorted(resources("AWS::CloudWatch::Alarm")))
def test_an_alarm_tells_the_topic_and_what_it_means(name: str) -> None:
    alarm = resources("AWS::CloudWatch::Alarm")[name]
    assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic"
    assert alarm["AlarmDescription"].endswith(".")


# ------------------------------------------------------------------------------------------------- asynchronous work

QUEUES = resources("AWS::SQS::Queue")
DEAD_LETTERS = sorted(name for name in QUEUES if name.endswith("DeadLetters"))


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def is_dead_letters(value: Any) -> bool:
    return value in [arn(name) for name in DEAD_LETTERS]


def sources(kind: str) -> list[tuple[str, str]]:
    """Event sources of a kind, of all functions."""
    return [
        (name, event)
        for name, function in sorted(FUNCTIONS.items())
        for event, body in function.get("Events", {}).items()
        if body["Type"] == kind
    ]


def invoked_asynchronously() -> set[str]:
    """Functions that rules and schedules call, for which Lambda keeps a queue of its own."""
    by_rules = {
        target["Arn"]["Fn::GetAtt"][0] for rule in resources("AWS::Events::Rule").values() for target in rule["Targets"]
    } & FUNCTIONS.keys()
    by_schedules = {name for name, _ in sources("ScheduleV2")} | {name for name, _ in sources("Schedule")}
    by_roles = {
        statement["Resource"]["Fn::GetAtt"][0]
        for statement in statements("ScheduleRole")
        if statement["Action"] == "lambda:InvokeFunction"
    }
    return by_rules | by_schedules | by_roles


@pytest.mark.parametrize("name", sorted(set(QUEUES) - set(DEAD_LETTERS)))
def test_a_queue_gives_up_into_a_queue_of_dead_letters(name: str) -> None:
    redrive = QUEUES[name]["RedrivePolicy"]
    assert is_dead_letters(redrive["deadLetterTargetArn"])
    assert redrive["maxReceiveCount"] >= 5


@pytest.mark.parametrize("name", sorted(QUEUES))
def test_messages_are_encrypted_and_kept_as_long_as_can_be(name: str) -> None:
    assert QUEUES[name]["SqsManagedSseEnabled"] is True
    assert QUEUES[name]["MessageRetentionPeriod"] == 14 * 24 * 3600


@pytest.mark.parametrize("name", DEAD_LETTERS)
def test_a_dead_letter_raises_an_alarm(name: str) -> None:
    wanted = {"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}
    alarms = resources("AWS::CloudWatch::Alarm").values()
    assert [alarm for alarm in alarms if wanted in alarm["Dimensions"] and alarm["Threshold"] == 1]


@pytest.mark.parametrize(("name", "event"), sources("SQS"))
def test_one_bad_message_does_not_repeat_its_batch(name: str, event: str) -> None:
    properties = FUNCTIONS[name]["Events"][event]["Properties"]
    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize(("name", "event"), sources("SQS"))
def test_a_message_stays_hidden_for_longer_than_its_function_may_take(name: str, event: str) -> None:
    queue = QUEUES[FUNCTIONS[name]["Events"][event]["Properties"]["Queue"]["Fn::GetAtt"][0]]
    # AWS: six times the function's time-out (Lambda Developer Guide, "Using Lambda with Amazon SQS").
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS[name]["Timeout"]


@pytest.mark.parametrize(("name", "event"), sources("DynamoDB"))
def test_a_stream_retries_and_gives_up_into_dead_letters(name: str, event: str) -> None:
    properties = FUNCTIONS[name]["Events"][event]["Properties"]
    assert properties["MaximumRetryAttempts"] > 0
    assert properties["BisectBatchOnFunctionError"] is True
    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert is_dead_letters(properties["DestinationConfig"]["OnFailure"]["Destination"])


@pytest.mark.parametrize(("name", "event"), sources("ScheduleV2"))
def test_a_schedule_says_what_happens_to_a_tick_that_cannot_be_handed_over(name: str, event: str) -> None:
    properties = FUNCTIONS[name]["Events"][event]["Properties"]
    assert "MaximumRetryAttempts" in properties["RetryPolicy"]
    assert is_dead_letters(properties["DeadLetterConfig"]["Arn"])


@pytest.mark.parametrize("name", sorted(resources("AWS::Events::Rule")))
def test_a_rule_retries_and_gives_up_into_dead_letters(name: str) -> None:
    for target in resources("AWS::Events::Rule")[name]["Targets"]:
        assert target["RetryPolicy"].keys() == {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}
        assert is_dead_letters(target["DeadLetterConfig"]["Arn"])


@pytest.mark.parametrize("name", sorted(invoked_asynchronously()))
def test_a_function_that_nobody_waits_for_says_how_often_it_is_tried_and_where_its_failures_go(name: str) -> None:
    config = FUNCTIONS[name]["EventInvokeConfig"]
    assert {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"} <= config.keys()
    if name in NO_FAILURE_DESTINATION:
        assert "DestinationConfig" not in config
        return
    destination = config["DestinationConfig"]["OnFailure"]["Destination"]
    assert is_dead_letters(destination)
    assert any(s["Resource"] == destination and s["Action"] == "sqs:SendMessage" for s in statements(name))


# --------------------------------------------------------------------------------------------------- environment


def variables(name: str) -> dict[str, Any]:
    """A function's own environment variables."""
    found: dict[str, Any] = FUNCTIONS[name].get("Environment", {}).get("Variables", {})
    return found


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_variable_is_a_field_of_the_settings(name: str) -> None:
    known = {field.name.upper() for field in fields(Settings)} | READ_BY_OTHERS.keys()
    everywhere = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert (variables(name).keys() | everywhere.keys()) - known == set()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_is_told_only_what_its_code_reads(name: str) -> None:
    folder = snake(name.removesuffix("Function"))
    read = {setting.upper() for setting in settings_used(folder)}
    assert variables(name).keys() - read == set()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_is_the_handler_of_its_folder(name: str) -> None:
    folder = snake(name.removesuffix("Function"))
    assert FUNCTIONS[name]["CodeUri"] == f"functions/{folder}"
    assert (ROOT / "functions" / folder / "handler.py").is_file()


def test_every_folder_of_functions_is_a_function() -> None:
    folders = {handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py")}
    assert folders == {snake(name.removesuffix("Function")) for name in FUNCTIONS}


# ----------------------------------------------------------------------------------------------------------- data

KEPT = [
    name
    for name, body in template()["Resources"].items()
    if body["Type"] in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")
]


@pytest.mark.parametrize("name", sorted(KEPT))
def test_data_and_its_keys_outlive_the_stack(name: str) -> None:
    resource = template()["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_can_be_restored_expires_its_items_and_is_encrypted_under_our_key(name: str) -> None:
    table = TABLES[name]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": arn("DataKey")}


@pytest.mark.parametrize("name", sorted(resources("AWS::S3::Bucket")))
def test_a_bucket_is_private_encrypted_and_everything_in_it_expires(name: str) -> None:
    bucket = resources("AWS::S3::Bucket")[name]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == arn("DataKey")
    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    assert all(rule["Status"] == "Enabled" for rule in bucket["LifecycleConfiguration"]["Rules"])


@pytest.mark.parametrize("name", sorted(resources("AWS::KMS::Key")))
def test_keys_rotate(name: str) -> None:
    assert resources("AWS::KMS::Key")[name]["EnableKeyRotation"] is True


# ----------------------------------------------------------------------------------------------- parameters, outputs


@pytest.mark.parametrize("name", sorted(template()["Parameters"]))
def test_a_parameter_says_what_it_is_and_refuses_what_it_cannot_be(name: str) -> None:
    parameter = template()["Parameters"][name]
    assert parameter["Description"].endswith(".")
    bounds = {"String": {"AllowedPattern", "AllowedValues"}, "Number": {"MinValue", "AllowedValues"}}[parameter["Type"]]
    assert bounds & parameter.keys()


@pytest.mark.parametrize("name", sorted(template()["Parameters"]))
def test_a_parameter_is_used(name: str) -> None:
    text = (ROOT / "template.yaml").read_text()
    assert re.search(rf"!Ref {name}\b|\${{{name}}}", text)


@pytest.mark.parametrize("name", sorted(template()["Outputs"]))
def test_an_output_says_what_it_is(name: str) -> None:
    assert template()["Outputs"][name]["Description"].endswith(".")


# ------------------------------------------------------------------------------------- what CloudFormation gets of it


@lru_cache(maxsize=1)
def transformed() -> dict[str, dict[str, Any]]:
    """The resources after SAM's transformation."""
    python = ROOT / ".venv-sam" / "bin" / "python"
    program = Path(__file__).with_name("sam_transform.py")
    done = subprocess.run([python, program, ROOT / "template.yaml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)["Resources"]
    return found


def test_the_stack_stays_well_below_the_500_resources_that_cloudformation_takes() -> None:
    assert len(transformed()) < 450


def test_no_two_functions_share_a_role() -> None:
    functions = [body["Properties"] for body in transformed().values() if body["Type"] == "AWS::Lambda::Function"]
    roles = [json.dumps(function["Role"]) for function in functions]
    assert len(functions) == len(FUNCTIONS)
    assert len(set(roles)) == len(roles)


def test_only_public_routes_are_open_without_a_key() -> None:
    (api,) = [body["Properties"]["Body"] for body in transformed().values() if body["Type"] == "AWS::ApiGateway::RestApi"]
    open_routes = {
        path
        for path, methods in api["paths"].items()
        for method, operation in methods.items()
        if method != "options" and not any("KeyAuthorizer" in scheme for scheme in operation.get("security", []))
    }
    assert open_routes == {
        "/",
        "/{proxy+}",
        "/docs",
        "/openapi.json",
        "/hooks/{token}",
        "/hooks/{token}/{proxy+}",
        "/f/{public_id}",
        "/f/{public_id}/{proxy+}",
        "/approvals/{token}",
        "/oauth/callback",
    }
