"""The connectors that there are. One file is read when its connector is first used; all of them only to list the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from flows.connectors.schema import Connector

FOLDER = Path(__file__).parent / "services"


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The ids of all connectors, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def find(connector_id: str) -> Connector | None:
    """The connector of that id, or None."""
    if connector_id not in names():
        return None
    return load(FOLDER / f"{connector_id}.yaml")


def every() -> Iterator[Connector]:
    """All connectors, by id."""
    for name in names():
        found = find(name)
        if found:
            yield found


def load(path: Path) -> Connector:
    """Read and check a connector's file.

    Raises:
        pydantic.ValidationError, yaml.YAMLError: the file is wrong.
    """
    import yaml

    # libyaml's reader: 4 ms for a connector's file, a tenth of what the one in Python takes
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Connector.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - a safe loader
