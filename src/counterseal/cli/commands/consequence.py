"""What each holding would yield, for how many years; and which are strategic targets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.rows import rows_of
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]

SMALL = 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("estate", metavar="ESTATE", help="folder of the estate or its project")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Print person-attribute-years, use-readiness and the register of strategic targets."""
    from counterseal.consequence.static import static_table  # noqa: PLC0415 - heavy
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    table = static_table(project.estate(catalog), catalog)
    document = table.as_json()
    console.document(document)
    _print(console, document)
    return console.conclude(Exit.OK, "what a loss of each holding alone would yield")


def _print(console: Console, document: Mapping[str, Json]) -> None:
    for holding in rows_of(document["holdings"]):
        console.out(str(holding["id"]))
        years = holding["attribute_years"]
        for attribute, horizons in years.items() if isinstance(years, dict) else ():
            if isinstance(horizons, dict):
                cells = "  ".join(f"{h} y {_count(v)}" for h, v in horizons.items())
                console.out(f"  {attribute:<24} {cells}  person-years")
        uses = holding["uses"]
        ready = (
            ", ".join(f"{use} {_count(people)}" for use, people in uses.items())
            if isinstance(uses, dict)
            else ""
        )
        console.out(f"  ready for: {ready or 'no use on its own'} (people)")
    console.out()
    targets = rows_of(document["targets"])
    console.out("Proposed register of strategic targets" + ("" if targets else ": none"))
    for target in targets:
        reasons = target["reasons"]
        why = "; ".join(map(str, reasons)) if isinstance(reasons, list | tuple) else ""
        console.out(f"  {target['id']}: {why}")
        if target.get("finding"):
            console.out(f"    finding: {target['finding']}")


def _count(value: Json) -> str:
    number = value if isinstance(value, int | float) else 0.0
    return f"{number:.2g}" if number < SMALL else f"{float(f'{number:.2g}'):,.0f}"
