"""Lambda execution environments: started fast, as many as are needed and no more, with Lambda's own manners.

What the emulator's own workers do otherwise, and why it matters here:

* Each new worker unpacks the function and all layers again: seconds, for layers of this size. Here a zip is unpacked
  once and shared, as a layer is in Lambda.
* Each new worker imports boto3 and all other packages anew. Here it is forked from a process that has (lambda_templates).
* A burst of 200 requests starts 200 processes at once, which two cores cannot serve. Here few start at a time; a request
  takes the first worker that is started or becomes free.
* An exception in a handler kills the worker. The authorizer raises ``Unauthorized`` by design, so each wrong key would
  cost a cold start. Lambda keeps the environment; so do these.
* Every exception is reported as ``Runtime.HandlerError``. Lambda reports its class.
* Each invoke waits 5 ms for more log lines, or 50 ms when there were none. Here a mark ends an invocation's log.
* Workers see the emulator's own packages and environment variables. Here they see their layers, then boto3, as in Lambda.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import queue
import secrets
import select
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from typing import BinaryIO

import botocore
from ministack.core import lambda_runtime as own
from ministack.services import lambda_svc

from local.emulator_patches.lambda_templates import template

STARTING_AT_ONCE = max(3, os.cpu_count() or 2)
STARTING_OF_ONE_FUNCTION = max(2, STARTING_AT_ONCE - 1)  # so that one function's burst leaves room for the others
INIT_SECONDS = 120.0  # Lambda allows 10 s; a laptop under load may need more
WORKING = Path(tempfile.gettempdir())
# Lambda's Python runtime ships boto3 with what it needs, after the layers on the path.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
# Of the machine's variables a function sees only these; above all no proxy and no Python path.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "TMPDIR")

_unpacking = threading.Lock()
_changed = threading.Condition()
_starting: list[str] = []  # the function of each worker that is starting
_waiting: list[tuple[int, str]] = []  # requests that wait for a worker, in order of arrival
_tickets = itertools.count()


def apply() -> None:
    own._worker_class_for = _worker_class
    own.acquire_worker = lambda_svc.acquire_worker = acquire
    own.release_worker = lambda_svc.release_worker = release
    lambda_svc._execute_function_warm = execute


def _worker_class(config: dict) -> type:
    runtime = str(config.get("Runtime", ""))
    if runtime.startswith("python"):
        return PythonWorker
    return own.ProvidedWorker if runtime.startswith("provided") else own.Worker


def unpacked(archive: bytes) -> Path:
    """The folder that holds this zip's contents; unpacked by the first that asks."""
    target = WORKING / "unpacked" / hashlib.sha256(archive).hexdigest()[:32]
    with _unpacking:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            half = Path(tempfile.mkdtemp(dir=target.parent))
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                opened.extractall(half)
            half.rename(target)
    return target


def runtime_packages() -> Path:
    """A folder with Lambda's own packages and nothing else of the emulator's environment."""
    target = WORKING / "runtime-packages"
    with _unpacking:
        if not target.exists():
            site = Path(botocore.__file__).parent.parent
            half = Path(tempfile.mkdtemp(dir=WORKING))
            for name in RUNTIME_PACKAGES:
                (half / name).symlink_to(site / name)
            half.rename(target)
    return target


def layer_path(layers: list[Path]) -> list[str]:
    """The folders of the layers that Lambda puts on Python's path."""
    path: list[str] = []
    for layer in layers:
        path += [str(folder) for folder in sorted(layer.glob("python/lib/python*/site-packages"))]
        path.append(str(layer / "python"))
    return path


