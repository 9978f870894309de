"""What an adversary gets from one place alone: the blast radius."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from counterseal.cli.examining import draw_options, estate_argument, examined
from counterseal.cli.exits import Exit
from counterseal.cli.rows import rows_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]

SHOWN = 6
LARGE = 10
WAYS = {
    "network": "in its network",
    "access": "acting as it, with its access",
    "knowledge": "knowing what it knows",
    "hands": "with its hands on equipment",
    "admin": "administering it",
    "session": "with one user's session",
    "control": "in control of it",
    "seized": "with one device seized and opened",
    "connect": "at its near end",
    "learn": "knowing it",
    "hold": "holding it",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    estate_argument(parser)
    parser.add_argument(
        "--from",
        dest="places",
        action="append",
        required=True,
        metavar="ELEMENT[:WAY]",
        help="what the adversary holds already; several are compared side by side",
    )
    draw_options(parser, draws=128, lanes=32)
    parser.add_argument("--levels", action="store_true", help="print levels beside the order")
    parser.add_argument("--full", action="store_true", help="everything reached, not the first")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Simulate from each foothold and print what is reached and what it yields."""
    from counterseal.workspace.examining.blasting import blast_estate  # noqa: PLC0415 - heavy

    document = examined(args, console, partial(blast_estate, places=args.places))
    for line in _lines(document, levels=args.levels, most=None if args.full else SHOWN):
        console.out(line)
    return console.conclude(
        Exit.OK, "levels rest on elicited priors: compare footholds, not levels"
    )


def _lines(document: Mapping[str, Json], *, levels: bool, most: int | None) -> Iterator[str]:
    first: dict[tuple[str, str], float] = {}
    for number, place in enumerate(rows_of(document["footholds"])):
        yield f"{place['name']} [{place['element']}], {WAYS[str(place['way'])]}"
        yield from _bounds(place)
        for row in rows_of(place["adversaries"]):
            yield from _adversary(row, first, is_first=number == 0, levels=levels, most=most)
        yield ""


def _bounds(place: Mapping[str, Json]) -> Iterator[str]:
    device = place["device"]
    if isinstance(device, dict):
        records = device["records"]
        held = "an unknown number of people" if records is None else f"{records:,} people"
        lock = {True: "locked", False: "not locked", None: "lock unknown"}[device["locked"]]
        count = device["count"]
        many = "an unknown number of" if count is None else f"{count:,}"
        yield f"  one of {many} devices, {lock}: {held} on it"
    for one in rows_of(place["drains"]):
        days = one["days"]
        whole = f"; all of it in {_short(days)} days" if isinstance(days, int | float) else ""
        yield f"  at most {_short(one['per_day'])} answers a day from {one['holding']}{whole}"


def _adversary(
    row: Mapping[str, Json],
    first: dict[tuple[str, str], float],
    *,
    is_first: bool,
    levels: bool,
    most: int | None,
) -> Iterator[str]:
    reached = rows_of(row["reached"])
    if not reached:
        yield f"  {row['name']}: reaches nothing it wants from here"
        return
    yield f"  {row['name']}: reaches, most often first"
    for rank, one in enumerate(reached[:most], start=1):
        level = f"  {_levels(one)}" if levels else ""
        yield f"    {rank:>3}. {one['kind']} {one['name']} [{one['element']}]{level}"
    if most is not None and len(reached) > most:
        yield f"    … and {len(reached) - most} more (--full shows all)"
    for one in rows_of(row["yields"]):
        yield from _yield(row, one, first, is_first=is_first, levels=levels)
    for one in rows_of(row["cuts"]):
        yield f"    cut: {one['statement']} (takes away {_percent(one['less'])} of {one['of']})"


def _yield(
    row: Mapping[str, Json],
    one: Mapping[str, Json],
    first: dict[tuple[str, str], float],
    *,
    is_first: bool,
    levels: bool,
) -> Iterator[str]:
    key = (str(row["id"]), str(one["subject"]))
    expected, p90 = one["expected"], one["p90"]
    if not isinstance(expected, dict):
        return
    mean = _number(one["mean"])
    if is_first:
        first[key] = mean
    beside = "" if is_first else f" {_beside(mean, first.get(key, 0.0))}"
    level = ""
    if levels:
        middle, low, high = (_short(expected[end]) for end in ("median", "low", "high"))
        level = f": {middle} ({low} to {high}), one in ten above {_short(p90)}"
    if beside or level:
        yield f"    {one['subject']}{beside}{level}"


def _beside(level: float, first: float) -> str:
    if first <= 0.0:
        return "only from here"
    return f"×{_short(level / first)} of the first"  # noqa: RUF001 - what readers see


def _levels(one: Mapping[str, Json]) -> str:
    reach, quiet = one["reach"], one["undetected"]
    if not isinstance(reach, dict) or not isinstance(quiet, dict):
        return ""
    cells = (
        f"{years} y {_short(value['median'])}"
        for years, value in reach.items()
        if isinstance(value, dict)
    )
    return f"{', '.join(cells)}, undetected {_short(quiet['median'])}"


def _percent(value: Json) -> str:
    return f"{100 * _number(value):.2g} %"


def _short(value: Json) -> str:
    number = _number(value)
    return f"{float(f'{number:.2g}'):,.0f}" if number >= LARGE else f"{number:.2g}"


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
