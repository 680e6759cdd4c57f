"""API Gateway as SAM templates need it: what the OpenAPI body says, usage plans by authorizer, the custom domain's paths."""

from __future__ import annotations

import contextvars
from typing import Any

from ministack import app
from ministack.services import apigateway_v1 as v1
from ministack.services.cloudformation import provisioners

# The part of a custom domain's path that its mapping consumed: AWS leaves it in the event's path.
_base_path: contextvars.ContextVar[str | None] = contextvars.ContextVar("base_path", default=None)
# The API key that the authorizer named for this request.
_usage_key: contextvars.ContextVar[str | None] = contextvars.ContextVar("usage_key", default=None)
_function_failed: contextvars.ContextVar[bool] = contextvars.ContextVar("function_failed", default=False)

_USAGE_KEY = "usageIdentifierKey (local)"
_OWN_PATHS = ("/_ministack", "/_aws", "/_localstack", "/restapis/")


def apply() -> None:
    take_the_whole_openapi_body()
    take_api_keys_from_the_authorizer()
    tell_platform_requests_from_aws_requests()
    keep_the_base_path_in_the_event()
    tell_the_address_that_calls()
    answer_failed_functions_as_the_gateway_does()
    hand_bodies_over_as_bytes()


def take_the_whole_openapi_body() -> None:
    """SAM puts GatewayResponses and ``Method: ANY`` into the OpenAPI body, ApiKeySourceType beside it; all are ignored."""
    v1._OPENAPI_HTTP_METHODS = v1._OPENAPI_HTTP_METHODS | {_ANY}
    import_operation, import_api, create = v1._import_operation, v1._import_rest_api, provisioners._apigw_rest_api_create

    def operation(api_id: str, resource_id: str, http_method: str, *rest: Any) -> None:
        import_operation(api_id, resource_id, "ANY" if http_method == _ANY.upper() else http_method, *rest)

    def api(spec: dict, base_data: dict | None = None) -> str:
        api_id: str = import_api(spec, base_data)
        for kind, response in (spec.get("x-amazon-apigateway-gateway-responses") or {}).items():
            v1._put_gateway_response(api_id, kind, response)
        return api_id

    def rest_api(logical_id: str, props: dict, stack_name: str) -> tuple[str, dict]:
        api_id, attributes = create(logical_id, props, stack_name)
        v1._rest_apis[api_id]["apiKeySource"] = props.get("ApiKeySourceType", "HEADER")
        return api_id, attributes

    v1._import_operation, v1._import_rest_api = operation, api
    provisioners._apigw_rest_api_create = rest_api
    provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]["create"] = rest_api


_ANY = "x-amazon-apigateway-any-method"


def hand_bodies_over_as_bytes() -> None:
    """``BinaryMediaTypes: ['*~1*']`` (``~1`` is a slash in a template) is taken literally, so bodies that are not UTF-8 arrive damaged."""
    matches = v1._media_type_matches

    def media_type_matches(media_type: str | None, patterns: list[str] | None) -> bool:
        read = [pattern.replace("~1", "/") for pattern in patterns or []]
        return "*/*" in read or matches(media_type, read)

    v1._media_type_matches = media_type_matches


def take_api_keys_from_the_authorizer() -> None:
    """``ApiKeySourceType: AUTHORIZER`` is unknown: the key that meets the usage plan is the authorizer's, not a header."""
    invoke, authorize, from_request = v1._invoke_authorizer_lambda, v1._authorize_request_v1, v1._api_key_from_request

    async def invoke_authorizer(*args: Any) -> dict | None:
        result = await invoke(*args)
        body = (result or {}).get("body")
        if isinstance(body, dict) and body.get("usageIdentifierKey"):
            body = {**body, "context": {**(body.get("context") or {}), _USAGE_KEY: body["usageIdentifierKey"]}}
            result = {**(result or {}), "body": body}
        return result

    async def authorize_request(api_id: str, *rest: Any) -> tuple:
        error, context = await authorize(api_id, *rest)
        key = context.get(_USAGE_KEY) if context else None
        if context and key is not None:
            context = {name: value for name, value in context.items() if name != _USAGE_KEY}
        source = (v1._rest_apis.get(api_id) or {}).get("apiKeySource", "HEADER")
        _usage_key.set((key or "") if source == "AUTHORIZER" else None)
        return error, context

    def api_key(headers: dict) -> str:
        key = _usage_key.get()
        return from_request(headers) if key is None else key

    v1._invoke_authorizer_lambda, v1._authorize_request_v1 = invoke_authorizer, authorize_request
    v1._api_key_from_request = api_key


