"""How far each adversary gets into an estate, how soon, and through whose link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.cli.examining import draw_options, estate_argument, examined
from counterseal.cli.exits import Exit
from counterseal.cli.rows import rows_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    estate_argument(parser)
    draw_options(parser, draws=128, lanes=32)
    parser.add_argument(
        "--levels", action="store_true", help="print reach as numbers beside the order"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Simulate and print objectives by reach, most reached first."""
    from counterseal.workspace.examining.reaching import reach_estate  # noqa: PLC0415 - heavy

    document = examined(args, console, reach_estate)
    _print(console, document, levels=args.levels)
    return console.conclude(
        Exit.OK, "levels rest on elicited priors: compare, do not read them as frequencies"
    )


def _print(console: Console, document: Mapping[str, Json], *, levels: bool) -> None:
    for row in rows_of(document["adversaries"]):
        console.out(f"{row['name']}")
        for rank, target in enumerate(rows_of(row["objectives"]), start=1):
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
