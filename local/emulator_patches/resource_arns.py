"""What policies are asked about: the one place where patches correct the ARN that the emulator takes a request to be about."""

from __future__ import annotations

from collections.abc import Callable

from ministack.core import iam_actions


def correct(service: str, corrected: Callable[..., str]) -> None:
    """Pass a service's ARNs through a function.

    Args:
        service: as the emulator names it, such as ``ses``.
        corrected: of the ARN as the emulator found it, and ``path, body, query_params, region, account_id``; the right one.
    """
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        of: str, method: str, path: str, headers: dict, body: bytes, query_params: dict, region: str, account_id: str
    ) -> str:
        arn = extract(of, method, path, headers, body, query_params, region, account_id)
        return corrected(arn, path, body, query_params, region, account_id) if of == service else arn

    iam_actions.extract_resource_arn = extract_resource_arn
