"""What must hold of a claim before it is in the log, and again whenever somebody checks.

Appending, checking a store and checking a bundle all come through ``verify_record``; there is
no administrator's way around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from counterseal.canon import digest_bytes
from counterseal.errors import LedgerError, LogError, SignatureError
from counterseal.ledger.claims import Decision, Outcome, Predicate, parse_claim
from counterseal.ledger.policy import (
    TWO_PERSON,
    parse_policy,
    policy_claim,
    verify_quorum,
)
from counterseal.tlog.dsse import pae, parse_envelope
from counterseal.tlog.statement import PAYLOAD_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.ledger.claims import Claim
    from counterseal.ledger.policy import (
        Person,
        Policy,
    )
    from counterseal.tlog.dsse import Envelope
    from counterseal.tlog.keys import PublicKey

__all__ = [
    "Record",
    "Standing",
    "parse_record",
    "signers_of",
    "verify_body",
    "verify_policy",
    "verify_record",
    "verify_references",
    "verify_separation",
]

REFERENCES: Mapping[str, Predicate] = {
    "proposal": Predicate.PROPOSAL,
    "verdict": Predicate.VERDICT,
    "decision": Predicate.DECISION,
    "waiver": Predicate.WAIVER,
}
_REQUIRED: Mapping[Predicate, frozenset[str]] = {
    Predicate.VERDICT: frozenset({"proposal"}),
    Predicate.DECISION: frozenset({"proposal"}),
    Predicate.WAIVER: frozenset({"proposal"}),
}
_BOUND = frozenset({Predicate.VERDICT, Predicate.DECISION, Predicate.WAIVER})
_OPEN_OUTCOMES = frozenset({Outcome.RETURNED, Outcome.REFUSED})
_FITTING: Mapping[str, frozenset[Outcome]] = {
    "no objection": frozenset(Outcome),
    "conditions": _OPEN_OUTCOMES | {Outcome.APPROVED_WITH_CONDITIONS},
    "redesign": _OPEN_OUTCOMES,
    "refuse": _OPEN_OUTCOMES,
    "not evaluable": _OPEN_OUTCOMES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A claim with those who signed it, as it stands in the log at ``index``."""

    index: int
    claim: Claim
    digest: str
    signers: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a claim is judged against.

    Attributes:
        roots: Keys trusted to sign policies; one of them suffices.
        policies: Policies by the digest of their claim.
        in_force: Digest of the latest policy, or empty before the first.
        records: Earlier claims by digest: those referred to, and all proposals of the change.
    """

    roots: tuple[PublicKey, ...]
    policies: Mapping[str, Policy] = field(default_factory=dict)
    in_force: str = ""
    records: Mapping[str, Record] = field(default_factory=dict)

    def policy_of(self, claim: Claim) -> Policy:
        """Return the policy under which ``claim`` is made.

        Raises:
            SignatureError: It is not known here.
        """
        policy = self.policies.get(claim.policy)
        if policy is None:
            raise SignatureError(f"policy: no policy with digest {claim.policy or 'none'}")
        return policy


def parse_record(data: bytes) -> tuple[Envelope, Claim]:
    """Return the envelope and the claim in ``data``, nothing verified yet.

    Raises:
        LogError: It is not an envelope with a canonical statement.
        LedgerError: It is not spelled as ``Envelope.encode`` spells it, or not a claim.
    """
    envelope = parse_envelope(data)
    if envelope.encode() != data or envelope.payload_type != PAYLOAD_TYPE:
        raise LedgerError("the envelope is not spelled as Counterseal writes it")
    return envelope, parse_claim(envelope.payload)


def verify_record(envelope: Envelope, *, index: int, standing: Standing) -> Record:
    """Return the record of ``envelope`` if everything that can be known of it holds.

    Raises:
        SignatureError: A signature, a role, the quorum or the separation of duties does not.
        LedgerError: The claim contradicts itself or those it refers to.
        LogError: It is malformed.
    """
    claim = parse_claim(envelope.payload)
    signers: tuple[Person, ...] = ()
    if claim.predicate is Predicate.POLICY:
        verify_policy(envelope, claim, standing=standing)
    else:
        policy = standing.policy_of(claim)
        signers = signers_of(envelope, policy)
        verify_references(claim, index=index, records=standing.records)
        verify_separation(claim, signers, index=index, records=standing.records)
        verify_quorum(claim.predicate, signers, policy=policy)
        verify_body(claim)
    digest = digest_bytes(envelope.payload)
    return Record(index=index, claim=claim, digest=digest, signers=signers)


def signers_of(envelope: Envelope, policy: Policy) -> tuple[Person, ...]:
    """Return who signed ``envelope``; every signature must hold and be by another person.

    Raises:
        SignatureError: A key is not in the policy, a signature is wrong, or one person signed
            twice.
    """
    message = pae(envelope.payload_type, envelope.payload)
    found: list[Person] = []
    for item in envelope.signatures:
        person = policy.person(item.keyid)
        if person is None:
            raise SignatureError(f"signature: key {item.keyid[:16]} is not in the policy")
        if person in found:
            raise SignatureError(
                f"separation: {person.label!r} signed twice and counts once",
                hint="two different people must sign",
            )
        key = next(key for key in person.keys if key.id == item.keyid)
        try:
            key.verify(item.signature, message)
        except LogError as error:
            raise SignatureError(f"signature: that of {person.label!r} is wrong") from error
        found.append(person)
    return tuple(found)


def verify_policy(envelope: Envelope, claim: Claim, *, standing: Standing) -> Policy:
    """Return the policy in ``envelope``, which a trusted root must have signed.

    Raises:
        SignatureError: No trusted root signed, or somebody else did too.
        LedgerError: It is not a policy.
    """
    message = pae(envelope.payload_type, envelope.payload)
    roots = {key.id: key for key in standing.roots}
    if not envelope.signatures:
        raise SignatureError("policy: it is not signed")
    for item in envelope.signatures:
        if item.keyid not in roots:
            raise SignatureError(f"policy: signed by {item.keyid[:16]}, not by a trusted root")
        try:
            roots[item.keyid].verify(item.signature, message)
        except LogError as error:
            raise SignatureError("policy: the signature of the root is wrong") from error
    policy = parse_policy(claim.body)
    if claim != policy_claim(policy, made=claim.made):
        raise LedgerError("policy: the claim says more than the policy")
    return policy


def verify_references(claim: Claim, *, index: int, records: Mapping[str, Record]) -> None:
    """Verify that what ``claim`` refers to is earlier, of the right kind, and agrees with it.

    Raises:
        LedgerError: Something referred to is missing, later, of another change, or different.
    """
    missing = sorted(_REQUIRED.get(claim.predicate, frozenset()) - set(claim.refers))
    if missing:
        raise LedgerError(f"reference: a {claim.predicate} refers to its {missing[0]}")
    if claim.predicate in _BOUND and claim.binding is None:
        raise LedgerError(f"binding: a {claim.predicate} is bound to a review")
    for role, digest in claim.refers.items():
        record = records.get(digest)
        if record is None:
            raise LedgerError(f"reference: the {role} {digest} is not in the log")
        if REFERENCES.get(role) is not record.claim.predicate:
            raise LedgerError(f"reference: {digest} is not a {role}")
        if record.index >= index or record.claim.made > claim.made:
            raise LedgerError(
                f"precedence: the {role} is not earlier than the {claim.predicate}"
            )
        _require_agreement(claim, record.claim, role)
        if role == "waiver" and _expiry(record.claim) <= claim.made.date():
            raise LedgerError(f"waiver: {digest} has expired")


def verify_separation(
    claim: Claim,
    signers: tuple[Person, ...],
    *,
    index: int,
    records: Mapping[str, Record],
) -> None:
    """Verify that nobody who proposed the change before ``index`` signs what needs two people.

    Every earlier proposal of the change counts, not only the one referred to: a second proposal
    by a colleague does not free the first proposer.

    Raises:
        SignatureError: A proposer signs.
    """
    if claim.predicate not in TWO_PERSON:
        return
    for record in records.values():
        earlier = record.claim
        if earlier.predicate is not Predicate.PROPOSAL or record.index >= index:
            continue
        if earlier.change == claim.change:
            _require_others(claim, signers, proposers=record.signers)


def verify_body(claim: Claim) -> None:
    """Verify what the body of a decision or a waiver must say.

    Raises:
        LedgerError: A decision contradicts its dates or its verdict without a waiver, or a
            waiver does not end.
    """
    if claim.predicate is Predicate.DECISION:
        _require_decision(claim)
    if claim.predicate is Predicate.WAIVER and _expiry(claim) <= claim.made.date():
        raise LedgerError("waiver: it must name a later day on which it expires")


def _require_others(
    claim: Claim, signers: tuple[Person, ...], *, proposers: tuple[Person, ...]
) -> None:
    for person in signers:
        if any(person.is_same_as(proposer) for proposer in proposers):
            raise SignatureError(
                f"separation: {person.label!r} proposed the change and cannot sign its "
                f"{claim.predicate}",
                hint="administrators are not exempt",
            )


def _require_decision(claim: Claim) -> None:
    decision = Decision.parse(claim.body)
    if decision.assessed > claim.made.date():
        raise LedgerError("precedence: the assessment is dated after the decision")
    if decision.verdict not in _FITTING:
        raise LedgerError(f"decision: {decision.verdict!r} is not a verdict")
    if decision.outcome not in _FITTING[decision.verdict] and "waiver" not in claim.refers:
        raise LedgerError(
            f"decision: {decision.outcome} on the verdict {decision.verdict!r} needs a waiver"
        )
    if decision.verdict == "not evaluable" and decision.outcome not in _OPEN_OUTCOMES:
        raise LedgerError("decision: what cannot be evaluated cannot be approved")
    if (decision.outcome is Outcome.APPROVED_WITH_CONDITIONS) != bool(decision.conditions):
        raise LedgerError("decision: conditions and the outcome do not go together")


def _require_agreement(claim: Claim, earlier: Claim, role: str) -> None:
    if claim.change != earlier.change:
        raise LedgerError(f"reference: the {role} is about another change")
    for name, digest in earlier.subjects.items():
        if claim.predicate in _BOUND and claim.subjects.get(name) != digest:
            raise LedgerError(
                f"binding: {name} is not the file that the {role} was about",
                hint="a proposal that has changed is a new proposal",
            )
    both = claim.binding is not None and earlier.binding is not None
    if both and claim.binding != earlier.binding:
        raise LedgerError(f"binding: the {role} rests on another review")


def _expiry(waiver: Claim) -> date:
    """Return the day on which ``waiver`` ends, in its one spelling."""
    text = waiver.body.get("expires")
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise LedgerError("waiver: it must name the day on which it expires, as 2026-01-31")
    return day
