"""Forms: create, read, change, list. Deleting is :mod:`flows.forms.deletion`; what people send in is :mod:`flows.forms.submissions`."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import replace

from flows.aws import clock, ids
from flows.aws.settings import settings
from flows.aws.tables import Item, Write
from flows.errors import Conflict, NotFound, ValidationFailed, invalid
from flows.forms import client_rules, definition, repository, submission_repository
from flows.forms.models import (
    CreateForm,
    FormField,
    FormSettings,
    FormSummary,
    FormVersionSummary,
    FormVersionView,
    FormView,
    PatchForm,
)
from flows.forms.records import StoredForm, load_fields
from flows.paging import Listed, Window

_MAX_COLUMNS = 1_000


def create(account_id: str, body: CreateForm, form_id: str | None = None) -> FormView:
    """Make a form.

    Args:
        account_id: ``acct_...``.
        body: the form.
        form_id: the id to use; one that was used already gives back the form that was made then.

    Raises:
        ValidationFailed: all problems of its fields and settings.
        Conflict: the account has as many forms as it may have.
    """
    _check(body.fields, body.settings)
    moment = clock.now_iso()
    form = StoredForm(
        account_id=account_id,
        id=form_id or ids.new_id("form"),
        name=body.name,
        description=body.description,
        version=1,
        public=body.public,
        public_id=ids.new_token(),
        fields=body.fields,
        settings=body.settings,
        created_at=moment,
        updated_at=moment,
        columns=_columns([], body.fields),
        rules=client_rules.translate(body.fields),
        expiring=body.settings.retention_days is not None,
    )
    return view(repository.create(form, int(settings().max_forms)))


def get(account_id: str, form_id: str) -> FormView:
    """Raises NotFound."""
    return view(stored(account_id, form_id))


def stored(account_id: str, form_id: str) -> StoredForm:
    """The form's record. Raises NotFound: none of this account has the id."""
    form = repository.get(account_id, form_id) if ids.is_id("form", form_id) else None
    if form is None:
        raise NotFound("Form not found")
    return form


def stored_with_count(account_id: str, form_id: str) -> tuple[StoredForm, int]:
    """The form's record and how many submissions it has, in one read. Raises NotFound."""
    found = submission_repository.form_and_count(account_id, form_id) if ids.is_id("form", form_id) else None
    if found is None:
        raise NotFound("Form not found")
    return found


def existing(account_id: str, form_ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that are forms of the account (for checks of definitions)."""
    wanted = [one for one in dict.fromkeys(form_ids) if ids.is_id("form", one)]
    return repository.existing(account_id, wanted) if wanted else frozenset()


def existence(account_id: str, form_id: str) -> Write:
    """A check for a transaction: the account has this form."""
    return repository.existence(account_id, form_id)


def patch(account_id: str, form_id: str, body: PatchForm, if_match: str | None = None) -> FormView:
    """Change what the body names. Any change makes a new version; submissions keep the one that they were made with.

    Args:
        account_id: ``acct_...``.
        form_id: ``form_...``.
        body: the new values. Only ``description`` can be taken away (null).
        if_match: the ``If-Match`` header: the version that the change was made for.

    Raises:
        NotFound, ValidationFailed.
        Conflict: the form is at another version than ``if_match`` says, or was changed at the same time.
    """
    wanted = _if_match(if_match)
    for name in body.model_fields_set - {"description"}:
        if getattr(body, name) is None:
            raise invalid(name, "must not be null; leave it out to keep what is there", "null")
    for attempt in range(4):
        form = stored(account_id, form_id)
        if wanted is not None and wanted != form.version:
            raise _moved(form.version)
        changed = replace(form, **{name: getattr(body, name) for name in body.model_fields_set})
        if changed == form:
            return view(form)
        _check(changed.fields, changed.settings)
        changed = replace(
            changed,
            version=form.version + 1,
            updated_at=clock.now_iso(),
            columns=_columns(form.columns, changed.fields),
            rules=client_rules.translate(changed.fields),
            expiring=form.expiring or changed.settings.retention_days is not None,
        )
        try:
            repository.replace(changed, form.version)
        except repository.VersionMoved:
            if wanted is not None or attempt == 3:
                raise Conflict("The form was changed at the same time; read it again") from None
            continue
        return view(changed)
    raise AssertionError("unreachable: the last attempt returns or raises")


def list_forms(account_id: str, window: Window, search: str | None = None) -> Listed[FormSummary]:
    """The account's forms, newest first.

    Args:
        account_id: ``acct_...``.
        window: which part.
        search: a part of the name, in any case.
    """
    keep: Callable[[Item], bool] | None = None
    if search:
        part = search.casefold()

        def keep(item: Item) -> bool:
            return part in str(item["name"]).casefold()

    found = repository.listed(account_id, window, keep)
    return Listed([_summary(item) for item in found.items], found.next_key, found.total)


def list_versions(account_id: str, form_id: str, window: Window) -> Listed[FormVersionSummary]:
    """The form's versions, newest first. Raises NotFound."""
    form = stored(account_id, form_id)
    found = repository.versions(account_id, form_id, window)
    items = [
        FormVersionSummary(form_id=item["form_id"], version=item["version"], name=item["name"], created_at=item["created_at"])
        for item in found.items
    ]
    return Listed(items, found.next_key, form.version)


def get_version(account_id: str, form_id: str, number: int) -> FormVersionView:
    """One version of a form as it was. Raises NotFound."""
    stored(account_id, form_id)
    item = repository.version(account_id, form_id, number)
    if item is None:
        raise NotFound("Form version not found")
    return FormVersionView(
        form_id=item["form_id"],
        version=item["version"],
        name=item["name"],
        description=item["description"],
        fields=load_fields(item["fields"]),
        created_at=item["created_at"],
    )


def page_url(public_id: str) -> str:
    """The hosted page's address."""
    return f"{settings().base_url}/f/{public_id}"


def view(form: StoredForm) -> FormView:
    """A form as the API shows it."""
    address = page_url(form.public_id)
    return FormView(
        id=form.id,
        name=form.name,
        description=form.description,
        version=form.version,
        public=form.public,
        public_id=form.public_id,
        url=address,
        fields=form.fields,
        settings=form.settings,
        embed=(
            f'<iframe src="{html.escape(address)}" title="{html.escape(form.name)}" loading="lazy" '
            'style="width:100%;height:640px;border:0"></iframe>'
        ),
        created_at=form.created_at,
        updated_at=form.updated_at,
    )


def _summary(item: Item) -> FormSummary:
    known = {name: item[name] for name in FormSummary.model_fields if name != "url"}
    return FormSummary(**known, url=page_url(item["public_id"]))


def _check(fields: list[FormField], form_settings: FormSettings) -> None:
    problems = definition.check(fields, form_settings)
    if problems:
        raise ValidationFailed(problems)


def _columns(known: list[str], fields: list[FormField]) -> list[str]:
    """Field names of all versions, for the CSV: new ones at the end."""
    return list(dict.fromkeys([*known, *(field.name for field in fields)]))[-_MAX_COLUMNS:]


def _if_match(text: str | None) -> int | None:
    if text is None or text.strip() == "*":
        return None
    bare = text.strip().removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
        raise invalid("header.If-Match", "must be a version, such as 3", "if_match")
    return int(bare)


def _moved(version: int) -> Conflict:
    return Conflict(f"The form is at version {version} by now", {"version": version})
