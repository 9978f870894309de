"""Write the single-file report of a change that was reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("id", metavar="ID", help="id of the change that was reviewed")
    parser.add_argument("--estate", metavar="DIR", help="project; default: the nearest")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: ID.html")
    parser.add_argument("--open", action="store_true", help="open it in the browser")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Write the page; it needs no network and no script."""
    from counterseal.workspace.files import write_bytes  # noqa: PLC0415
    from counterseal.workspace.project import find_project, open_project  # noqa: PLC0415
    from counterseal.workspace.reviewing import kept, page_of  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate)) if args.estate else find_project(Path())
    review = kept(project, args.id)
    page = page_of(review.inputs, review.result)
    target = Path(args.output or f"{args.id}.html")
    write_bytes(target, page)
    console.document(
        {"schema": "counterseal-report/1", "file": target.as_posix(), "bytes": len(page)}
    )
    if args.open:
        import webbrowser  # noqa: PLC0415 - only when asked for

        webbrowser.open(target.resolve().as_uri())
    return console.conclude(Exit.OK, f"wrote {target}")
