"""The process that runs one Lambda execution environment of the local stack: started by lambda_workers, never imported.

It reads one invocation a line from a pipe and writes one answer a line to another, so that whatever the function prints
cannot be taken for an answer. Standard library only: it must not bring a package that the deployed layers lack.
"""

import importlib
import json
import os
import sys
import time
import traceback


class Context:
    """What a handler gets as its second argument, with the names of Lambda's Python runtime."""

    identity = None
    client_context = None

    def __init__(self, invocation):
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.aws_request_id = invocation["request_id"]
        self.invoked_function_arn = invocation["function_arn"]
        self._deadline = time.monotonic() + invocation["timeout"]

    def get_remaining_time_in_millis(self):
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def failure(error):
    """An error in the shape that Lambda answers it in; Step Functions takes its name from errorType."""
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def main():
    request_end, answer_end = map(int, os.environ.pop("_LOCAL_PIPES").split(","))
    requests = os.fdopen(request_end, "r", encoding="utf-8")
    answers = os.fdopen(answer_end, "w", encoding="utf-8")
    log_end = os.environ.pop("_LOCAL_LOG_END")
    sys.path.append(os.environ.pop("_LOCAL_RUNTIME_PACKAGES"))  # after the layers, as in Lambda
    del os.environ["PYTHONPATH"]

    def answer(kind, value):
        text = json.dumps({kind: value})
        sys.stdout.flush()
        sys.stderr.write(log_end + "\n")
        sys.stderr.flush()
        answers.write(text + "\n")
        answers.flush()

    module, _, name = os.environ["_HANDLER"].rpartition(".")
    try:
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    except BaseException as error:  # also SystemExit of a module that refuses its settings: it is the init's failure
        traceback.print_exc()
        answer("init_failed", failure(error))
        return
    answer("ready", True)
    for line in requests:
        invocation = json.loads(line)
        for variable, value in invocation["environment"].items():
            os.environ[variable] = value
        try:
            answer("result", handler(invocation["event"], Context(invocation)))
        except Exception as error:
            sys.stderr.write("[ERROR] " + "".join(traceback.format_exception(error)))
            answer("failed", failure(error))


main()
