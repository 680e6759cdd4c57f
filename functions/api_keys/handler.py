"""The API of keys and of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.accounts import account_view, service
from flows.accounts.models import AccountView, CreatedKey, CreateKey, Deleted, KeyView
from flows.api.answer import Answer, Listing, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.api.lists import ListQuery, listing, window

if TYPE_CHECKING:
    from flows.accounts.repository import Key

TAG = "API keys"
LIST = "GET /api-keys"

api = Api("api_keys")


@api.get("/api-keys", scope="keys:read", summary="List API keys", tag=TAG)
def list_api_keys(query: ListQuery) -> Listing[KeyView]:
    """The account's keys, oldest first. Keys themselves are never returned."""
    found = service.list_keys(caller().account_id, window(query, LIST, {}))
    return listing(found, query, LIST, {}, view=_view)


@api.post(
    "/api-keys",
    scope="keys:write",
    status=201,
    summary="Create API key",
    tag=TAG,
    errors=("CONFLICT",),
    secret_answer=True,
    request_example={"name": "CI", "scopes": ["workflows:read", "workflows:execute"], "expires_at": "2030-01-15T10:00:00Z"},
)
def create_api_key(body: CreateKey) -> Answer[CreatedKey]:
    """`key` is shown this once. Without `scopes` the key may do what the key that makes it may; more than that is FORBIDDEN."""
    who = caller()
    key, text = service.create_key(
        who.account_id,
        body.name,
        maker_scopes=who.scopes,
        scopes=list(body.scopes) if body.scopes is not None else None,
        expires_at=body.expires_at,
        key_id=who.new_id("key"),
        entropy=who.derived("api key"),
        at=who.started_at(),
    )
    return ok(
        {
            "id": key.id,
            "name": key.name,
            "key": text,
            "scopes": key.scopes,
            "expires_at": key.expires_at,
            "created_at": key.created_at,
        }
    )


@api.delete("/api-keys/<key_id>", scope="keys:write", summary="Revoke API key", tag=TAG)
def delete_api_key(key_id: str) -> Answer[Deleted]:
    """The key is refused from then on, at the latest after five minutes, for which an answer about a key is cached."""
    service.delete_key(caller().account_id, key_id)
    return ok(Deleted(id=key_id))


@api.get("/account", scope="account:read", summary="Get account", tag="Account")
def get_account() -> Answer[AccountView]:
    """The account's plan, its limits, and what is used of them: requests, executions under way, keys."""
    return ok(account_view.view(caller().account_id, running=_running))


def _running(account_id: str) -> int:
    from flows.executions import slots  # no other route here needs it, and it would make each cold start longer

    return slots.running(account_id)


def _view(key: Key) -> KeyView:
    return KeyView.model_validate(
        {
            "id": key.id,
            "name": key.name,
            "scopes": list(key.scopes),
            "expires_at": key.expires_at,
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
        }
    )


handler = api.handler
