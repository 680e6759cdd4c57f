"""Deleting a form with all that was sent in: at once for everybody who looks, finished in the background however often it is interrupted."""

from __future__ import annotations

from time import monotonic

from flows.errors import Conflict, NotFound
from flows.forms import repository, service, submission_repository


def delete(account_id: str, form_id: str, *, force: bool = False) -> None:
    """Delete a form.

    Args:
        account_id: ``acct_...``.
        form_id: ``form_...``.
        force: delete its submissions with it.

    Raises:
        NotFound.
        Conflict: it has submissions, and ``force`` is not said.
    """
    form, submissions = service.stored_with_count(account_id, form_id)
    if submissions and not force:
        raise Conflict("The form has submissions; ?force=true deletes them with it", {"submissions": submissions})
    if not repository.retire(form):  # nobody sees them from now on; the sweep removes them
        raise NotFound("Form not found")


def purge(account_id: str, form_id: str, seconds: float) -> bool:
    """Remove what is left of a retired form's submissions, for so long; whether all are gone."""
    deadline = monotonic() + seconds
    while submission_repository.remove_some(account_id, form_id, 500):
        if monotonic() > deadline:
            return False
    return True
