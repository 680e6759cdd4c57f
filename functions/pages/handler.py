"""Pages for people: hosted forms, decisions of approvals, the end of an OAuth authorization. No API key; limits by address."""

from __future__ import annotations

from flows.api import public_limit, request
from flows.api.answer import Answer, Raw, ok
from flows.api.app import Api
from flows.api.body import read_json
from flows.errors import FlowsError, NotFound, RateLimited
from flows.forms import examples
from flows.forms.models import CreateUpload, UploadView
from flows.triggers.views import DecisionView

FORM_POSTS_PER_MINUTE = 60
"""Answers that one address may send; opening pages has the usual limit."""

UPLOADS_PER_MINUTE = 30
"""Files that one address may send."""

api = Api("pages")


@api.get("/f/<public_id>", public=True, any_body=True, summary="Hosted form", tag="Pages")
def show_form(public_id: str) -> Raw:
    """The form as a page for people."""
    from flows.forms import hosted

    now = request.current()
    try:
        standing = public_limit.count_address(now.address, "form")
        form = hosted.find(public_id)
        page = hosted.missing() if form is None else hosted.thanks(form) if "sent" in now.query else hosted.show(form)
    except FlowsError as error:
        return _failed(error)
    return Raw(page.status, {**page.headers, **standing.headers()}, page.body)


@api.post("/f/<public_id>", public=True, any_body=True, summary="Send a hosted form", tag="Pages")
def send_form(public_id: str) -> Raw:
    """What the page's form posts: 303 when it is stored, else the page again with what is wrong."""
    from flows.forms import hosted
    from flows.forms.hosted import Refused

    now = request.current()
    try:
        standing = public_limit.count_address(now.address, "form-post", FORM_POSTS_PER_MINUTE)
        form = hosted.find(public_id)
        if form is None:
            page = hosted.missing()
        else:
            counted = public_limit.account_count(form.account_id, "form")
            page = hosted.send(form, now.body, now.header("content-type") or "", [counted])
    except Refused:
        return _failed(public_limit.account_limited())
    except FlowsError as error:
        return _failed(error)
    return Raw(page.status, {**page.headers, **standing.headers()}, page.body)


@api.post(
    "/f/<public_id>/uploads",
    public=True,
    status=201,
    summary="Upload a file of a hosted form",
    tag="Pages",
    request_example=examples.UPLOAD,
    answer_example=examples.PLACE,
)
def upload_file(public_id: str, body: CreateUpload) -> Answer[UploadView]:
    """What the page's script asks before it sends a file to storage."""
    from flows.forms import hosted, uploads

    now = request.current()
    public_limit.count_address(now.address, "form-upload", UPLOADS_PER_MINUTE)
    form = hosted.find(public_id)
    if form is None:
        raise NotFound("Form not found")
    public_limit.count_account(form.account_id, "form")
    return ok(uploads.begin(form, body))


@api.get("/approvals/<token>", public=True, any_body=True, summary="Approval page", tag="Pages")
def show_approval(token: str) -> Raw:
    """Asks for confirmation: opening a link decides nothing, so that mail scanners and previews do not."""
    from flows.triggers import approval_page

    try:
        standing = public_limit.count_address(request.current().address, "approval")
        page = approval_page.show(token)
    except FlowsError as error:
        return _failed(error)
    return Raw(page.status, {**page.headers, **standing.headers()}, page.body)


@api.post(
    "/approvals/<token>",
    public=True,
    any_body=True,
    summary="Decide an approval",
    tag="Pages",
    errors=("CONFLICT",),
    answer_example={"decision": "approved", "by": "Ada", "comment": "fine"},
)
def decide_approval(token: str) -> Raw | Answer[DecisionView]:
    """Takes the decision that the link stands for. What the page's form sends is answered with a page; JSON, `{by, comment}`, with JSON."""
    from flows.triggers import approval_page

    now = request.current()
    if (now.header("content-type") or "").partition(";")[0].strip().lower() == "application/json":
        public_limit.count_address(now.address, "approval")
        return ok(DecisionView(**vars(approval_page.decide_as_program(token, read_json(now) or {}))))
    try:
        standing = public_limit.count_address(now.address, "approval")
        page = approval_page.decide(token, now.body, now.header("content-type") or "")
    except FlowsError as error:
        return _failed(error)
    return Raw(page.status, {**page.headers, **standing.headers()}, page.body)


@api.get("/oauth/callback", public=True, any_body=True, limit="oauth", summary="OAuth callback", tag="Pages")
def oauth_callback() -> Raw:
    """Where an authorization server sends people back to."""
    from flows.credentials import oauth_page

    page = oauth_page.callback({name: values[0] for name, values in request.current().query.items()})
    return Raw(page.status, page.headers, page.body)


def _failed(error: FlowsError) -> Raw:
    """An error as a page; what is our own fault is raised, and answered and logged as everywhere."""
    from flows.pages import document

    if error.status >= 500:
        raise error
    title = "Too many requests" if isinstance(error, RateLimited) else "This did not work"
    page = document.message(error.status, title, error.message)
    return Raw(page.status, {**page.headers, **error.headers}, page.body)


handler = api.handler
