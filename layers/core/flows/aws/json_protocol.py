"""Clients of the AWS services that speak AWS's JSON protocols, in the few lines that calling them takes.

boto3 spends more than a millisecond of processor on a call and half a second on its import, which is most of what a run costs (docs/adr/0061).
These clients have the methods of boto3's that we use (``get_item(TableName=...)``), the same answers, and the same errors by name
(``client.exceptions.ConditionalCheckFailedException``, ``error.response``). They repeat a call as boto3's standard mode
does, so everything that is said of lost answers holds for them too.
"""

from __future__ import annotations

import base64
import json
import os
import random
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flows.aws.connections import Answer, ConnectionFailed, Endpoint
from flows.aws.signature import Signer

ATTEMPTS = 4
_PAUSE_SECONDS = 0.05
_THROTTLED_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0

# botocore's standard mode (botocore/retries/standard.py): what may succeed when it is asked again.
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
    }
)
_TRANSIENT_CODES = frozenset({"RequestTimeout", "RequestTimeoutException"})
_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})


@dataclass(frozen=True)
class Service:
    """A service of AWS.

    Args:
        name: in addresses and signatures.
        target: before the operation in ``X-Amz-Target``.
        version: of the JSON protocol.
        always: parameters that every call carries.
        blobs: what answers hold as base64 of bytes. (DynamoDB's are read by ``attribute_values``.)
    """

    name: str
    target: str
    version: str
    always: Mapping[str, Any] = field(default_factory=dict)
    blobs: tuple[str, ...] = ()


SERVICES = {
    "dynamodb": Service("dynamodb", "DynamoDB_20120810", "1.0", always={"ReturnConsumedCapacity": "TOTAL"}),
    "events": Service("events", "AWSEvents", "1.1"),
    "kms": Service("kms", "TrentService", "1.1", blobs=("Plaintext", "CiphertextBlob")),
    "sqs": Service("sqs", "AmazonSQS", "1.0"),
    "stepfunctions": Service("states", "AWSStepFunctions", "1.0"),
}
"""By boto3's name of the service."""


class CallFailed(Exception):
    """AWS refused a call. ``response`` has the form of boto3's: ``Error`` with ``Code`` and ``Message``, and what else was told."""

    def __init__(self, operation: str, response: dict[str, Any]) -> None:
        error = response["Error"]
        super().__init__(f"{operation}: {error['Code']}: {error['Message']}")
        self.response = response


class Exceptions:
    """A service's errors by their names: each is a :class:`CallFailed`, and ``ClientError`` is any of them."""

    ClientError = CallFailed

    def __getattr__(self, code: str) -> type[CallFailed]:
        made: type[CallFailed] = type(code, (CallFailed,), {})
        return self.__dict__.setdefault(code, made)  # type: ignore[no-any-return]  # what was just put there


class JsonClient:
    """A service's client: its methods are the service's operations in boto3's names. Safe to share between threads.

    Args:
        service: what it speaks to.
        endpoint: where.
        signer: with whose credentials.
        observe: called after each call with the operation's name and its answer.
    """

    def __init__(
        self, service: Service, endpoint: Endpoint, signer: Signer, observe: Callable[[str, Mapping[str, Any]], None]
    ) -> None:
        self.exceptions = Exceptions()
        self._service = service
        self._endpoint = endpoint
        self._signer = signer
        self._observe = observe

    def open(self) -> None:
        """Have a connection ready."""
        self._endpoint.open()

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        if method.startswith("_"):
            raise AttributeError(method)
        operation = "".join(part.capitalize() for part in method.split("_"))

        def call(**parameters: Any) -> dict[str, Any]:
            return self._call(operation, parameters)

        self.__dict__[method] = call
        return call

    def _call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({**parameters, **self._service.always}, default=_encoded).encode()
        attempt = 1
        while True:
            pause = _PAUSE_SECONDS
            try:
                answer = self._exchange(operation, body)
                if answer.status == 200:
                    return self._answered(operation, answer)
                failure = self._failure(operation, answer)
                if attempt == ATTEMPTS or not _may_succeed(failure):
                    self._observe(operation, failure.response)
                    raise failure
                if failure.response["Error"]["Code"] in _THROTTLED:
                    pause = _THROTTLED_PAUSE_SECONDS
            except ConnectionFailed:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(random.random() * min(pause * 2 ** (attempt - 1), _LONGEST_PAUSE_SECONDS))  # noqa: S311 -- jitter is no secret
            attempt += 1

    def _exchange(self, operation: str, body: bytes) -> Answer:
        headers = self._signer.headers(
            self._endpoint.host,
            f"application/x-amz-json-{self._service.version}",
            f"{self._service.target}.{operation}",
            body,
            datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
        )
        headers["User-Agent"] = "flows"
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        if trace:
            headers["X-Amzn-Trace-Id"] = trace  # by it AWS sees functions that call each other in circles
        answer = self._endpoint.exchange(headers, body)
        told = answer.headers.get("x-amz-crc32")
        if told is not None and int(told) != zlib.crc32(answer.body):
            raise ConnectionFailed(f"{self._service.name}: the answer arrived altered")
        return answer

    def _answered(self, operation: str, answer: Answer) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(answer.body) if answer.body else {}
        for name in self._service.blobs:
            if name in found:
                found[name] = base64.b64decode(found[name])
        self._observe(operation, found)
        return found

    def _failure(self, operation: str, answer: Answer) -> CallFailed:
        try:
            found = json.loads(answer.body)
        except ValueError:
            found = None
        told = found if isinstance(found, dict) else {}
        code = str(told.get("__type") or told.get("code") or answer.status).rpartition("#")[2].partition(":")[0]
        error = {"Code": code, "Message": told.get("message") or told.get("Message") or ""}
        response = {**told, "Error": error, "ResponseMetadata": {"HTTPStatusCode": answer.status}}
        failure: CallFailed = getattr(self.exceptions, code)(operation, response)
        return failure


def _may_succeed(failure: CallFailed) -> bool:
    code = failure.response["Error"]["Code"]
    return (
        code in _THROTTLED
        or code in _TRANSIENT_CODES
        or failure.response["ResponseMetadata"]["HTTPStatusCode"] in _TRANSIENT_STATUSES
    )


def _encoded(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"no JSON value for AWS: {type(value).__name__}")
