"""What the API takes and gives about keys and accounts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flows.accounts.scopes import Scope
from flows.texts import one_line

Time = Annotated[str, Field(json_schema_extra={"format": "date-time", "example": "2024-01-15T10:00:00Z"})]


class CreateKey(BaseModel):
    """A key to make. Without scopes it has those of the key that makes it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, AfterValidator(one_line)] = Field(min_length=1, max_length=100, description="What the key is for.")
    scopes: list[Scope] | None = Field(default=None, min_length=1, max_length=20, description="What it may do.")
    expires_at: Time | None = Field(
        default=None, max_length=40, description="From when on it is refused (ISO 8601, in the future)."
    )


class KeyView(BaseModel):
    """A key, without the key itself."""

    id: str
    name: str
    scopes: list[Scope]
    expires_at: Time | None
    created_at: Time
    last_used_at: Time | None = Field(description="Kept to the hour.")


class CreatedKey(BaseModel):
    """A new key. `key` is shown this once."""

    id: str
    name: str
    key: str
    scopes: list[Scope]
    expires_at: Time | None
    created_at: Time


class Deleted(BaseModel):
    """What was deleted."""

    id: str
    deleted: Literal[True] = True


class PlanLimits(BaseModel):
    """What the plan allows; null is no limit."""

    requests_per_minute: int | None
    requests_per_day: int | None
    retention_days: int = Field(description="Days that finished executions are kept.")
    max_concurrent_runs: int | None = Field(
        description="Executions under way at once; others stay pending until one ends or waits. Of the plan, or the account's own."
    )


class WindowUsage(BaseModel):
    """Requests in the present window."""

    used: int
    limit: int | None
    reset: int = Field(description="When the window ends, in seconds since 1970.")


class RunUsage(BaseModel):
    """Executions under way."""

    running: int | None = Field(
        description="Executions that have a place now; those that wait for a time or an answer need none. null: no limit, not counted."
    )
    limit: int | None


class AccountUsage(BaseModel):
    """Requests counted so far, this one among them, and executions under way."""

    minute: WindowUsage
    day: WindowUsage
    runs: RunUsage
    api_keys: int


class AccountView(BaseModel):
    """The account, its plan, what the plan allows and what is used of it."""

    id: str
    name: str
    plan: Literal["free", "starter", "pro", "business", "unlimited"]
    created_at: Time
    limits: PlanLimits
    usage: AccountUsage
