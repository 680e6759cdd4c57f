"""When a failed node is tried again."""

from __future__ import annotations

import random

from flows.engine.graph import Retry
from flows.engine.results import NodeFailure

LONGEST_WAIT_SECONDS = 24 * 3600
"""What another side may make us wait by ``Retry-After``; a longer one counts as this."""


def pause_seconds(retry: Retry, attempt: int, failure: NodeFailure) -> float:
    """How long to wait after a failed attempt: exponential, capped, with jitter (half of it), and not before ``Retry-After``.

    Args:
        retry: the node's policy.
        attempt: the attempt that failed, 1 for the first.
        failure: what it failed with.
    """
    exponent = min(attempt - 1, 64)
    pause = min(retry.interval_seconds * retry.backoff_rate**exponent, retry.max_delay_seconds)
    pause *= 0.5 + random.random() / 2  # noqa: S311 - spreads retries, guards nothing
    if failure.retry_after is not None:
        pause = max(pause, min(failure.retry_after, LONGEST_WAIT_SECONDS))
    return pause
