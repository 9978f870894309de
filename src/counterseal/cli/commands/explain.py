"""Say why, in plain language: a rule card, or a step, attribute, use or control."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.parser import suggestion
from counterseal.errors import NotEvaluableError, UsageError

if TYPE_CHECKING:
    import argparse

    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console
    from counterseal.policy.cards import RuleSet
    from counterseal.workspace.project import Project

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "name",
        metavar="RULE|FINDING",
        help="id of a rule card, attack rule, control, attribute, use, adversary or prior",
    )
    parser.add_argument("--estate", metavar="DIR", help="project whose own rows to include")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Print what the id stands for and what it rests on."""
    project = _project(args.estate)
    rules, catalog = project.rules(), project.catalog()
    name = args.name.removeprefix("rule:")
    kind, text = _explained(name, rules, catalog)
    console.document(
        {"schema": "counterseal-explain/1", "id": name, "kind": kind, "text": text}
    )
    console.out(text)
    return console.conclude(Exit.OK, f"{kind} {name}")


def _project(estate: str | None) -> Project:
    """Return the named project, else the nearest; without any, what is shipped is enough."""
    from counterseal.workspace.project import (  # noqa: PLC0415 - heavy, not for --help
        Project,
        find_project,
        open_project,
    )

    if estate:
        return open_project(Path(estate))
    try:
        return find_project(Path())
    except NotEvaluableError:
        return Project(root=Path(), estate_folder=Path("estate"))


def _explained(name: str, rules: RuleSet, catalog: Catalog) -> tuple[str, str]:
    from counterseal.catalog.catalog import TABLES, VIEWS  # noqa: PLC0415 - heavy
    from counterseal.policy.explain import explain  # noqa: PLC0415 - heavy

    if name in rules.cards:
        return "rule card", explain(rules, name)
    tables = (*TABLES, *VIEWS)
    for table in tables:
        if name in catalog.table(table):
            return table, _row(table, name, catalog)
    known = [*rules.cards, *(row for table in tables for row in catalog.table(table))]
    hint = suggestion(name, known)
    raise UsageError(
        f"nothing has the id {name!r}", hint=hint or "ids stand in every finding and report"
    )


def _row(table: str, name: str, catalog: Catalog) -> str:
    row = catalog.table(table)[name].model_dump(mode="json", by_alias=True, exclude_none=True)
    lines = [f"{name} ({table})"]
    for key, value in row.items():
        if key != "id" and value not in ("", [], {}):
            lines.append(f"  {key}: {_plain(value)}")
    place = catalog.places.get((table, name))
    return "\n".join([*lines, f"  written at: {place}" if place else ""]).rstrip()


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items() if v not in ("", []))
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    return str(value)
