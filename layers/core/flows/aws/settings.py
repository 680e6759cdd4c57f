"""What a function is told by its environment: one frozen model, read once. Nothing else touches ``os.environ``."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import lru_cache


@dataclass(frozen=True)
class Settings:
    """Names of the stack's resources and its parameters. A function gets only those that it uses; the others are empty."""

    accounts_table: str = ""
    workflows_table: str = ""
    executions_table: str = ""
    forms_table: str = ""
    credentials_table: str = ""
    webhooks_table: str = ""
    data_bucket: str = ""
    """S3 bucket of large values and uploads."""
    credentials_key: str = ""
    """ARN of the KMS key that encrypts data keys of credentials."""
    event_bus: str = ""
    state_machine_arn: str = ""
    delivery_queue_url: str = ""
    start_queue_url: str = ""
    schedule_group: str = ""
    schedule_role_arn: str = ""
    schedule_target_arn: str = ""
    schedule_dead_letter_arn: str = ""
    signing_secret: str = ""
    """Signs cursors, OAuth state and approval links."""
    base_url: str = ""
    """The public base URL, with /v1, without a slash at the end."""
    allowed_private_hosts: str = ""
    """Comma-separated ``host:port`` that outgoing requests may reach although they are private."""
    connector_base_urls: str = ""
    """Comma-separated ``connector=url``: replaces a connector's base URL, where its host is an allowed private host."""
    cors_origins: str = ""
    email_from: str = ""
    stage: str = "local"
    aws_lambda_function_name: str = ""
    """Set by Lambda itself: empty where a handler is only imported (tests, tools)."""
    max_workflows: str = "5000"
    """Workflows that an account may have."""
    max_credentials: str = "500"
    """Credentials that an account may have, and integrations."""
    max_forms: str = "1000"
    """Forms an account may have."""
    max_webhooks: str = "50"
    """Endpoints for outgoing webhooks that an account may have."""
    retry_scale: str = "1"
    """Factor on the delays between attempts of deliveries (tests shorten them)."""

    @classmethod
    def from_env(cls) -> Settings:
        """Read ``ACCOUNTS_TABLE`` and so on: each field's name in capitals."""
        given = {field.name: os.environ.get(field.name.upper(), "") for field in fields(cls)}
        return cls(**{name: value for name, value in given.items() if value})

    @property
    def private_hosts(self) -> frozenset[str]:
        return frozenset(part.strip() for part in self.allowed_private_hosts.split(",") if part.strip())


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings. Tests that change the environment call ``settings.cache_clear()``."""
    return Settings.from_env()
