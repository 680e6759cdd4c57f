"""The command line, ``yourapp``. Install it with ``pip install 'yourapp-sdk[cli]'``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    try:
        from yourapp.cli.app import app
    except ModuleNotFoundError as missing:
        if missing.name not in ("typer", "rich", "yaml"):
            raise
        sys.exit(f"The command line needs more packages ({missing.name} is missing): pip install 'yourapp-sdk[cli]'")
    from yourapp.cli.exit_codes import run

    sys.exit(run(app))
