"""The API's description: the OpenAPI document, the page to read and try it, node types, expressions to try; and the answers to
preflights and unknown paths.
"""

from __future__ import annotations

from typing import Any

from flows.api import docs_page
from flows.api.answer import Answer, Listing, Raw, ok
from flows.api.app import Api
from flows.api.description_models import Evaluate, Evaluation, NodeTypeView
from flows.api.lists import WholeQuery, whole
from flows.errors import invalid

api = Api("docs", preflight=True)


@api.get(
    "/openapi.json",
    public=True,
    limit="docs",
    summary="Get the OpenAPI document",
    tag="Description",
    produces="application/json",
)
def get_openapi() -> Raw:
    """OpenAPI 3.1 of this API. Needs no key."""
    headers = {"Content-Type": "application/json", "Cache-Control": "public, max-age=300"}
    return Raw(200, headers, docs_page.openapi_text())


@api.get("/docs", public=True, limit="docs", summary="Read and try the API", tag="Description")
def get_docs() -> Raw:
    """A page that lists every operation and sends requests with your key. Needs no key to be read."""
    page = docs_page.page()
    return Raw(200, page.headers, page.html)


@api.get("/node-types", scope="workflows:read", summary="List node types", tag="Workflows")
def list_node_types(query: WholeQuery) -> Listing[NodeTypeView]:
    """What a workflow can be made of: each type with the JSON Schema of its parameters, its ports and worked examples."""
    from flows.engine import catalog

    return whole(catalog.views(), query, "GET /node-types")


@api.post(
    "/expressions/evaluate",
    scope="workflows:read",
    summary="Evaluate an expression",
    tag="Workflows",
    request_example={"expression": "items[price > 10].name", "input": {"items": [{"name": "pen", "price": 12}]}},
    answer_example={"result": "pen"},
)
def evaluate_expression(body: Evaluate) -> Answer[Evaluation]:
    """Evaluates as a node would, within the same bounds. One that fails is a VALIDATION_ERROR that says where and why."""
    from flows.engine.expressions import ExpressionError, evaluate, render

    bindings: dict[str, Any] = {"input": body.input, "variables": body.variables, "nodes": body.nodes}
    try:
        if "{{" in body.expression:
            return ok({"result": render(body.expression, body.input, bindings)})
        return ok({"result": evaluate(body.expression, body.input, bindings)})
    except ExpressionError as error:
        place = f" (at character {error.position + 1})" if error.position is not None else ""
        raise invalid("expression", f"{error.reason}{place}", "expression") from None


handler = api.handler
