"""Files of submissions: let in, looked at, kept with the submission, gone with it."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from flows.aws import clients, ids, tables
from flows.errors import NotFound, ValidationFailed
from flows.forms import deletion, service, submissions, uploads
from flows.forms.models import CreateForm, CreateUpload, FormView, UploadView
from flows.forms.submission_repository import Sending, SentBefore
from flows.relay import relay

from functions.pages.handler import UPLOADS_PER_MINUTE
from functions.pages.handler import handler as pages

from .conftest import Clock
from .forms_http import call

ACCOUNT = "acct_one"
CV: dict[str, Any] = {"name": "cv", "type": "file", "accept": ["application/pdf", "image/*"], "max_size": 1000}
TEXT = {"Content-Type": "application/json"}


def make(field: dict[str, Any] | None = None, **settings: Any) -> FormView:
    body = {"name": "Jobs", "fields": [CV if field is None else field], "settings": {"min_seconds": 0, **settings}}
    return service.create(ACCOUNT, CreateForm.model_validate(body))


def begin(form: FormView, **wanted: Any) -> UploadView:
    body = {"field": "cv", "name": "My CV.pdf", "content_type": "application/pdf", "size": 5} | wanted
    return submissions.begin_upload(ACCOUNT, form.id, CreateUpload.model_validate(body))


def put(upload: UploadView, content: bytes = b"hello") -> str:
    """What S3 does with the POST when its policy lets it through (tests/e2e sends real ones)."""
    clients.client("s3").put_object(
        Bucket="data",
        Key=upload.fields["key"],
        Body=content,
        ContentType=upload.fields["Content-Type"],
        Metadata={name.removeprefix("x-amz-meta-"): value for name, value in upload.fields.items() if "meta" in name},
    )
    return upload.upload_id


def keys(prefix: str = "uploads/kept/") -> list[str]:
    found = clients.client("s3").list_objects_v2(Bucket="data", Prefix=prefix).get("Contents", [])
    return [item["Key"] for item in found]


def problems(failure: pytest.ExceptionInfo[ValidationFailed]) -> list[tuple[str, str]]:
    return [(problem.path, problem.type) for problem in failure.value.problems]


def test_the_signed_policy_takes_this_size_type_and_name_only(time: Clock) -> None:
    form = make()

    upload = begin(form, name="Lebenslauf ä.pdf")

    policy = json.loads(base64.b64decode(upload.fields["policy"]))["conditions"]
    assert ["content-length-range", 5, 5] in policy
    assert {"Content-Type": "application/pdf"} in policy
    assert {"x-amz-meta-name": quote("Lebenslauf ä.pdf")} in policy
    assert {"key": f"uploads/pending/{ACCOUNT}/{form.id}/{upload.upload_id}"} in policy


def test_files_are_sent_to_the_bucket_in_its_own_region(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        clients.reset()
        origin = uploads.origin()

    clients.reset()
    assert origin == "https://data.s3.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"size": 1001}, ("size", "max_size")),
        ({"content_type": "text/html"}, ("content_type", "accept")),
        ({"content_type": "image"}, ("content_type", "media_type")),
        ({"content_type": "image/*"}, ("content_type", "media_type")),
        ({"field": "other"}, ("field", "unknown_field")),
        ({"name": "\N{GRINNING FACE}" * 200}, ("name", "too_long")),
    ],
)
def test_a_file_that_the_field_does_not_take_is_refused(time: Clock, wanted: dict[str, Any], expected: Any) -> None:
    form = make()

    with pytest.raises(ValidationFailed) as failure:
        begin(form, **wanted)

    assert problems(failure) == [expected]


def test_without_a_limit_of_its_own_a_field_takes_ten_megabytes(time: Clock) -> None:
    form = make({"name": "cv", "type": "file"})

    begin(form, size=10 * 1024 * 1024, content_type="text/html")
    with pytest.raises(ValidationFailed):
        begin(form, size=10 * 1024 * 1024 + 1)


def test_a_form_of_another_account_takes_no_file(time: Clock) -> None:
    form = make()

    with pytest.raises(NotFound):
        submissions.begin_upload("acct_two", form.id, CreateUpload(field="cv", name="a", content_type="a/b", size=1))


def test_a_submission_keeps_a_copy_and_tells_what_it_is(time: Clock) -> None:
    form = make()
    upload_id = put(begin(form))

    sent = submissions.submit(ACCOUNT, form.id, {"cv": upload_id})

    reference = {"upload_id": upload_id, "name": "My CV.pdf", "size": 5, "content_type": "application/pdf"}
    assert sent.data == {"cv": reference}
    assert keys() == [f"uploads/kept/{ACCOUNT}/{form.id}/{sent.id}/{upload_id}"]


def test_one_submission_has_a_link_that_saves_the_file_under_its_name(time: Clock) -> None:
    form = make()
    sent = submissions.submit(ACCOUNT, form.id, {"cv": put(begin(form))})

    files = submissions.get(ACCOUNT, form.id, sent.id).files

    assert files is not None
    query = parse_qs(urlsplit(files["cv"].url).query)
    assert query["X-Amz-Expires"] == ["300"]
    assert query["response-content-disposition"] == ["attachment; filename*=UTF-8''My%20CV.pdf"]


@pytest.mark.parametrize("value", ["up_nothing", 5, {"upload_id": "x"}, ["a"], None])
def test_a_value_is_the_id_of_an_upload(time: Clock, value: Any) -> None:
    form = make()

    with pytest.raises(ValidationFailed) as failure:
        submissions.submit(ACCOUNT, form.id, {"cv": value})

    assert problems(failure) == [("data.cv", "upload")]


def test_what_was_not_sent_or_belongs_elsewhere_is_refused_and_nothing_is_stored(time: Clock) -> None:
    form, other = make(), make()
    foreign = put(begin(other))

    for upload_id in (ids.new_id("up"), foreign, begin(form).upload_id):
        with pytest.raises(ValidationFailed) as failure:
            submissions.submit(ACCOUNT, form.id, {"cv": upload_id})
        assert problems(failure) == [("data.cv", "upload")]

    assert keys() == []
    assert service.stored_with_count(ACCOUNT, form.id)[1] == 0


def test_a_file_of_one_field_is_no_answer_to_another(time: Clock) -> None:
    body = {"name": "Jobs", "fields": [CV, {"name": "photo", "type": "file"}]}
    form = service.create(ACCOUNT, CreateForm.model_validate(body))
    anything = put(begin(form, field="photo", content_type="text/html"))

    with pytest.raises(ValidationFailed) as failure:
        submissions.submit(ACCOUNT, form.id, {"cv": anything})

    assert problems(failure) == [("data.cv", "upload")]


def test_what_arrived_is_judged_and_not_what_was_said(time: Clock) -> None:
    form = make()
    larger = put(begin(form), b"x" * 1001)

    with pytest.raises(ValidationFailed) as failure:
        submissions.submit(ACCOUNT, form.id, {"cv": larger})

    assert problems(failure) == [("data.cv", "max_size")]


def test_a_repeat_with_the_same_id_has_one_copy(time: Clock) -> None:
    form = make()
    upload_id, submission_id = put(begin(form)), ids.new_id("sub")

    first, again = (submissions.submit(ACCOUNT, form.id, {"cv": upload_id}, submission_id) for _ in range(2))

    assert first == again
    assert len(keys()) == 1


def test_a_page_that_was_sent_before_leaves_no_second_copy(time: Clock) -> None:
    form = service.stored(ACCOUNT, make().id)
    upload_id = put(begin(service.view(form)))
    sending = Sending("nonce", "digest", 2_000_000_000)
    submissions.store(form, {"cv": upload_id}, "page", sending=sending)

    with pytest.raises(SentBefore):
        submissions.store(form, {"cv": upload_id}, "page", sending=sending)

    assert len(keys()) == 1


def removed(item: dict[str, Any]) -> dict[str, Any]:
    """The stream's record of an item that was deleted, by whomever: a person, the end of its time, the deletion of its form."""
    image = {
        name: {"S": str(value)} for name, value in item.items() if name in ("pk", "sk", "account_id", "form_id", "id", "files")
    }
    keys = {name: image[name] for name in ("pk", "sk")}
    return {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1", "Keys": keys, "OldImage": image}}


def test_the_copy_goes_with_the_submission_however_often_it_is_told(time: Clock) -> None:
    form = make()
    gone, stays = (submissions.submit(ACCOUNT, form.id, {"cv": put(begin(form))}) for _ in range(2))
    [item] = tables.query_all("forms", "pk = :pk AND sk = :sk", {":pk": f"{ACCOUNT}#{form.id}", ":sk": f"SUB#{gone.id}"})
    submissions.delete(ACCOUNT, form.id, gone.id)

    assert relay([removed(item), removed(item)]) == []

    assert [stays.id in key for key in keys()] == [True]


def test_submissions_without_files_are_nothing_to_the_stream(time: Clock) -> None:
    form = make()
    submissions.submit(ACCOUNT, form.id, {})

    items = tables.query_all("forms", "pk = :pk", {":pk": f"{ACCOUNT}#{form.id}"})
    assert ["files" in item for item in items if item["sk"].startswith("SUB#")] == [False]
    deletion.delete(ACCOUNT, form.id, force=True)


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ({**CV, "accept": ["pdf"]}, "fields[0].accept[0]"),
        ({**CV, "accept": ["*/*"]}, "fields[0].accept[0]"),
        ({**CV, "default": "x"}, "fields[0].default"),
        ({**CV, "pattern": "x"}, "fields[0].pattern"),
        ({"name": "n", "type": "text", "accept": ["image/*"]}, "fields[0].accept"),
        ({"name": "n", "type": "text", "max_size": 5}, "fields[0].max_size"),
    ],
)
def test_rules_of_files_are_for_files(time: Clock, field: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationFailed) as failure:
        make(field)

    assert [problem.path for problem in failure.value.problems] == [path]