def is_platform_request(headers: dict, path: str, query: dict) -> bool:
    """Whether a request is for the deployed API: its host is a custom domain and nothing marks it as an AWS call."""
    if path.startswith(_OWN_PATHS) or app._resolve_custom_domain_request(headers.get("host", ""), path) is None:
        return False
    signed = headers.get("authorization", "").startswith(("AWS4-", "AWS "))
    presigned = any(name in query for name in ("X-Amz-Algorithm", "X-Amz-Signature", "AWSAccessKeyId"))
    if signed or presigned or "x-amz-target" in headers:
        return False
    bucket = path.lstrip("/").partition("/")[0]  # a presigned POST carries its signature in the form
    return not bucket or bucket not in app._get_module("s3")._buckets


def tell_platform_requests_from_aws_requests() -> None:
    """The API's domain is the emulator's own address. With the empty mapping (``/v9`` must reach our 404) the domain
    would swallow every AWS call; without one, the emulator's services (``/health``, S3...) would answer for the API."""
    before_body, special, execute = (
        app._handle_pre_body_request,
        app._handle_special_data_plane_request,
        app._handle_execute_api_request,
    )

    async def pre_body(method: str, path: str, headers: dict, query: dict, request_id: str) -> Any:
        if is_platform_request(headers, path, query):
            return None
        return await before_body(method, path, headers, query, request_id)

    async def data_plane(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str, **rest: Any) -> Any:
        if is_platform_request(headers, path, query):
            answer = await execute_api(headers.get("host", ""), path, method, headers, body, query)
            return app._with_data_plane_headers(answer, request_id, wildcard_cors=False)
        return await special(method, path, headers, body, query, request_id, **rest)

    async def execute_api(host: str, path: str, method: str, headers: dict, body: bytes, query: dict, **rest: Any) -> Any:
        by_url = app._parse_execute_api_url(host, path) is not None
        if not by_url and not is_platform_request(headers, path, query):
            return None
        if not by_url:
            _, _, rest_of_path = app._resolve_custom_domain_request(host, path)
            _base_path.set(path.removesuffix(rest_of_path) if path != rest_of_path else "")
        return await execute(host, path, method, headers, body, query, **rest)

    app._handle_pre_body_request = pre_body
    app._handle_special_data_plane_request = data_plane
    app._handle_execute_api_request = execute_api


def keep_the_base_path_in_the_event() -> None:
    """On AWS a custom domain's base path stays in ``path``; the emulator drops it, so the stripping would go untested."""
    build = v1._build_lambda_event_v1

    def event(*args: Any, **rest: Any) -> dict:
        made: dict = build(*args, **rest)
        base = _base_path.get()
        if base is not None:
            made["path"] = (base if made["path"] == "/" else base + made["path"]) or "/"
            made["requestContext"]["path"] = made["path"]
        return made

    v1._build_lambda_event_v1 = event


def tell_the_address_that_calls() -> None:
    """``sourceIp`` is what the caller writes into X-Forwarded-For; on AWS it is where the connection comes from: here, this machine."""
    build = v1._build_lambda_event_v1

    def event(*args: Any, **rest: Any) -> dict:
        made: dict = build(*args, **rest)
        made["requestContext"]["identity"]["sourceIp"] = "127.0.0.1"
        return made

    v1._build_lambda_event_v1 = event


def answer_failed_functions_as_the_gateway_does() -> None:
    """A function that fails answers 502 with the error's text; AWS answers through the DEFAULT_5XX gateway response."""
    shape, invoke = v1._lambda_proxy_response, v1._invoke_lambda_proxy_v1

    def proxy_response(result: dict) -> tuple:
        returned = result.get("body")
        if result.get("error") or not isinstance(returned, dict) or "statusCode" not in returned:
            _function_failed.set(True)
            return None, "Malformed Lambda proxy response"
        shaped: tuple = shape(result)
        return shaped

    async def invoke_proxy(*args: Any, **rest: Any) -> Any:
        _function_failed.set(False)
        answer = await invoke(*args, **rest)
        if _function_failed.get():
            return v1._gw_error("DEFAULT_5XX", "Internal server error")
        return answer

    render = v1._gateway_error_response

    def gateway_error(error: Any, request: dict) -> tuple:
        status, headers, body = render(error, request)
        if error.response_type == "DEFAULT_5XX" and _function_failed.get():
            customized = v1._gateway_response_for_type(v1._gateway_responses.get(request["api_id"], {}), "DEFAULT_5XX")
            status = int(customized.get("statusCode") or 502)
        return status, headers, body

    v1._lambda_proxy_response, v1._invoke_lambda_proxy_v1 = proxy_response, invoke_proxy
    v1._gateway_error_response = gateway_error
