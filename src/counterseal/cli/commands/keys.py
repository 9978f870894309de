"""Show the keys of this user, or make one; only public halves are ever printed."""

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
    parser.add_argument("--new", metavar="LABEL", help="make a key, readable by you alone")
    parser.add_argument("--keys", metavar="DIR", help="folder of keys; default: your settings")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Make the key that is asked for; print labels with public keys."""
    from counterseal.workspace.deciding.keys import Keyring, default_keyring  # noqa: PLC0415

    ring = Keyring(folder=Path(args.keys)) if args.keys else default_keyring()
    if args.new:
        ring.make(args.new)
    labels = [args.new] if args.new else ring.labels()
    rows = {label: str(ring.signing_key(label).public) for label in labels}
    console.document(
        {
            "schema": "counterseal-keys/1",
            "folder": ring.folder.as_posix(),
            "keys": [{"label": label, "public": public} for label, public in rows.items()],
        }
    )
    width = max(map(len, rows), default=0)
    for label, public in rows.items():
        console.out(f"{label:<{width}}  {public}")
    if args.new:
        console.note(f"private half in {ring.folder}; never copy it, give out the line above")
        return console.conclude(Exit.OK, f"made the key {args.new}")
    if not rows:
        console.note("make one with `counterseal keys --new LABEL`")
    return console.conclude(Exit.OK, f"{len(rows)} keys in {ring.folder}")