def test_the_csv_holds_the_name(time: Clock) -> None:
    from flows.forms.export import export
    from flows.forms.time_range import Range

    form = make()
    submissions.submit(ACCOUNT, form.id, {"cv": put(begin(form, name="=cmd.pdf"))})

    assert "'=cmd.pdf" in (export(ACCOUNT, form.id, Range()).text or "")


# -------------------------------------------------------------------------------------------------- the hosted page


def test_the_page_lets_its_script_send_files_to_storage_and_nowhere_else(time: Clock) -> None:
    page = call(pages, "GET", f"/f/{make().public_id}")
    plain = call(pages, "GET", f"/f/{make({'name': 'n', 'type': 'text'}).public_id}")

    upload = urlsplit(begin(make()).url)
    assert f"connect-src 'self' {upload.scheme}://{upload.netloc};" in page.headers["Content-Security-Policy"]
    assert "connect-src" not in plain.headers["Content-Security-Policy"]


def test_the_page_says_that_files_need_javascript_and_offers_what_the_field_takes(time: Clock) -> None:
    page = BeautifulSoup(call(pages, "GET", f"/f/{make().public_id}").text, "html.parser")

    picker = page.select_one("input[type=file]")
    assert picker is not None
    assert picker["accept"] == "application/pdf,image/*"
    assert "name" not in picker.attrs  # the file itself is not part of what the page sends
    assert "JavaScript" in page.select_one("noscript").text  # type: ignore[union-attr]  # None would fail the test as well


