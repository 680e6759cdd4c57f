"""Write the OpenAPI document: merge the routes of all functions into the copy that the API serves.

python -m local.openapi          write layers/core/flows/api/openapi.json
python -m local.openapi --check  say whether the committed copy is right, and how it differs
"""

from __future__ import annotations

import difflib
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from flows.api import openapi
from flows.api.app import Api
from flows.api.declaration import Declared

EXAMPLES = Path(__file__).with_name("openapi_examples.json")
"""Answers of the running stack by operation id, with ids, times and secrets made up; a test compares them with the schemas."""

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"


def apis() -> list[Api]:
    """The API of each function that has one."""
    found = []
    for path in sorted(FUNCTIONS.glob("*/handler.py")):
        module = importlib.import_module(f"functions.{path.parent.name}.handler")
        api = getattr(module, "api", None)
        if isinstance(api, Api):
            found.append(api)
    return found


def routes() -> list[Declared]:
    """Every declared route of the application."""
    return [route for api in apis() for route in api.routes]


def document() -> dict[str, Any]:
    """The document as it would be written now."""
    return openapi.document(routes(), json.loads(EXAMPLES.read_text()))


def main(arguments: list[str]) -> int:
    """Write or check; returns the exit code."""
    fresh = openapi.text(document())
    committed = openapi.PACKAGED.read_text() if openapi.PACKAGED.exists() else ""
    if "--check" not in arguments:
        openapi.PACKAGED.write_text(fresh)
        print(f"{openapi.PACKAGED.relative_to(FUNCTIONS.parent)}: {'unchanged' if fresh == committed else 'written'}")
        return 0
    lines = list(difflib.unified_diff(committed.splitlines(), fresh.splitlines(), "committed", "from the code", lineterm="", n=2))
    print("\n".join(lines[:200]) if lines else "The committed OpenAPI document is that of the code.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
