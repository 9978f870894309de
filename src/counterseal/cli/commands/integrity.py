"""Which records could be made false, by whom, how soon it is noticed, and what rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.cli.commands.graph_compile import chosen_adversary
from counterseal.cli.examining import draw_options, estate_argument, examined
from counterseal.cli.exits import Exit
from counterseal.cli.rows import rows_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]

DAYS_PER_YEAR = 365.25
SHOWN = 10
TENS = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    estate_argument(parser)
    draw_options(parser, draws=128, lanes=64, whose="all with aims of integrity")
    parser.add_argument("--levels", action="store_true", help="print levels beside the order")
    parser.add_argument("--full", action="store_true", help="every holding, not the first ten")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Simulate and print holdings by person-years of false records, most first."""
    from counterseal.workspace.examining.falsifying import integrity_estate  # noqa: PLC0415 - heavy

    document = examined(args, console, integrity_estate, chosen=_chosen)
    for line in _lines(document, levels=args.levels, most=None if args.full else SHOWN):
        console.out(line)
    return console.conclude(
        Exit.OK, "levels rest on elicited rates: compare, do not read them as frequencies"
    )


def _chosen(catalog: Catalog, adversary: str | None) -> Sequence[str]:
    from counterseal.errors import UsageError  # noqa: PLC0415
    from counterseal.workspace.examining.falsifying import falsifiable  # noqa: PLC0415 - heavy

    able = falsifiable(catalog)
    if adversary is None:
        return able
    name = chosen_adversary(catalog, adversary).id
    if name not in able:
        raise UsageError(
            f"'{name}' has no aim of integrity", hint=f"those that have: {', '.join(able)}"
        )
    return (name,)


def _lines(document: Mapping[str, Json], *, levels: bool, most: int | None) -> Iterator[str]:
    about = {str(row["id"]): row for row in rows_of(document["holdings"])}
    shown: dict[str, None] = {}
    for row in rows_of(document["adversaries"]):
        yield f"{row['name']}: records it could make false, most person-years first"
        holdings = rows_of(row["holdings"])
        for rank, holding in enumerate(holdings[:most], start=1):
            shown[str(holding["id"])] = None
            yield f"  {rank:>3}. {about[str(holding['id'])]['name']} [{holding['id']}]"
            yield from _done(holding, levels=levels)
        if most is not None and len(holdings) > most:
            yield f"  … and {len(holdings) - most} more (--full shows all)"
        if not holdings:
            yield "       none: nothing leads to a way to write"
        for one in rows_of(row["helps"]):
            yield f"  cut: {one['statement']} (takes away {_share(one['less'])} of them)"
        yield ""
    for holding_id in shown:
        yield from _about(about[holding_id])


def _done(holding: Mapping[str, Json], *, levels: bool) -> Iterator[str]:
    aims = rows_of(holding["aims"])
    if not aims:
        yield "       through what it is derived from or joined with"
    for aim in aims:
        level = ""
        reach = aim["reach"]
        if levels and isinstance(reach, dict):
            cells = (f"{years} y {_median(value):.2g}" for years, value in reach.items())
            level = f"; done within {', '.join(cells)}"
        yield f"       {aim['kind']}: {_noticed(aim['lag_days'])}{level}"
    if levels:
        years = holding["person_years"]
        if isinstance(years, dict):
            low, middle, high = (_count(years[key]) for key in ("low", "median", "high"))
            yield f"       {middle} ({low}–{high}) person-years of false records"  # noqa: RUF001


def _about(row: Mapping[str, Json]) -> Iterator[str]:
    yield f"{row['name']} [{row['id']}]"
    for one in rows_of(row["writers"]):
        who = f"{one['name'] or 'nobody named'}{', ' if one['role'] else ''}{one['role']}"
        people = one["headcount"]
        many = f" ({people} people)" if people is not None else ""
        yield f"  {one['means']}: {who}{many} [{one['element']}]"
    tainted, readers = row["tainted"], row["readers"]
    if isinstance(tainted, list) and tainted:
        yield f"  makes false too: {', '.join(map(str, tainted))}"
    if isinstance(readers, list):
        yield f"  read by: {', '.join(map(str, readers))}"
    decisions = rows_of(row["decisions"])
    for decision in decisions:
        yield f"  decides: {decision['purpose']} [{decision['id']}]"
    if not decisions:
        yield "  decides: no reader names a purpose"
    yield ""


def _noticed(lag: Json) -> str:
    if not isinstance(lag, dict):
        return "never done in any trial"
    low, middle, high = (_time(lag[key]) for key in ("low", "median", "high"))
    return f"noticed after {middle} ({low} to {high})"


def _time(days: Json) -> str:
    if not isinstance(days, int | float):
        return "beyond the horizon"
    if days < DAYS_PER_YEAR:
        return f"{_count(days)} days"
    return f"{_count(days / DAYS_PER_YEAR)} years"


def _median(value: Json) -> float:
    found = value["median"] if isinstance(value, dict) else 0.0
    return found if isinstance(found, int | float) else 0.0


def _share(value: Json) -> str:
    return f"{100 * value:.2g} %" if isinstance(value, int | float) else ""


def _count(value: Json) -> str:
    number = float(value) if isinstance(value, int | float) else 0.0
    return f"{float(f'{number:.2g}'):,.0f}" if number >= TENS else f"{number:.2g}"
