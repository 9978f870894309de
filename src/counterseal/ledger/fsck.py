"""Everything wrong with a store, found by deriving all of it again.

Leaves from payloads, the tree from leaves, every checkpoint from the tree, and the admission of
every claim as if it were appended now.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counterseal.errors import LedgerError, LogError, SignatureError
from counterseal.ledger.admission import Standing, parse_record, verify_record
from counterseal.ledger.claims import Predicate
from counterseal.ledger.log import head_of, tree_of, verify_kept, verify_successor
from counterseal.ledger.policy import parse_policy
from counterseal.ledger.store import leaf_data
from counterseal.tlog.checkpoint import verify as verify_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.ledger.admission import Record
    from counterseal.ledger.claims import Claim
    from counterseal.ledger.policy import Policy
    from counterseal.ledger.store import Entry, Store
    from counterseal.tlog.keys import PublicKey
    from counterseal.tlog.note import VerifierKey
    from counterseal.tlog.tree import Tree

__all__ = ["Finding", "check_store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with a store: where, and what."""

    where: str
    message: str


def check_store(
    store: Store,
    *,
    log: VerifierKey,
    roots: tuple[PublicKey, ...],
    kept: bytes | None = None,
) -> tuple[Finding, ...]:
    """Return everything wrong with the log in ``store``; O(n). Empty when nothing is.

    Args:
        store: The log.
        log: Key of the log.
        roots: Keys trusted to sign policies.
        kept: A checkpoint held outside the store, if there is one.
    """
    findings: list[Finding] = []
    with _noting(findings, "leaves"):
        tree = tree_of(store)
        _check_heads(store, tree, findings, log=log, kept=kept)
        audit = _Audit(roots=roots, origin=log.name)
        for index in range(tree.size):
            with _noting(findings, f"entry {index}"):
                audit.admit(store.entry(index))
    return tuple(findings)


def _check_heads(
    store: Store,
    tree: Tree,
    findings: list[Finding],
    *,
    log: VerifierKey,
    kept: bytes | None,
) -> None:
    with _noting(findings, "head"):
        head_of(store, log=log, tree=tree)
    if kept is not None:
        with _noting(findings, "kept checkpoint"):
            verify_kept(store, kept=kept, log=log, tree=tree)
    for note in store.checkpoints():
        with _noting(findings, "checkpoint"):
            signed = verify_checkpoint(note, log=log).checkpoint
            if tree.root(signed.size) != signed.root:
                raise LedgerError(f"the tree of {signed.size} entries has another root")


@dataclass
class _Audit:
    """What is known after the entries so far; grows in place, so that n entries cost O(n)."""

    roots: tuple[PublicKey, ...]
    origin: str
    version: int = 0
    in_force: str = ""
    policies: dict[str, Policy] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    proposals: defaultdict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))

    def admit(self, entry: Entry) -> None:
        """Judge ``entry`` by those before it, and remember it if it holds."""
        if entry.envelope is None or entry.nonce is None:
            return
        if leaf_data(entry.nonce, entry.envelope) != entry.leaf:
            raise LedgerError("the payload is not the one whose leaf is in the tree")
        envelope, claim = parse_record(entry.envelope)
        if claim.predicate is not Predicate.POLICY and claim.policy != self.in_force:
            raise SignatureError("stale: it was made under a policy that was not in force")
        record = verify_record(envelope, index=entry.index, standing=self._standing(claim))
        self.records[record.digest] = record
        if claim.predicate is Predicate.PROPOSAL:
            self.proposals[claim.change].append(record)
        if claim.predicate is Predicate.POLICY:
            policy = parse_policy(claim.body)
            verify_successor(policy, before=self.version, origin=self.origin)
            self.policies[record.digest] = policy
            self.version, self.in_force = policy.version, record.digest

    def _standing(self, claim: Claim) -> Standing:
        known = self.records
        records = {item: known[item] for item in claim.refers.values() if item in known}
        records |= {record.digest: record for record in self.proposals[claim.change]}
        return Standing(
            roots=self.roots, policies=self.policies, in_force=self.in_force, records=records
        )


@contextmanager
def _noting(findings: list[Finding], where: str) -> Iterator[None]:
    try:
        yield
    except (LedgerError, LogError) as error:
        findings.append(Finding(where=where, message=error.message))
