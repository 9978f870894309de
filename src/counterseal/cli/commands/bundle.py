"""Write a sealed decision with all that shows it into one file: same inputs, same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.signers import add_desk_options, desk_of

if TYPE_CHECKING:
    import argparse

    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("change", metavar="CHANGE_ID", help="id of the change")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: CHANGE_ID.bundle.zip")
    add_desk_options(parser)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Write the file; it holds the estate, so it is readable by its owner alone."""
    from counterseal.canon import digest_bytes  # noqa: PLC0415 - not for --help
    from counterseal.workspace.deciding.sealing import bundle  # noqa: PLC0415 - heavy
    from counterseal.workspace.files import write_bytes  # noqa: PLC0415

    desk = desk_of(args)
    data = bundle(desk.project, args.change, keyring=desk.keyring)
    target = Path(args.output or f"{args.change}.bundle.zip")
    write_bytes(target, data)
    console.document(
        {
            "schema": "counterseal-bundled/1",
            "file": target.as_posix(),
            "bytes": len(data),
            "digest": digest_bytes(data),
        }
    )
    console.note("it holds the estate as it was reviewed: give it to inspectors only")
    reason = (
        f"wrote {target} ({len(data):,} bytes); check it with `counterseal verify {target}`"
    )
    return console.conclude(Exit.OK, reason)
