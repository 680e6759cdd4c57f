"""Expressions, as nodes use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yourapp._async.resource import AsyncResource
from yourapp._request import NOT_GIVEN, Request, given, path
from yourapp.models import Evaluation


class AsyncExpressions(AsyncResource):
    """``client.expressions``"""

    async def evaluate(
        self,
        *,
        expression: str,
        input: Any = NOT_GIVEN,
        variables: Mapping[str, Any] | None = None,
        nodes: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Evaluation:
        """Try an expression.

        Args:
            expression: such as ``employees > 500``.
            input: what it works on.
            variables: the workflow's variables.
            nodes: outputs of other nodes, by their ids.
            idempotency_key: your own name of this request.
        """
        body = given(
            expression=expression,
            input=input,
            variables=NOT_GIVEN if variables is None else variables,
            nodes=NOT_GIVEN if nodes is None else nodes,
        )
        return await self._one(
            Request("POST", path("/expressions/evaluate"), body=body, idempotency_key=idempotency_key), Evaluation
        )
