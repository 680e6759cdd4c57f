"""The tables and the key of the credentials' tests, and a server that plays the services."""

from __future__ import annotations

from tests.unit.connectors.conftest import service
from tests.unit.credentials.conftest import aws, moto_tables

__all__ = ["aws", "moto_tables", "service"]
