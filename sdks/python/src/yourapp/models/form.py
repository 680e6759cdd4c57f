"""Forms and what people sent with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from yourapp.models.base import Model


class FormField(Model):
    """One field of a form."""

    name: str
    type: str
    label: str | None = None
    required: bool = False
    placeholder: str | None = None
    help: str | None = None
    default: Any = None
    options: list[Any] | None = None
    min: Any = None
    max: Any = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    visible_if: str | None = None


class FormSummary(Model):
    """A form in a list."""

    id: str
    name: str
    description: str | None = None
    version: int
    public: bool
    public_id: str
    url: str
    created_at: datetime
    updated_at: datetime


class Form(FormSummary):
    """A form; ``url`` is its hosted page, ``embed`` the HTML that shows it in another page."""

    fields: list[FormField] = Field(default_factory=list)
    settings: dict[str, Any] = Field(default_factory=dict)
    embed: str | None = None


class FormVersionSummary(Model):
    """A form's version in a list."""

    form_id: str
    version: int
    name: str
    created_at: datetime


class FormVersion(FormVersionSummary):
    """One version of a form; it never changes."""

    description: str | None = None
    fields: list[FormField] = Field(default_factory=list)


class FileLink(Model):
    """Where a file is fetched, for a few minutes."""

    url: str
    expires_at: datetime


class Upload(Model):
    """How a file is sent: a POST of multipart/form-data to ``url`` with all ``fields``, and the file last, as ``file``."""

    upload_id: str
    url: str
    fields: dict[str, str]
    expires_at: datetime


class Submission(Model):
    """What somebody sent."""

    id: str
    form_id: str
    form_version: int
    submitted_at: datetime
    source: str
    data: dict[str, Any]
    files: dict[str, FileLink] | None = None
    """Links to files of the data, by field, where one submission is asked for."""
