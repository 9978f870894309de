"""Draft a claim or add a signature to one that waits; each call is one person and one key.

Nothing here is in the ledger yet: ``sealing`` appends. Every signature is made by
``counterseal.ledger.signing.sign``, which judges the claim before it touches the key.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import LedgerError, SignatureError, UsageError
from counterseal.ledger.bundle import INPUTS
from counterseal.ledger.claims import Binding, Outcome, Predicate, draft, subjects_of
from counterseal.ledger.signing import sign
from counterseal.workspace.deciding import drafts
from counterseal.workspace.deciding.ledgers import newest_policy, reading, records_about
from counterseal.workspace.deciding.reviewed import change_file, current_review
from counterseal.workspace.deciding.trust import project_trust
from counterseal.workspace.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

    from counterseal.ledger.admission import Record
    from counterseal.ledger.claims import Claim
    from counterseal.ledger.log import Ledger
    from counterseal.ledger.policy import Policy
    from counterseal.ledger.verify import Trust
    from counterseal.tlog.dsse import Envelope
    from counterseal.tlog.keys import SigningKey
    from counterseal.workspace.deciding.drafts import Choice, Draft
    from counterseal.workspace.deciding.keys import Keyring
    from counterseal.workspace.project import Project
    from counterseal.workspace.reviewing import KeptReview

__all__ = ["Desk", "Signed", "decide", "dissent", "propose", "waiting", "waive"]

_APPROVALS = (Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS)
_ADVICE = {
    "decision:": "outcomes that fit every verdict: reject, return; a verdict of conditions can "
    "be approved with conditions; any other approval needs a sealed waiver (--waive)",
    "role:": "the policy says who may sign what; a root key puts a new one in force",
    "signature:": "a root key puts the public key into the policy: `counterseal enact POLICY`",
    "separation:": "somebody else signs: two different people, neither of them the proposer",
    "policy:": "the policy in force must provide for it: `counterseal enact POLICY`",
    "binding:": "propose the change as it is now (`counterseal sign ID --propose`), seal",
}
"""What to do about a refusal of the ledger, by the first word of its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where one person sits to sign: the project, the keyring, and the time."""

    project: Project
    keyring: Keyring
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A draft after a signature was added, and the file in which it waits."""

    draft: Draft
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The ledger opened to read, with what is in force."""

    ledger: Ledger
    trust: Trust
    digest: str
    policy: Policy


def propose(desk: Desk, change_id: str, *, key: SigningKey) -> Signed:
    """Sign that the change as it is written in ``changes/`` is proposed.

    Raises:
        UsageError: There is no such change.
        LedgerError: The key may not propose, or has proposed already.
    """
    path = change_file(desk.project, change_id)
    data = read_bytes(path)
    with _opened(desk) as found:
        claim = drafts.proposal_claim(
            change_id, name=path.name, data=data, policy=found.digest, now=desk.now
        )
        waits = _pending(desk, change_id, Predicate.PROPOSAL, found)
        if waits is not None and waits.claim.subjects == claim.subjects:
            return _sign(desk, found, waits.claim, waits.envelope, key=key)
        if any(old.claim.subjects == claim.subjects for old in _proposals(found, change_id)):
            raise UsageError(
                f"{change_id} is proposed as it is now; that is in the ledger already",
                hint="reviewers can sign the decision",
            )
        return _sign(desk, found, claim, draft(claim), key=key)


def decide(
    desk: Desk,
    change_id: str,
    *,
    key: SigningKey,
    choice: Choice | None = None,
    anew: bool = False,
) -> Signed:
    """Sign the decision that waits, or draft the one that ``choice`` describes and sign it.

    Args:
        desk: Where and when.
        change_id: The change, which must be reviewed and proposed.
        key: The signer's key.
        choice: What is decided; None to sign what others decided.
        anew: Put a new draft in the place of the one that waits.

    Raises:
        UsageError: There is nothing to sign, or something else was decided already.
        SignatureError: Stale, not allowed, or signed already.
        LedgerError: The outcome does not fit the verdict.
    """
    review = current_review(desk.project, change_id)
    with _opened(desk) as found:
        if anew:
            drafts.discard(desk.project, change_id, Predicate.DECISION)
        waits = _pending(desk, change_id, Predicate.DECISION, found)
        if waits is None:
            claim = _decision(desk, found, review, choice)
            return _sign(desk, found, claim, draft(claim), key=key, review=review)
        _require_fresh(waits, review)
        if choice is not None:
            wanted = _decision(desk, found, review, choice)
            _require_same(waits.claim, wanted, choice=choice)
        return _sign(desk, found, waits.claim, waits.envelope, key=key, review=review)


def waive(
    desk: Desk, change_id: str, *, key: SigningKey, expires: date | None, reason: str
) -> Signed:
    """Sign that a change may be approved against its verdict until a day.

    Raises:
        UsageError: No day is given and no waiver waits.
        SignatureError: As in ``decide``.
    """
    review = current_review(desk.project, change_id)
    with _opened(desk) as found:
        waits = _pending(desk, change_id, Predicate.WAIVER, found)
        if waits is not None and expires is None:
            _require_fresh(waits, review)
            return _sign(desk, found, waits.claim, waits.envelope, key=key, review=review)
        if expires is None:
            raise UsageError("a waiver ends: give its last day", hint="--expires 2027-01-31")
        claim = drafts.waiver_claim(
            review,
            expires=expires,
            reason=reason,
            policy=found.digest,
            refers={"proposal": _proposal(found, review)},
            now=desk.now,
        )
        return _sign(desk, found, claim, draft(claim), key=key, review=review)


def dissent(desk: Desk, change_id: str, *, key: SigningKey, statement: str) -> Signed:
    """Sign a disagreement with the newest sealed decision on a change.

    Raises:
        UsageError: There is no sealed decision to disagree with.
    """
    review = current_review(desk.project, change_id)
    with _opened(desk) as found:
        decisions = records_about(
            found.ledger, change_id, predicate=Predicate.DECISION, trust=found.trust
        )
        if not decisions:
            raise UsageError(f"no decision on {change_id} is sealed", hint="seal it first")
        claim = drafts.dissent_claim(
            review,
            statement=statement,
            policy=found.digest,
            decision=decisions[0].digest,
            now=desk.now,
        )
        return _sign(desk, found, claim, draft(claim), key=key, review=review)


def waiting(desk: Desk, change_id: str) -> tuple[Draft, ...]:
    """Return what waits for signatures or for sealing, in the order of sealing."""
    with _opened(desk) as found:
        rows = [_pending(desk, change_id, kind, found) for kind in drafts.KINDS]
    return tuple(row for row in rows if row is not None)


@contextmanager
def _opened(desk: Desk) -> Iterator[_Open]:
    trust = project_trust(desk.project)
    with reading(desk.project, desk.keyring) as ledger:
        digest, policy = newest_policy(ledger, trust)
        yield _Open(ledger=ledger, trust=trust, digest=digest, policy=policy)


def _pending(desk: Desk, change_id: str, kind: Predicate, found: _Open) -> Draft | None:
    policies = {found.digest: found.policy}
    return drafts.pending(desk.project, change_id, kind, policies=policies)


def _sign(
    desk: Desk,
    found: _Open,
    claim: Claim,
    envelope: Envelope,
    *,
    key: SigningKey,
    review: KeptReview | None = None,
) -> Signed:
    current = None if review is None else Binding.of_result(review.result)
    standing = found.ledger.standing(claim)
    try:
        signed = sign(envelope, key, standing=standing, current=current, now=desk.now)
    except LedgerError as error:
        raise _advised(error) from error
    path = drafts.write_draft(desk.project, claim, signed)
    return Signed(draft=drafts.draft_of(claim, signed, found.policy), path=path)


def _decision(desk: Desk, found: _Open, review: KeptReview, choice: Choice | None) -> Claim:
    if choice is None:
        raise UsageError(
            f"no decision on {review.change_id} waits for a signature",
            hint="the first signer says what is decided: --outcome reject --reason '...'",
        )
    refers = {"proposal": _proposal(found, review)}
    if choice.outcome in _APPROVALS:
        refers |= _waiver(found, review)
    return drafts.decision_claim(
        review, choice, policy=found.digest, refers=refers, now=desk.now
    )


def _proposals(found: _Open, change_id: str) -> tuple[Record, ...]:
    return records_about(
        found.ledger, change_id, predicate=Predicate.PROPOSAL, trust=found.trust
    )


def _proposal(found: _Open, review: KeptReview) -> str:
    """Return the digest of the newest sealed proposal of the change as it was reviewed."""
    name = next(name for name in review.inputs if name.startswith("changes/"))
    subjects = subjects_of({INPUTS + name: review.inputs[name]})
    for record in _proposals(found, review.change_id):
        if record.claim.subjects == subjects:
            return record.digest
    raise UsageError(
        f"{review.change_id} is not proposed as it was reviewed",
        hint=f"its sponsor proposes it: `counterseal sign {review.change_id} --propose --as "
        f"LABEL`, then `counterseal seal {review.change_id}`",
    )


def _waiver(found: _Open, review: KeptReview) -> dict[str, str]:
    """Return a reference to the newest sealed waiver for exactly this review, if any."""
    binding = Binding.of_result(review.result)
    records = records_about(
        found.ledger, review.change_id, predicate=Predicate.WAIVER, trust=found.trust
    )
    fitting = [record.digest for record in records if record.claim.binding == binding]
    return {"waiver": fitting[0]} if fitting else {}


def _require_fresh(waits: Draft, review: KeptReview) -> None:
    """Refuse a draft about another review than the present one.

    Raises:
        SignatureError: Names what changed.
    """
    claim = waits.claim
    changed = () if claim.binding is None else _changed(claim.binding, review)
    if changed:
        raise SignatureError(
            f"stale: {', '.join(changed)} changed since the {claim.predicate} was drafted",
            hint="look at the new review, then draft it again with --anew; the signatures on "
            "the old draft no longer count",
        )


def _changed(binding: Binding, review: KeptReview) -> tuple[str, ...]:
    return binding.changed(Binding.of_result(review.result))


def _require_same(waits: Claim, wanted: Claim, *, choice: Choice) -> None:
    """Refuse to sign one thing when another was asked for.

    Raises:
        UsageError: The draft that waits decides something else.
    """
    for name in ("outcome", "conditions", *(("reason",) if choice.reason else ())):
        if waits.body[name] != wanted.body[name]:
            raise UsageError(
                f"the decision that waits says {name}: {waits.body[name]}, not "
                f"{wanted.body[name]}",
                hint="sign what waits (leave out --outcome and --reason), or --anew to draft "
                "another decision that everybody signs again",
            )


def _advised(error: LedgerError) -> LedgerError:
    """Return ``error`` with what to do about it, where the ledger does not say."""
    if error.hint:
        return error
    advice = next(
        (text for word, text in _ADVICE.items() if error.message.startswith(word)), ""
    )
    return type(error)(error.message, hint=advice)
