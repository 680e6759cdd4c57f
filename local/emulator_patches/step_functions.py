"""Step Functions: timeouts as expressions, prompt starts, and task tokens that end with what they belong to."""

from __future__ import annotations

import contextvars
import json
import threading
import time as real_time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from ministack.core import iam_actions
from ministack.services import lambda_svc
from ministack.services import stepfunctions as states

from local.emulator_patches import roles

# The execution whose task runs in this thread.
_execution: contextvars.ContextVar[dict | None] = contextvars.ContextVar("execution", default=None)


# The state machine of each task token that there was, for answers that come too late.
_machines: dict[str, str] = {}


def apply() -> None:
    start_at_once()
    evaluate_timeouts()
    fail_a_callback_task_whose_function_fails()
    end_tokens_with_their_execution()
    keep_a_final_status()
    ask_the_state_machine_role()
    let_policies_name_the_state_machine_of_a_token()


def start_at_once() -> None:
    """Each execution begins with a fixed sleep of 150 ms, and nothing depends on it."""

    def sleep(seconds: float) -> None:
        if seconds != 0.15:
            real_time.sleep(seconds)

    states.time = SimpleNamespace(time=real_time.time, monotonic=real_time.monotonic, sleep=sleep)


def evaluate_timeouts() -> None:
    """``TimeoutSeconds`` and ``HeartbeatSeconds`` of a task may be JSONata; the emulator takes the text for a number."""
    execute = states._execute_task

    def execute_task(state: dict, raw_input: Any, execution: dict, context: dict) -> tuple:
        if states._state_query_language(state, context) == "JSONata":
            texts = {name for name in ("TimeoutSeconds", "HeartbeatSeconds") if isinstance(state.get(name), str)}
            state = state | {name: states._jsonata_state_field(state, name, "number", raw_input, context) for name in texts}
        token = _execution.set(execution)
        try:
            answer: tuple = execute(state, raw_input, execution, context)
            return answer
        finally:
            _execution.reset(token)

    states._execute_task = execute_task


def fail_a_callback_task_whose_function_fails() -> None:
    """``lambda:invoke.waitForTaskToken`` fails at once when the invocation fails; the emulator waits for the token."""
    with_callback = states._invoke_with_callback

    def invoke(resource: str, data: dict, token: str, state: dict) -> Any:
        if "states:::lambda:invoke" not in resource:
            return with_callback(resource, data, token, state)
        event = threading.Event()
        _machines[token] = (_execution.get() or {}).get("stateMachineArn", "*")
        states._task_tokens[token] = {
            "event": event, "result": None, "error": None, "heartbeat": None, "execution": _execution.get(),
        }  # fmt: skip
        try:
            function = states._resolve_lambda_function_ref(data.get("FunctionName", ""), optimized=True)
            states._call_lambda(function, data.get("Payload", data))
            if not event.wait(state.get("TimeoutSeconds", 99_999_999)):
                raise states._ExecutionError("States.Timeout", "Task timed out waiting for callback")
        finally:
            info = states._task_tokens.pop(token, {})
        if info.get("error"):
            raise states._ExecutionError(info["error"].get("Error", "TaskFailed"), info["error"].get("Cause", ""))
        return json.loads(info.get("result") or "{}")

    states._invoke_with_callback = invoke


def end_tokens_with_their_execution() -> None:
    """A stopped execution goes on waiting for its token, for up to a year, in a thread of its own."""
    stop = states._stop_execution

    def stop_execution(data: dict) -> Any:
        answer = stop(data)
        for info in list(states._task_tokens.values()):
            if (info.get("execution") or {}).get("executionArn") == data.get("executionArn"):
                info["error"] = {"Error": "States.TaskFailed", "Cause": "The execution was stopped"}
                info["event"].set()
        return answer

    states._stop_execution = stop_execution


def keep_a_final_status() -> None:
    """A task that fails after its execution was stopped turns ABORTED into FAILED and reports the change twice."""
    fail = states._fail_execution

    def fail_execution(execution: dict, error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    states._fail_execution = fail_execution


def ask_the_state_machine_role() -> None:
    """Functions are invoked whatever the state machine's role may do; on AWS a missing permission fails the task."""
    call = states._call_lambda

    def call_lambda(reference: str, event: Any) -> Any:
        execution = _execution.get()
        machine = states._state_machines.get((execution or {}).get("stateMachineArn", "")) or {}
        if machine and not roles.allowed(machine.get("roleArn", ""), "lambda:InvokeFunction", function_arn(reference)):
            raise states._ExecutionError(
                "Lambda.AWSLambdaException",
                f"{machine['roleArn']} is not authorized to perform: lambda:InvokeFunction on {reference}",
            )
        return call(reference, event)

    states._call_lambda = call_lambda


def function_arn(reference: str) -> str:
    """The function's ARN, whether the task named it by name or by ARN."""
    _, config, _ = lambda_svc._get_func_record_for_ref(reference)
    return (config or {}).get("FunctionArn", reference)


def let_policies_name_the_state_machine_of_a_token() -> None:
    """SendTaskSuccess and its like are judged against ``*``; on AWS a policy may name the token's state machine."""
    extract = iam_actions.extract_resource_arn

    def resource_arn(service: str, method: str, path: str, headers: dict, body: bytes, *rest: Any) -> str:
        if headers.get("x-amz-target", "").startswith("AWSStepFunctions.SendTask"):
            with suppress(ValueError, AttributeError):
                return _machines.get(json.loads(body).get("taskToken"), "*")
        named: str = extract(service, method, path, headers, body, *rest)
        return named

    iam_actions.extract_resource_arn = resource_arn
