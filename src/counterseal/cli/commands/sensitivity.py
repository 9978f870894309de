"""Which of the catalog's starting parameters move the verdict on a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.commands.review import project_of
from counterseal.cli.exits import Exit
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

SHOWN = 12


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("change", metavar="CHANGE", help="file of the change")
    parser.add_argument(
        "--estate", metavar="DIR", help="estate folder; default: the nearest estate/ upwards"
    )
    parser.add_argument(
        "--most",
        type=positive,
        default=40,
        metavar="N",
        help="parameters to try: those that matter most (default 40)",
    )
    parser.add_argument("--full", action="store_true", help="show every row, not the first")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Review, hold each parameter at both ends of its range, and print what follows."""
    from counterseal.review.inputs import Settings  # noqa: PLC0415 - heavy
    from counterseal.workspace.examining.sensing import sensitivity  # noqa: PLC0415 - heavy

    change = Path(args.change)
    project = project_of(args.estate, change)
    know_project(console, project)
    with progress(console, "trying parameters") as advance:
        document = sensitivity(
            project,
            change,
            Settings(seed=args.seed or 0),
            most=args.most,
            workers=args.workers,
            advance=advance,
        )
    console.document(document)
    for line in _lines(document, most=None if args.full else SHOWN):
        console.out(line)
    moving = sum(bool(row["moves"]) for row in rows_of(document["parameters"]))
    tried = len(rows_of(document["parameters"]))
    return console.conclude(Exit.OK, f"{moving} of {tried} parameters move the verdict")


def _lines(document: Mapping[str, Json], *, most: int | None) -> Iterator[str]:
    rows, about = rows_of(document["parameters"]), document["concern"]
    yield f"{document['change']}: {document['verdict']}"
    if isinstance(about, dict):
        yield f"for {about['adversary']}: {about['subject']}"
    yield (
        f"the {len(rows)} of {document['known']} starting parameters that matter most, "
        f"each held at both ends of its range, {document['trials']:,} trials each"
    )
    yield ""
    for row in rows[:most]:
        yield f"{'MOVES IT: ' if row['moves'] else ''}{row['label']}"
        yield f"  [{row['id']}, {row['grade']}]"
        for end in ("low", "high"):
            yield f"  {_end(row[end])}"
    if most is not None and len(rows) > most:
        yield f"… and {len(rows) - most} more (--full shows all)"


def _end(end: Json) -> str:
    if not isinstance(end, dict):
        return ""
    from counterseal.report.wording import percent  # noqa: PLC0415

    share, ratio = end["p_worse"], end["ratio"]
    worse = f"worse in {percent(share)} of draws" if isinstance(share, int | float) else ""
    times = f"×{ratio:.2g}" if isinstance(ratio, int | float) else "from nothing"  # noqa: RUF001
    return f"at {end['value']:.3g}: {end['verdict']}, {worse}, {times}"
