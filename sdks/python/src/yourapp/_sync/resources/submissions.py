# Made by generate_sync.py of _async/resources/submissions.py: change it there.
"""What people sent with forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yourapp._answers import error_of
from yourapp._request import Request, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp.models import Deleted, Submission, Upload


class Submissions(Resource):
    """``client.submissions``, also ``client.forms.submissions``"""

    def list(
        self,
        form_id: str,
        *,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        page: int | None = None,
        cursor: str | None = None,
    ) -> Page[Submission]:
        """A form's submissions, newest first.

        Args:
            form_id: which form.
            from_: submitted at this time or later; a time without zone is UTC.
            to: submitted before this time.
            limit: items a page, at most 100.
            page: which page, from 1.
            cursor: where to go on.
        """
        where = path("/forms/{form_id}/submissions", form_id=form_id)
        query = {"from": from_, "to": to, "limit": limit, "page": page, "cursor": cursor}
        return self._list(Request("GET", where, query), Submission)

    def export_csv(self, form_id: str, *, from_: datetime | str | None = None, to: datetime | str | None = None) -> str:
        """All submissions of the range as one CSV text, safe to open in a spreadsheet."""
        where = path("/forms/{form_id}/submissions", form_id=form_id)
        request = Request("GET", where, {"from": from_, "to": to, "format": "csv"}, follow=True)
        response = self._transport.exchange(request)
        if not response.is_success:
            raise error_of(response)
        return response.content.decode("utf-8-sig")

    def create(self, form_id: str, *, data: Mapping[str, Any], idempotency_key: str | None = None) -> Submission:
        """Send a form.

        Args:
            form_id: which form.
            data: its fields' values by name.
            idempotency_key: your own name of this request.

        Raises:
            ValidationError: the values do not fit; ``details`` names each field.
        """
        where = path("/forms/{form_id}/submissions", form_id=form_id)
        return self._one(Request("POST", where, body={"data": data}, idempotency_key=idempotency_key), Submission)

    def create_upload(
        self, form_id: str, *, field: str, name: str, content_type: str, size: int, idempotency_key: str | None = None
    ) -> Upload:
        """Ask where a file for a field of type ``file`` is sent; the submission then names ``upload_id`` as the field's value.

        Args:
            form_id: which form.
            field: the form's field that the file answers.
            name: what the file is called.
            content_type: its media type, such as ``application/pdf``.
            size: its size in bytes.
            idempotency_key: your own name of this request.

        Raises:
            ValidationError: the field does not take such a file.
        """
        where = path("/forms/{form_id}/uploads", form_id=form_id)
        body = {"field": field, "name": name, "content_type": content_type, "size": size}
        return self._one(Request("POST", where, body=body, idempotency_key=idempotency_key), Upload)

    def get(self, form_id: str, submission_id: str) -> Submission:
        """One submission."""
        where = path("/forms/{form_id}/submissions/{submission_id}", form_id=form_id, submission_id=submission_id)
        return self._one(Request("GET", where), Submission)

    def delete(self, form_id: str, submission_id: str) -> Deleted:
        """Delete one submission."""
        where = path("/forms/{form_id}/submissions/{submission_id}", form_id=form_id, submission_id=submission_id)
        return self._one(Request("DELETE", where), Deleted)
