"""The catalog: every file is whole, consistent, and says where it comes from."""

from __future__ import annotations

import pytest
from flows.connectors import catalog
from flows.connectors.mapping import placeholders, same_named
from flows.connectors.schema import Connector, RequestTemplate
from flows.credentials.values import CredentialType
from jsonschema import Draft202012Validator

TYPES = set(CredentialType.__args__)


def needed(request: RequestTemplate) -> set[str]:
    body = request.body
    names = placeholders(request.path) | placeholders(same_named(request.query)) | placeholders(dict(request.headers))
    if body is not None:
        names |= placeholders(same_named(body.json_)) | placeholders(same_named(body.form))
        names |= (
            placeholders(body.raw) | placeholders(body.content_type) | placeholders([dict(part) for part in body.related or []])
        )
    return {name.split(".")[0] for name in names}


def found(connector_id: str) -> Connector:
    connector = catalog.find(connector_id)
    assert connector is not None
    return connector


@pytest.mark.parametrize("connector_id", catalog.names())
def test_the_files_name_is_the_connectors_id(connector_id: str) -> None:
    assert found(connector_id).id == connector_id


@pytest.mark.parametrize("connector_id", catalog.names())
def test_every_placeholder_is_an_input_or_a_setting(connector_id: str) -> None:
    connector = found(connector_id)
    settings = {*connector.settings, "username"}

    for action in connector.actions:
        assert needed(action.request) <= {*action.inputs, *settings}, action.id
    assert needed(connector.test.request) <= settings
    assert placeholders(connector.base_url) <= {*settings, "secret"}


@pytest.mark.parametrize("connector_id", catalog.names())
def test_every_input_is_used(connector_id: str) -> None:
    for action in found(connector_id).actions:
        assert set(action.inputs) <= needed(action.request), action.id


@pytest.mark.parametrize("connector_id", catalog.names())
def test_every_input_schema_is_a_schema(connector_id: str) -> None:
    for action in found(connector_id).actions:
        Draft202012Validator.check_schema(action.input_schema)


@pytest.mark.parametrize("connector_id", catalog.names())
def test_a_connector_is_complete(connector_id: str) -> None:
    connector = found(connector_id)
    ids = [action.id for action in connector.actions]

    assert 1 <= len(ids) == len(set(ids))
    assert set(connector.credential_types) <= TYPES
    assert len(connector.credential_types) == len(set(connector.credential_types))
    assert connector.docs.startswith("https://")
    assert connector.description.endswith(".")
    for action in connector.actions:
        if action.pagination and action.pagination.into:
            assert action.pagination.into in action.inputs, action.id


@pytest.mark.parametrize("connector_id", catalog.names())
def test_a_fixed_service_has_hosts(connector_id: str) -> None:
    connector = found(connector_id)

    assert connector.all_hosts or connector.base_url == "{base_url}"
    assert connector.base_url.startswith(("https://", "{base_url}", "{secret}"))


def test_an_unknown_name_is_no_path() -> None:
    assert catalog.find("../../secrets") is None
    assert catalog.find("nothing") is None
