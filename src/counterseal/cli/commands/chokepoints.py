"""What an adversary's reach of a target hangs on: removals, links, cut sets, controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.commands.graph_compile import chosen_adversary
from counterseal.cli.commands.paths import (
    configure_question,
    placed,
    print_head,
    share_of,
)
from counterseal.cli.exits import Exit
from counterseal.cli.progress import progress
from counterseal.cli.rows import rows_of
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.report.lines import Page

__all__ = ["configure", "execute"]

MOST_LINKS = 8
"""Links shown; ``--json`` has them all."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    configure_question(parser)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Simulate and print."""
    from counterseal.reach.draws import Draws  # noqa: PLC0415 - heavy
    from counterseal.workspace.explaining.chokepoints import (  # noqa: PLC0415 - heavy
        chokepoints_of,
    )
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    with progress(console, "taking things away") as advance:
        document = chokepoints_of(
            project,
            catalog,
            chosen_adversary(catalog, args.adversary),
            args.target,
            draws=Draws(seed=args.seed or 0, outer=args.draws, lanes=args.lanes),
            workers=args.workers,
            advance=advance,
        )
    console.document(document)
    _print(console, document, levels=args.levels)
    return console.conclude(
        Exit.OK, "effects are of single removals on the same draws; they do not add up"
    )


def _print(console: Console, document: Mapping[str, Json], *, levels: bool) -> None:
    from counterseal.report.lines import Page  # noqa: PLC0415 - heavy

    page = Page(width=console.terminal.width, colour=console.terminal.colour)
    print_head(console, document, levels=levels)
    _print_footing(console, page, document["footing"])
    _print_elements(console, page, document)
    _print_links(console, page, document)
    _print_cuts(console, page, document["cuts"])
    _print_facts(console, page, document)
    console.out()


def _print_footing(console: Console, page: Page, footing: Json) -> None:
    if not isinstance(footing, dict):
        return
    if footing["word"] == "not reached":
        console.out("No trial reaches it within the horizon.")
        return
    word = "structural and incidental" if footing["word"] == "both" else footing["word"]
    text = (
        f"{str(word).capitalize()}: with all of its {footing['controls']} controls in place, "
    )
    text += f"{share_of(footing['remaining'])} of the trials that reach it still do."
    only = footing["only"]
    if isinstance(only, list) and only:
        text += f" Every route goes through {', '.join(map(str, only))}."
    else:
        text += " No single element is on every route."
    console.out("\n".join(page.wrapped(text)))


def _print_elements(console: Console, page: Page, document: Mapping[str, Json]) -> None:
    rows = rows_of(document["elements"])
    console.out("\n".join(page.heading(1, "Choke points: what reach loses without it")))
    if not rows:
        console.out("  Nothing on the way could be taken away with any effect.")
        return
    for number, row in enumerate(rows, start=1):
        controls = f"its controls undo {share_of(row['controls_undo'])}"
        text = f"{row['statement']} [{row['element']}] undoes {share_of(row['undoes'])}; "
        text += controls if row["controls"] else "it has no control that matters"
        text += f"; a matter of {row['fix']}  {placed(console, row)}"
        console.out("\n".join(page.wrapped(text, first=f"  {number:>2} ")))
    console.out(f"  {document['without_effect']} others change nothing when taken away alone.")


def _print_links(console: Console, page: Page, document: Mapping[str, Json]) -> None:
    every = rows_of(document["links"])
    rows = [row for row in every if _undoes(row)]
    console.out("\n".join(page.heading(2, "Links and grants: what closing each one undoes")))
    for number, row in enumerate(rows[:MOST_LINKS], start=1):
        owner = f" (owner {row['owner']})" if row["owner"] else ""
        text = f"{row['name']} [{row['element']}]{owner} undoes {share_of(row['undoes'])}"
        text += f"  {placed(console, row)}"
        console.out("\n".join(page.wrapped(text, first=f"  {number:>2} ")))
    more = max(0, len(rows) - MOST_LINKS)
    text = f"{len(every) - len(rows)} of {len(every)} undo nothing"
    text += f"; {more} more undo something (--json has all)" if more else ""
    console.out("\n".join(page.wrapped(f"{text}.", first="  ")))


def _print_cuts(console: Console, page: Page, cuts: Json) -> None:
    if not isinstance(cuts, dict):
        return
    sets = cuts["sets"] if isinstance(cuts["sets"], list) else []
    title = f"Minimal cut sets, {cuts['valid']}"
    console.out("\n".join(page.heading(3, title)))
    for row in sets:
        names = [str(name) for name in row] if isinstance(row, list) else []
        text = ", ".join(names) if names else "nothing has to go: it is not reached anyway"
        console.out("\n".join(page.wrapped(text, first=f"  {len(names):>2} ")))
    if not sets:
        text = "None: what the target stands on is enough to reach it"
        text += f" in {cuts['uncut']} trials." if cuts["uncut"] else "."
        console.out("\n".join(page.wrapped(text, first="  ")))
    if isinstance(cuts["total"], int) and cuts["total"] > len(sets):
        console.out(f"  of {cuts['total']:,} in all")
    if cuts["reason"]:
        console.out("\n".join(page.wrapped(f"Not by structure: {cuts['reason']}.", first="  ")))


def _print_facts(console: Console, page: Page, document: Mapping[str, Json]) -> None:
    """Print facts as signed shares of the trials that reach the target."""
    from counterseal.report.wording import percent  # noqa: PLC0415 - heavy

    rows, reached = rows_of(document["facts"]), document["reached"]
    whole = reached["share"] if isinstance(reached, dict) else 0.0
    if not rows or not isinstance(whole, float):
        return
    console.out("\n".join(page.heading(4, "Facts: what reach would be if they were otherwise")))
    for number, row in enumerate(rows, start=1):
        change, low, high = (_of(row[key], whole) for key in ("change", "low", "high"))
        word = "more" if change > 0 else "less"
        ends = sorted((abs(low), abs(high)))
        spread = f"{percent(ends[0])} to {percent(ends[1])}" if low * high > 0 else "unclear"
        text = f"{row['label'] or row['parameter']} [{row['parameter']}, {row['grade']}], "
        text += f"from {row['from']:g} to {row['to']:g}: "
        text += f"{percent(abs(change))} {word} ({spread})  {placed(console, row)}"
        console.out("\n".join(page.wrapped(text.rstrip(), first=f"  {number:>2} ")))


def _of(value: Json, whole: float) -> float:
    return value / whole if isinstance(value, int | float) and whole else 0.0


def _undoes(row: Mapping[str, Json]) -> bool:
    undoes = row["undoes"]
    return isinstance(undoes, dict) and undoes["share"] != 0
