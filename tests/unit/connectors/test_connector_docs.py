"""The pages in docs/connectors are those that the files make, and a scaffold is a connector."""

from __future__ import annotations

from pathlib import Path

import pytest
from flows.connectors.catalog import load

from local.connector import ScaffoldProblem, scaffold
from local.connector_docs import FOLDER, pages


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_what_the_file_makes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], "run: python -m local.connector_docs"


def test_there_is_no_page_without_a_connector() -> None:
    assert {page.name for page in FOLDER.glob("*.md")} == set(pages())


def test_a_scaffold_is_a_valid_connector_with_a_contract(tmp_path: Path) -> None:
    services, contracts = tmp_path / "services", tmp_path / "contracts"
    services.mkdir()
    contracts.mkdir()

    made = scaffold("acme_crm", services, contracts)

    assert load(made[0]).id == "acme_crm"
    assert made[1].parent == contracts
    with pytest.raises(ScaffoldProblem, match="there already"):
        scaffold("acme_crm", services, contracts)


@pytest.mark.parametrize("name", ["", "../x", "Acme", "a-b", "1x"])
def test_a_name_that_is_none_makes_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(ScaffoldProblem):
        scaffold(name, tmp_path, tmp_path)

    assert list(tmp_path.iterdir()) == []
