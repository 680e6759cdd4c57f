"""AWS clients: one a process and service, made when first used. The only module that knows boto3.

In a function, services that speak a JSON protocol are called by our own small clients (``flows.aws.json_protocol``, docs/adr/0061); the others, and
all where credentials or addresses are not the plain case, by boto3's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, TypeAlias

Observer: TypeAlias = Callable[[str, Mapping[str, Any]], None]
"""Called after each AWS call with the operation's name, such as ``GetItem``, and what was answered."""

_observers: list[Observer] = []

# What only boto3 understands: other addresses, and ways to them. On SnapStart credentials come from an address and not from here.
_FOR_BOTO3 = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")


@cache
def client(service: str) -> Any:
    """The process's client of a service.

    Args:
        service: boto3's name of it, such as ``dynamodb``. Clients are safe to share between threads.
    """
    return _plain(service) or _by_boto3(service)


def observe(observer: Observer) -> None:
    """Have every AWS call of this process counted, from now on. DynamoDB is asked for consumed units from the first client on."""
    if observer not in _observers:
        _observers.append(observer)


def warm(service: str) -> None:
    """Make a client while Lambda starts the worker, which it does at full speed, and not in the first request."""
    from flows.aws.json_protocol import JsonClient

    made = client(service)
    if isinstance(made, JsonClient):
        made.open()


def _plain(service: str) -> Any:
    """A client of our own, or None where boto3 is to be used."""
    from flows.aws.json_protocol import SERVICES, JsonClient

    spoken = SERVICES.get(service)
    environment = os.environ
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or ""
    if spoken is None or not _is_the_plain_case(environment, region):
        return None
    from flows.aws.connections import Endpoint
    from flows.aws.signature import Signer

    url = environment.get("AWS_ENDPOINT_URL") or f"https://{spoken.name}.{region}.amazonaws.com"
    signer = Signer(
        environment["AWS_ACCESS_KEY_ID"],
        environment["AWS_SECRET_ACCESS_KEY"],
        environment.get("AWS_SESSION_TOKEN", ""),
        region,
        spoken.name,
    )
    return JsonClient(spoken, Endpoint(url, environment.get("AWS_CA_BUNDLE") or None), signer, _observed)


def _is_the_plain_case(environment: Mapping[str, str], region: str) -> bool:
    return (
        "AWS_LAMBDA_FUNCTION_NAME" in environment
        and bool(environment.get("AWS_ACCESS_KEY_ID") and environment.get("AWS_SECRET_ACCESS_KEY"))
        and bool(region)
        and not region.startswith(("cn-", "us-iso", "eu-iso"))
        and not any(environment.get(name) for name in _FOR_BOTO3)
        and not any(name.startswith("AWS_ENDPOINT_URL_") for name in environment)
    )


def _by_boto3(service: str) -> Any:
    from botocore.config import Config

    # Standard mode: 4 attempts with jitter. An answer that was lost is asked for again: see "Faults" in docs/adr.
    config = Config(
        retries={"mode": "standard", "max_attempts": 4},
        connect_timeout=3,
        read_timeout=20,
        max_pool_connections=50,
        tcp_keepalive=True,
        # Links to objects under a KMS key must be signed by Signature Version 4; boto3 still makes older ones for some Regions.
        signature_version="s3v4" if service == "s3" else None,
        # And they must name the Region: the general address redirects, which no signed POST of a browser survives.
        s3={"addressing_style": "virtual"} if service == "s3" else None,
    )
    return session().client(service, config=config)


@lru_cache(maxsize=1)
def session() -> Any:
    """The process's boto3 session; what is registered at its events before a client is made holds for the client."""
    import boto3

    made = boto3.session.Session()
    made.events.register("before-parameter-build.dynamodb", _ask_for_units)
    made.events.register("after-call", lambda parsed, model, **_: _observed(model.name, parsed))
    return made


_COUNTED = frozenset(
    {
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactGetItems",
        "TransactWriteItems",
    }
)


def _ask_for_units(params: dict[str, Any], model: Any, **_: Any) -> None:
    if _observers and model.name in _COUNTED:
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _observed(operation: str, answer: Mapping[str, Any]) -> None:
    for observer in _observers:
        observer(operation, answer)


def reset() -> None:
    """Forget the clients (tests, after the endpoint or the mock has changed)."""
    client.cache_clear()
    session.cache_clear()
