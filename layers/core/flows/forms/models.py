"""What goes in and comes out of the forms API. Stored records are in :mod:`flows.forms.records`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from flows.forms import limits
from flows.texts import one_line

FieldType: TypeAlias = Literal[
    "text",
    "textarea",
    "email",
    "number",
    "tel",
    "url",
    "date",
    "time",
    "select",
    "multiselect",
    "radio",
    "checkbox",
    "rating",
    "hidden",
    "file",
]

FIELD_NAME = r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$"

Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=limits.MAX_NAME), AfterValidator(one_line)]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=limits.MAX_TEXT)]
OptionText: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=limits.MAX_OPTION_TEXT)]
Host: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=255)]
MediaType: TypeAlias = Annotated[str, StringConstraints(min_length=3, max_length=255)]
Bound: TypeAlias = int | float | str


def _is_none(value: Any) -> bool:
    return value is None


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Option(_Input):
    """One choice: what is stored, and what people read."""

    value: OptionText
    label: OptionText


class FormField(_Input):
    """One question of a form. Which of the rules a type knows is checked by :mod:`flows.forms.definition`."""

    name: Annotated[str, StringConstraints(pattern=FIELD_NAME)] = Field(
        description="Key in the submission's data: letters, digits, _ and -, at most 64 characters; unique in the form."
    )
    type: FieldType
    label: Name | None = Field(None, exclude_if=_is_none, description="What people read; without it, the name.")
    required: bool = Field(False, description="There and not empty; a checkbox must be checked.")
    placeholder: Annotated[str, StringConstraints(max_length=limits.MAX_NAME)] | None = Field(None, exclude_if=_is_none)
    help: Text | None = Field(None, exclude_if=_is_none)
    default: Any = Field(None, exclude_if=_is_none, description="Taken when the field is not sent; must itself be valid.")
    options: Annotated[list[OptionText | Option], Field(max_length=limits.MAX_OPTIONS)] | None = Field(
        None, exclude_if=_is_none, description="Choices of select, multiselect, radio, and of a group of checkboxes."
    )
    min: Bound | None = Field(
        None, exclude_if=_is_none, description="Smallest number, rating, date or time; fewest choices of a multiselect."
    )
    max: Bound | None = Field(None, exclude_if=_is_none, description="Greatest number, rating, date or time; most choices.")
    min_length: Annotated[int, Field(ge=0, le=limits.MAX_LENGTH)] | None = Field(None, exclude_if=_is_none)
    max_length: Annotated[int, Field(ge=1, le=limits.MAX_LENGTH)] | None = Field(None, exclude_if=_is_none)
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=limits.MAX_PATTERN)] | None = Field(
        None, exclude_if=_is_none, description="An RE2 regular expression that the whole value must match."
    )
    accept: Annotated[list[MediaType], Field(min_length=1, max_length=limits.MAX_ACCEPT)] | None = Field(
        None, exclude_if=_is_none, description="Media types that a file may have, such as application/pdf or image/*."
    )
    max_size: Annotated[int, Field(ge=1, le=limits.MAX_FILE_BYTES)] | None = Field(
        None, exclude_if=_is_none, description="Bytes that a file may have; without it, 10 MB."
    )
    visible_if: Annotated[str, StringConstraints(min_length=1, max_length=limits.MAX_RULE)] | None = Field(
        None,
        exclude_if=_is_none,
        description="A JSONata expression (braces allowed) over the data: a field it hides is neither required nor kept.",
    )


class FormSettings(_Input):
    """How the hosted page behaves, and how long submissions are kept."""

    submit_label: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(None, exclude_if=_is_none)
    success_message: Text | None = Field(None, exclude_if=_is_none, description="Shown after a submission of the page.")
    redirect_url: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = Field(
        None,
        exclude_if=_is_none,
        description="Where the page leads after a submission: a path of this site, or an https URL of one of redirect_hosts.",
    )
    redirect_hosts: Annotated[list[Host], Field(max_length=limits.MAX_HOSTS)] = Field(default_factory=list)
    embed_hosts: Annotated[list[Host], Field(max_length=limits.MAX_HOSTS)] = Field(
        default_factory=list,
        description="Hosts whose pages may show the form in a frame, such as www.example.com or *.example.com.",
    )
    retention_days: Annotated[int, Field(ge=1, le=limits.MAX_RETENTION_DAYS)] | None = Field(
        None,
        exclude_if=_is_none,
        description="Submissions made from now on are deleted after so many days; without it they are kept.",
    )
    phone_region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        None,
        exclude_if=_is_none,
        description="ISO 3166 country of phone numbers without a + in front. With it all must exist in their countries' plans.",
    )
    min_seconds: Annotated[int, Field(ge=0, le=60)] = Field(
        0,
        description="The hosted page takes nothing that was filled in faster (robots are fast). "
        "0: no such trap, and pages of your own may post to `url`.",
    )


class CreateForm(_Input):
    name: Name
    description: Text | None = None
    fields: Annotated[list[FormField], Field(max_length=limits.MAX_FIELDS)]
    public: bool = True
    settings: FormSettings = Field(default_factory=FormSettings)


class PatchForm(_Input):
    """Any subset; what is not there stays as it is. `settings` is replaced as a whole."""

    name: Name | None = None
    description: Text | None = None
    fields: Annotated[list[FormField], Field(max_length=limits.MAX_FIELDS)] | None = None
    public: bool | None = None
    settings: FormSettings | None = None


class FormSummary(BaseModel):
    """A form as lists show it."""

    id: str
    name: str
    description: str | None
    version: int
    public: bool
    public_id: str
    url: str
    created_at: str
    updated_at: str


class FormView(FormSummary):
    """A form whole."""

    fields: list[FormField]
    settings: FormSettings
    embed: str = Field(
        description="HTML that shows the hosted page in another page; its host must be one of settings.embed_hosts."
    )


class FormVersionSummary(BaseModel):
    form_id: str
    version: int
    name: str
    created_at: str


class FormVersionView(FormVersionSummary):
    description: str | None
    fields: list[FormField]


class CreateSubmission(_Input):
    data: dict[str, Any]


class CreateUpload(_Input):
    """A file that is to be sent."""

    field: Annotated[str, StringConstraints(pattern=FIELD_NAME)] = Field(description="The form's field that it answers.")
    name: Annotated[str, StringConstraints(min_length=1, max_length=limits.MAX_FILE_NAME)] = Field(
        description="What the file is called."
    )
    content_type: MediaType = Field(description="Its media type, such as application/pdf.")
    size: Annotated[int, Field(ge=1)] = Field(description="Its size in bytes.")


class UploadView(BaseModel):
    """How the file is sent: a POST of multipart/form-data with all `fields`, and the file last, as `file`."""

    upload_id: str = Field(description="What the submission names as the field's value.")
    url: str
    fields: dict[str, str]
    expires_at: str = Field(description="Until when it can be sent. A file that no submission names is gone after a day.")


class FileLink(BaseModel):
    url: str
    expires_at: str


class SubmissionView(BaseModel):
    id: str
    form_id: str
    form_version: int
    submitted_at: str
    source: Literal["api", "page"]
    data: dict[str, Any]
    files: dict[str, FileLink] | None = Field(
        None, exclude_if=_is_none, description="Links to the files of the data, by field; where one submission is asked for."
    )


class Deleted(BaseModel):
    id: str
    deleted: Literal[True] = True
