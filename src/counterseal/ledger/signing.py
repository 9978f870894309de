"""The only way to a signature of a person.

Command line, API, import and web all call ``sign``. A test reads the source tree and fails when
anything else reaches for a private key of a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.errors import SignatureError
from counterseal.ledger.admission import (
    parse_record,
    signers_of,
    verify_body,
    verify_references,
    verify_separation,
)
from counterseal.ledger.claims import Predicate
from counterseal.tlog.dsse import sign_envelope

if TYPE_CHECKING:
    from datetime import datetime

    from counterseal.ledger.admission import (
        Standing,
    )
    from counterseal.ledger.claims import Binding, Claim
    from counterseal.ledger.policy import Person
    from counterseal.tlog.dsse import Envelope
    from counterseal.tlog.keys import SigningKey

__all__ = ["sign", "verify_current"]

_NEXT = 2**62
"""Stands for the place a claim will take in the log: after everything that is there."""


def sign(
    envelope: Envelope,
    key: SigningKey,
    *,
    standing: Standing,
    current: Binding | None,
    now: datetime,
) -> Envelope:
    """Return ``envelope`` with the signature of ``key`` added, if its owner may sign it.

    Args:
        envelope: A draft (``claims.draft``), or one that others have signed already.
        key: The signer's private key.
        standing: The policy in force and the claims referred to (``Ledger.standing``).
        current: The binding of the review as it is now; None if there is none.
        now: The time of signing, UTC.

    Raises:
        SignatureError: The policy or the review is no longer the one claimed; the key is not in
            the policy or its owner's roles are not asked for; the owner has signed already or
            proposed the change; a signature already there is wrong.
        LedgerError: The claim contradicts itself or those it refers to.
    """
    _, claim = parse_record(envelope.encode())
    if claim.made > now:
        raise SignatureError("the claim is dated in the future")
    verify_current(claim, standing=standing, current=current)
    if claim.predicate is Predicate.POLICY:
        _require_root(key, envelope, standing)
    else:
        _require_right(claim, key, envelope, standing)
    return sign_envelope(envelope, key)


def verify_current(claim: Claim, *, standing: Standing, current: Binding | None) -> None:
    """Verify that policy and review are still those that ``claim`` names.

    Raises:
        SignatureError: It is stale; the message names what changed.
    """
    if claim.predicate is Predicate.POLICY:
        return
    if claim.policy != standing.in_force:
        raise SignatureError(
            "stale: the claim is made under a policy that is not the one in force"
        )
    if claim.binding is None:
        return
    if current is None:
        raise SignatureError("stale: there is no current review to compare with")
    changed = claim.binding.changed(current)
    if changed:
        raise SignatureError(
            f"stale: {', '.join(changed)} changed since the claim was drafted",
            hint="review the change again and draft the claim anew",
        )


def _require_root(key: SigningKey, envelope: Envelope, standing: Standing) -> None:
    if key.public not in standing.roots:
        raise SignatureError("policy: only a root key signs a policy")
    if any(item.keyid == key.public.id for item in envelope.signatures):
        raise SignatureError("policy: this root has signed already")


def _require_right(
    claim: Claim, key: SigningKey, envelope: Envelope, standing: Standing
) -> None:
    policy = standing.policy_of(claim)
    person = policy.person(key.public.id)
    if person is None:
        raise SignatureError(f"signature: key {key.public.id[:16]} is not in the policy")
    signed: tuple[Person, ...] = signers_of(envelope, policy)
    if person in signed:
        raise SignatureError(f"separation: {person.label!r} has signed already")
    roles = policy.quorum.get(claim.predicate, {})
    if not any(person.can(role) for role in roles):
        raise SignatureError(
            f"role: {person.label!r} has no role in which a {claim.predicate} is signed"
        )
    verify_references(claim, index=_NEXT, records=standing.records)
    people = (*signed, person)
    verify_separation(claim, people, index=_NEXT, records=standing.records)
    verify_body(claim)
