"""Which account the commands work with: the environment first, then what ``yourapp login`` stored."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from yourapp import Client, ConfigurationError


@dataclass(frozen=True)
class Session:
    """What the options before the command told.

    Args:
        base_url: where the API is; None: as stored, or the usual place.
    """

    base_url: str | None = None

    def client(self, api_key: str | None = None) -> Client:
        """A client; with this key, or the one that is set or stored.

        Raises:
            ConfigurationError: there is none.
        """
        stored = read()
        key = api_key or os.environ.get("YOURAPP_API_KEY") or stored.get("api_key")
        if not key:
            raise ConfigurationError("You are not logged in: run `yourapp login`, or set YOURAPP_API_KEY")
        return Client(key, base_url=self.base_url or stored.get("base_url"))


def client_of(context: typer.Context) -> Client:
    """The client of a command."""
    session: Session = context.obj
    return session.client()


def file() -> Path:
    """Where the login is stored; YOURAPP_CONFIG_DIR moves it."""
    return Path(os.environ.get("YOURAPP_CONFIG_DIR") or typer.get_app_dir("yourapp")) / "login.json"


def read() -> dict[str, Any]:
    """The stored login, or nothing."""
    try:
        stored = json.loads(file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as broken:
        raise ConfigurationError(f"{file()} is broken: run `yourapp login` again") from broken
    return stored if isinstance(stored, dict) else {}


def write(api_key: str, base_url: str | None) -> None:
    """Store a login so that only its owner can read it: never readable by others, not for a moment."""
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"api_key": api_key, "base_url": base_url}, opened)
    fresh.replace(target)


def forget() -> bool:
    """Remove the stored login; whether there was one."""
    existed = file().exists()
    file().unlink(missing_ok=True)
    return existed
