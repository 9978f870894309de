"""Find special uniques: records that few columns already single out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.console import shown
from counterseal.cli.exits import Exit
from counterseal.cli.progress import progress
from counterseal.cli.reading import (
    columns,
    count,
    fraction,
    reading,
    reading_options,
    share,
    show_sql,
)
from counterseal.cli.rows import rows_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="CSV (.gz too) or Parquet files of one table"
    )
    parser.add_argument(
        "--qi",
        "--quasi-identifiers",
        dest="qi",
        required=True,
        type=columns,
        metavar="A,B,C",
        help="2 to 16 columns by which a record could be known",
    )
    parser.add_argument(
        "--largest",
        type=int,
        choices=[1, 2, 3],
        default=3,
        help="most columns in a set (default 3)",
    )
    parser.add_argument(
        "--missing",
        choices=["own-value", "wildcard"],
        default="own-value",
        help="what a missing value is: one more value, or equal to every value",
    )
    parser.add_argument(
        "--sampling-fraction",
        dest="fraction",
        type=fraction,
        default=0.01,
        metavar="F",
        help="records / people of the population, for the DIS-SUDA score (default 0.01)",
    )
    reading_options(parser)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Measure and print the spread of scores, and what each column contributes."""
    from counterseal.mosaic.tables.source import Missing  # noqa: PLC0415 - heavy
    from counterseal.workspace.linking.uniques import special_uniques  # noqa: PLC0415 - heavy

    with progress(console, "looking for special uniques") as advance:
        found = special_uniques(
            [Path(name) for name in args.files],
            args.qi,
            reading=reading(args),
            largest=args.largest,
            missing=Missing(args.missing),
            fraction=args.fraction,
            advance=advance,
        )
    console.document(found)
    for line in _lines(found):
        console.out(shown(line))
    show_sql(args, console, found["sql"])
    return console.conclude(Exit.OK, f"{found['rows']} records measured in place")


def _lines(found: Mapping[str, Json]) -> Iterator[str]:
    names = found["attributes"]
    many = len(names) if isinstance(names, list | tuple) else 0
    sets = f"sets of at most {found['largest_set']}"
    yield f"{count(found['rows'])} records, {many} columns, {sets}"
    yield f"  special uniques   {count(found['special_uniques']):>14}"
    yield f"  DIS               {share(found['dis']):>14}  chance that a unique match is right"
    yield "  SUDA score              records  mean DIS-SUDA"
    for band in rows_of(found["scores"]):
        ends = (
            f"{band['low']}" if band["low"] == band["high"] else f"{band['low']}-{band['high']}"
        )
        yield f"  {ends:<17} {count(band['records']):>14}  {share(band['dis_suda']):>13}"
    yield "  contribution of each column to all scores (a set counts for each of its columns)"
    shares = found["contributions"]
    for name, part in shares.items() if isinstance(shares, dict) else ():
        yield f"  {name:<17} {share(part):>14}"
