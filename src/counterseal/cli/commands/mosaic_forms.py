"""The same data as silos, as a federated query and as a central copy, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.commands.review import project_of
from counterseal.cli.exits import Exit
from counterseal.cli.numbers import share, short
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.rows import rows_of
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]

LEAST = 0.05
"""Percent below which a difference is not said."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "change", metavar="CHANGE", help="file of a change; its alternatives are the forms"
    )
    parser.add_argument(
        "--adversary", metavar="ID", default="cyber-espionage", help="a profile"
    )
    parser.add_argument("--use", metavar="USE", default="profile", help="what it is after")
    parser.add_argument(
        "--budget",
        type=positive,
        metavar="N",
        help="also put N controls in place in every form, chosen by the same search (minutes)",
    )
    parser.add_argument(
        "--draws", type=positive, default=128, metavar="N", help="epistemic draws"
    )
    parser.add_argument(
        "--lanes", type=positive, default=16, metavar="N", help="trials per draw"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Compile and simulate every form on the same draws and print them side by side."""
    from counterseal.reach.draws import Draws  # noqa: PLC0415 - heavy
    from counterseal.review.inputs import Settings  # noqa: PLC0415 - heavy
    from counterseal.workspace.examining.forms import compare_forms  # noqa: PLC0415 - heavy

    change = Path(args.change)
    project = project_of(None, change)
    know_project(console, project)
    draws = Draws(seed=args.seed or 0, outer=args.draws, lanes=args.lanes)
    with progress(console, "comparing forms") as advance:
        document = compare_forms(
            project,
            change,
            Settings(seed=draws.seed),
            adversary=args.adversary,
            use=args.use,
            draws=draws,
            budget=args.budget,
            workers=args.workers,
            advance=advance,
        )
    console.document(document)
    for line in _lines(document):
        console.out(line)
    return console.conclude(
        Exit.OK, "levels rest on elicited priors: compare forms, not levels"
    )


def _lines(document: Mapping[str, Json]) -> Iterator[str]:
    forms = rows_of(document["forms"])
    sources = rows_of(document["sources"])
    years = document["horizon_years"]
    yield f"{document['adversary_name']}: {document['use_name']}, within {years} years"
    yield f"  the same {len(sources)} sources: " + ", ".join(
        str(one["name"]) for one in sources
    )
    first = _middle(forms[0]["person_years"])
    for row in forms:
        yield f"{row['title']} [{row['id']}]"
        level = _middle(row["person_years"])
        yield f"  what it is after: {_beside(level, first)}"
        yield (
            f"  sources held: {_middle(row['sources_held']):.2g} of {len(sources)} expected; "
            f"all of them in {_percent(row['all_held'])} of trials, "
            f"any in {_percent(row['any_held'])}"
        )
        seams = row["seams"]
        added = len(seams) if isinstance(seams, list) else 0
        yield f"  seams added between operators: {added}"
        yield from _session(row, first)
        yield from _budgeted(row, document)


def _session(row: Mapping[str, Json], first: float) -> Iterator[str]:
    session = row["session"]
    if not isinstance(session, dict):
        return
    limit = session["answers_per_day"]
    bound = "no declared limit" if limit is None else f"at most {_short(limit)} answers a day"
    of = f", the best of {session['of']}" if _number(session["of"]) > 1 else ""
    yields = _middle(session["person_years"])
    part = f"{share(yields / first)} of what is expected as it is" if first > 0.0 else "nothing"
    yield (
        f"  one user's session on {session['name']}{of}, alone: {part}; "
        f"{session['attributes']} classes of data in one answer, {bound}"
    )


def _budgeted(row: Mapping[str, Json], document: Mapping[str, Json]) -> Iterator[str]:
    found = row["budgeted"]
    if not isinstance(found, dict):
        return
    left = f"{share(_number(found['share']))} of what this form had"
    yield f"  after the best {document['budget']} controls: {_short(found['left'])}, {left}"
    measures = found["measures"]
    for one in measures if isinstance(measures, list) else []:
        yield f"    {one}"


def _beside(level: float, first: float) -> str:
    """Say a level beside that of the first form."""
    if first <= 0.0:
        return f"{_short(level)} person-years, where there were none"
    change = 100.0 * (level / first - 1.0)
    return "as much as it is" if abs(change) < LEAST else f"{change:+.2g} % person-years"


def _middle(value: Json) -> float:
    return _number(value["median"]) if isinstance(value, dict) else 0.0


def _percent(value: Json) -> str:
    return share(_middle(value))


def _short(value: Json) -> str:
    return short(_number(value))


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
