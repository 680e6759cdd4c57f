"""Documents do not drift: what they name is there. An exception stands in a table here, with its reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

import pytest
from flows import errors
from flows.aws.settings import Settings
from flows.engine import registry

from tests.template import ROOT, template
from tests.unit.documents.markdown import Document, describes_a_service, documents

DOCUMENTS = [pytest.param(document, id=document.name) for document in documents()]
OWN = [pytest.param(document, id=document.name) for document in documents() if not describes_a_service(document)]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

OTHER_ROUTES = {
    "/hooks/{token}": "answered by workflows, so not part of the document of the API",
    "/hooks/{token}/{rest+}": "the same, with a path below",
    "/": "answers 404 in our envelope, like every unknown route",
}

NOT_OURS = {
    "docs/versioning.md": {"/v9/..."},  # an example of a version that is not there
}
"""Routes that a document names although they are not there."""

NAMES_OF_AWS = {"GenerateMac"}
"""What AWS calls things that a document speaks of and no source names."""

NO_NODE_TYPES = {
    "docs/sdks/python.md": {"no_such_type"},  # the sample of a refusal
    "docs/workflows.md": {"disabled"},  # what a node may be
}

MADE_LATER = (".local/", ".venv", "sdks/python/dist", "sdks/javascript/dist")
"""Folders that `make` makes."""

TOP = ("docs", "events", "functions", "layers", "local", "requirements", "sdks", "statemachines", "tests")


def code(document: Document) -> list[str]:
    return [*document.spans, *document.blocks]


@lru_cache(maxsize=1)
def makefile() -> str:
    return (ROOT / "Makefile").read_text()


@lru_cache(maxsize=1)
def source_words() -> frozenset[str]:
    """Every word of the project's sources: code, template, state machines, connectors, their tests."""
    found: set[str] = set()
    roots = ("layers", "functions", "local", "statemachines", "tests", "sdks/python/src", "sdks/javascript/src")
    endings = {".py", ".json", ".yaml", ".ts", ".js", ".html", ".toml"}
    files = [file for root in roots for file in (ROOT / root).rglob("*") if file.suffix in endings]
    for file in (*files, ROOT / "template.yaml", ROOT / "samconfig.toml", ROOT / "Makefile"):
        if file != Path(__file__) and "node_modules" not in file.parts:
            found.update(re.findall(r"\w+", file.read_text()))
    return frozenset(found)


# ------------------------------------------------------------------------------------------------- files, links


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: Document) -> None:
    broken = []
    for link in document.links:
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (document.path.parent / file).resolve() if file else document.path
        if not target.exists() or (anchor and anchor not in Document(target).anchors):
            broken.append(link)
    assert broken == []


def paths(document: Document) -> Iterator[str]:
    """What looks like a path of this repository."""
    names = "|".join(("flows", *TOP))
    for text in code(document):
        for found in re.findall(rf"(?<![\w./:$<{{-])(?:{names})/[\w./<>*-]*", text):
            yield found.rstrip(".")
        if re.fullmatch(r"[\w.-]+\.(?:py|md|yaml|toml|json)", text):
            yield text


def is_there(path: str, document: Document) -> bool:
    if path.startswith(MADE_LATER):
        return True
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    bases = (ROOT, ROOT / "layers" / "core", document.path.parent)
    # A bare file name is a file of whatever folder the text is about.
    return any(any(base.glob(pattern)) for base in bases) or ("/" not in pattern and any_file_named(pattern))


@lru_cache(maxsize=512)
def any_file_named(name: str) -> bool:
    return any(any((ROOT / top).rglob(name)) for top in TOP)


@pytest.mark.parametrize("document", OWN)
def test_files_and_folders_are_there(document: Document) -> None:
    assert [path for path in paths(document) if not is_there(path, document)] == []


@pytest.mark.parametrize("document", OWN)
def test_modules_that_are_to_be_run_are_there(document: Document) -> None:
    modules = re.findall(r"python3? -m ((?:local|tests)[\w.]*)", document.text)
    gone = [one for one in modules if not any((ROOT / one.replace(".", "/")).parent.glob(f"{one.rpartition('.')[2]}*"))]
    assert gone == []


# ------------------------------------------------------------------------------------------------------ commands


def make_commands(document: Document) -> Iterator[tuple[str, list[str]]]:
    """Targets with the variables that they are given."""
    lines = [line for block in document.blocks for line in block.splitlines()]
    for text in (*document.spans, *lines):
        for given, target, after in re.findall(
            r"(?:^|[;&(] ?|: )((?:[A-Z_]+=\S* )*)make(?: -s)? ([a-z][a-z0-9-]*)([^#;&)]*)", text
        ):
            yield target, re.findall(r"\b([A-Z_]+)=", given + after)
        if bare := re.search(r"(?:^|\s)make((?: [A-Z_]+=\S*)+)$", text):
            yield "help", re.findall(r"([A-Z_]+)=", bare[1])


@pytest.mark.parametrize("document", OWN)
def test_make_knows_its_targets_and_variables(document: Document) -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile(), re.MULTILINE))
    known = made_variables()
    unknown = [
        (target, variable)
        for target, variables in make_commands(document)
        for variable in variables or [""]
        if target not in targets or (variable and variable not in known)
    ]
    assert unknown == []


