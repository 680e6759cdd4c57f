"""Forms: made, read, changed, listed."""

from __future__ import annotations

import pytest
from flows.errors import Conflict, NotFound, ValidationFailed
from flows.forms import service
from flows.forms.models import CreateForm, PatchForm
from flows.paging import Window

ACCOUNT = "acct_one"
CONTACT = {
    "name": "Contact Form",
    "fields": [
        {"name": "email", "type": "email", "required": True},
        {"name": "message", "type": "textarea", "required": True},
    ],
}


def make(**changes: object) -> CreateForm:
    return CreateForm.model_validate(CONTACT | changes)


def test_a_form_comes_back_as_it_was_written_with_an_address_of_its_own(aws: None) -> None:
    created = service.create(ACCOUNT, make())

    read = service.get(ACCOUNT, created.id)

    assert read == created
    assert read.id.startswith("form_")
    assert read.version == 1
    assert read.url == f"https://api.example.com/v1/f/{read.public_id}"
    assert [field.model_dump() for field in read.fields] == CONTACT["fields"]
    assert f'src="{read.url}"' in read.embed


def test_another_accounts_form_is_not_found(aws: None) -> None:
    created = service.create(ACCOUNT, make())

    for account, form in (("acct_two", created.id), (ACCOUNT, "form_0"), (ACCOUNT, created.id.replace("form", "wf"))):
        with pytest.raises(NotFound):
            service.get(account, form)


def test_a_repeat_with_the_same_id_makes_one_form(aws: None) -> None:
    first = service.create(ACCOUNT, make(), "form_00000000000000000000000001")

    again = service.create(ACCOUNT, make(), "form_00000000000000000000000001")

    assert again == first
    assert service.list_forms(ACCOUNT, Window()).total == 1


def test_a_change_makes_a_new_version_and_the_old_one_stays_readable(aws: None) -> None:
    created = service.create(ACCOUNT, make())

    changed = service.patch(ACCOUNT, created.id, PatchForm.model_validate({"fields": [{"name": "phone", "type": "tel"}]}))

    assert changed.version == 2
    assert changed.name == "Contact Form"
    assert [field.name for field in service.get(ACCOUNT, created.id).fields] == ["phone"]
    assert [field.name for field in service.get_version(ACCOUNT, created.id, 1).fields] == ["email", "message"]
    assert [item.version for item in service.list_versions(ACCOUNT, created.id, Window()).items] == [2, 1]
    with pytest.raises(NotFound):
        service.get_version(ACCOUNT, created.id, 3)


def test_a_change_that_changes_nothing_makes_no_version(aws: None) -> None:
    created = service.create(ACCOUNT, make())

    assert service.patch(ACCOUNT, created.id, PatchForm(name="Contact Form")) == created
    assert service.patch(ACCOUNT, created.id, PatchForm()) == created


def test_if_match_refuses_a_change_of_a_form_that_moved_on(aws: None) -> None:
    created = service.create(ACCOUNT, make())
    service.patch(ACCOUNT, created.id, PatchForm(name="Second"), if_match="1")

    with pytest.raises(Conflict) as refused:
        service.patch(ACCOUNT, created.id, PatchForm(name="Third"), if_match='"1"')

    assert refused.value.details == {"version": 2}
    assert service.get(ACCOUNT, created.id).name == "Second"
    with pytest.raises(ValidationFailed):
        service.patch(ACCOUNT, created.id, PatchForm(name="Third"), if_match="newest")


def test_null_takes_away_the_description_and_nothing_else(aws: None) -> None:
    created = service.create(ACCOUNT, make(description="Write to us"))

    assert service.patch(ACCOUNT, created.id, PatchForm(description=None)).description is None
    with pytest.raises(ValidationFailed):
        service.patch(ACCOUNT, created.id, PatchForm(name=None))


def test_lists_show_the_newest_first_and_search_by_a_part_of_the_name(aws: None) -> None:
    names = [f"Form {number}" for number in range(5)]
    for name in names:
        service.create(ACCOUNT, make(name=name))
    service.create("acct_two", make(name="Form of another account"))

    first = service.list_forms(ACCOUNT, Window(limit=3))
    rest = service.list_forms(ACCOUNT, Window(limit=3, after=first.next_key))
    found = service.list_forms(ACCOUNT, Window(), search="fORM 3")

    assert {item.name for item in first.items} | {item.name for item in rest.items} == set(names)
    assert (first.total, rest.next_key) == (5, None)
    assert [item.name for item in found.items] == ["Form 3"]
    assert found.total == 1


def test_an_account_has_no_more_forms_than_its_limit(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.aws.settings import settings

    monkeypatch.setenv("MAX_FORMS", "2")
    settings.cache_clear()
    for _ in range(2):
        service.create(ACCOUNT, make())

    with pytest.raises(Conflict) as refused:
        service.create(ACCOUNT, make())

    assert refused.value.details == {"limit": 2}
    service.create("acct_two", make())


def test_which_ids_are_forms_of_the_account_is_told_in_one_go(aws: None) -> None:
    mine, other = service.create(ACCOUNT, make()).id, service.create("acct_two", make()).id

    assert service.existing(ACCOUNT, frozenset({mine, other, "form_x", "wf_1"})) == {mine}
    assert service.existing(ACCOUNT, frozenset()) == frozenset()
