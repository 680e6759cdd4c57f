"""The integration node: what is checked when a definition is written, and how inputs are fitted to an action."""

from __future__ import annotations

from typing import Any

import pytest
from flows.connectors import catalog
from flows.connectors.inputs import checked
from flows.engine.nodes.integration import NODE
from flows.engine.results import NodeFailure


def problems(**parameters: Any) -> list[str]:
    assert NODE.check is not None
    return [path for path, _ in NODE.check(parameters)]


def test_a_right_node_has_no_problems() -> None:
    given = {"channel": "#leads", "text": "{{ name }}", "unfurl_links": "{{ yes }}"}

    assert problems(connector="slack", action="post_message", parameters=given) == []


def test_settings_of_the_connector_may_stand_among_the_parameters() -> None:
    assert problems(connector="zendesk", action="get_ticket", parameters={"ticket_id": 1, "subdomain": "acme"}) == []


@pytest.mark.parametrize(
    ("parameters", "paths"),
    [
        ({"connector": "nothing", "action": "post_message"}, ["connector"]),
        ({"connector": "{{ name }}", "action": "post_message"}, ["connector"]),
        ({"connector": "slack", "action": "fly"}, ["action"]),
        ({"connector": "slack", "action": "post_message"}, ["parameters.channel"]),
        ({"connector": "slack", "action": "post_message", "parameters": {"channel": "c", "txt": "x"}}, ["parameters.txt"]),
        ({"connector": "slack", "action": "post_message", "parameters": []}, ["parameters.channel"]),
        ({"connector": "slack", "action": "post_message", "parameters": "x"}, ["parameters"]),
    ],
)
def test_what_is_wrong_is_told_when_it_is_written(parameters: dict[str, Any], paths: list[str]) -> None:
    assert problems(**parameters) == paths


def fitted(connector_id: str, action_id: str, **given: Any) -> dict[str, Any]:
    connector = catalog.find(connector_id)
    assert connector is not None
    action = connector.action(action_id)
    assert action is not None
    return checked(connector, action, given)[0]


def test_texts_and_numbers_stand_for_each_other() -> None:
    amount = fitted("stripe", "create_payment_intent", amount="1099", currency="usd")
    channel = fitted("slack", "post_message", channel=42, text="Hi")
    deal = fitted("pipedrive", "create_deal", title="A", value="10.5")

    assert (amount["amount"], channel["channel"], deal["value"]) == (1099, "42", 10.5)


@pytest.mark.parametrize("amount", ["10.99", "1e3", "", " 5", True, [5], None])
def test_nothing_else_does(amount: Any) -> None:
    with pytest.raises(NodeFailure):
        fitted("stripe", "create_payment_intent", amount=amount, currency="usd")


def test_a_null_is_as_good_as_nothing_given() -> None:
    assert fitted("slack", "post_message", channel="c", text="t", thread_ts=None) == {"channel": "c", "text": "t"}
