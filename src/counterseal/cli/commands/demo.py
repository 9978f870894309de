"""From an example on disk to a verdict, a report, a sealed decision and a verified bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from counterseal.cli.commands.review import print_review
from counterseal.cli.commands.verify import failure, print_checks
from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.stages import staged
from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.ledger.verify import Verification
    from counterseal.workspace.deciding.demonstration import Demonstration
    from counterseal.workspace.project import Project
    from counterseal.workspace.reviewing import KeptReview

__all__ = ["configure", "execute"]

CHANGES: Final[Mapping[str, str]] = {"harbour": "terminal-copy", "meridian": "search-hub"}
"""The change that is reviewed, by example."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "folder", nargs="?", default="demo", metavar="DIR", help="default: ./demo"
    )
    parser.add_argument(
        "--example", default="meridian", metavar="NAME", help="meridian (default) or harbour"
    )
    parser.add_argument("--change", metavar="ID", help="review another change of the example")
    parser.add_argument("--draws", type=positive, metavar="N", help="epistemic draws")
    parser.add_argument("--lanes", type=positive, metavar="N", help="trials per draw")


def execute(args: argparse.Namespace, console: Console) -> int:
    """Do every step that people do, and say what each left behind."""
    from counterseal.workspace.clock import now  # noqa: PLC0415 - not for --help
    from counterseal.workspace.deciding import demonstration as demo  # noqa: PLC0415 - heavy
    from counterseal.workspace.deciding.verifying import replayer  # noqa: PLC0415

    folder = Path(args.folder)
    change_id = args.change or CHANGES.get(args.example)
    project = demo.prepare(folder, args.example)
    console.note(f"copied the example {args.example} to {folder}")
    review = _review(args, console, project, change_id)
    if not args.json:
        print_review(console, review.document, form="text", args=args)
    done = demo.seal(project, review, now=now())
    with progress(console, "computing the verdict again from the bundle") as advance:
        again = replayer(workers=args.workers, progress=staged(advance))
        found = demo.close(project, done, replay=again)
    console.document(_summary(review, done, found, folder))
    _tell(console, done, found, folder)
    if not found.ok:
        return console.conclude(Exit.NOT_VERIFIED, f"not verified: {failure(found)}")
    return console.conclude(Exit.OK, f"verified; now open {folder / demo.REPORT} in a browser")


def _review(
    args: argparse.Namespace, console: Console, project: Project, change_id: str | None
) -> KeptReview:
    from counterseal.review.inputs import Settings  # noqa: PLC0415 - heavy, not for --help
    from counterseal.workspace.deciding.demonstration import REPORT  # noqa: PLC0415
    from counterseal.workspace.deciding.reviewed import change_file  # noqa: PLC0415
    from counterseal.workspace.files import write_bytes  # noqa: PLC0415
    from counterseal.workspace.reviewing import keep, review_change  # noqa: PLC0415

    if change_id is None:
        raise UsageError(f"which change of {args.example}?", hint="give --change ID")
    given = {"seed": args.seed, "outer": args.draws, "lanes": args.lanes}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    path = change_file(project, change_id)
    with progress(console, f"reviewing {change_id}") as advance:
        review = review_change(
            project, path, settings, workers=args.workers, progress=staged(advance)
        )
    keep(project, review)
    write_bytes(project.root / REPORT, review.page)
    return review


def _tell(console: Console, done: Demonstration, found: Verification, folder: Path) -> None:
    """Print who decided what, the checks, and where to look next."""
    from counterseal.workspace.deciding.demonstration import KEYS, REPORT  # noqa: PLC0415

    console.out(f"\nDecision: {done.outcome.value}, because {done.why}.")
    for one in done.sealed:
        kind, who = one.claim.predicate.value, " and ".join(one.signers)
        console.out(f"  entry {one.index} of the ledger: {kind}, signed by {who}")
    console.out(
        f"  The keys in {folder / KEYS} are for this demonstration: one person holds all of\n"
        "  them here. In real use each signer holds one, on a machine of their own.\n"
    )
    print_checks(console, found)
    change = done.sealed[-1].claim.change
    rows = (
        ("the report", f"{folder / REPORT} (open it in a browser)"),
        ("the estate and its changes", f"{folder / 'README.md'}"),
        ("check the bundle yourself", f"counterseal verify {done.bundle} --trust {done.trust}"),
        ("try what fails", f"change a byte of {done.bundle} and verify it again"),
        ("another verdict", f"counterseal review {folder}/changes/... ({change} was reviewed)"),
        ("decide for real", "docs/decisions.md"),
    )
    console.out("Where to look next")
    for name, text in rows:
        console.out(f"  {name:<26}  {text}")
    console.out()


def _summary(
    review: KeptReview, done: Demonstration, found: Verification, folder: Path
) -> Mapping[str, Json]:
    verdict = review.document["verdict"]
    return {
        "schema": "counterseal-demo/1",
        "folder": folder.as_posix(),
        "change": review.change_id,
        "verdict": verdict["word"] if isinstance(verdict, dict) else None,
        "outcome": done.outcome.value,
        "bundle": done.bundle.as_posix(),
        "trust": done.trust.as_posix(),
        "ok": found.ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail}
            for check in found.checks
        ],
        "not_shown": list(found.not_shown),
    }