class PythonWorker(own.Worker):
    """One execution environment. The pool (leases, idle reaping, invalidation) is the emulator's own."""

    init_failed: InitFailed | None = None

    def _spawn(self) -> None:
        code = unpacked(self.code_zip)
        layers = [
            unpacked(archive) for layer in self.config.get("Layers", []) if (archive := lambda_svc._resolve_layer_zip(layer))
        ]
        self._log_end = f"--end-{secrets.token_hex(16)}--"
        request_in, requests = os.pipe()
        answers, answer_out = os.pipe()
        self._requests = os.fdopen(requests, "wb", buffering=0)
        self._answers = os.fdopen(answers, "rb", buffering=0)
        self._buffer = b""
        log_out, log_in = os.pipe()
        try:
            self._proc = template(layer_path(layers), self._surroundings()).fork(
                code, self._environment(code), [log_in, request_in, answer_out]
            )
        finally:
            for descriptor in (log_in, request_in, answer_out):
                os.close(descriptor)
            self._log: queue.Queue = queue.Queue()
            threading.Thread(target=self._read_log, args=(os.fdopen(log_out, "rb"), self._log), daemon=True).start()
        answer = self._answer(time.monotonic() + INIT_SECONDS)
        if answer is None or "ready" not in answer:
            log = self._log_of_invocation()
            self._end()
            failed = (answer or {}).get("init_failed") or {
                "errorType": "Runtime.ExitError",
                "errorMessage": "Runtime exited during init",
            }
            raise InitFailed(failed, log)
        self._init_log = self._log_of_invocation()
        self._start_time = time.time()

    def _surroundings(self) -> dict[str, str]:
        """The variables under which third-party packages are imported: those that all functions share."""
        return {
            **{key: os.environ[key] for key in PASSED_ON if key in os.environ},
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.config.get('Runtime', '')}",
            "_LOCAL_RUNTIME_PACKAGES": str(runtime_packages()),
        }

    def _environment(self, code: Path) -> dict[str, str]:
        config = self.config
        name = config.get("FunctionName", "")
        _, region = own._account_region_from_function_config(config)
        given = {
            key: value
            for key, value in ((config.get("Environment") or {}).get("Variables") or {}).items()
            if key not in own._RESERVED_RUNTIME_ENV_VARS
        }
        return {
            **{key: os.environ[key] for key in PASSED_ON if key in os.environ},
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            **given,
            **own.execution_credentials(config),
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', '')}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": secrets.token_hex(16),
            "LAMBDA_TASK_ROOT": str(code),
            "_HANDLER": config.get("Handler", "index.handler"),
            "_LOCAL_LOG_END": self._log_end,
        }

    @staticmethod
    def _read_log(lines: BinaryIO, log: queue.Queue) -> None:
        with lines:
            for line in lines:
                log.put(line.decode(errors="replace").rstrip("\n"))
        log.put(None)

    def _log_of_invocation(self) -> str:
        """The lines up to this invocation's mark, or to the process's end."""
        lines: list[str] = []
        deadline = time.monotonic() + 1.0
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._log.get(timeout=left)
            except queue.Empty:
                break
            if line is None or line == self._log_end:
                break
            lines.append(line)
        return "\n".join(lines)

    def _answer(self, deadline: float) -> dict | None:
        """The next answer; None when the process ended. Raises TimeoutError at the deadline (monotonic seconds)."""
        # poll, not select: with a few hundred workers and callers a descriptor's number passes select's 1,024.
        poller = select.poll()
        poller.register(self._answers, select.POLLIN | select.POLLHUP)
        while b"\n" not in self._buffer:
            if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            chunk = os.read(self._answers.fileno(), 1 << 20)
            if not chunk:
                return None
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return json.loads(line)

    def _end(self) -> None:
        process, self._proc = self._proc, None
        if process is None:
            return
        process.kill()
        process.wait()
        self._requests.close()
        self._answers.close()

    def ensure_started(self) -> None:
        """Start the process when it does not run. Raises InitFailed, TimeoutError."""
        if self._proc is not None and self._proc.poll() is None:
            return
        self._end()
        try:
            self._spawn()
        except BaseException:
            self._end()
            raise
        self._cold = False

    def invoke(self, event, request_id, *, trace_id=None, depth=None, durable=None, invoked_function_arn=None) -> dict:
        """One invocation: ``{"body"}``, or ``{"body", "error": True}`` with Lambda's error object; with its log."""
        timeout = float(self.config.get("Timeout") or 3)
        message = {
            "event": event,
            "request_id": request_id,
            "function_arn": invoked_function_arn or self.config.get("FunctionArn", ""),
            "timeout": timeout,
            "environment": {key: str(value) for key, value in (
                ("_X_AMZN_TRACE_ID", trace_id or ""), (own.INVOKE_DEPTH_ENV, depth or ""))},
        }  # fmt: skip
        with self._lock:
            try:
                if self.init_failed is not None:
                    problem, self.init_failed = self.init_failed, None
                    raise problem
                self.ensure_started()
            except InitFailed as problem:
                return {"body": problem.error, "error": True, "log": problem.log}
            except TimeoutError:
                return _failed("Sandbox.Timedout", f"Init timed out after {INIT_SECONDS:.0f} s", "")
            process = self._proc
            deadline = time.monotonic() + timeout
            try:
                self._send(json.dumps(message).encode() + b"\n")
                answer = self._answer(deadline)
            except TimeoutError:
                process.kill()
                log = self._log_of_invocation()
                self._end()
                return _failed("Sandbox.Timedout", f"{request_id} Task timed out after {timeout:.2f} seconds", log)
            except BrokenPipeError:
                answer = None
            log = self._log_of_invocation()
            if self._init_log:
                log, self._init_log = f"{self._init_log}\n{log}", ""
            if answer is None:
                code = process.wait()
                self._end()
                return _failed("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with {code}", log)
            if "failed" in answer:
                return {"body": {**answer["failed"], "requestId": request_id}, "error": True, "log": log}
            return {"body": answer["result"], "log": log}

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._requests.write(view) :]


