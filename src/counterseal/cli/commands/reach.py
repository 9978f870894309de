"""How far each adversary gets into an estate, how soon, and through whose link."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.commands.graph_compile import chosen_adversary
from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("estate", metavar="ESTATE", help="folder of the estate or its project")
    parser.add_argument("--adversary", metavar="ID", help="one profile; default: all")
    parser.add_argument(
        "--draws", type=positive, default=128, metavar="N", help="epistemic draws"
    )
    parser.add_argument(
        "--lanes", type=positive, default=32, metavar="N", help="trials per draw"
    )
    parser.add_argument(
        "--levels", action="store_true", help="print reach as numbers beside the order"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Simulate and print objectives by reach, most reached first."""
    from counterseal.workspace.examining.reaching import reach_estate  # noqa: PLC0415 - heavy
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    names = (
        [chosen_adversary(catalog, args.adversary).id]
        if args.adversary
        else sorted(catalog.adversaries)
    )
    with progress(console, "simulating") as advance:
        document = reach_estate(
            project,
            catalog,
            names,
            seed=args.seed or 0,
            outer=args.draws,
            lanes=args.lanes,
            workers=args.workers,
            advance=advance,
        )
    console.document(document)
    _print(console, document, levels=args.levels)
    return console.conclude(
        Exit.OK, "levels rest on elicited priors: compare, do not read them as frequencies"
    )


def _print(console: Console, document: Mapping[str, Json], *, levels: bool) -> None:
    for row in _rows(document["adversaries"]):
        console.out(f"{row['name']}")
        for rank, target in enumerate(_rows(row["objectives"]), start=1):
            level = f"  {_levels(target)}" if levels else ""
            via = f"  via {target['owner']}" if target["owner"] else ""
            console.out(f"  {rank:>3}. {target['kind']} {target['element']}{via}{level}")
        console.out()


def _levels(target: Mapping[str, Json]) -> str:
    reach = target["reach"]
    if not isinstance(reach, dict):
        return ""
    cells = (f"{years} y {value['median']:.2g}" for years, value in reach.items())
    once = target["single_campaign"]
    last = list(once.items())[-1:] if isinstance(once, dict) else []
    alone = "".join(f"; single campaign {y} y {value['median']:.2g}" for y, value in last)
    return "reach " + ", ".join(cells) + alone


def _rows(value: Json) -> Sequence[Mapping[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