@lru_cache(maxsize=1)
def made_variables() -> frozenset[str]:
    """What may be set for `make`."""
    return frozenset(re.findall(r"\$\([a-z ]*([A-Z_]+)", makefile())) | set(
        re.findall(r"^export (.+)$", makefile(), re.MULTILINE)[0].split()
    )


# -------------------------------------------------------------------------------------------------------- routes


@lru_cache(maxsize=1)
def routes() -> dict[str, set[str]]:
    """Templates of routes with their methods; no method stands for any."""
    described = json.loads((ROOT / "layers/core/flows/api/openapi.json").read_text())["paths"]
    return {path: {method.upper() for method in item} for path, item in described.items()} | {
        path: set() for path in OTHER_ROUTES
    }


def fits(path: str, wanted: str) -> bool:
    """Whether a path as documents write it (``/forms/:id``, ``/forms/{id}``, ``/forms/form_1``) is the route of a template."""
    ours, named = wanted.strip("/").split("/"), path.strip("/").split("/")
    if ours[-1].endswith("+}") and len(named) > len(ours):
        named = named[: len(ours)]
    return len(ours) == len(named) and all(
        mine == theirs or mine.startswith("{") for mine, theirs in zip(ours, named, strict=True)
    )


def named_routes(document: Document) -> Iterator[tuple[str, str]]:
    """``(method, path)``; the method is empty where only a path is named."""
    methods = "|".join(METHODS)
    for span in document.spans:
        if found := re.fullmatch(rf"({methods}) (/\S*)", span):
            yield found[1], found[2]
        elif re.fullmatch(r"/[a-z][\w-]*(/[\w.:<>{}-]+)*", span):
            yield "", span
    for text in code(document):
        base = r"(?:\$BASE|https?://api\.example\.com/v1|http://127\.0\.0\.1:4566/v1)"
        yield from re.findall(rf"(?:-X ({methods}) )?\"?{base}(/[\w/:$<>{{}}.-]+)", text)


@pytest.mark.parametrize("document", OWN)
def test_routes_are_routes_of_the_api(document: Document) -> None:
    unknown = []
    for method, named in named_routes(document):
        path = named.partition("?")[0].removeprefix("/v1").rstrip(".,") or "/"
        allowed = [methods for route, methods in routes().items() if fits(path, route)]
        if not any(not method or not methods or method in methods for methods in allowed):
            unknown.append(f"{method} {named}".strip())
    assert set(unknown) - NOT_OURS.get(document.name, set()) == set()


def test_what_is_excepted_is_still_named() -> None:
    named = {document.name: {path for _, path in named_routes(document)} for document in documents()}
    assert {name: paths - named[name] for name, paths in NOT_OURS.items()} == {name: set() for name in NOT_OURS}


# --------------------------------------------------------------------------------------------- codes, names, variables


def error_codes() -> set[str]:
    return {one.code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.FlowsError)}


@pytest.mark.parametrize("document", OWN)
def test_error_codes_and_variables_are_known(document: Document) -> None:
    variables = {field.name.upper() for field in fields(Settings)} | made_variables()
    named = {word for span in document.spans for word in re.findall(r"(?<![\w.$-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![\w-])", span)}
    # Whatever else is written in capitals is a word of the sources: kinds of items, options of services.
    assert {word for word in named if len(word) > 4} - error_codes() - variables - source_words() - set(METHODS) == set()


@pytest.mark.parametrize("document", OWN)
def test_codes_in_sample_answers_are_error_codes(document: Document) -> None:
    named = {found for text in code(document) for found in re.findall(r'"code": ?"([A-Z_]+)"', text)}
    assert named - error_codes() == set()


@pytest.mark.parametrize("document", OWN)
def test_parameters_are_parameters_of_the_template(document: Document) -> None:
    listed = re.findall(r"\bparameters? ((?:`?[A-Z][a-z]+(?:[A-Z][a-z]+)+`?(?:, | and )?)+)", document.prose)
    named = {name for text in listed for name in re.findall(r"[A-Z]\w+", text)}
    assert named - template()["Parameters"].keys() == set()


@pytest.mark.parametrize("document", OWN)
def test_names_in_two_humps_are_names_of_the_sources(document: Document) -> None:
    # Resources, parameters, classes, errors of runs: MachineryFailed, DomainName, EventsDeadLetters.
    named = {span for span in document.spans if re.fullmatch(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+", span)}
    unknown = {name for name in named if name not in source_words() and not any(name in word for word in source_words())}
    assert unknown - NAMES_OF_AWS == set()


# ----------------------------------------------------------------------------------------------------------- nodes


@pytest.mark.parametrize("document", OWN)
def test_nodes_are_of_types_that_there_are(document: Document) -> None:
    samples = {
        found for text in code(document) for found in re.findall(r'\{"id": "[^"]+", (?:"name": "[^"]*", )?"type": "(\w+)"', text)
    }
    told = set(re.findall(r"\bnode types? `(\w+)`|`(\w+)` nodes?\b", document.prose))
    named = samples | {name for pair in told for name in pair if name}
    assert named - registry.names() == NO_NODE_TYPES.get(document.name, set())


def test_every_node_type_has_its_page_and_no_other() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "nodes").glob("*.md")} - {"README"}
    assert pages == registry.names()


def test_every_connector_has_its_page_and_no_other() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "connectors").glob("*.md")} - {"README"}
    assert pages == {file.stem for file in (ROOT / "layers/core/flows/connectors/services").glob("*.yaml")}
