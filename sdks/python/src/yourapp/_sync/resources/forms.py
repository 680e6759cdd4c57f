# Made by generate_sync.py of _async/resources/forms.py: change it there.
"""Forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yourapp._request import NOT_GIVEN, NotGiven, Request, given, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp._sync.resources.form_versions import FormVersions
from yourapp._sync.resources.submissions import Submissions
from yourapp._sync.transport import Transport
from yourapp.models import Deleted, Form, FormField, FormSummary, Submission

Fields = Sequence[FormField | Mapping[str, Any]]


class Forms(Resource):
    """``client.forms``; what was sent with them is ``client.forms.submissions``, also ``client.submissions``."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.submissions = Submissions(transport)
        self.versions = FormVersions(transport)

    def list(
        self, *, search: str | None = None, limit: int | None = None, page: int | None = None, cursor: str | None = None
    ) -> Page[FormSummary]:
        """The account's forms; ``search`` is a part of the name."""
        query = {"search": search, "limit": limit, "page": page, "cursor": cursor}
        return self._list(Request("GET", path("/forms"), query), FormSummary)

    def get(self, form_id: str) -> Form:
        """One form with its fields."""
        return self._one(Request("GET", path("/forms/{form_id}", form_id=form_id)), Form)

    def create(
        self,
        *,
        name: str,
        fields: Fields,
        description: str | NotGiven | None = NOT_GIVEN,
        public: bool | NotGiven = NOT_GIVEN,
        settings: Mapping[str, Any] | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Form:
        """Make a form.

        Args:
            name: its name and heading.
            fields: such as ``{"name": "email", "type": "email", "required": True}``.
            description: shown below the heading.
            public: whether its hosted page is open; default: yes.
            settings: texts, redirect, embedding and so on.
            idempotency_key: your own name of this request.
        """
        body = given(name=name, fields=fields, description=description, public=public, settings=settings)
        return self._one(Request("POST", path("/forms"), body=body, idempotency_key=idempotency_key), Form)

    def update(
        self,
        form_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven | None = NOT_GIVEN,
        fields: Fields | NotGiven = NOT_GIVEN,
        public: bool | NotGiven = NOT_GIVEN,
        settings: Mapping[str, Any] | NotGiven = NOT_GIVEN,
        if_match: int | None = None,
    ) -> Form:
        """Change a form; what is not given stays.

        Args:
            form_id: which.
            name: as for :meth:`create`, and so are the others.
            description: None takes it away.
            fields: all of them.
            public: whether its hosted page is open.
            settings: all of them.
            if_match: the version that you saw last.

        Raises:
            ConflictError: the form has moved on from ``if_match``.
        """
        body = given(name=name, description=description, fields=fields, public=public, settings=settings)
        headers = {} if if_match is None else {"If-Match": str(if_match)}
        return self._one(Request("PATCH", path("/forms/{form_id}", form_id=form_id), body=body, headers=headers), Form)

    def delete(self, form_id: str, *, force: bool | None = None) -> Deleted:
        """Delete a form and what was sent with it; ``force``: even when a published workflow is started by it."""
        return self._one(Request("DELETE", path("/forms/{form_id}", form_id=form_id), {"force": force}), Deleted)

    def submit(self, form_id: str, *, data: Mapping[str, Any], idempotency_key: str | None = None) -> Submission:
        """Send a form: the same as ``client.submissions.create``."""
        return self.submissions.create(form_id, data=data, idempotency_key=idempotency_key)
