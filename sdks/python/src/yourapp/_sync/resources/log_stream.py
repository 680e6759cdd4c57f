# Made by generate_sync.py of _async/resources/log_stream.py: change it there.
"""Reading a run's logs again and again, giving each entry once a state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from yourapp._request import Request
from yourapp._sync.page import Page
from yourapp._sync.transport import Transport
from yourapp.models import LogEntry

UNDECIDED = frozenset({"waiting"})


class LogStream:
    """Remembers what was given, and where a reading must begin so that nothing that is still open is missed."""

    def __init__(self) -> None:
        self._cursor: str | None = None
        self._seen: set[tuple[str, str, int, str]] = set()

    def read(self, transport: Transport, request: Request) -> Iterator[LogEntry]:
        """Entries that are new, or whose state is."""
        cursor = self._cursor
        moved = True
        while True:
            query = {**request.query, "cursor": cursor}
            page = Page.fetch(transport, replace(request, query=query), LogEntry)
            for entry in page.data:
                key = (entry.node_id, json.dumps(entry.scope), entry.attempt, entry.status)
                if key not in self._seen:
                    self._seen.add(key)
                    yield entry
            # The next reading begins at the first page that can still change.
            moved = moved and not any(entry.status in UNDECIDED for entry in page.data)
            if not page.next_cursor:
                return
            cursor = page.next_cursor
            if moved:
                self._cursor = cursor
