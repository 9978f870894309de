"""Measure how many traces a few known points single out, and at what resolution."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.console import shown
from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.reading import count, reading, reading_options, share, show_sql
from counterseal.cli.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.workspace.linking.traces import TraceRequest

__all__ = ["configure", "execute"]

CONTEXT = """\
For context: de Montjoye et al. (2013) found 95 % of 1.5 million people of one country singled
out by four points, of antennas and hours. That is a figure of those people, not of these."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="CSV or Parquet files of traces"
    )
    parser.add_argument("--person", default="person", metavar="X", help="column of who")
    parser.add_argument("--time", default="time", metavar="X", help="column of when (UTC)")
    parser.add_argument(
        "--place",
        action="append",
        default=[],
        metavar="X",
        help="column of where by name; again for a coarser one",
    )
    parser.add_argument("--latitude", metavar="X", help="column of where, in degrees")
    parser.add_argument("--longitude", metavar="X", help="column of where, in degrees")
    parser.add_argument(
        "--hours",
        type=numbers,
        default=(1.0, 6.0, 24.0),
        metavar="H,H",
        help="lengths of a time slot (default 1,6,24)",
    )
    parser.add_argument(
        "--degrees",
        type=numbers,
        default=(0.01, 0.1, 1.0),
        metavar="D,D",
        help="sides of a cell (default 0.01,0.1,1)",
    )
    parser.add_argument(
        "--targets",
        type=positive,
        default=2_500,
        metavar="N",
        help="traces that are looked for, at most (default 2500)",
    )
    parser.add_argument("--picture", metavar="FILE", help="write the curves as SVG")
    reading_options(parser)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Measure and print unicity over the grid, and over growing subsamples."""
    from counterseal.workspace.linking.traces import trace_unicity  # noqa: PLC0415 - heavy

    with progress(console, "looking for traces") as advance:
        found = trace_unicity(
            [Path(name) for name in args.files],
            _request(args),
            reading=reading(args),
            advance=advance,
        )
    console.document(found)
    if args.picture:
        _draw(found, Path(args.picture), console)
    for line in _lines(found):
        console.out(shown(line))
    show_sql(args, console, found["sql"])
    return console.conclude(Exit.OK, f"drawn with seed {found['seed']}")


def _draw(found: Mapping[str, Json], path: Path, console: Console) -> None:
    from counterseal.report.pictures.unicity import unicity_picture  # noqa: PLC0415 - heavy
    from counterseal.workspace.files import write_bytes  # noqa: PLC0415 - not for --help

    write_bytes(path, unicity_picture(found))
    console.note(f"wrote {path.as_posix()}")


def numbers(text: str) -> tuple[float, ...]:
    """Return positive numbers, separated by commas."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or not all(0.0 < one < float("inf") for one in found):
        msg = f"expected positive numbers separated by commas, found {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return found


def _request(args: argparse.Namespace) -> TraceRequest:
    from counterseal.mosaic.tables.traces import Columns, Resolution  # noqa: PLC0415 - heavy
    from counterseal.workspace.linking.traces import TraceRequest  # noqa: PLC0415 - heavy

    places = args.place or [None]
    degrees = [None] if args.place else args.degrees
    return TraceRequest(
        columns=tuple(
            Columns(
                person=args.person,
                time=args.time,
                place=place,
                latitude=args.latitude,
                longitude=args.longitude,
            )
            for place in places
        ),
        resolutions=tuple(Resolution(hours=h, degrees=d) for d in degrees for h in args.hours),
        seed=args.seed or 0,
        targets=args.targets,
    )


def _lines(found: Mapping[str, Json]) -> Iterator[str]:
    yield "Share of traces that are the only ones with so many known points"
    yield from _table(rows_of(found["grid"]))
    yield "The same in subsamples, at the first resolution: where it falls, more people would"
    yield "make it fall further, and the share above says too much about a larger population"
    yield from _table(rows_of(found["curve"]))
    yield CONTEXT


def _table(rows: Sequence[Mapping[str, Json]]) -> Iterator[str]:
    yield f"  {'place':<14} {'hours':>6} {'traces':>10}" + "".join(
        f"{f'{points} points':>12}" for points in range(1, 6)
    )
    for row in rows:
        where = row["place"] or f"{row['degrees']} deg"
        cells = "".join(f"{_share(one['share']):>12}" for one in rows_of(row["unicity"]))
        yield f"  {where!s:<14} {row['hours']:>6g} {count(row['traces']):>10}{cells}"


def _share(value: Json) -> str:
    return share(value["value"] if isinstance(value, dict) else value)
