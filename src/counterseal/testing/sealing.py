"""A small fictional organisation with keys, a policy, a log, and one change to decide on.

Tests, examples and benchmarks of the ledger start here; keys are derived from their names.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from counterseal.canon import canonical, digest_bytes
from counterseal.ledger import bundle
from counterseal.ledger.claims import (
    Binding,
    Claim,
    Decision,
    Outcome,
    Predicate,
    draft,
    parse_claim,
    subjects_of,
)
from counterseal.ledger.log import Ledger
from counterseal.ledger.policy import Person, Policy, policy_claim
from counterseal.ledger.signing import sign
from counterseal.ledger.sqlite import SqliteStore
from counterseal.ledger.verify import Trust
from counterseal.tlog.keys import SigningKey
from counterseal.tlog.note import NoteSigner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.ledger.log import Receipt
    from counterseal.tlog.dsse import Envelope

ORIGIN = "log.harbour.example"
CHANGE = "central-hub"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INPUTS = {"estate/systems.yaml": b"systems: []\n", "changes/hub.yaml": b"id: central-hub\n"}
REPORT = b"<!doctype html><title>central-hub</title>\n"


def seed(name: str) -> bytes:
    """Return 32 bytes that belong to ``name``."""
    return hashlib.sha256(name.encode()).digest()


def key(name: str) -> SigningKey:
    """Return the private key of ``name``."""
    return SigningKey(seed(name))


def review(
    inputs: Mapping[str, bytes] = INPUTS, *, word: str = "no objection", change: str = CHANGE
) -> bytes:
    """Return a review document that depends on every input: what a replay computes."""
    everything: dict[str, Json] = {name: digest_bytes(inputs[name]) for name in inputs}
    estate = digest_bytes(canonical(everything))
    digests: dict[str, Json] = {
        "estate_before": estate,
        "estate_after": estate,
        "change": digest_bytes(b"change"),
        "catalog": digest_bytes(b"catalog"),
        "rules": digest_bytes(b"rules"),
        "engine": "0.1.0",
        "seed": 7,
        "draws": {"outer": 64, "lanes": 64},
    }
    return canonical(
        {
            "schema": "counterseal-review/1",
            "change": {"id": change, "title": "One hub for all registers"},
            "verdict": {"word": word},
            "headline": [{"p_worse": 0.25}],
            "digests": digests,
        }
    )


RESULT = review()
PEOPLE = (
    Person(label="programme", roles=("proposer",), keys=(key("P").public,)),
    Person(label="ci-1", roles=("counterintelligence",), keys=(key("A").public,)),
    Person(
        label="official",
        roles=("authorizing-official",),
        keys=(key("B").public, key("B2").public),
    ),
    Person(
        label="head",
        roles=("proposer", "counterintelligence", "authorizing-official"),
        keys=(key("C").public,),
    ),
    Person(label="clerk", roles=("administrator",), keys=(key("D").public,)),
)
QUORUM = {
    Predicate.PROPOSAL: {"proposer": 1},
    Predicate.VERDICT: {"counterintelligence": 1},
    Predicate.DECISION: {"counterintelligence": 1, "authorizing-official": 1},
    Predicate.WAIVER: {"counterintelligence": 1, "authorizing-official": 1},
    Predicate.DISSENT: {"anyone": 1},
}
NAMES = ("P", "A", "B", "B2", "C", "D", "stranger")


def policy(version: int = 1, people: tuple[Person, ...] = PEOPLE) -> Policy:
    """Return the policy of the organisation."""
    return Policy(origin=ORIGIN, version=version, people=people, quorum=QUORUM)


@dataclass
class House:
    """One log with its keys, and the steps that everyday use takes."""

    connection: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:"))
    kept: bytes | None = None
    count: int = 0

    def __post_init__(self) -> None:
        self.log = NoteSigner(name=ORIGIN, key=key("log"))
        self.root = key("root")
        self.roots = (self.root.public,)
        self.trust = Trust(roots=self.roots, log=self.log.verifier)
        self.current = Binding.of_result(RESULT)
        self.ledger = self.open()

    def open(self) -> Ledger:
        """Return the ledger, opened anew."""
        store = SqliteStore(self.connection)
        return Ledger(store, signer=self.log, roots=self.roots, kept=self.kept)

    def nonce(self) -> bytes:
        """Return a nonce not used before."""
        self.count += 1
        return seed(f"nonce {self.count}")

    def sign(self, envelope: Envelope, *names: str, now: datetime = NOW) -> Envelope:
        """Return ``envelope`` signed by each of ``names``, through the only way there is."""
        for name in names:
            standing = self.ledger.standing(parse_claim(envelope.payload))
            envelope = sign(
                envelope, key(name), standing=standing, current=self.current, now=now
            )
        return envelope

    def append(self, envelope: Envelope) -> Receipt:
        """Append one signed envelope."""
        nonces = [self.nonce()]
        return self.ledger.append([envelope], nonces=nonces, current=self.current)[0]

    def enact(self, new: Policy | None = None, made: datetime = NOW) -> Receipt:
        """Put a policy in force."""
        claim = policy_claim(new or policy(), made=made)
        return self.append(self.sign(draft(claim), "root"))

    @property
    def in_force(self) -> str:
        """Digest of the policy in force."""
        head = self.ledger.store.head()
        return "" if head is None else head.policy

    def proposal(self, change: str = CHANGE) -> Claim:
        """Return the claim by which a change is proposed."""
        name = "inputs/changes/hub.yaml"
        return Claim(
            predicate=Predicate.PROPOSAL,
            change=change,
            policy=self.in_force,
            made=NOW,
            subjects=subjects_of({name: INPUTS["changes/hub.yaml"]}),
        )

    def decision(
        self, proposal: str, decided: Decision | None = None, result: bytes = RESULT
    ) -> Claim:
        """Return the claim by which the change is decided."""
        files = bundle.files_of(inputs=INPUTS, result=result, report=REPORT)
        decided = decided or Decision(
            outcome=Outcome.APPROVED,
            verdict="no objection",
            assessed=date(2026, 3, 1),
            reason="narrow enough",
        )
        return Claim(
            predicate=Predicate.DECISION,
            change=CHANGE,
            policy=self.in_force,
            made=NOW,
            subjects=subjects_of(files),
            binding=Binding.of_result(result),
            refers={"proposal": proposal},
            body=decided.body(),
        )

    def propose(self, name: str = "P") -> Receipt:
        """Propose the change."""
        return self.append(self.sign(draft(self.proposal()), name))

    def seal(self) -> Receipt:
        """Take the change from proposal to sealed decision."""
        proposed = self.propose()
        envelope = self.sign(draft(self.decision(proposed.digest)), "A", "B")
        return self.ledger.seal(envelope, nonce=self.nonce(), current=self.current)

    def bundle(self, decision: int) -> bytes:
        """Return the bundle of a sealed decision."""
        return bundle.build(
            self.ledger.store, decision=decision, inputs=INPUTS, result=RESULT, report=REPORT
        )

    def dissent(self, decision: str) -> Receipt:
        """Record a dissent from a decision."""
        claim = Claim(
            predicate=Predicate.DISSENT,
            change=CHANGE,
            policy=self.in_force,
            made=NOW,
            subjects=subjects_of({"result.json": RESULT}),
            refers={"decision": decision},
            body={"statement": "The narrower form was not tried."},
        )
        return self.append(self.sign(draft(claim), "D"))
