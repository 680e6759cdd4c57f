# Made by generate_sync.py of _async/resources/node_types.py: change it there.
"""What workflows can be made of."""

from __future__ import annotations

from yourapp._request import Request, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp.models import NodeType


class NodeTypes(Resource):
    """``client.node_types``"""

    def list(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> Page[NodeType]:
        """Node types with the JSON Schema of their parameters; all at once unless you give a limit."""
        return self._list(Request("GET", path("/node-types"), {"limit": limit, "page": page, "cursor": cursor}), NodeType)
