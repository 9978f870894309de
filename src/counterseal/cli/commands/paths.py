"""How an adversary gets to a target: distinct paths, whose they are, and what cuts each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.commands.graph_compile import chosen_adversary
from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.rows import rows_of
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console

__all__ = [
    "configure",
    "configure_question",
    "execute",
    "placed",
    "print_head",
    "share_of",
]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    configure_question(parser)
    parser.add_argument("-k", type=positive, default=3, metavar="N", help="paths to give")


def configure_question(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which adversary, which target and how many trials."""
    parser.add_argument("estate", metavar="ESTATE", help="folder of the estate or its project")
    parser.add_argument(
        "--adversary",
        default="cyber-espionage",
        metavar="ID",
        help="profile (default cyber-espionage)",
    )
    parser.add_argument(
        "--target",
        metavar="ID",
        help="an element, or ELEMENT#STEP; default: the holding most often reached",
    )
    parser.add_argument(
        "--draws", type=positive, default=128, metavar="N", help="epistemic draws"
    )
    parser.add_argument(
        "--lanes", type=positive, default=32, metavar="N", help="trials per draw"
    )
    parser.add_argument(
        "--levels", action="store_true", help="print how often the target is reached"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Simulate and print."""
    from counterseal.reach.draws import Draws  # noqa: PLC0415 - heavy
    from counterseal.workspace.explaining.paths import paths_of  # noqa: PLC0415 - heavy
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    with progress(console, "finding paths") as advance:
        document = paths_of(
            project,
            catalog,
            chosen_adversary(catalog, args.adversary),
            args.target,
            k=args.k,
            draws=Draws(seed=args.seed or 0, outer=args.draws, lanes=args.lanes),
            workers=args.workers,
            advance=advance,
        )
    console.document(document)
    _print(console, document, levels=args.levels)
    return console.conclude(
        Exit.OK, "shares are of the trials that reach the target, not of the future"
    )


def _print(console: Console, document: Mapping[str, Json], *, levels: bool) -> None:
    from counterseal.report.lines import Page  # noqa: PLC0415 - heavy
    from counterseal.report.wording import plural  # noqa: PLC0415 - heavy

    page = Page(width=console.terminal.width, colour=console.terminal.colour)
    paths = rows_of(document["paths"])
    print_head(console, document, levels=levels)
    if not paths:
        console.out("No trial reaches it within the horizon.")
    for number, path in enumerate(paths, start=1):
        console.out()
        title = (
            f"open in {share_of(path['open'])}, the quickest in {share_of(path['quickest'])}"
        )
        console.out("\n".join(page.wrapped(f"{title}:", first=f"Path {number} is ")))
        for place, step in enumerate(rows_of(path["steps"]), start=1):
            console.out("\n".join(page.wrapped(_hop(console, step), first=f"  {place:>2} ")))
        console.out("\n".join(page.wrapped(_cut(path["cut"]), first="  cut: ")))
    if paths:
        together = share_of(paths[-1]["covered"])
        trees = plural(int(str(document["ways"])), "way")
        verb = "covers" if len(paths) == 1 else "cover"
        text = f"{plural(len(paths), 'path')} {verb} {together} of the trials that reach it; "
        console.out()
        console.out("\n".join(page.wrapped(f"{text}there are {trees} in all.")))
    console.out()


def print_head(console: Console, document: Mapping[str, Json], *, levels: bool) -> None:
    """Print which adversary and target a document is about."""
    adversary, target = document["adversary"], document["target"]
    if isinstance(adversary, dict) and isinstance(target, dict):
        name = target["name"] or target["step"]
        console.out(f"{adversary['name']}: {name}, {target['label']} [{target['step']}]")
    if levels:
        console.out(f"reached in {share_of(document['reached'])} of all trials")


def _hop(console: Console, step: Mapping[str, Json]) -> str:
    from counterseal.report.wording import number  # noqa: PLC0415 - heavy

    days = step["median_days"]
    details = [
        str(step["technique"]),
        f"owner {step['owner']}" if step["owner"] else "",
        f"median day {number(days)}" if isinstance(days, float) else "",
        "needs all that leads here" if step["every_parent"] else "",
    ]
    known = ", ".join(detail for detail in details if detail)
    return f"{step['name']}: {step['label']} ({known})  {placed(console, step)}"


def _cut(cut: Json) -> str:
    if not isinstance(cut, dict):
        return ""
    text = f"{cut['statement']} [{cut['element']}] - shuts this path and undoes "
    text += f"{share_of(cut['undoes'])} of reach"
    if cut["controls"]:
        text += f"; every control in place on it undoes {share_of(cut['controls_undo'])}"
    return text


def share_of(value: Json) -> str:
    """Return a share with its interval: ``39 % (35 to 43 %)``."""
    from counterseal.report.wording import interval, percent  # noqa: PLC0415 - heavy

    if not isinstance(value, dict):
        return ""
    share, low, high = (float(str(value[key])) for key in ("share", "low", "high"))
    return f"{percent(share)} ({interval((low, high))})"


def placed(console: Console, row: Mapping[str, Json]) -> str:
    """Return ``file:line:column``, as a path from the working folder."""
    if row["file"] is None:
        return ""
    return f"{console.path_of(str(row['file']))}:{row['line']}:{row['column']}"
