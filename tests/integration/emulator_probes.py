"""Shows, on the emulator as it is, each difference from AWS that a patch bridges.

Run by the emulator's own interpreter (test_emulator_patches.py does): prints one JSON object, patch -> whether it is needed.
A probe calls the emulator's functions themselves; where only time would show the difference, it reads their source.
"""

import asyncio
import inspect
import json
import sys
import time

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import apigateway_v1, dynamodb, lambda_svc, scheduler, sqs, stepfunctions
from ministack.services.cloudformation import provisioners


def gateway_take_the_whole_openapi_body():
    spec = {
        "info": {"title": "probe"},
        "paths": {"/a": {"x-amazon-apigateway-any-method": {}}},
        "x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": {"statusCode": 401}},
    }
    api_id, _ = provisioners._apigw_rest_api_create("Probe", {"Body": spec, "ApiKeySourceType": "AUTHORIZER"}, "probe")
    methods = [set(item.get("resourceMethods", {})) for item in apigateway_v1._resources[api_id].values()]
    taken = (
        {"ANY"} in methods,
        "UNAUTHORIZED" in apigateway_v1._gateway_responses.get(api_id, {}),
        apigateway_v1._rest_apis[api_id]["apiKeySource"] == "AUTHORIZER",
    )
    return not all(taken)


def gateway_take_api_keys_from_the_authorizer():
    return "usageIdentifierKey" not in inspect.getsource(apigateway_v1)


def gateway_tell_platform_requests_from_aws_requests():
    apigateway_v1._domain_names["127.0.0.1"] = {"domainName": "127.0.0.1"}
    apigateway_v1._base_path_mappings["127.0.0.1"] = {"(none)": {"restApiId": "probe", "stage": "v1"}}
    signed = {"host": "127.0.0.1:4566", "authorization": "AWS4-HMAC-SHA256 Credential=test/20240101/us-east-1/sqs/aws4_request"}
    answer = asyncio.run(app._handle_execute_api_request("127.0.0.1:4566", "/", "POST", signed, b"", {}))
    return answer is not None


def gateway_keep_the_base_path_in_the_event():
    apigateway_v1._domain_names["127.0.0.2"] = {"domainName": "127.0.0.2"}
    apigateway_v1._base_path_mappings["127.0.0.2"] = {"v1": {"restApiId": "probe", "stage": "v1"}}
    return app._resolve_custom_domain_request("127.0.0.2", "/v1/a") == ("probe", "v1", "/a")


def gateway_tell_the_address_that_calls():
    return "x-forwarded-for" in inspect.getsource(apigateway_v1._build_lambda_event_v1)


def gateway_answer_failed_functions_as_the_gateway_does():
    answer, error = apigateway_v1._lambda_proxy_response({"body": "no proxy response"})
    return error is None and answer is not None


def gateway_hand_bodies_over_as_bytes():
    return not apigateway_v1._media_type_matches("application/octet-stream", ["*~1*"])


def lambda_workers():
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    return "errorType" not in script and "unpacked" not in inspect.getsource(lambda_runtime.Worker)


def step_functions_start_at_once():
    return "time.sleep(0.15)" in inspect.getsource(stepfunctions._run_execution)


def step_functions_evaluate_timeouts():
    state = {"Type": "Task", "Resource": "arn:aws:states:::probe", "TimeoutSeconds": "{% 5 %}", "End": True}
    context = {"QueryLanguage": "JSONata", "State": {}, "variables": {}}
    invoke, stepfunctions._invoke_resource = stepfunctions._invoke_resource, lambda *_: time.sleep(0.2)
    try:
        stepfunctions._execute_task(state, {}, {"events": []}, context)
    except TypeError:
        return True
    finally:
        stepfunctions._invoke_resource = invoke
    return False


def step_functions_fail_a_callback_task_whose_function_fails():
    def failing(reference, event):
        raise stepfunctions._ExecutionError("KeyError", "probe")

    call, stepfunctions._call_lambda = stepfunctions._call_lambda, failing
    try:
        stepfunctions._invoke_with_callback(
            "arn:aws:states:::lambda:invoke.waitForTaskToken", {"FunctionName": "probe"}, "t", {"TimeoutSeconds": 0}
        )
    except stepfunctions._ExecutionError as error:
        return error.error == "States.Timeout"
    finally:
        stepfunctions._call_lambda = call
    return True


def step_functions_end_tokens_with_their_execution():
    return "_task_tokens" not in inspect.getsource(stepfunctions._stop_execution)


def step_functions_keep_a_final_status():
    execution = {"status": "ABORTED", "events": [], "executionArn": "arn:probe", "stateMachineArn": "", "sync": True}
    stepfunctions._fail_execution(execution, "States.Timeout", "probe")
    return execution["status"] == "FAILED"


def step_functions_ask_the_state_machine_role():
    return "roleArn" not in inspect.getsource(stepfunctions._call_lambda)


