"""Parameters of trigger nodes: what is taken, and what is refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from flows.engine import registry
from flows.engine.contract import Parameters
from pydantic import ValidationError


def read(name: str, raw: dict[str, Any]) -> Any:
    node_type = registry.node_type(name)
    assert node_type is not None
    return node_type.parameters.model_validate(raw)


def refused(name: str, raw: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        read(name, raw)
    return str(caught.value)


@pytest.mark.parametrize(
    "cron",
    [
        "* * * * *",
        "*/15 * * * *",
        "0 9 * * MON-FRI",
        "0 9 1,15 * *",
        "5-10/2 0 * JAN *",
        "0 0 29 2 *",
        "0 0 * * 7",
        " 0  9 * * 1 ",
    ],
)
def test_cron_expressions_of_crontab_are_taken(cron: str) -> None:
    assert read("schedule", {"cron": cron}).cron == " ".join(cron.split())


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "@daily",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 32 * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "0 0 31 2 *",
        "0 0 ? * 1",
        "0 0 L * *",
        "0 0 * * 1#2",
        "H * * * *",
        "R * * * *",
        "*/0 * * * *",
        "a b c d e",
        "0 0 * FOO *",
        "1,,2 * * * *",
    ],
)
def test_what_is_no_cron_expression_is_refused(cron: str) -> None:
    assert "cron" in refused("schedule", {"cron": cron})


def test_both_day_fields_restricted_at_once_is_a_problem() -> None:
    assert "not both" in refused("schedule", {"cron": "0 9 1 * 1"})


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_time_zones_are_those_of_the_iana_database(name: str) -> None:
    assert read("schedule", {"cron": "* * * * *", "timezone": name}).timezone == name


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "localtime", "Europe", "\0", "a" * 5000]
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    assert "timezone" in refused("schedule", {"cron": "* * * * *", "timezone": name})


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"cron": "* * * * *", "every": {"minutes": 1}},
        {"every": {}},
        {"every": {"minutes": 1, "hours": 1}},
        {"every": {"minutes": 0}},
        {"every": {"seconds": 5}},
        {"every": {"minutes": 1.5}},
        {"every": {"days": 1}, "start_at": "soon"},
        {"every": {"days": 1}, "start_at": "2027-01-02", "end_at": "2027-01-01"},
        {"every": {"days": 1}, "missed": "all"},
    ],
)
def test_a_schedule_has_exactly_one_rule_and_sensible_bounds(raw: dict[str, Any]) -> None:
    refused("schedule", raw)


def test_an_interval_tells_its_unit() -> None:
    interval = read("schedule", {"every": {"hours": 6}, "start_at": "2027-01-01T00:00:00+01:00"}).every

    assert (interval.amount, interval.unit) == (6, "hours")


def test_defaults_of_a_webhook() -> None:
    webhook = read("webhook", {})

    assert webhook.methods == ["POST"]
    assert webhook.authentication.type == "none"
    assert (webhook.respond, webhook.allowed_ips, webhook.cors, webhook.deduplicate_by) == ("immediately", [], None, None)


def test_methods_and_networks_are_normalised() -> None:
    webhook = read("webhook", {"methods": ["get", "POST"], "allowed_ips": ["203.0.113.7", "10.1.2.3/8", "2001:DB8::1/64"]})

    assert webhook.methods == ["GET", "POST"]
    assert webhook.allowed_ips == ["203.0.113.7/32", "10.0.0.0/8", "2001:db8::/64"]


@pytest.mark.parametrize(
    ("cors", "origins"),
    [(True, ["*"]), ("*", ["*"]), (["https://A.example"], ["https://a.example"]), ({"origins": ["http://localhost:3000"]}, None)],
)
def test_cors_is_true_a_list_or_an_object(cors: Any, origins: list[str] | None) -> None:
    assert read("webhook", {"cors": cors}).cors.origins == (origins or cors["origins"])


@pytest.mark.parametrize(
    "raw",
    [
        {"methods": []},
        {"methods": ["TRACE"]},
        {"methods": ["GET", "get"]},
        {"allowed_ips": ["300.1.1.1"]},
        {"allowed_ips": ["example.com"]},
        {"cors": ["https://a.example/path"]},
        {"cors": ["javascript:alert(1)"]},
        {"cors": ["https://user@a.example"]},
        {"respond": "later"},
        {"authentication": {"type": "github"}},
        {"authentication": {"type": "none", "credential_id": "cred_1"}},
        {"authentication": {"type": "github", "credential_id": "cred_1", "algorithm": "sha1"}},
        {"authentication": {"type": "hmac", "credential_id": "cred_1", "header": "X Y"}},
        {"authentication": {"type": "password"}},
        {"secret": "x"},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(raw: dict[str, Any]) -> None:
    refused("webhook", raw)


def test_options_of_a_signed_hook_are_those_of_its_check() -> None:
    raw = {"type": "hmac", "credential_id": "cred_1", "header": "X-Sign", "algorithm": "sha512", "prefix": "sha512="}

    assert read("webhook", {"authentication": raw}).authentication.options() == {
        "header": "X-Sign",
        "algorithm": "sha512",
        "prefix": "sha512=",
    }


@pytest.mark.parametrize(
    "events", [[], ["form submitted"], ["*.submitted"], ["form.*.x"], [""], "form.submitted", ["form.sent"], ["forms.*"]]
)
def test_names_of_events_are_checked(events: Any) -> None:
    refused("event", {"events": events})


@pytest.mark.parametrize("name", ["form", "event"])
def test_what_a_trigger_watches_must_be_named(name: str) -> None:
    assert "Field required" in refused(name, {})


@pytest.mark.parametrize("name", ["manual", "schedule", "webhook", "form", "event", "error"])
def test_a_trigger_has_a_closed_parameter_model(name: str) -> None:
    node_type = registry.node_type(name)

    assert node_type is not None
    assert node_type.trigger
    assert issubclass(node_type.parameters, Parameters)
    refused(name, {"unheard_of": 1})
