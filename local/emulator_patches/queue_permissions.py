"""SQS: batches. IAM knows no action ``sqs:SendMessageBatch``; a batch needs the permission of what it is a batch of
(SQS developer guide, "Amazon SQS API permissions")."""

from __future__ import annotations

from typing import Any

from ministack.core import iam_actions


def apply() -> None:
    """The emulator asks policies for an action that no policy can name, so every batch is denied."""
    extract = iam_actions.extract_iam_action

    def extract_action(service: str, *request: Any) -> str | None:
        action = extract(service, *request)
        return action.removesuffix("Batch") if action and action.startswith("sqs:") else action

    iam_actions.extract_iam_action = extract_action