def step_functions_let_policies_name_the_state_machine_of_a_token():
    headers = {"x-amz-target": "AWSStepFunctions.SendTaskSuccess"}
    body = b'{"taskToken": "probe", "output": "{}"}'
    arn = iam_actions.extract_resource_arn("states", "POST", "/", headers, body, {}, "us-east-1", "000000000000")
    return arn == "*"


def event_sources_take_concurrency_from_a_parameter():
    try:
        limit = lambda_svc._sqs_esm_concurrency({"ScalingConfig": {"MaximumConcurrency": "50"}}, {}, {})
    except TypeError:
        return True
    return limit != 50


def event_sources_run_each_stream_by_itself():
    source = inspect.getsource(lambda_svc._poll_dynamodb_streams)
    return "batchItemFailures" not in source or "_dispatch_esm_batch" not in source


def event_sources_deliver_fairly():
    def message(group, in_flight):
        visible = 4_000_000_000 if in_flight else 0
        return {"group_id": group, "visible_at": visible, "receive_count": int(in_flight), "first_receive_at": None}

    busy = [message("busy", True) for _ in range(3)]
    queue = {"is_fifo": False, "messages": [*busy, message("busy", False), message("quiet", False)]}
    return sqs._collect_msgs(queue, 1, 30)[0]["group_id"] == "busy"


def schedules():
    return "ScheduleExpressionTimezone" not in inspect.getsource(scheduler._tick_schedules)


def encryption_context():
    context = iam_evaluator.EvalContext(
        principal_arn="arn:aws:iam::000000000000:role/probe",
        principal_type="AssumedRole",
        principal_account="000000000000",
        action="kms:Decrypt",
        resource_arn="*",
        region="us-east-1",
    )
    named = iam_evaluator._resolve_condition_key("kms:EncryptionContext:account", context)
    return named is None and "EncryptionContext" not in inspect.getsource(iam_evaluator)


def queue_permissions():
    headers = {"x-amz-target": "AmazonSQS.SendMessageBatch"}
    return iam_actions.extract_iam_action("sqs", "POST", "/", headers, b"{}", {}) == "sqs:SendMessageBatch"


def schedule_permissions():
    body = b'{"GroupName": "triggers"}'
    arn = iam_actions.extract_resource_arn("scheduler", "POST", "/schedules/one", {}, body, {}, "us-east-1", "000000000000")
    return not arn.endswith(":schedule/triggers/one")


def speed_serve_with_uvicorn():
    return "hypercorn_serve(app, config)" in inspect.getsource(app.main)


def speed_parse_policies_once():
    policy = '{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}'
    first, second = (iam_evaluator.parse_policy_document(policy) for _ in range(2))
    return first[0] is not second[0]


def mail_permissions():
    body = b'{"FromEmailAddress": "Shop <no-reply@example.com>"}'
    path = "/v2/email/outbound-emails"
    arn = iam_actions.extract_resource_arn("ses", "POST", path, {}, body, {}, "us-east-1", "000000000000")
    return not arn.endswith(":identity/no-reply@example.com")


def read_units():
    dynamodb._tables["probe"] = {"TableName": "probe", "pk_name": "pk", "sk_name": None, "items": {}}
    asked = {"RequestItems": {"probe": {"Keys": [{"pk": {"S": "a"}}]}}, "ReturnConsumedCapacity": "TOTAL"}
    status, _, body = dynamodb._batch_get_item(asked)
    assert status == 200, body
    return "ConsumedCapacity" not in json.loads(body)


PROBES = [
    gateway_take_the_whole_openapi_body,
    gateway_take_api_keys_from_the_authorizer,
    gateway_tell_platform_requests_from_aws_requests,
    gateway_keep_the_base_path_in_the_event,
    gateway_tell_the_address_that_calls,
    gateway_answer_failed_functions_as_the_gateway_does,
    gateway_hand_bodies_over_as_bytes,
    lambda_workers,
    step_functions_start_at_once,
    step_functions_evaluate_timeouts,
    step_functions_fail_a_callback_task_whose_function_fails,
    step_functions_end_tokens_with_their_execution,
    step_functions_keep_a_final_status,
    step_functions_ask_the_state_machine_role,
    step_functions_let_policies_name_the_state_machine_of_a_token,
    event_sources_take_concurrency_from_a_parameter,
    event_sources_run_each_stream_by_itself,
    event_sources_deliver_fairly,
    schedules,
    encryption_context,
    queue_permissions,
    schedule_permissions,
    speed_serve_with_uvicorn,
    speed_parse_policies_once,
    mail_permissions,
    read_units,
]

if __name__ == "__main__":
    found = {}
    for probe in PROBES:
        try:
            found[probe.__name__] = bool(probe())
        except Exception as error:  # an emulator whose inside has changed: its patch must be looked at
            found[probe.__name__] = f"{type(error).__name__}: {error}"
    json.dump(found, sys.stdout)
