"""From an action and its inputs to the one HTTP request."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from flows.connectors import base_urls
from flows.connectors.bodies import encode, form_pairs
from flows.connectors.mapping import MISSING, PLACEHOLDER, as_text, render, same_named
from flows.connectors.paths import pick
from flows.connectors.schema import Connector, RequestTemplate, Scheme
from flows.credentials.hosts import covers, host_entry
from flows.credentials.use import OpenCredential
from flows.engine.results import NodeFailure
from flows.outgoing import Request


@dataclass(frozen=True)
class Connection:
    """A connector with a credential and the settings of this call.

    Args:
        connector: the connector.
        settings: subdomain and the like, checked.
        credential: opened, or None.
        base_url: where requests go.
        secret_headers, secret_query: what proves who calls.
    """

    connector: Connector
    settings: Mapping[str, str]
    credential: OpenCredential | None
    base_url: str = field(repr=False)
    secret_headers: Mapping[str, str] = field(repr=False)
    secret_query: Mapping[str, str] = field(repr=False)

    def values(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What templates may name: inputs, settings, and the user name of a Basic credential."""
        return {**_public_parts(self.credential), **self.settings, **inputs}


def connect(connector: Connector, credential: OpenCredential | None, given: Mapping[str, Any]) -> Connection:
    """Bring connector, credential and settings together.

    Args:
        connector: the connector.
        credential: opened; None for connectors that need none.
        given: settings that the node's parameters name.

    Raises:
        NodeFailure: no credential, one of another type, one that may not go there, or settings that are missing or wrong.
    """
    if credential is None and connector.auth_required:
        types = ", ".join(connector.credential_types)
        raise NodeFailure(
            "InvalidParameters", f"{connector.name} needs a credential (credential_id on the node) of type {types}."
        )
    scheme = connector.scheme(credential.type) if credential else None
    if credential and scheme is None:
        raise NodeFailure(
            "InvalidParameters",
            f"{connector.name} takes credentials of type {', '.join(connector.credential_types)}, not {credential.type}.",
        )
    values = _settings(connector, credential, given)
    secret = credential.text() if credential and scheme and _needs_text(scheme) else ""
    own = base_urls.resolve(connector, values, secret if scheme and scheme.in_url else "")
    if credential and not covers(credential.allowed_hosts, own):
        raise NodeFailure(
            "InvalidParameters",
            f"The credential may not be sent to {connector.name}: add {_host_of(own)} to its allowed_hosts.",
        )
    replaced = None if base_urls.BASE_URL in values else base_urls.replacement(connector.id)
    if replaced is not None:
        own = base_urls.resolve(connector, {**values, base_urls.BASE_URL: replaced}, secret if scheme and scheme.in_url else "")
    headers, query = _proof(scheme, credential, secret)
    return Connection(connector, values, credential, own, headers, query)


def build(
    connection: Connection,
    template: RequestTemplate,
    inputs: Mapping[str, Any],
    *,
    timeout_seconds: float,
    idempotency_key: str = "",
) -> Request:
    """The request of an action.

    Raises:
        NodeFailure: an input is missing in the path, or does not make such a request.
    """
    values = connection.values(inputs)
    headers = {**_headers(connection.connector.headers, values), **_headers(template.headers, values)}
    body = None
    try:
        if template.body is not None:
            body, kind = encode(template.body, values)
            headers.setdefault("Content-Type", kind)
        url = connection.base_url + _path(template.path, values)
    except ValueError as error:
        raise NodeFailure("InvalidParameters", f"{connection.connector.name}: {error}.") from None
    query = render(same_named(template.query), values) if template.query else MISSING
    if isinstance(query, Mapping) and query:
        pairs = urlencode(list(form_pairs(query, "repeat")), quote_via=quote)
        url += ("&" if "?" in url else "?") + pairs
    if template.method != "GET" and idempotency_key and connection.connector.idempotency_header:
        headers[connection.connector.idempotency_header] = idempotency_key
    return request_to(connection, template.method, url, headers=headers, body=body, timeout_seconds=timeout_seconds)


def request_to(
    connection: Connection,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    timeout_seconds: float,
) -> Request:
    """A request with the credential, which goes to the connection's own host only, whatever the URL says."""
    return Request(
        method,
        url,
        headers=headers,
        body=body,
        timeout_seconds=timeout_seconds,
        allowed_hosts=frozenset({host_entry(connection.base_url)}),
        secret_headers=connection.secret_headers,
        secret_query=connection.secret_query,
    )


def _settings(connector: Connector, credential: OpenCredential | None, given: Mapping[str, Any]) -> dict[str, str]:
    stored = dict(credential.connectors.get(connector.id) or {}) if credential else {}
    problems = base_urls.check_settings(connector, given, complete=False)
    problems += [
        problem
        for problem in base_urls.check_settings(connector, {**given, **stored}, complete=True)
        if problem.type == "missing"
    ]
    if problems:
        first = problems[0]
        raise NodeFailure(
            "InvalidParameters",
            f"{first.path.removeprefix('config.')}: {first.message}.",
            [problem.as_dict() for problem in problems],
        )
    for name, value in given.items():
        if name in stored and stored[name] != value:
            raise NodeFailure("InvalidParameters", f"{name} is set by the integration of this credential; leave it out.")
    defaults = {name: setting.default for name, setting in connector.settings.items() if setting.default}
    public = _public_parts(credential)
    values = {name: str(render(default, public)) for name, default in defaults.items() if render(default, public) is not MISSING}
    return {**values, **{name: str(value) for name, value in given.items()}, **stored}


def _proof(scheme: Scheme | None, credential: OpenCredential | None, secret: str) -> tuple[dict[str, str], dict[str, str]]:
    if scheme is None or credential is None or scheme.in_url:
        return {}, {}
    if scheme.basic:
        pair = str(render(scheme.basic, {"secret": secret}))
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}, {}
    if not scheme.headers and not scheme.query:
        return dict(credential.secret_headers()), dict(credential.secret_query())
    value = credential.value()
    known = {"secret": secret, **(value if isinstance(value, dict) else {})}
    fill = {name: str(render(text, known)) for name, text in scheme.headers.items()}
    return fill, {name: str(render(text, known)) for name, text in scheme.query.items()}


def _needs_text(scheme: Scheme) -> bool:
    return scheme.in_url or any("{secret}" in text for text in (scheme.basic, *scheme.headers.values(), *scheme.query.values()))


def _public_parts(credential: OpenCredential | None) -> dict[str, Any]:
    value = credential.value() if credential and credential.type == "basic" else None
    return {"username": value["username"]} if isinstance(value, dict) and value.get("username") else {}


def _headers(template: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    found = {name: render(text, values) for name, text in template.items()}
    return {name: as_text(value) for name, value in found.items() if value is not MISSING}


def _path(template: str, values: Mapping[str, Any]) -> str:
    def fill(match: Any) -> str:
        name = match[1]
        value = pick(values, name.lstrip("+"), MISSING)
        text = "" if value is MISSING else as_text(value)
        if name.startswith("+"):
            return "/".join(_segment(part, name) for part in text.strip("/").split("/")) if text.strip("/") else ""
        return _segment(text, name)

    return PLACEHOLDER.sub(fill, template)


def _segment(text: str, name: str) -> str:
    # An empty or dotted segment would name another resource: DELETE /items/{id} with "" or ".." is not that of an item.
    if text in ("", ".", ".."):
        raise ValueError(f"{name.lstrip('+')} cannot be {text!r}" if text else f"{name.lstrip('+')} is needed")
    return quote(text, safe="")


def _host_of(url: str) -> str:
    return host_entry(url)
