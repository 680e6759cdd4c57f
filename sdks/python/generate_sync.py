"""Make the blocking client of the async one, so that the two cannot drift.

    python sdks/python/generate_sync.py           # write src/yourapp/_sync
    python sdks/python/generate_sync.py --check   # exit code 1 when it is not what would be written

Two modules are written by hand on both sides, because a list is fetched at another moment there: ``resource.py`` and
(async only) ``paginator.py``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "src" / "yourapp"
SOURCE, TARGET = PACKAGE / "_async", PACKAGE / "_sync"
BY_HAND = {"resource.py", "paginator.py"}

# In this order.
RULES: list[tuple[str, str]] = [
    (r"^from yourapp\._async\.paginator import AsyncPaginator$", "from yourapp._sync.page import Page"),
    (r"\bAsyncPaginator\b", "Page"),
    (r"\b_async\b", "_sync"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"Callable\[P, Awaitable\[(.+?)\]\](?=[,)\]:])", r"Callable[P, \1]"),
    (r"import Awaitable, ", "import "),
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"__a(iter|next|enter|exit)__", r"__\1__"),
    (r"\baclose\b", "close"),
    (r"^import time\nfrom", "from"),
    (r"^import anyio$", "import time"),
    (r"\banyio\.sleep\b", "time.sleep"),
    (
        r"The async client\. What is here is the source; the blocking client is made of it \(``generate_sync\.py``\)\.",
        "The blocking client.",
    ),
]


def generated() -> dict[Path, str]:
    """What the blocking client's files must hold."""
    files = {}
    for source in sorted(SOURCE.rglob("*.py")):
        if source.name in BY_HAND:
            continue
        name = source.relative_to(SOURCE)
        text = source.read_text()
        for pattern, replacement in RULES:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        files[TARGET / name] = _formatted(f"# Made by generate_sync.py of _async/{name}: change it there.\n{text}")
    return files


def _formatted(text: str) -> str:
    ruff = Path(sys.executable).parent / "ruff"
    for command in (["check", "--quiet", "--select", "I,F401", "--fix-only"], ["format", "--quiet"]):
        done = subprocess.run(
            [ruff, *command, "--stdin-filename", TARGET / "made.py", "-"], input=text, capture_output=True, text=True, check=True
        )
        text = done.stdout
    return text


def main(arguments: list[str]) -> int:
    files = generated()
    if "--check" in arguments:
        wrong = [str(file) for file, text in files.items() if not file.exists() or file.read_text() != text]
        wrong += [str(file) for file in TARGET.rglob("*.py") if file not in files and file.name not in BY_HAND]
        print("\n".join(wrong) or "The blocking client is up to date.")
        return 1 if wrong else 0
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
