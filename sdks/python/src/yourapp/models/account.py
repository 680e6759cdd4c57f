"""The account and its API keys."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from yourapp.models.base import Model


class PlanLimits(Model):
    """What the plan allows; None: no limit."""

    requests_per_minute: int | None = None
    requests_per_day: int | None = None
    retention_days: int
    max_concurrent_runs: int | None = None


class WindowUsage(Model):
    """Requests of the present minute or day; ``reset`` in seconds since 1970."""

    used: int
    limit: int | None = None
    reset: int


class RunUsage(Model):
    """Executions under way; both None: no limit, not counted."""

    running: int | None = None
    limit: int | None = None


class AccountUsage(Model):
    """What the account has used."""

    minute: WindowUsage
    day: WindowUsage
    runs: RunUsage = Field(default_factory=RunUsage)
    api_keys: int


class Account(Model):
    """The account that the API key belongs to."""

    id: str
    name: str
    plan: str
    created_at: datetime
    limits: PlanLimits
    usage: AccountUsage


class ApiKey(Model):
    """An API key without the key itself."""

    id: str
    name: str
    scopes: list[str]
    expires_at: datetime | None = None
    created_at: datetime
    last_used_at: datetime | None = None


class CreatedApiKey(Model):
    """A new API key; ``key`` is told this once."""

    id: str
    name: str
    key: str = Field(repr=False)
    scopes: list[str]
    expires_at: datetime | None = None
    created_at: datetime
