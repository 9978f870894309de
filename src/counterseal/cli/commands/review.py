"""Compare before and after a change on the same draws, and say what the gate says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.sources import know_project
from counterseal.cli.stages import staged

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.workspace.project import Project

__all__ = ["configure", "execute", "print_review", "project_of"]

FORMATS = ("text", "json", "html")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("change", metavar="CHANGE", help="file of the change (YAML)")
    parser.add_argument(
        "--estate", metavar="DIR", help="estate folder; default: the nearest estate/ upwards"
    )
    parser.add_argument("--format", choices=FORMATS, help="form of the result on stdout")
    parser.add_argument("--full", action="store_true", help="show every row, not the first")
    parser.add_argument(
        "--levels", action="store_true", help="show levels as numbers beside comparisons"
    )
    parser.add_argument(
        "--fail-on",
        choices=("conditions",),
        help="leave with exit code 4 when the verdict is conditions",
    )
    parser.add_argument(
        "--draws",
        type=positive,
        metavar="N",
        help="epistemic draws (default 128; above 1,000 systems 64)",
    )
    parser.add_argument(
        "--lanes",
        type=positive,
        metavar="N",
        help="trials per draw (default: by the size of the estate)",
    )
    parser.add_argument(
        "--no-keep", action="store_true", help="write nothing to .counterseal/reviews"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Review, keep, print; the exit code follows the verdict."""
    from counterseal.review.inputs import Settings  # noqa: PLC0415 - heavy, not for --help
    from counterseal.workspace.reviewing import keep, review_change  # noqa: PLC0415

    change = Path(args.change)
    project = project_of(args.estate, change)
    know_project(console, project)
    given = {"seed": args.seed, "outer": args.draws, "lanes": args.lanes}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    with progress(console, "reviewing") as advance:
        review = review_change(
            project, change, settings, workers=args.workers, progress=staged(advance)
        )
    if not args.no_keep:
        folder = keep(project, review)
        console.note(f"kept in {folder}")
    form = "json" if args.json else args.format or "text"
    if form == "html":
        console.write(review.page.decode())
    else:
        print_review(console, review.document, form=form, args=args)
    return _leave(console, review.document, fail_on=args.fail_on)


def project_of(estate: str | None, change: Path) -> Project:
    """Return the project to use: as given, else the nearest upwards from the change."""
    from counterseal.workspace.project import find_project, open_project  # noqa: PLC0415

    return open_project(Path(estate)) if estate else find_project(change.parent)


def print_review(
    console: Console, document: Mapping[str, Json], *, form: str, args: argparse.Namespace
) -> None:
    """Print a review document as text or JSON."""
    from counterseal.report.text import Options, render  # noqa: PLC0415 - heavy

    if form == "json":
        console.is_json = True
        console.document(document)
        return
    terminal = console.terminal
    options = Options(
        width=terminal.width,
        colour=terminal.colour,
        ascii_only=terminal.ascii_only,
        full=getattr(args, "full", False),
        levels=getattr(args, "levels", False),
    )
    console.out(render(document, options).rstrip("\n"))


def _leave(console: Console, document: Mapping[str, Json], *, fail_on: str | None) -> int:
    from counterseal.report.text import summary  # noqa: PLC0415 - heavy

    code = Exit(int(str(document["exit"])))
    verdict = document["verdict"]
    word = str(verdict["word"]) if isinstance(verdict, dict) else ""
    if fail_on == "conditions" and word == "conditions":
        code = Exit.CONDITIONS
    return console.conclude(code, summary(document))
