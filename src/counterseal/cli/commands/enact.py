"""Put a policy in force: who may sign what, as a root key says. The first starts the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.signers import add_key_options, desk_of, key_of

if TYPE_CHECKING:
    import argparse

    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("policy", metavar="POLICY", help="file of the policy (YAML)")
    add_key_options(parser, who="the root key")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Sign the policy and append it; the first one also makes log key and trust file."""
    from counterseal.workspace.deciding.ledgers import enact  # noqa: PLC0415 - heavy
    from counterseal.workspace.files import read_bytes  # noqa: PLC0415

    desk = desk_of(args)
    path = Path(args.policy)
    data = read_bytes(path)
    console.know({path.as_posix(): data}, paths={})
    done = enact(
        desk.project,
        data,
        file=path.as_posix(),
        root=key_of(args, desk),
        keyring=desk.keyring,
        now=desk.now,
    )
    policy = done.policy
    console.document(
        {
            "schema": "counterseal-enacted/1",
            "origin": policy.origin,
            "version": policy.version,
            "digest": done.receipt.digest,
            "entry": done.receipt.index,
            "trust": done.trust_file.as_posix(),
            "log": str(done.trust.log),
            "roots": [str(root) for root in done.trust.roots],
        }
    )
    for person in policy.people:
        console.out(f"{person.label}: {', '.join(person.roles) or 'anyone'}")
    for kind, roles in sorted(policy.quorum.items()):
        asked = ", ".join(f"{count} x {role}" for role, count in roles.items())
        console.out(f"a {kind.value} is signed by {asked}")
    console.note(f"publish {done.trust_file}: with it anybody can check a bundle")
    reason = (
        f"policy {policy.version} of {policy.origin} is in force, entry {done.receipt.index}"
    )
    return console.conclude(Exit.OK, reason)
