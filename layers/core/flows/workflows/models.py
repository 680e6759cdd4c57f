"""What is sent and answered about workflows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler, RootModel
from pydantic_core import CoreSchema

from flows.engine.definition_models import WorkflowEdge, WorkflowNode, WorkflowSettings
from flows.texts import one_line

Status = Literal["draft", "published"]


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
Description = Annotated[str, Field(max_length=5000)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CreateHead(_Input):
    """The fields of a new workflow beside its definition."""

    name: Name
    description: Description | None = None


class UpdateHead(_Input):
    """The fields of a changed workflow beside its definition."""

    name: Name = Field("", validate_default=False)
    description: Description | None = None
    status: Status = Field("draft", description="published pins the present definition; draft takes it out of service.")


class ValidateHead(_Input):
    """What may stand beside a definition that is only checked."""

    name: Name = ""
    description: Description | None = None


class _Parts(_Input):
    nodes: list[WorkflowNode] = Field(default_factory=list, max_length=200)
    edges: list[WorkflowEdge] = Field(default_factory=list)
    variables: dict[str, Any] = Field(default_factory=dict, description="JSON by name; read-only in a run: $variables.<name>.")
    settings: WorkflowSettings = Field(default_factory=WorkflowSettings)
    input_schema: dict[str, Any] | None = Field(None, description="JSON Schema (2020-12) of an execution's input.")


class CreateFields(_Parts, CreateHead):
    pass


class UpdateFields(_Parts, UpdateHead):
    pass


class ValidateFields(_Parts, ValidateHead):
    pass


class _Sent(RootModel[dict[str, Any]]):
    """A body as it was sent. Its shape and its meaning are judged together (``reading``), so that every problem is told at once."""

    @classmethod
    def _documented(cls, model: type[BaseModel], handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler.resolve_ref_schema(handler(model.__pydantic_core_schema__))
        return {**schema, "title": cls.__name__}


class CreateWorkflow(_Sent):
    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return cls._documented(CreateFields, handler)


class UpdateWorkflow(_Sent):
    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return cls._documented(UpdateFields, handler)


class ValidateWorkflow(_Sent):
    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return cls._documented(ValidateFields, handler)


class DuplicateWorkflow(_Input):
    name: Name | None = Field(None, description='Default: the name with " (copy)".')


class WorkflowSummary(BaseModel):
    """A workflow in a list."""

    id: str
    name: str
    status: Status
    version: int
    created_at: str
    updated_at: str


class DefinitionView(BaseModel):
    """A definition as it was written."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    variables: dict[str, Any]
    settings: dict[str, Any]
    input_schema: dict[str, Any] | None


class WorkflowView(DefinitionView):
    """A workflow with its newest definition."""

    id: str
    name: str
    description: str
    status: Status
    version: int = Field(description="Of the definition shown; each change of the definition makes a new one.")
    published_version: int | None = Field(description="The version that triggers run.")
    has_unpublished_changes: bool
    created_at: str
    updated_at: str


class VersionSummary(BaseModel):
    """A version in a list."""

    version: int
    created_at: str
    published: bool = Field(description="It is the version that triggers run.")
    node_count: int


class VersionView(DefinitionView):
    """A version of a workflow."""

    workflow_id: str
    version: int
    created_at: str
    published: bool


class ProblemView(BaseModel):
    path: str
    message: str
    type: str


class Validation(BaseModel):
    """What is wrong with a definition."""

    valid: bool
    problems: list[ProblemView]


class Deleted(BaseModel):
    id: str
    deleted: bool = True
