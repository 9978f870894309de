"""No sequence of calls yields a sealed decision with one key, or with proposer = signer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from counterseal.errors import CountersealError
from counterseal.ledger.admission import signers_of
from counterseal.ledger.claims import Predicate, draft
from counterseal.ledger.fsck import check_store
from counterseal.ledger.log import record_at
from counterseal.testing.sealing import CHANGE, NAMES, NOW, House, key, policy
from counterseal.tlog.dsse import sign_envelope

if TYPE_CHECKING:
    from counterseal.ledger.admission import Record
    from counterseal.tlog.dsse import Envelope

names = st.sampled_from(NAMES)
# The head may propose and may sign: the person on whom separation of duties rests.
proposers = st.sampled_from(["C", "P", "C", "A"])
signers = st.sampled_from(["A", "B", "C", "B2", "C", "stranger"])


class Abuse(RuleBasedStateMachine):
    """Calls in any order: lawful ones, and raw signatures made outside ``sign``."""

    envelopes = Bundle("envelopes")
    proposals = Bundle("proposals")

    @initialize()
    def start(self) -> None:
        self.house = House()
        self.house.enact()
        self.version, self.drafts, self.sealed = 1, 0, 0

    @rule(target=proposals, name=proposers)
    def propose(self, name: str) -> str:
        self.drafts += 1
        claim = replace(self.house.proposal(), body={"number": self.drafts})
        try:
            return self.house.append(self.house.sign(draft(claim), name)).digest
        except CountersealError:
            return claim.digest

    @rule(target=envelopes, proposal=proposals)
    def draft(self, proposal: str) -> Envelope:
        return self.draft_decision(proposal)

    def draft_decision(self, proposal: str) -> Envelope:
        self.drafts += 1
        claim = self.house.decision(proposal)
        return draft(replace(claim, body={**claim.body, "reason": str(self.drafts)}))

    @rule(target=envelopes, envelope=envelopes, name=names)
    def sign(self, envelope: Envelope, name: str) -> Envelope:
        try:
            return self.house.sign(envelope, name, now=NOW + timedelta(days=1))
        except CountersealError:
            return envelope

    @rule(target=envelopes, envelope=envelopes, name=names)
    def sign_outside(self, envelope: Envelope, name: str) -> Envelope:
        return sign_envelope(envelope, key(name))

    @rule(target=envelopes, envelope=envelopes)
    def repeat_a_signature(self, envelope: Envelope) -> Envelope:
        return replace(envelope, signatures=envelope.signatures * 2)

    @rule(target=envelopes, envelope=envelopes, name=names)
    def relabel_a_signature(self, envelope: Envelope, name: str) -> Envelope:
        relabeled = [
            replace(item, keyid=key(name).public.id) for item in envelope.signatures[:1]
        ]
        return replace(envelope, signatures=(*envelope.signatures, *relabeled))

    @rule(envelope=envelopes)
    def seal_any(self, envelope: Envelope) -> None:
        self.seal(envelope)

    def seal(self, envelope: Envelope) -> None:
        house = self.house
        try:
            house.ledger.seal(envelope, nonce=house.nonce(), current=house.current)
        except CountersealError:
            return
        self.sealed += 1

    @precondition(lambda self: self.version < 3)
    @rule()
    def renew_the_policy(self) -> None:
        self.version += 1
        self.house.enact(policy(version=self.version))

    @rule(proposal=proposals, first=signers, second=signers)
    def decide_with_two_keys(self, proposal: str, first: str, second: str) -> None:
        envelope = self.draft_decision(proposal)
        for name in (first, second):
            envelope = sign_envelope(envelope, key(name))
        self.seal(envelope)

    def teardown(self) -> None:
        """Look at everything that was sealed: the log only grows, so the end tells all."""
        house = self.house
        store, roots = house.ledger.store, house.roots
        records = [record_at(store, i, roots=roots) for i in range(house.ledger.size)]
        decisions = [item for item in records if item.claim.predicate is Predicate.DECISION]
        assert len(decisions) == self.sealed
        for record in decisions:
            labels = {person.label for person in record.signers}
            assert len(labels) >= 2
            assert labels.isdisjoint(proposers_before(record, records))
        findings = check_store(store, log=house.log.verifier, roots=roots)
        assert findings == ()
        house.connection.close()


def proposers_before(decision: Record, records: list[Record]) -> set[str]:
    """Return who proposed the change before it was decided."""
    return {
        person.label
        for earlier in records[: decision.index]
        if earlier.claim.predicate is Predicate.PROPOSAL and earlier.claim.change == CHANGE
        for person in earlier.signers
    }


TestAbuse = pytest.mark.slow(Abuse.TestCase)
TestAbuse.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_the_lawful_way_does_seal() -> None:
    house = House()
    house.enact()
    receipt = house.seal()
    record = record_at(house.ledger.store, receipt.index, roots=house.roots)
    assert [person.label for person in record.signers] == ["ci-1", "official"]
    envelope = house.sign(draft(house.proposal("another")), "P")
    assert [person.label for person in signers_of(envelope, policy())] == ["programme"]
    house.connection.close()


@pytest.mark.parametrize("order", [("C", "P"), ("P", "C"), ("C",), ("P",), ("D",)])
def test_of_all_pairs_of_keys_only_two_who_did_not_propose_decide(
    order: tuple[str, ...],
) -> None:
    house = House()
    house.enact()
    digests = []
    for number, name in enumerate(order):
        claim = replace(house.proposal(), body={"number": number})
        envelope = sign_envelope(draft(claim), key(name))
        if name != "D":
            digests.append(house.append(envelope).digest)
    sealed = set()
    for pair in product(NAMES, NAMES):
        claim = house.decision(digests[-1] if digests else f"sha256:{'0' * 64}")
        envelope = draft(replace(claim, body={**claim.body, "reason": "+".join(pair)}))
        for name in pair:
            envelope = sign_envelope(envelope, key(name))
        try:
            house.ledger.seal(envelope, nonce=house.nonce(), current=house.current)
        except CountersealError:
            continue
        sealed.add(frozenset(pair))
    lawful = {frozenset(pair) for pair in (("A", "B"), ("A", "B2"))}
    if order == ("P",):
        lawful |= {frozenset(pair) for pair in (("A", "C"), ("B", "C"), ("B2", "C"))}
    assert sealed == (lawful if digests else set())
    house.connection.close()
