"""The pages of docs/nodes say what the code does."""

from __future__ import annotations

import pytest

from local import node_docs

PAGES = node_docs.pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_the_one_that_the_code_makes(name: str) -> None:
    path = node_docs.FOLDER / name

    assert path.exists(), "run: python -m local.node_docs"
    assert path.read_text(encoding="utf-8") == PAGES[name], "run: python -m local.node_docs"


def test_there_is_no_page_of_a_node_type_that_is_gone() -> None:
    assert {path.name for path in node_docs.FOLDER.glob("*.md")} == set(PAGES)
