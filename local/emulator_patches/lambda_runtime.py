"""The processes of the local stack's Lambda execution environments: started by lambda_templates, never imported.

A template imports the packages that functions use, and forks an environment whenever it is asked for one. An environment reads one
invocation a line from a pipe and writes one answer a line to another, so that whatever the function prints cannot be taken
for an answer. Standard library only: it must not bring a package that the deployed layers lack.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback

# What is imported before a fork, of what the layers and Lambda's own packages have: nothing of the application.
SHARED = (
    "aws_lambda_powertools.event_handler.api_gateway",
    "aws_lambda_powertools.event_handler.openapi.params",
    "aws_lambda_powertools.utilities.batch",
    "boto3",
    "boto3.dynamodb.types",
    "botocore.awsrequest",
    "botocore.endpoint",
    "botocore.handlers",
    "botocore.httpsession",
    "botocore.parsers",
    "botocore.retries.standard",
    "botocore.session",
    "botocore.signers",
    "cryptography.hazmat.primitives.ciphers.aead",
    "decimal",
    "jsonata",
    "pydantic",
    "pydantic.json_schema",
    "requests",
    "yaml",
)
MESSAGE_BYTES = 1 << 18


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


def serve_forks():
    """Be a template until the emulator is gone. Returns, in each forked environment, its two pipes."""
    control = socket.socket(fileno=int(os.environ.pop("_LOCAL_CONTROL")))
    control.set_inheritable(False)
    sys.path.append(os.environ.pop("_LOCAL_RUNTIME_PACKAGES"))  # after the layers, as in Lambda
    del os.environ["PYTHONPATH"]
    for name in SHARED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that a fork's collections leave the shared memory as it is
    noticed, notice = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: os.write(notice, b"."))
    poller = select.poll()
    poller.register(control, select.POLLIN)
    poller.register(noticed, select.POLLIN)
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == noticed:
                with contextlib.suppress(BlockingIOError):
                    os.read(noticed, 4096)
                tell_of_ends(control)
                continue
            message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 3)
            if not message:
                sys.exit(0)
            pid = os.fork()
            if pid == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                control.close()
                os.close(noticed)
                os.close(notice)
                return become(json.loads(message), *descriptors)
            for given in descriptors:
                os.close(given)
            control.send(json.dumps({"born": pid}).encode())


def tell_of_ends(control):
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            control.send(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}).encode())


def become(environment, log, requests, answers):
    """Turn a fork into an execution environment: its own variables, folder, path and log."""
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    os.environ.clear()
    os.environ.update(environment["environment"])
    time.tzset()
    os.chdir(environment["code"])
    sys.path.insert(0, environment["code"])
    return os.fdopen(requests, "r", encoding="utf-8"), os.fdopen(answers, "w", encoding="utf-8")


def main():
    requests, answers = serve_forks()
    log_end = os.environ.pop("_LOCAL_LOG_END")

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
