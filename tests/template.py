"""template.yaml, read as data: for tests that make its tables, and for tests of its rules."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (``!Ref x``) as their long ones (``{"Ref": "x"}``)."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]  # the third kind there is
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@lru_cache(maxsize=1)
def template() -> dict[str, Any]:
    """The whole template."""
    found: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506 - a SafeLoader with more tags
    return found


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Properties of all resources of a type, by logical id."""
    return {name: body.get("Properties", {}) for name, body in template()["Resources"].items() if body["Type"] == kind}


def create_tables(dynamodb: Any) -> dict[str, str]:
    """Make the template's tables, indexes included, with any DynamoDB client.

    Returns:
        The environment variables that name them: ``{"FORMS_TABLE": "forms", ...}``.
    """
    names = {}
    for logical, properties in resources("AWS::DynamoDB::Table").items():
        name = logical.removesuffix("Table").lower()
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=properties["AttributeDefinitions"],
            KeySchema=properties["KeySchema"],
            GlobalSecondaryIndexes=properties["GlobalSecondaryIndexes"],
        )
        names[f"{name.upper()}_TABLE"] = name
    return names
