"""Options that commands of the desk share: whose key, which keys, which project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from counterseal.tlog.keys import SigningKey
    from counterseal.workspace.deciding.signing import Desk

__all__ = ["add_desk_options", "add_key_options", "desk_of", "key_of"]


def add_desk_options(parser: argparse.ArgumentParser) -> None:
    """Add where the project and the keys are."""
    parser.add_argument("--estate", metavar="DIR", help="project; default: the nearest estate/")
    parser.add_argument("--keys", metavar="DIR", help="folder of keys; default: your settings")


def add_key_options(parser: argparse.ArgumentParser, *, who: str) -> None:
    """Add whose private key signs."""
    add_desk_options(parser)
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--as", dest="label", metavar="LABEL", help=f"{who}: label of your key")
    whose.add_argument("--key", metavar="FILE", help=f"{who}: file of the private key (PEM)")


def desk_of(args: argparse.Namespace) -> Desk:
    """Return the desk that the options describe, at the present time."""
    from counterseal.workspace.clock import now  # noqa: PLC0415 - not for --help
    from counterseal.workspace.deciding.keys import Keyring, default_keyring  # noqa: PLC0415
    from counterseal.workspace.deciding.signing import Desk  # noqa: PLC0415
    from counterseal.workspace.project import find_project, open_project  # noqa: PLC0415

    ring = Keyring(folder=Path(args.keys)) if args.keys else default_keyring()
    project = open_project(Path(args.estate)) if args.estate else find_project(Path())
    return Desk(project=project, keyring=ring, now=now())


def key_of(args: argparse.Namespace, desk: Desk) -> SigningKey:
    """Return the private key that the options name.

    Raises:
        UsageError: They name none, or it cannot be used.
    """
    from counterseal.workspace.deciding.keys import load_key  # noqa: PLC0415 - not for --help

    if args.key:
        return load_key(Path(args.key))
    if args.label:
        return desk.keyring.signing_key(args.label)
    known = ", ".join(desk.keyring.labels()) or "none yet"
    raise UsageError(
        "whose signature?", hint=f"--as LABEL ({known}), or --key FILE with a private key"
    )
