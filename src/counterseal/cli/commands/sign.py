"""Sign a proposal, a decision, a waiver or a dissent; one call is one person with one key."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from counterseal.cli.exits import Exit
from counterseal.cli.signers import add_key_options, desk_of, key_of
from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.tlog.keys import SigningKey
    from counterseal.workspace.deciding.drafts import Choice, Draft
    from counterseal.workspace.deciding.signing import Desk, Signed

__all__ = ["OUTCOMES", "configure", "execute"]

OUTCOMES: Final[Mapping[str, str]] = {
    "approve": "APPROVED",
    "approve-with-conditions": "APPROVED_WITH_CONDITIONS",
    "return": "RETURNED",
    "reject": "REFUSED",
}
"""Words of the command line, and the outcome each means."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("change", metavar="CHANGE_ID", help="id of the change")
    add_key_options(parser, who="the signer")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--propose", action="store_true", help="sign the proposal of the change")
    kind.add_argument(
        "--waive", action="store_true", help="sign that it may be approved against its verdict"
    )
    kind.add_argument("--dissent", action="store_true", help="disagree with a sealed decision")
    kind.add_argument("--show", action="store_true", help="sign nothing; show what waits")
    parser.add_argument(
        "--outcome", choices=tuple(OUTCOMES), help="what is decided; the first signer says it"
    )
    parser.add_argument(
        "--condition",
        action="append",
        default=[],
        metavar="ID",
        help="impose this condition of the review (may be repeated); default: those it chose",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, in your words")
    parser.add_argument("--expires", metavar="DAY", help="last day of a waiver, 2027-01-31")
    parser.add_argument(
        "--anew", action="store_true", help="draft the decision again; earlier signatures go"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Sign and print what was signed, by whom, and who is still missing."""
    from counterseal.workspace.deciding.reviewed import require_change_id  # noqa: PLC0415
    from counterseal.workspace.deciding.signing import waiting  # noqa: PLC0415 - heavy

    require_change_id(args.change)
    desk = desk_of(args)
    if args.show:
        rows = waiting(desk, args.change)
        console.document({"schema": "counterseal-pending/1", "drafts": [_row(r) for r in rows]})
        for row in rows:
            _print(console, row)
        return console.conclude(Exit.OK, f"{len(rows)} drafts about {args.change} wait")
    signed = _signed(args, desk, key_of(args, desk))
    draft = signed.draft
    console.document(
        {"schema": "counterseal-signed/1", **_row(draft), "file": signed.path.as_posix()}
    )
    _print(console, draft)
    console.note(f"waits in {signed.path}")
    return console.conclude(Exit.OK, _next(draft))


def _signed(args: argparse.Namespace, desk: Desk, key: SigningKey) -> Signed:
    from counterseal.workspace.deciding import signing  # noqa: PLC0415 - heavy

    if args.propose:
        return signing.propose(desk, args.change, key=key)
    if args.waive:
        expires = _day(args.expires) if args.expires else None
        return signing.waive(desk, args.change, key=key, expires=expires, reason=args.reason)
    if args.dissent:
        if not args.reason:
            raise UsageError("a dissent says why", hint="--reason 'TEXT'")
        return signing.dissent(desk, args.change, key=key, statement=args.reason)
    choice = _choice(args)
    return signing.decide(desk, args.change, key=key, choice=choice, anew=args.anew)


def _choice(args: argparse.Namespace) -> Choice | None:
    from counterseal.ledger.claims import Outcome  # noqa: PLC0415 - heavy
    from counterseal.workspace.deciding.drafts import Choice  # noqa: PLC0415

    if args.outcome is None:
        if args.condition or args.reason or args.anew:
            raise UsageError(
                "--condition, --reason and --anew go with --outcome",
                hint=f"--outcome {'|'.join(OUTCOMES)}",
            )
        return None
    outcome = Outcome[OUTCOMES[args.outcome]]
    return Choice(outcome=outcome, reason=args.reason, conditions=tuple(args.condition))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day", hint="write it as 2027-01-31") from error


def _row(draft: Draft) -> dict[str, Json]:
    claim = draft.claim
    return {
        "change": claim.change,
        "kind": claim.predicate.value,
        "body": claim.body,
        "digest": claim.digest,
        "signed_by": list(draft.signers),
        "missing": draft.missing,
    }


def _print(console: Console, draft: Draft) -> None:
    claim = draft.claim
    console.out(f"{claim.predicate.value} about {claim.change}")
    for name, value in sorted(claim.body.items()):
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        if shown:
            console.out(f"  {name:<11} {shown}")
    if claim.binding is not None:
        console.out(f"  {'review':<11} {claim.binding.values['result']}")
    console.out(f"  {'signed by':<11} {', '.join(draft.signers) or 'nobody'}")
    console.out(f"  {'missing':<11} {draft.missing or 'nothing'}")


def _next(draft: Draft) -> str:
    kind, change = draft.claim.predicate.value, draft.claim.change
    if draft.missing:
        return f"signed; another person now runs `counterseal sign {change} --as LABEL`"
    return f"the {kind} is signed by all it needs; now `counterseal seal {change}`"
