"""What all models share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Something of the API. Fields that a newer API adds are kept as attributes, so that old clients go on working."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, protected_namespaces=())

    def to_dict(self) -> dict[str, Any]:
        """As the API had it: JSON values, and only the fields that it sent."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Deleted(Model):
    """What is left of something that was deleted."""

    id: str
    deleted: bool = True


class Problem(Model):
    """One thing that is wrong with what was sent."""

    path: str
    message: str
    type: str
