"""Append what is signed, keep the files it is about, and write the bundle of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import SignatureError, UsageError, VerificationError
from counterseal.ledger import bundle as bundles
from counterseal.ledger.claims import Binding, Predicate
from counterseal.workspace.deciding import drafts
from counterseal.workspace.deciding.ledgers import (
    append,
    appending,
    newest_policy,
    reading,
    records_about,
)
from counterseal.workspace.deciding.reviewed import (
    current_review,
    file_away,
    filed,
    require_change_id,
)
from counterseal.workspace.deciding.trust import project_trust

if TYPE_CHECKING:
    from pathlib import Path

    from counterseal.ledger.claims import Claim
    from counterseal.ledger.log import Ledger
    from counterseal.ledger.verify import Replay, Trust
    from counterseal.workspace.deciding.drafts import Draft
    from counterseal.workspace.deciding.keys import Keyring
    from counterseal.workspace.project import Project
    from counterseal.workspace.reviewing import KeptReview

__all__ = ["Sealed", "bundle", "filed_path", "seal"]

_BOUND = (Predicate.WAIVER, Predicate.DECISION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One entry that is in the ledger now: what it says, who signed it, and where it stands."""

    claim: Claim
    index: int
    digest: str
    signers: tuple[str, ...]


def seal(
    project: Project, change_id: str, *, keyring: Keyring, replay: Replay | None
) -> tuple[Sealed, ...]:
    """Append every draft about a change that waits, in order; each is durable or refused.

    Args:
        project: Whose ledger it is.
        change_id: The change.
        keyring: Where the key of the log is.
        replay: Computes the review anew, so that no edited verdict is sealed; None to rely on
            the review as it is kept.

    Raises:
        UsageError: Nothing waits, or the key of the log is elsewhere.
        SignatureError: A signature is missing or wrong, or the draft is stale.
        LedgerError: The claim or the ledger does not hold.
    """
    require_change_id(change_id)
    trust = project_trust(project)
    with appending(project, keyring) as ledger:
        digest, policy = newest_policy(ledger, trust)
        waiting = [
            drafts.pending(project, change_id, kind, policies={digest: policy})
            for kind in drafts.KINDS
        ]
        found = [draft for draft in waiting if draft is not None]
        if not found:
            raise UsageError(
                f"nothing about {change_id} waits to be sealed",
                hint=f"sign first: `counterseal sign {change_id} --help`",
            )
        return tuple(
            _seal(project, ledger, draft, trust=trust, keyring=keyring, replay=replay)
            for draft in found
        )


def bundle(project: Project, change_id: str, *, keyring: Keyring) -> bytes:
    """Return the bundle of the newest sealed decision on a change.

    Raises:
        UsageError: No decision on it is sealed, or its files are gone.
        LedgerError: The files are not those that were signed.
    """
    require_change_id(change_id)
    trust = project_trust(project)
    with reading(project, keyring) as ledger:
        decisions = records_about(ledger, change_id, predicate=Predicate.DECISION, trust=trust)
        if not decisions:
            raise UsageError(
                f"no decision on {change_id} is sealed",
                hint=f"two people sign it, then `counterseal seal {change_id}`",
            )
        newest = decisions[0]
        review = filed(filed_path(project, newest.digest))
        return bundles.build(
            ledger.store,
            decision=newest.index,
            inputs=review.inputs,
            result=review.result,
            report=review.page,
        )


def filed_path(project: Project, digest: str) -> Path:
    """Return where the files that a claim is about are kept."""
    return project.state_folder / "sealed" / f"{digest.removeprefix('sha256:')}.zip"


def _seal(
    project: Project,
    ledger: Ledger,
    draft: Draft,
    *,
    trust: Trust,
    keyring: Keyring,
    replay: Replay | None,
) -> Sealed:
    claim, current = draft.claim, None
    if draft.missing:
        raise SignatureError(
            draft.missing,
            hint=f"signed so far by: {', '.join(draft.signers) or 'nobody'}; another person "
            f"runs `counterseal sign {claim.change} --as LABEL`",
        )
    if claim.predicate in _BOUND:
        review = current_review(project, claim.change)
        if replay is not None:
            _require_replay(review, replay)
        current = Binding.of_result(review.result)
        file_away(filed_path(project, claim.digest), review)
    receipt = append(ledger, draft.envelope, trust=trust, keyring=keyring, current=current)
    drafts.discard(project, claim.change, claim.predicate)
    return Sealed(
        claim=claim, index=receipt.index, digest=receipt.digest, signers=draft.signers
    )


def _require_replay(review: KeptReview, replay: Replay) -> None:
    if replay(review.inputs) != review.result:
        raise VerificationError(
            "replay: the review computed again has other bytes than the one that was signed",
            hint="review the change again; nobody seals what somebody edited",
        )
