"""What workflows can be made of."""

from __future__ import annotations

from yourapp._async.paginator import AsyncPaginator
from yourapp._async.resource import AsyncResource
from yourapp._request import Request, path
from yourapp.models import NodeType


class AsyncNodeTypes(AsyncResource):
    """``client.node_types``"""

    def list(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> AsyncPaginator[NodeType]:
        """Node types with the JSON Schema of their parameters; all at once unless you give a limit."""
        return self._list(Request("GET", path("/node-types"), {"limit": limit, "page": page, "cursor": cursor}), NodeType)