class InitFailed(Exception):
    """The function's module could not be imported; ``error`` is Lambda's error object."""

    def __init__(self, error: dict, log: str) -> None:
        super().__init__(error.get("errorMessage"))
        self.error = error
        self.log = log


def _failed(kind: str, message: str, log: str) -> dict:
    return {"body": {"errorType": kind, "errorMessage": message}, "error": True, "log": log}


def acquire(func_name: str, config: dict, code_zip: bytes, qualifier: str = "$LATEST", max_concurrency=None):
    """Lease a free worker, or a new one when its turn to start has come, or the first that becomes free."""
    key = own._worker_key(func_name, config, qualifier)
    ticket = (next(_tickets), key)
    with _changed:
        _waiting.append(ticket)
        try:
            while True:
                with own._lock:
                    worker = next((w for w in own._workers.setdefault(key, []) if not w.in_use), None)
                    if worker is not None:
                        worker.in_use = True
                        worker.last_used = time.time()
                        return worker, "reused"
                if may_start(ticket):
                    _starting.append(key)
                    break
                _changed.wait(0.5)
        finally:
            _waiting.remove(ticket)
    worker = _worker_class(config)(func_name, config, code_zip)
    worker.in_use = True
    with own._lock:
        own._workers.setdefault(key, []).append(worker)
    try:
        if isinstance(worker, PythonWorker):
            with worker._lock:
                worker.ensure_started()
    except InitFailed as problem:
        worker.init_failed = problem  # the invocation that follows reports it
    except (TimeoutError, OSError):
        lambda_svc.logger.exception("%s: a worker did not start", func_name)
    finally:
        with _changed:
            _starting.remove(key)
            _changed.notify_all()
    return worker, "spawn"


def may_start(ticket: tuple[int, str]) -> bool:
    """Whether the ticket's holder is the first in line of those whose function may have one more worker starting."""
    if len(_starting) >= STARTING_AT_ONCE:
        return False
    startable = (waiting for waiting in _waiting if _starting.count(waiting[1]) < STARTING_OF_ONE_FUNCTION)
    return next(startable, None) == ticket


def release(worker) -> None:
    if worker is None:
        return
    with own._lock:
        worker.in_use = False
        worker.last_used = time.time()
    with _changed:
        _changed.notify_all()


def execute(func: dict, event: dict, request_id: str) -> dict:
    """Run one invocation on a leased worker; the emulator's dispatcher counts concurrency and writes the log group."""
    config = func.get("config") or func
    code_zip = func.get("code_zip")
    if not code_zip:
        return _failed("Runtime.InvalidEntrypoint", "The function has no code", "")
    lambda_svc._ensure_reaper_thread()
    worker, _ = acquire(config.get("FunctionName", ""), config, code_zip, config.get("Version", "$LATEST"))
    try:
        return worker.invoke(
            event,
            request_id,
            trace_id=lambda_svc._xray_trace_id_for_invocation(config),
            invoked_function_arn=config.get("FunctionArn", ""),
            depth=lambda_svc._invoke_depth.get(),
        )
    finally:
        release(worker)
