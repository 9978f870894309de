"""Start a project: an estate to fill in, a change to propose, schemas for the editor."""

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
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="default: here")
    parser.add_argument(
        "--example", metavar="NAME", help="copy a shipped example instead: harbour or meridian"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Write the files; nothing that is there already is touched."""
    from counterseal.workspace.starting import start, start_from_example  # noqa: PLC0415

    folder = Path(args.folder)
    written = start_from_example(folder, args.example) if args.example else start(folder)
    console.document(
        {
            "schema": "counterseal-init/1",
            "folder": folder.as_posix(),
            "files": [path.as_posix() for path in written],
        }
    )
    for path in written:
        console.out(f"wrote {path}")
    return console.conclude(
        Exit.OK, f"now edit {folder}/estate, then `counterseal check {folder}`"
    )
