"""What to do first under a budget, how little any plan could leave, and what else it moves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.commands.graph_compile import chosen_adversary
from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.rows import rows_of
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]

BAR = 24
"""Width of a bar of the budget curve."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("estate", metavar="ESTATE", help="folder of the estate or its project")
    parser.add_argument(
        "--adversary", required=True, metavar="ID", help="the profile to plan against"
    )
    parser.add_argument(
        "--use",
        required=True,
        metavar="USE",
        help="what to plan against: a use, or 'integrity', or 'knowledge'; one at a time",
    )
    parser.add_argument(
        "--budget", required=True, type=_amount, metavar="N", help="what a plan may cost"
    )
    parser.add_argument(
        "--costs", metavar="FILE", help="cost file (YAML); default: every measure costs 1"
    )
    parser.add_argument(
        "--trials", type=positive, default=512, metavar="N", help="trials to choose on"
    )
    parser.add_argument(
        "--fresh", type=positive, default=128, metavar="N", help="fresh draws to try on"
    )
    parser.add_argument(
        "--lanes", type=positive, default=32, metavar="N", help="trials per fresh draw"
    )
    parser.add_argument(
        "--candidates", type=positive, default=60, metavar="N", help="measures to plan with"
    )
    parser.add_argument(
        "--rounds", type=positive, default=24, metavar="N", help="rounds of the bound"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Plan and print."""
    from counterseal.assess.mitigating.plan import Effort  # noqa: PLC0415 - heavy
    from counterseal.workspace.examining.mitigating import (  # noqa: PLC0415 - heavy
        concern_of,
        mitigate_estate,
    )
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    concern = concern_of(catalog, chosen_adversary(catalog, args.adversary).id, args.use)
    effort = Effort(
        trials=args.trials,
        fresh=args.fresh,
        lanes=args.lanes,
        candidates=args.candidates,
        rounds=args.rounds,
    )
    with progress(console, "planning") as advance:
        found = mitigate_estate(
            project,
            catalog,
            concern,
            budget=args.budget,
            effort=effort,
            costs=Path(args.costs) if args.costs else None,
            seed=args.seed or 0,
            workers=args.workers,
            advance=advance,
        )
    console.document(found)
    _print(console, found, catalog)
    return console.conclude(Exit.OK, _conclusion(found))


def _amount(text: str) -> float:
    """Return an amount of at least 0."""
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0.0 <= amount < float("inf"):
        msg = f"expected an amount of at least 0, found {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return amount


def _print(console: Console, found: Mapping[str, Json], catalog: Catalog) -> None:
    adversary = catalog.adversaries[str(found["adversary"])].name
    use = catalog.uses.get(str(found["use"]))
    unit = f" {found['cost_unit']}" if found["cost_unit"] else ""
    console.out(f"{use.name if use else str(found['family']).capitalize()} by {adversary}")
    console.out(f"Budget {found['budget']:g}{unit}. Shares are of what is at stake today.")
    console.out()
    if not found["telling_trials"]:
        console.out(
            f"Nothing is at stake in any of {found['trials']} trials; there is no plan."
        )
        return
    _print_plan(console, found)
    _print_bound(console, found)
    _print_curve(console, found)
    _print_others(console, found)
    _print_left_out(console, found)
    console.out("What this does not show")
    for limit in _texts(found["limits"]):
        console.out(f"  - {limit}.")
    console.out()


def _print_plan(console: Console, found: Mapping[str, Json]) -> None:
    rows = rows_of(found["plan"])
    if not rows:
        console.out("No measure within the budget leaves less than today.")
    for number, row in enumerate(rows, start=1):
        console.out(f"{number:>3}. {row['statement']}")
        told = f"cost {row['cost']:g}, reduces {row['reduces']}"
        console.out(f"     {told}; leaves {_percent(row['leaves'])}")
    console.out()


def _print_bound(console: Console, found: Mapping[str, Json]) -> None:
    fresh = found["fresh"] if isinstance(found["fresh"], dict) else {}
    critical = found["most_critical"] if isinstance(found["most_critical"], dict) else {}
    listed = len(_texts(found["shortlist"]))
    lines = [
        (
            "the plan leaves",
            found["leaves"],
            f"on the {found['trials']} trials it was chosen on",
        ),
        (
            "",
            fresh.get("leaves"),
            f"on fresh draws ({fresh.get('draws')} x {fresh.get('lanes')})",
        ),
        ("no plan leaves less than", found["at_least"], f"of these {listed} measures"),
        ("greedy choice left", found["greedy_leaves"], "before the search for the bound"),
        ("the most critical leave", critical.get("leaves"), "no plan: for comparison only"),
        ("everything leaves", found["everything"], f"all {found['pool']} measures, any cost"),
    ]
    for label, value, note in lines:
        console.out(f"  {label:<26} {_percent(value):>7}  {note}")
    console.out(f"  {'gap':<26} {_percent(found['gap']):>7}  plan less bound, rounded up")
    console.out()


def _print_curve(console: Console, found: Mapping[str, Json]) -> None:
    console.out(f"  {'budget':>8} {'leaves':>8} {'at least':>9} {'gap':>7}")
    for row in rows_of(found["curve"]):
        leaves = row["leaves"]
        bar = "#" * round(leaves * BAR) if isinstance(leaves, float) else ""
        console.out(
            f"  {row['budget']:>8.3g} {_percent(leaves):>8} {_percent(row['at_least']):>9} "
            f"{_percent(row['gap']):>7}  |{bar:<{BAR}}|"
        )
    console.out()


def _print_others(console: Console, found: Mapping[str, Json]) -> None:
    """Print what the plan does to every concern of every adversary, on the fresh draws."""
    fresh = found["fresh"] if isinstance(found["fresh"], dict) else {}
    console.out("Every concern on the fresh draws")
    for row in rows_of(fresh.get("concerns")):
        if row["leaves"] is None and not row["worse"]:
            continue
        name = f"{row['adversary']}: {row['subject']}"
        worse = f"  WORSE in {row['worse']} of {fresh['draws']} draws" if row["worse"] else ""
        console.out(f"  {name:<48} leaves {_percent(row['leaves']):>7}{worse}")
    if not _texts(fresh.get("worse")):
        console.out("  Nothing gets worse in any draw.")
    console.out()


def _print_left_out(console: Console, found: Mapping[str, Json]) -> None:
    left_out = found["left_out"] if isinstance(found["left_out"], dict) else {}
    counted = [f"{many} {reason}" for reason, many in left_out.items() if many]
    if counted:
        console.out(f"Measures left out: {', '.join(counted)}.")
        console.out()


def _conclusion(found: Mapping[str, Json]) -> str:
    if not found["telling_trials"]:
        return "nothing at stake, so nothing to plan"
    if found["gap"] is None:
        return "a plan without a bound: some measure made something worse in some trial"
    return (
        f"leaves {_percent(found['leaves'])}, gap {_percent(found['gap'])} on "
        f"{found['trials']} trials; compare, do not read levels as frequencies"
    )


def _percent(value: Json) -> str:
    return f"{100 * value:.1f} %" if isinstance(value, int | float) else "unknown"


def _texts(value: Json) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
