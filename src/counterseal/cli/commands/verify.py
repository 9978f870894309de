"""Check a bundle with keys known from elsewhere, and compute its verdict again. Offline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.progress import progress
from counterseal.cli.stages import staged
from counterseal.errors import NotEvaluableError, UsageError

if TYPE_CHECKING:
    import argparse

    from counterseal.cli.console import Console
    from counterseal.ledger.verify import Trust, Verification

__all__ = ["configure", "execute", "failure", "print_checks"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("bundle", metavar="BUNDLE", help="file written by `counterseal bundle`")
    parser.add_argument("--trust", metavar="FILE", help="trust file of the organisation")
    parser.add_argument(
        "--root",
        action="append",
        default=[],
        metavar="KEY",
        help="root key that is trusted, ed25519:... (may be repeated; needs --log)",
    )
    parser.add_argument("--log", metavar="KEY", help="key of the log, name+id+key")
    parser.add_argument("--kept", metavar="FILE", help="checkpoint of the log seen earlier")
    parser.add_argument("--estate", metavar="DIR", help="project whose ledger is trusted")
    parser.add_argument("--keys", metavar="DIR", help="folder of keys; default: your settings")
    parser.add_argument(
        "--no-replay", action="store_true", help="do not compute the verdict again"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Make every check, print each; anything that does not hold is 6."""
    from counterseal.ledger.container import MAX_BUNDLE_BYTES  # noqa: PLC0415 - heavy
    from counterseal.workspace.deciding.verifying import replayer, verify  # noqa: PLC0415
    from counterseal.workspace.files import read_bytes  # noqa: PLC0415

    data = read_bytes(Path(args.bundle), limit=MAX_BUNDLE_BYTES)
    trust, origin = _trust(args)
    if origin:
        console.note(f"trusting {origin}")
    with progress(console, "computing the verdict again") as advance:
        again = replayer(workers=args.workers, progress=staged(advance))
        found = verify(data, trust=trust, replay=None if args.no_replay else again)
    console.document(
        {
            "schema": "counterseal-verification/1",
            "ok": found.ok,
            "checks": [
                {"name": check.name, "ok": check.ok, "detail": check.detail}
                for check in found.checks
            ],
            "not_shown": list(found.not_shown),
        }
    )
    print_checks(console, found)
    return _leave(console, data, found)


def failure(found: Verification) -> str:
    """Return which checks do not hold, and what the first of them found."""
    failed = [check for check in found.checks if not check.ok]
    if not failed:
        return "nothing could be checked"
    first, *others = failed
    detail = first.detail.removeprefix(f"{first.name}: ")
    also = f" (and: {', '.join(check.name for check in others)})" if others else ""
    return f"{first.name}: {detail}{also}"


def print_checks(console: Console, found: Verification) -> None:
    """Print one line for each check, then what all of them together do not show."""
    width = max(len(check.name) for check in found.checks)
    for check in found.checks:
        mark = "ok    " if check.ok else "FAILED"
        console.out(f"{mark}  {check.name:<{width}}  {check.detail}")
    if found.ok:  # of a bundle that fails there is nothing to limit
        console.out("\nWhat this does not show")
        for sentence in found.not_shown:
            console.out(f"  - {sentence}")
    console.out()


def _leave(console: Console, data: bytes, found: Verification) -> int:
    from counterseal.workspace.deciding.verifying import stated  # noqa: PLC0415 - heavy

    if not found.ok:
        return console.conclude(Exit.NOT_VERIFIED, f"not verified: {failure(found)}")
    says = stated(data)
    if says is None:
        return console.conclude(Exit.NOT_VERIFIED, "not verified: the decision is unreadable")
    outcome, word = says.decision.outcome.value, says.decision.verdict
    reason = f"verified: {says.change} was {outcome} on the verdict '{word}'"
    return console.conclude(Exit.OK, reason)


def _trust(args: argparse.Namespace) -> tuple[Trust | None, str]:
    """Return what is trusted and where it comes from; None when nothing was given or found."""
    from counterseal.workspace.files import read_bytes  # noqa: PLC0415 - not for --help

    trust, origin = _keys(args)
    if trust is not None and args.kept:
        trust = replace(trust, kept=read_bytes(Path(args.kept)))
    return trust, origin


def _keys(args: argparse.Namespace) -> tuple[Trust | None, str]:
    from counterseal.workspace.deciding import trust as trusting  # noqa: PLC0415 - heavy

    if args.trust and (args.root or args.log):
        raise UsageError("--trust has both keys", hint="leave out --root and --log")
    if args.trust:
        return trusting.load(Path(args.trust)), args.trust
    if args.root or args.log:
        return _given(args), "the keys on the command line"
    return _own(args)


def _given(args: argparse.Namespace) -> Trust:
    from counterseal.errors import LogError  # noqa: PLC0415 - with the others
    from counterseal.ledger.verify import Trust  # noqa: PLC0415 - heavy
    from counterseal.tlog.keys import PublicKey  # noqa: PLC0415
    from counterseal.tlog.note import parse_vkey  # noqa: PLC0415

    if not (args.root and args.log):
        raise UsageError(
            "a root key and the key of the log are needed, both from elsewhere",
            hint="--root ed25519:... --log name+id+key, or --trust FILE, which has both",
        )
    try:
        roots = tuple(PublicKey.parse(root) for root in args.root)
        return Trust(roots=roots, log=parse_vkey(args.log))
    except LogError as error:
        raise UsageError(
            error.message, hint="copy the key whole, as it was published"
        ) from error


def _own(args: argparse.Namespace) -> tuple[Trust | None, str]:
    """Return the trust of the project one works in, with the newest checkpoint seen there."""
    from counterseal.workspace.deciding import trust as trusting  # noqa: PLC0415 - heavy
    from counterseal.workspace.deciding.keys import Keyring, default_keyring  # noqa: PLC0415
    from counterseal.workspace.project import find_project, open_project  # noqa: PLC0415

    try:
        project = open_project(Path(args.estate)) if args.estate else find_project(Path())
    except NotEvaluableError:
        return None, ""
    path = trusting.trust_path(project)
    if not path.is_file():
        return None, ""
    trust = trusting.load(path)
    ring = Keyring(folder=Path(args.keys)) if args.keys else default_keyring()
    return replace(trust, kept=ring.kept(trust.log)), f"{path}, of the project you are in"
