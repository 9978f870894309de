"""What waits for signatures: one file for each claim, handed from signer to signer.

A draft is the envelope itself, so a signature on it is a signature on exact bytes. The folder
``.counterseal/pending`` may travel by any way; nothing in it is secret to who may read the
review, and nothing in it is trusted when it comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from counterseal.errors import LedgerError, SignatureError, UsageError
from counterseal.estate import change as changes
from counterseal.ledger.admission import parse_record, signers_of
from counterseal.ledger.bundle import INPUTS, files_of
from counterseal.ledger.claims import Binding, Claim, Decision, Outcome, Predicate, subjects_of
from counterseal.ledger.policy import verify_quorum
from counterseal.workspace.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.estate.change import Change
    from counterseal.ledger.policy import Policy
    from counterseal.tlog.dsse import Envelope
    from counterseal.workspace.project import Project
    from counterseal.workspace.reviewing import KeptReview

__all__ = [
    "KINDS",
    "Choice",
    "Draft",
    "decision_claim",
    "discard",
    "dissent_claim",
    "draft_of",
    "draft_path",
    "pending",
    "proposal_claim",
    "waiver_claim",
    "write_draft",
]

KINDS = (Predicate.PROPOSAL, Predicate.WAIVER, Predicate.DECISION, Predicate.DISSENT)
"""What people sign on the command line, in the order in which it is sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the first signer decides; those who sign after agree with exactly this.

    Attributes:
        outcome: What is decided.
        reason: Why, in the signer's words.
        conditions: Ids of the conditions imposed; empty takes those the review chose when the
            outcome is an approval with conditions.
    """

    outcome: Outcome
    reason: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claim that waits, with those who signed it so far.

    Attributes:
        claim: What is claimed.
        envelope: The bytes, with the signatures there are.
        signers: Labels of who signed, in order.
        missing: Why it cannot be sealed yet; empty when it can.
    """

    claim: Claim
    envelope: Envelope
    signers: tuple[str, ...]
    missing: str


def draft_path(project: Project, change_id: str, kind: Predicate) -> Path:
    """Return where the draft of one kind about a change waits."""
    return project.state_folder / "pending" / change_id / f"{kind.value}.json"


def write_draft(project: Project, claim: Claim, envelope: Envelope) -> Path:
    """Write a draft where it waits; return the file."""
    path = draft_path(project, claim.change, claim.predicate)
    write_bytes(path, envelope.encode())
    return path


def discard(project: Project, change_id: str, kind: Predicate) -> None:
    """Take away a draft, with the signatures on it; nothing happens if there is none."""
    draft_path(project, change_id, kind).unlink(missing_ok=True)


def pending(
    project: Project, change_id: str, kind: Predicate, *, policies: Mapping[str, Policy]
) -> Draft | None:
    """Return the draft that waits, or None.

    Args:
        project: Where it waits.
        change_id: The change it must be about.
        kind: Its kind.
        policies: Known policies by digest.

    Raises:
        SignatureError: Its policy is not in force, or a signature on it is wrong.
        LedgerError: The file is not such a claim.
    """
    path = draft_path(project, change_id, kind)
    if not path.is_file():
        return None
    envelope, claim = parse_record(read_bytes(path))
    if claim.change != change_id or claim.predicate is not kind:
        raise LedgerError(f"{path} is not a {kind} about {change_id!r}")
    policy = policies.get(claim.policy)
    if policy is None:
        raise SignatureError(
            "stale: the draft was made under a policy that is not in force",
            hint="draft it again with --anew; the signatures on it no longer count",
        )
    return draft_of(claim, envelope, policy)


def draft_of(claim: Claim, envelope: Envelope, policy: Policy) -> Draft:
    """Return the draft of a claim and its envelope, with who signed and who is missing."""
    people = signers_of(envelope, policy)
    try:
        verify_quorum(claim.predicate, people, policy=policy)
        missing = ""
    except SignatureError as error:
        missing = error.message
    labels = tuple(person.label for person in people)
    return Draft(claim=claim, envelope=envelope, signers=labels, missing=missing)


