"""Standing access, dormant accounts, accounts of leavers, and what would change them."""

from __future__ import annotations

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

LEAST = 0.001
WHAT = {
    "stale": "Remove the accounts of leavers and dormant ones",
    "sign-on": "Require a second factor to sign on",
    "just-in-time": "Give access when it is needed, for its purpose alone",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    estate_argument(parser)
    draw_options(parser, draws=64, lanes=64)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Print grants with their accounts, and what remedies would take away."""
    from counterseal.workspace.examining.accessing import access_estate  # noqa: PLC0415 - heavy

    document = examined(args, console, access_estate, doing="trying remedies")
    for line in _lines(document):
        console.out(line)
    return console.conclude(
        Exit.OK, "just-in-time access buys at most what is shown: it is a bound"
    )


def _lines(document: Mapping[str, Json]) -> Iterator[str]:
    for row in rows_of(document["grants"]):
        yield f"{row['name']} [{row['id']}]"
        yield f"  {row['organization']}, {row['role']}: {row['privilege']} on {row['system']}"
        yield f"  {_accounts(row)}; {_standing(row)}"
    yield ""
    remedies = rows_of(document["remedies"])
    worth = [row for row in remedies if _share(row) >= LEAST or not row["grant"]]
    for row in worth:
        where = f"{row['name']} [{row['grant']}]" if row["grant"] else "everywhere"
        yield f"{WHAT[str(row['kind'])]}, {where}: {_less(row)}"
    if len(worth) < len(remedies):
        rest = len(remedies) - len(worth)
        yield f"{rest} others at single grants take less than {100 * LEAST:g} % away"


def _accounts(row: Mapping[str, Json]) -> str:
    many, dormant, left = row["headcount"], row["dormant"], row["separated"]
    return (
        f"{_count(many)} accounts, {_count(dormant)} dormant, {_count(left)} of people who left"
    )


def _standing(row: Mapping[str, Json]) -> str:
    mfa = {True: "second factor", False: "no second factor", None: "second factor unknown"}
    days = row["review_days"]
    review = "never said to be reviewed" if days is None else f"reviewed every {days} days"
    until = f"until {row['expires']}" if row["expires"] else "without an end"
    purpose = f"for {row['purpose']}" if row["purpose"] else "bound to no purpose"
    known = row["mfa"] if isinstance(row["mfa"], bool) else None
    return f"{mfa[known]}, {review}, {until}, {purpose}"


def _less(row: Mapping[str, Json]) -> str:
    if row["less"] is None:
        return "takes nothing away"
    most = "at most " if row["kind"] == "just-in-time" else ""
    share = _share(row)
    percent = f"{100 * share:.2g} %" if share >= LEAST else f"under {100 * LEAST:g} %"
    return f"{most}{percent} less of {row['use']} for {row['adversary']}"


def _share(row: Mapping[str, Json]) -> float:
    less = row["less"]
    return float(less) if isinstance(less, int | float) else 0.0


def _count(value: Json) -> str:
    return f"{round(value, 1):,g}" if isinstance(value, int | float) else "unknown"