def test_the_script_gets_a_place_for_a_file_and_the_page_is_sent_with_its_id(time: Clock) -> None:
    form = make({**CV, "required": True})
    wanted = {"field": "cv", "name": "cv.pdf", "content_type": "application/pdf", "size": 5}
    begun = call(pages, "POST", f"/f/{form.public_id}/uploads", json.dumps(wanted), TEXT)
    upload_id = put(UploadView(**begun.json["data"]))
    page = BeautifulSoup(call(pages, "GET", f"/f/{form.public_id}").text, "html.parser")
    token = str(page.select_one("input[name=__opened]")["value"])  # type: ignore[index]  # None would fail the test as well

    answers = urlencode({"cv": upload_id, "__homepage": "", "__opened": token})
    sent = call(pages, "POST", f"/f/{form.public_id}", answers, {"Content-Type": "application/x-www-form-urlencoded"})

    assert (begun.status, sent.status) == (201, 303)
    assert len(keys()) == 1


def test_a_page_with_a_file_that_is_gone_comes_back_and_says_so(time: Clock) -> None:
    form = make()
    page = BeautifulSoup(call(pages, "GET", f"/f/{form.public_id}").text, "html.parser")
    token = str(page.select_one("input[name=__opened]")["value"])  # type: ignore[index]  # None would fail the test as well

    answers = urlencode({"cv": ids.new_id("up"), "__homepage": "", "__opened": token})
    sent = call(pages, "POST", f"/f/{form.public_id}", answers, {"Content-Type": "application/x-www-form-urlencoded"})

    assert sent.status == 400
    assert "upload it again" in sent.text


def test_an_address_may_not_send_files_without_end(time: Clock) -> None:
    form = make()
    wanted = json.dumps({"field": "cv", "name": "cv.pdf", "content_type": "application/pdf", "size": 5})

    statuses = [call(pages, "POST", f"/f/{form.public_id}/uploads", wanted, TEXT).status for _ in range(UPLOADS_PER_MINUTE + 1)]

    assert statuses == [201] * UPLOADS_PER_MINUTE + [429]


def test_a_closed_page_takes_no_files(time: Clock) -> None:
    form = service.create(ACCOUNT, CreateForm.model_validate({"name": "Jobs", "fields": [CV], "public": False}))

    answer = call(
        pages,
        "POST",
        f"/f/{form.public_id}/uploads",
        json.dumps({"field": "cv", "name": "a", "content_type": "a/b", "size": 1}),
        TEXT,
    )

    assert (answer.status, answer.json["error"]["code"]) == (404, "NOT_FOUND")
