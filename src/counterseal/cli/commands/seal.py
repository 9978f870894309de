"""Append what is signed to the ledger, after the review was computed once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.progress import progress
from counterseal.cli.signers import add_desk_options, desk_of
from counterseal.cli.stages import staged

if TYPE_CHECKING:
    import argparse

    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("change", metavar="CHANGE_ID", help="id of the change")
    add_desk_options(parser)
    parser.add_argument(
        "--no-replay", action="store_true", help="do not compute the review again first"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Seal everything about the change that waits; refused is 6."""
    from counterseal.workspace.deciding.sealing import seal  # noqa: PLC0415 - heavy
    from counterseal.workspace.deciding.verifying import replayer  # noqa: PLC0415

    desk = desk_of(args)
    with progress(console, "computing the review again") as advance:
        again = replayer(workers=args.workers, progress=staged(advance))
        replay = None if args.no_replay else again
        done = seal(desk.project, args.change, keyring=desk.keyring, replay=replay)
    console.document(
        {
            "schema": "counterseal-sealed/1",
            "entries": [
                {
                    "change": one.claim.change,
                    "kind": one.claim.predicate.value,
                    "entry": one.index,
                    "digest": one.digest,
                    "signed_by": list(one.signers),
                }
                for one in done
            ],
        }
    )
    for one in done:
        console.out(
            f"entry {one.index}  {one.claim.predicate.value} about {one.claim.change}, "
            f"signed by {', '.join(one.signers)}"
        )
    last = done[-1].claim.predicate.value
    after = f"; now `counterseal bundle {args.change}`" if last == "decision" else ""
    return console.conclude(Exit.OK, f"sealed: {last}{after}")
