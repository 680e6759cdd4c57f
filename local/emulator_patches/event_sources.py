"""Event source mappings as Lambda runs them: streams beside queues, partial failures of a stream batch, fair queues."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from typing import Any

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import dynamodb, lambda_svc, sqs

# Lambda retries a failing stream batch with a growing pause; locally a short one is enough.
PAUSE_SECONDS = 0.5


def apply() -> None:
    take_concurrency_from_a_parameter()
    run_each_stream_by_itself()
    deliver_fairly()


def take_concurrency_from_a_parameter() -> None:
    """CloudFormation turns a parameter into the property's type; the emulator leaves ``MaximumConcurrency`` a text, and the
    comparison that fails stops every queue."""
    limit = lambda_svc._sqs_esm_concurrency

    def concurrency(mapping: dict, *rest: Any) -> int:
        scaling = {name: int(value) for name, value in (mapping.get("ScalingConfig") or {}).items()}
        return int(limit({**mapping, "ScalingConfig": scaling}, *rest))

    lambda_svc._sqs_esm_concurrency = concurrency


def run_each_stream_by_itself() -> None:
    """The emulator runs stream batches on the one thread that polls all queues, so a slow consumer stops every other one;
    and it takes a batch with ``batchItemFailures`` for a success, so the failed records are lost."""
    attempts: Counter[tuple[str, str]] = Counter()

    def poll() -> bool:
        took = False
        for account, region, mapping in lambda_svc._iter_all_esms():
            tokens = _request_account_id.set(account), _request_region.set(region)
            try:
                took = dispatch(mapping) or took
            finally:
                _request_account_id.reset(tokens[0])
                _request_region.reset(tokens[1])
        return took

    def dispatch(mapping: dict) -> bool:
        """Start the mapping's next batch unless one is under way: a shard is read in order."""
        table, function = source(mapping), None
        if table is not None:
            function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
        identity = mapping["UUID"]
        if table is None or function is None or lambda_svc._esm_inflight.get(identity):
            return False
        if lambda_svc._esm_backoff_until.get(identity, 0) > time.time():
            return False
        start, end = dynamodb.stream_start_position(table), dynamodb.stream_end_position(table)
        from_start = mapping.get("StartingPosition") == "TRIM_HORIZON"
        with lambda_svc._dynamodb_stream_positions_lock:
            position = max(lambda_svc._dynamodb_stream_positions.setdefault(identity, start if from_start else end), start)
        records = dynamodb.stream_records_since(table, position, int(mapping.get("BatchSize", 100)))
        if not records:
            return False
        lambda_svc._dispatch_esm_batch(identity, run, mapping, function, position, records)
        return True

    def run(mapping: dict, function: dict, position: int, records: list[dict]) -> None:
        matching = lambda_svc._apply_filter_criteria(records, mapping)
        done = len(records)
        if matching:
            result = lambda_svc._execute_function_with_config_scope(function, {"Records": matching})
            failed_at = first_failure(mapping, matching, result)
            if failed_at is not None:
                first = failed_at["dynamodb"]["SequenceNumber"]
                done = next(i for i, record in enumerate(records) if record["dynamodb"]["SequenceNumber"] == first)
                attempts[mapping["UUID"], first] += 1
                limit = int(mapping.get("MaximumRetryAttempts", -1))
                if 0 <= limit < attempts[mapping["UUID"], first]:
                    lambda_svc._send_ddb_stream_failure_record(
                        mapping, function, records[done:], mapping["EventSourceArn"], result, "RetryAttemptsExhausted"
                    )
                    # With BisectBatchOnFunctionError or partial answers, Lambda gives up on the poison record alone.
                    done = done + 1 if partial(mapping) else len(records)
                else:
                    lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + PAUSE_SECONDS
        with lambda_svc._dynamodb_stream_positions_lock:
            lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position + done

    lambda_svc._poll_dynamodb_streams = poll


def source(mapping: dict) -> str | None:
    """The table whose stream the mapping reads, while both are there and the mapping is enabled."""
    with suppress(ArnParseError):
        arn = parse_arn(mapping.get("EventSourceArn", ""))
        spec = lambda_svc._dynamodb_stream_table_from_arn_spec(arn) if arn.service == "dynamodb" else None
        if spec is not None and mapping.get("Enabled", True):
            table = dynamodb._tables.get(spec[0])
            if table and table.get("LatestStreamArn") == mapping["EventSourceArn"]:
                return str(spec[0])
    return None


def partial(mapping: dict) -> bool:
    return "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])


def first_failure(mapping: dict, records: list[dict], result: dict) -> dict | None:
    """The record from which the batch must be read again: Lambda retries from the lowest failed sequence number."""
    if result.get("error"):
        return records[0]
    body = result.get("body")
    failures = body.get("batchItemFailures") if partial(mapping) and isinstance(body, dict) else None
    named = {failure.get("itemIdentifier") for failure in failures or []}
    if not named:
        return None
    return next((record for record in records if record["dynamodb"]["SequenceNumber"] in named), records[0])


def deliver_fairly() -> None:
    """Standard queues with message groups are fair queues: a group with many messages in flight yields to the others.
    The emulator delivers in order of arrival, so one slow endpoint's backlog would hold up everybody."""
    collect = sqs._collect_msgs

    def collect_messages(queue: dict, limit: int, visibility: int) -> list[Any]:
        messages = queue["messages"]
        if queue["is_fifo"] or not any(message.get("group_id") for message in messages):
            return list(collect(queue, limit, visibility))
        now = time.time()
        in_flight = Counter(m.get("group_id") for m in messages if m["visible_at"] > now and m["receive_count"] > 0)
        waiting = sorted((m for m in messages if m["visible_at"] <= now), key=lambda m: in_flight[m.get("group_id") or m["id"]])
        view = {**queue, "messages": waiting}  # the messages are shared, only their order is ours
        return list(collect(view, limit, visibility))

    sqs._collect_msgs = collect_messages
