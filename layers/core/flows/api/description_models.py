"""What the routes take and give that tell of node types and try expressions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class NodeTypeView(BaseModel):
    """A node type."""

    type: str
    title: str
    description: str
    category: Literal["trigger", "flow", "data", "action"]
    trigger: bool = Field(description="Whether it starts runs.")
    effect: bool = Field(description="Whether it touches the outside world.")
    ports: list[str] | None = Field(description="Through which it can be left; null: they follow from its parameters.")
    parameters_schema: dict[str, Any] = Field(description="JSON Schema (2020-12) of its parameters.")
    examples: list[dict[str, Any]] = Field(description="Parameters and input, and what comes out.")


class Evaluate(BaseModel):
    """An expression to try."""

    model_config = ConfigDict(extra="forbid", strict=True)

    expression: str = Field(min_length=1, max_length=20_000, description="JSONata, or a text with `{{ expressions }}` in it.")
    input: Any = Field(default=None, description="What it is evaluated on; `$input` as well.")
    variables: dict[str, Any] = Field(default_factory=dict, description="`$variables`.")
    nodes: dict[str, Any] = Field(default_factory=dict, description="`$nodes`: outputs by node id, as `{id: {output: ...}}`.")


class Evaluation(BaseModel):
    """What the expression gives."""

    result: Any = Field(description="The value; null when there is none.")