def proposal_claim(
    change_id: str, *, name: str, data: bytes, policy: str, now: datetime
) -> Claim:
    """Return the claim that proposes the change in the file ``changes/NAME``."""
    return Claim(
        predicate=Predicate.PROPOSAL,
        change=change_id,
        policy=policy,
        made=now,
        subjects=subjects_of({f"{INPUTS}changes/{name}": data}),
    )


def decision_claim(
    review: KeptReview, choice: Choice, *, policy: str, refers: Mapping[str, str], now: datetime
) -> Claim:
    """Return the claim that decides on a reviewed change.

    Raises:
        UsageError: Conditions and outcome do not go together, or one is not in the review.
    """
    dates = _change(review).dates
    chosen = [day for day in (dates.selected, dates.awarded) if day is not None]
    decision = Decision(
        outcome=choice.outcome,
        verdict=_word(review),
        assessed=dates.assessed or now.date(),
        selected=min(chosen, default=None),
        conditions=_conditions(review, choice),
        reason=choice.reason,
    )
    return _bound(
        review, Predicate.DECISION, decision.body(), policy=policy, refers=refers, now=now
    )


def waiver_claim(
    review: KeptReview,
    *,
    expires: date,
    reason: str,
    policy: str,
    refers: Mapping[str, str],
    now: datetime,
) -> Claim:
    """Return the claim that allows, until a day, an approval that the verdict does not."""
    body: Mapping[str, Json] = {"expires": expires.isoformat(), "reason": reason}
    return _bound(review, Predicate.WAIVER, body, policy=policy, refers=refers, now=now)


def dissent_claim(
    review: KeptReview, *, statement: str, policy: str, decision: str, now: datetime
) -> Claim:
    """Return the claim by which somebody disagrees with a sealed decision."""
    return Claim(
        predicate=Predicate.DISSENT,
        change=review.change_id,
        policy=policy,
        made=now,
        subjects=subjects_of({"result.json": review.result}),
        refers={"decision": decision},
        body={"statement": statement},
    )


def _bound(
    review: KeptReview,
    kind: Predicate,
    body: Mapping[str, Json],
    *,
    policy: str,
    refers: Mapping[str, str],
    now: datetime,
) -> Claim:
    files = files_of(inputs=review.inputs, result=review.result, report=review.page)
    return Claim(
        predicate=kind,
        change=review.change_id,
        policy=policy,
        made=now,
        subjects=subjects_of(files),
        binding=Binding.of_result(review.result),
        refers=refers,
        body=body,
    )


def _word(review: KeptReview) -> str:
    verdict = cast("Mapping[str, Json]", review.document["verdict"])
    return str(verdict["word"])


def _change(review: KeptReview) -> Change:
    name = next(name for name in review.inputs if name.startswith("changes/"))
    return changes.parse(review.inputs[name], file=name)


def _conditions(review: KeptReview, choice: Choice) -> tuple[str, ...]:
    if choice.outcome is not Outcome.APPROVED_WITH_CONDITIONS:
        if choice.conditions:
            raise UsageError(
                "conditions go with an approval with conditions only",
                hint="use --outcome approve-with-conditions, or leave out --condition",
            )
        return ()
    rows = cast("tuple[Mapping[str, Json], ...]", review.document["conditions"])
    known = [str(row["id"]) for row in rows]
    unknown = [name for name in choice.conditions if name not in known]
    if unknown:
        raise UsageError(
            f"the review has no condition {unknown[0]!r}",
            hint=f"it has: {', '.join(known) or 'none'}",
        )
    found = choice.conditions or tuple(str(row["id"]) for row in rows if row["chosen"])
    if not found:
        raise UsageError(
            "the review found no conditions to impose",
            hint="choose another outcome; `counterseal review` shows what was tried",
        )
    return tuple(dict.fromkeys(found))
