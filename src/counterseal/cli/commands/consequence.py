"""What each holding would yield, for how many years; and which are strategic targets."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.examining import chosen_adversaries, draw_options
from counterseal.cli.exits import Exit
from counterseal.cli.progress import progress
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console
    from counterseal.consequence.static import StaticTable
    from counterseal.consequence.taken.weighting import Weightings
    from counterseal.workspace.project import Project

__all__ = ["configure", "execute"]

FEW = 5
"""Holdings up to which all of each is printed."""

REASONS = 3
"""Reasons printed of each target, unless all is."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("estate", metavar="ESTATE", help="folder of the estate or its project")
    parser.add_argument(
        "--curves", action="store_true", help="every class of data over time, fits refused too"
    )
    parser.add_argument(
        "--weights", action="store_true", help="rank holdings under published weightings"
    )
    parser.add_argument(
        "--pictures", metavar="DIR", help="write survival fits and value over time as SVG"
    )
    parser.add_argument(
        "--spread", action="store_true", help="simulate copies: one place against all"
    )
    draw_options(parser, draws=128, lanes=32)
    parser.add_argument("--full", action="store_true", help="every class of every holding")
    parser.add_argument(
        "--on", type=_day, metavar="DATE", help="day for overdue reviews; default: today"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Print what a loss today yields, and the register of strategic targets."""
    from counterseal.consequence.static import static_table  # noqa: PLC0415 - heavy
    from counterseal.workspace.clock import now  # noqa: PLC0415 - not for --help
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    table = static_table(project.estate(catalog), catalog)
    on = args.on or now().date()
    weighed = _weighed(table, catalog, args.seed or 0) if args.weights else None
    views: dict[str, Json] = {"weightings": weighed.as_json()} if weighed else {}
    spread = _spread(args, console, project, catalog) if args.spread else None
    if spread is not None:
        views["spread"] = spread
    written = _draw(table, Path(args.pictures)) if args.pictures else []
    if written:
        views["pictures"] = list(written)
    console.document({**table.as_json(on=on), **views})
    in_full = args.full or len(table.holdings) <= FEW
    for line in _lines(table, on=on, in_full=in_full):
        console.out(line)
    _print_views(console, table, weighed, with_curves=args.curves)
    for line in _spread_lines(table, spread) if spread is not None else ():
        console.out(line)
    for path in written:
        console.note(f"wrote {path}")
    return console.conclude(Exit.OK, "what a loss of each holding, and of all, would yield")


def _spread(
    args: argparse.Namespace, console: Console, project: Project, catalog: Catalog
) -> dict[str, Json]:
    from counterseal.workspace.examining.spreading import spread_estate  # noqa: PLC0415 - heavy

    names = chosen_adversaries(catalog, args.adversary)
    with progress(console, "simulating") as advance:
        return spread_estate(
            project,
            catalog,
            names,
            seed=args.seed or 0,
            outer=args.draws,
            lanes=args.lanes,
            workers=args.workers,
            advance=advance,
        )


def _spread_lines(table: StaticTable, found: Mapping[str, Json]) -> Iterator[str]:
    from counterseal.cli.yielding.spread import spread  # noqa: PLC0415 - heavy

    yield ""
    yield from spread(table, found)


def _draw(table: StaticTable, folder: Path) -> list[str]:
    """Write every picture; return the paths."""
    from counterseal.report.pictures.gallery import gallery  # noqa: PLC0415 - heavy
    from counterseal.workspace.files import write_bytes  # noqa: PLC0415 - not for --help

    written = []
    for name, data in gallery(table).items():
        write_bytes(folder / name, data)
        written.append((folder / name).as_posix())
    return written


def _weighed(table: StaticTable, catalog: Catalog, seed: int) -> Weightings:
    from numpy.random import default_rng  # noqa: PLC0415 - heavy

    from counterseal.consequence.taken.weighting import weightings  # noqa: PLC0415 - heavy

    return weightings(table.holdings, catalog, rng=default_rng(seed))


def _lines(table: StaticTable, *, on: dt.date, in_full: bool) -> Iterator[str]:
    from counterseal.cli.yielding import alone, lasting  # noqa: PLC0415 - heavy

    yield from alone.alone(table, in_full=in_full)
    yield ""
    yield from alone.together(table)
    yield ""
    yield from alone.layers(table)
    yield ""
    yield from alone.staff_and_structure(table)
    yield ""
    yield from lasting.lifetime(table)
    yield ""
    yield from lasting.register(table, on, most=None if in_full else REASONS)


def _print_views(
    console: Console, table: StaticTable, weighed: Weightings | None, *, with_curves: bool
) -> None:
    from counterseal.cli.yielding import views  # noqa: PLC0415 - heavy

    if with_curves:
        for line in ("", *views.curves(table)):
            console.out(line)
    if weighed is not None:
        for line in ("", *views.ranked(weighed)):
            console.out(line)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        msg = f"expected a date (YYYY-MM-DD), found {text!r}"
        raise argparse.ArgumentTypeError(msg) from None
