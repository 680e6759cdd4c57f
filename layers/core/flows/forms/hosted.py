"""The hosted page of a form: shown, sent, thanked for."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from flows.aws.tables import Write
from flows.errors import Problem, ValidationFailed
from flows.forms import page_fields, page_input, page_token, repository, submissions, uploads, validation
from flows.forms.page_input import Sent
from flows.forms.records import StoredForm
from flows.forms.redirects import redirect_problem
from flows.forms.submission_repository import Refused, Sending, SentBefore
from flows.pages import document
from flows.pages.document import Page

__all__ = ["Refused", "find", "missing", "send", "show", "thanks"]

_MAX_PUBLIC_ID = 64
_TOO_FAST = "That was very fast. Please look at your answers and send them again."
_NOT_OPENED = "This page was open for too long. Please look at your answers and send them again."
_NOT_HERE = "Please look at your answers and send them from this page."
_SENT_OTHER = "You sent this form before. To send these answers as well, send them again."


def find(public_id: str) -> StoredForm | None:
    """The form of a page's address; None when there is none, or its page is closed."""
    if not public_id.isascii() or len(public_id) > _MAX_PUBLIC_ID:
        return None
    form = repository.by_public_id(public_id)
    return form if form and form.public else None


def missing() -> Page:
    """The page for an address that leads to no open form."""
    return document.message(404, "Form not found", "There is no form at this address, or it is closed.")


def show(form: StoredForm) -> Page:
    """The page as it is opened."""
    return _page(form, 200, None, [], [])


def thanks(form: StoredForm) -> Page:
    """What is shown when the answers have been stored."""
    text = form.settings.success_message or "Your answers have been sent."
    return document.message(200, "Thank you", text, frame_hosts=form.settings.embed_hosts)


def send(form: StoredForm, body: bytes, content_type: str, also: Sequence[Write] = ()) -> Page:
    """Take a posted page: a redirect when it is stored, else the page again with what is wrong and all that was typed.

    Args:
        form: the page's form.
        body, content_type: what was posted.
        also: writes that are to hold together with the submission.

    Raises:
        Refused: one of them does not hold.
        UnsupportedMediaType, ValidationFailed: it is not what the page sends.
        PayloadTooLarge: more than a submission may have.
    """
    sent = page_input.read(form.fields, body, content_type)
    if sent.trapped:
        return _done(form)  # what fills in everything is a robot, and learns nothing
    try:
        data = validation.validate(form.fields, form.settings, sent.data, use_defaults=False)
    except ValidationFailed as failure:
        return _page(form, 400, sent, failure.problems, [])
    sending = None
    if sent.token:
        opened = page_token.read(form.id, sent.token)
        if opened is None:
            return _page(form, 400, sent, [], [_NOT_OPENED])
        if opened.age < form.settings.min_seconds:
            return _page(form, 400, sent, [], [_TOO_FAST])
        sending = Sending(opened.nonce, submissions.digest(data), opened.expires)
    elif form.settings.min_seconds > 0:  # a time is asked for, and only this page tells it
        return _page(form, 400, sent, [], [_NOT_HERE])
    try:
        submissions.store(form, data, "page", sending=sending, also=also)
    except SentBefore as before:
        if not before.same:
            return _page(form, 409, sent, [], [_SENT_OTHER])
    except ValidationFailed as failure:  # a file that is not there (any more)
        return _page(form, 400, sent, failure.problems, [])
    return _done(form)


def _done(form: StoredForm) -> Page:
    target = form.settings.redirect_url
    # Judged again when it is used: what was stored under older rules leads nowhere either.
    if target is None or redirect_problem(target, form.settings.redirect_hosts):
        target = "?sent=1"
    return Page(303, {"Location": target, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}, "")


def _page(form: StoredForm, status: int, sent: Sent | None, problems: Sequence[Problem], notes: Sequence[str]) -> Page:
    settings = form.settings
    by_name = {field.name: field for field in form.fields}
    summary = [{"text": note, "target": None} for note in notes]
    for problem in problems:
        name = problem.path.removeprefix("data.")
        field = by_name.get(name)
        text = page_fields.sentence(field, problem.message) if field else f"The form has no field “{name[:80]}”."
        summary.append({"text": text, "target": page_fields.target(field) if field else None})
    redirect = urlsplit(settings.redirect_url or "")
    return document.render(
        "form.html",
        status=status,
        script="form.js",
        connect=["'self'", uploads.origin()] if any(field.type == "file" for field in form.fields) else [],
        frame_hosts=settings.embed_hosts,
        action_hosts=[f"https://{redirect.netloc}"] if redirect.netloc else [],
        title=form.name,
        description=form.description,
        fields=page_fields.shown(form, sent.typed if sent else None, problems),
        problems=summary,
        submit_label=settings.submit_label or "Send",
        trap_name=page_input.TRAP,
        token_name=page_input.TOKEN,
        token=page_token.issue(form.id),
    )
