"""Options of commands that read tables where they are."""

from __future__ import annotations

import argparse
import csv
from typing import TYPE_CHECKING, Final

from counterseal.cli.console import shown
from counterseal.cli.parser import positive
from counterseal.cli.rows import rows_of

if TYPE_CHECKING:
    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.workspace.linking.reading import Reading

__all__ = [
    "columns",
    "count",
    "ends",
    "fraction",
    "reading",
    "reading_options",
    "share",
    "show_sql",
]

LEAST_MINIMUM: Final = 3
_GIGA: Final = 2**30


def reading_options(parser: argparse.ArgumentParser) -> None:
    """Add how tables are read, and what may be said of few people."""
    parser.add_argument(
        "--minimum",
        type=at_least_three,
        default=11,
        metavar="N",
        help="fewest people that a number may be about (default 11)",
    )
    parser.add_argument("--show-sql", action="store_true", help="the query behind each number")
    group = parser.add_argument_group("reading")
    group.add_argument(
        "--delimiter", type=character, metavar="C", help="between fields, or `tab`; else found"
    )
    group.add_argument(
        "--header",
        choices=["yes", "no"],
        default="yes",
        help="whether the first line names the columns; else they are column0, column1, ...",
    )
    group.add_argument(
        "--memory", type=positive, default=4, metavar="GB", help="before spilling (default 4)"
    )


def reading(args: argparse.Namespace) -> Reading:
    """Return how tables are read."""
    from counterseal.workspace.linking.reading import Reading  # noqa: PLC0415 - heavy
    from counterseal.workspace.tables import Dialect, Limits  # noqa: PLC0415 - heavy

    return Reading(
        dialect=Dialect(delimiter=args.delimiter, header=args.header == "yes"),
        limits=Limits(memory_bytes=args.memory * _GIGA, threads=args.workers or 2),
        minimum=args.minimum,
    )


def show_sql(args: argparse.Namespace, console: Console, found: Json) -> None:
    """Print the queries behind a document, where that was asked for."""
    for row in rows_of(found) if args.show_sql else ():
        console.out(shown(f"\n-- {row['purpose']}\n{row['sql']};"))


def columns(text: str) -> tuple[str, ...]:
    """Return names of columns, separated by commas, quoted as in a CSV where need be."""
    names = next(csv.reader([text], skipinitialspace=True), [])
    if not all(names) or not names:
        msg = "expected names of columns, separated by commas"
        raise argparse.ArgumentTypeError(msg)
    return tuple(names)


def fraction(text: str) -> float:
    """Return a share above 0 and at most 1."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 1.0:
        msg = f"expected a number above 0 and at most 1, found {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return value


def at_least_three(text: str) -> int:
    """Return a whole number of at least 3."""
    value = positive(text)
    if value < LEAST_MINIMUM:
        msg = f"a number about fewer than {LEAST_MINIMUM} people is about somebody"
        raise argparse.ArgumentTypeError(msg)
    return value


def character(text: str) -> str:
    """Return one character that can stand between fields."""
    found = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(found) != 1 or found in '"\r\n\0':
        msg = "expected one character, or `tab`"
        raise argparse.ArgumentTypeError(msg)
    return found


def count(value: Json) -> str:
    """Return a count, or that it is withheld."""
    return f"{value:,.0f}" if isinstance(value, int | float) else "withheld"


def share(value: Json) -> str:
    """Return a share in per cent, or that it is withheld; an estimate with its interval."""
    if isinstance(value, dict):
        return share(value["value"]) + ends(value["interval"], 100.0, ".2f", " %")
    return f"{100 * value:.2f} %" if isinstance(value, int | float) else "withheld"


def ends(interval: Json, scale: float, form: str, unit: str = "") -> str:
    """Return an interval in brackets; nothing where it has no width."""
    if not isinstance(interval, list | tuple):
        return ""
    low, high = (float(end) * scale for end in interval if isinstance(end, int | float))
    return "" if low == high else f" ({low:{form}} to {high:{form}}{unit})"
