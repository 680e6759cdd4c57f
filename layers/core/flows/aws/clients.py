"""AWS clients: one a process and service, made when first used. The only module that knows boto3."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any


@cache
def client(service: str) -> Any:
    """The process's client of a service.

    Args:
        service: boto3's name of it, such as ``dynamodb``. Clients are safe to share between threads.
    """
    from botocore.config import Config

    # Standard mode: 3 attempts with jitter. An answer that was lost is asked for again: see "Faults" in docs/adr.
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

    return boto3.session.Session()


def reset() -> None:
    """Forget the clients (tests, after the endpoint or the mock has changed)."""
    client.cache_clear()
    session.cache_clear()
