"""The ledger: admits claims, grows the tree, signs its head, and proves what it holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.canon import digest_bytes
from counterseal.errors import LedgerError, LogError, SignatureError
from counterseal.ledger.admission import (
    Record,
    Standing,
    parse_record,
    signers_of,
    verify_policy,
    verify_record,
)
from counterseal.ledger.claims import Predicate
from counterseal.ledger.policy import parse_policy
from counterseal.ledger.signing import verify_current
from counterseal.ledger.store import Batch, Entry, Head, leaf_data
from counterseal.tlog.checkpoint import Checkpoint
from counterseal.tlog.checkpoint import sign as sign_checkpoint
from counterseal.tlog.checkpoint import verify as verify_checkpoint
from counterseal.tlog.merkle import leaf_hash, verify_consistency
from counterseal.tlog.note import NoteSigner
from counterseal.tlog.proof import Proof
from counterseal.tlog.tree import CompactRange, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.ledger.claims import Binding, Claim
    from counterseal.ledger.policy import Policy
    from counterseal.ledger.store import Store
    from counterseal.tlog.checkpoint import SignedCheckpoint
    from counterseal.tlog.dsse import Envelope
    from counterseal.tlog.keys import PublicKey
    from counterseal.tlog.note import VerifierKey

__all__ = [
    "Ledger",
    "Receipt",
    "change_token",
    "head_of",
    "policy_at",
    "record_at",
    "token_of",
    "tree_of",
    "verify_kept",
    "verify_successor",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an entry is durable: its place, its claim's digest, and the offline proof."""

    index: int
    digest: str
    proof: Proof


class Ledger:
    """One log, open for appending.

    The kept checkpoint is the largest one this installation has seen, held outside the store;
    a store that does not contain it is an old backup or has lost its tail, and is refused.
    """

    __slots__ = ("_log", "_policies", "_roots", "_signer", "_store", "_tree")

    def __init__(
        self,
        store: Store,
        *,
        signer: NoteSigner | VerifierKey,
        roots: tuple[PublicKey, ...],
        kept: bytes | None = None,
    ) -> None:
        """Open the log in ``store``, whose checkpoints ``signer`` signs.

        With a verifier key the log can be read and what is in it judged, not appended to.

        Raises:
            LedgerError: The head does not belong to the leaves or to ``kept``.
            LogError: A checkpoint is not signed by the log.
        """
        self._store = store
        self._signer = signer if isinstance(signer, NoteSigner) else None
        self._log = signer.verifier if isinstance(signer, NoteSigner) else signer
        self._roots = roots
        self._policies: dict[int, Policy] = {}
        self._tree = tree_of(store)
        head = store.head()
        if head is not None:
            head_of(store, log=self._log, tree=self._tree)
        if kept is not None:
            verify_kept(store, kept=kept, log=self._log, tree=self._tree)

    @property
    def store(self) -> Store:
        """The store, to read from."""
        return self._store

    @property
    def size(self) -> int:
        """How many entries the log has."""
        return self._tree.size

    def standing(self, claim: Claim) -> Standing:
        """Return what ``claim`` is judged against: the policy and the claims it refers to."""
        head = self._store.head()
        policies: dict[str, Policy] = {}
        records: dict[str, Record] = {}
        for digest in sorted({claim.policy, *claim.refers.values()} - {""}):
            index = self._store.find(token_of(digest))
            if index is not None and digest == claim.policy:
                policies[digest] = self._policy_at(index)
            elif index is not None:
                records[digest] = record_at(self._store, index, roots=self._roots)
        for index in self._store.about(change_token(claim.change)):
            record = record_at(self._store, index, roots=self._roots)
            if record.claim.predicate is Predicate.PROPOSAL:
                records[record.digest] = record
        return Standing(
            roots=self._roots,
            policies=policies,
            in_force="" if head is None else head.policy,
            records=records,
        )

    def append(
        self,
        envelopes: Sequence[Envelope],
        *,
        nonces: Sequence[bytes],
        current: Binding | None = None,
    ) -> tuple[Receipt, ...]:
        """Add signed ``envelopes`` in one durable transaction, each with its fresh nonce.

        Claims of one group may not refer to one another. ``current`` is the binding of the
        review as it is now; claims that are bound to another are refused as stale.

        Raises:
            SignatureError: Quorum, separation of duties, a signature, or staleness.
            LedgerError: A claim contradicts the log, a nonce was used, or the store refuses.
        """
        if not envelopes or len(envelopes) != len(nonces):
            raise LedgerError("each envelope is appended with its own nonce")
        if self._signer is None:
            raise LedgerError("the log was opened with its public key, for reading only")
        head = self._store.head()
        grown = CompactRange() if head is None else head.range
        if grown.size != self._tree.size:
            self._tree = tree_of(self._store)
        size, policy = grown.size, "" if head is None else head.policy
        records = [
            self._admit(envelope, index=size + offset, current=current)
            for offset, envelope in enumerate(envelopes)
        ]
        entries = _entries(envelopes, nonces, size)
        for entry, record in zip(entries, records, strict=True):
            grown = grown.append(leaf_hash(entry.leaf))
            if record.claim.predicate is Predicate.POLICY:
                policy = record.digest
        checkpoint = Checkpoint(origin=self._signer.name, size=grown.size, root=grown.root)
        note = sign_checkpoint(checkpoint, self._signer)
        tokens = tuple(
            (token_of(record.digest), change_token(record.claim.change)) for record in records
        )
        new = Head(range=grown, checkpoint=note, policy=policy)
        self._store.commit(Batch(entries=entries, tokens=tokens, head=new), size=size)
        self._tree.extend(leaf_hash(entry.leaf) for entry in entries)
        return tuple(
            Receipt(index=record.index, digest=record.digest, proof=self.proof(record.index))
            for record in records
        )

    def seal(self, envelope: Envelope, *, nonce: bytes, current: Binding) -> Receipt:
        """Append one signed decision: what ``append`` does, for a decision only.

        Raises:
            SignatureError: As in ``append``.
            LedgerError: As in ``append``, or the claim is not a decision.
        """
        _, claim = parse_record(envelope.encode())
        if claim.predicate is not Predicate.DECISION:
            raise LedgerError(f"a {claim.predicate} is appended, only a decision is sealed")
        return self.append([envelope], nonces=[nonce], current=current)[0]

    def proof(self, index: int) -> Proof:
        """Return the offline proof of the entry at ``index`` under the newest checkpoint.

        Raises:
            LogError: There is no such entry.
        """
        head = self._store.head()
        if head is None:
            raise LogError("the log has no entries")
        hashes = self._tree.inclusion(index, head.range.size)
        return Proof(index=index, hashes=hashes, checkpoint=head.checkpoint)

    def _admit(self, envelope: Envelope, *, index: int, current: Binding | None) -> Record:
        _, claim = parse_record(envelope.encode())
        standing = self.standing(claim)
        verify_current(claim, standing=standing, current=current)
        record = verify_record(envelope, index=index, standing=standing)
        if claim.predicate is Predicate.POLICY:
            self._require_successor(record, standing)
        return record

    def _require_successor(self, record: Record, standing: Standing) -> None:
        index = self._store.find(token_of(standing.in_force)) if standing.in_force else None
        before = 0 if index is None else self._policy_at(index).version
        policy = parse_policy(record.claim.body)
        verify_successor(policy, before=before, origin=self._log.name)

    def _policy_at(self, index: int) -> Policy:
        if index not in self._policies:
            self._policies[index] = policy_at(self._store, index, roots=self._roots)
        return self._policies[index]


def policy_at(store: Store, index: int, *, roots: tuple[PublicKey, ...]) -> Policy:
    """Return the policy in the entry at ``index``, verified under ``roots``.

    Raises:
        LedgerError: The entry is not a policy, is erased, or is not signed by a root.
    """
    envelope, claim = _opened(store.entry(index))
    if claim.predicate is not Predicate.POLICY:
        raise SignatureError(f"policy: entry {index} is a {claim.predicate}")
    return verify_policy(envelope, claim, standing=Standing(roots=roots))


def record_at(store: Store, index: int, *, roots: tuple[PublicKey, ...]) -> Record:
    """Return the record at ``index`` with its signers, identified by their policy.

    Raises:
        LedgerError: It is erased, or its policy or a signature does not hold.
    """
    envelope, claim = _opened(store.entry(index))
    if claim.predicate is Predicate.POLICY:
        verify_policy(envelope, claim, standing=Standing(roots=roots))
        return Record(
            index=index, claim=claim, digest=digest_bytes(envelope.payload), signers=()
        )
    found = store.find(token_of(claim.policy))
    if found is None:
        raise SignatureError(f"policy: entry {index} is made under one that is not in the log")
    signers = signers_of(envelope, policy_at(store, found, roots=roots))
    return Record(
        index=index, claim=claim, digest=digest_bytes(envelope.payload), signers=signers
    )


def tree_of(store: Store) -> Tree:
    """Return the whole tree over the leaves in ``store``; O(n)."""
    head = store.head()
    size = 0 if head is None else head.range.size
    return Tree(leaf_hash(leaf) for leaf in store.leaves(0, size))


def head_of(store: Store, *, log: VerifierKey, tree: Tree) -> SignedCheckpoint:
    """Return the verified head of ``store``, which must be that of ``tree``.

    Raises:
        LedgerError: There is no head, or checkpoint, range and leaves do not belong together.
        LogError: The checkpoint is not signed by ``log``.
    """
    head = store.head()
    if head is None:
        raise LedgerError("the log has no entries")
    signed = verify_checkpoint(head.checkpoint, log=log)
    roots = {tree.root(), head.range.root, signed.checkpoint.root}
    if len(roots) != 1 or signed.checkpoint.size != tree.size:
        raise LedgerError("head: the leaves in the store do not have the root that was signed")
    return signed


def verify_kept(store: Store, *, kept: bytes, log: VerifierKey, tree: Tree) -> None:
    """Verify that the log still contains checkpoint ``kept``, seen earlier and held elsewhere.

    Raises:
        LedgerError: The store is older than ``kept``, or its history differs.
        LogError: ``kept`` is not a checkpoint of ``log``.
    """
    seen = verify_checkpoint(kept, log=log).checkpoint
    if store.head() is None or tree.size < seen.size:
        raise LedgerError(
            f"rollback: the store has {tree.size} entries, a kept checkpoint has {seen.size}",
            hint="an old backup was restored, or the tail was cut; restore a newer one",
        )
    try:
        verify_consistency(
            old_size=seen.size,
            old_root=seen.root,
            new_size=tree.size,
            new_root=tree.root(),
            proof=tree.consistency(seen.size),
        )
    except LogError as error:
        raise LedgerError(
            f"fork: the first {seen.size} entries are not those of the kept checkpoint",
            hint="history was rewritten; keep both checkpoints as evidence",
        ) from error


def verify_successor(policy: Policy, *, before: int, origin: str) -> None:
    """Verify that ``policy`` is the next of the log ``origin``, after version ``before``.

    Raises:
        SignatureError: It is of another log or version.
    """
    if policy.origin != origin or policy.version != before + 1:
        raise SignatureError(
            f"policy: version {before + 1} for {origin!r} is due, this is version "
            f"{policy.version} for {policy.origin!r}"
        )


def token_of(digest: str) -> bytes:
    """Return the look-up token of a claim: opaque in the store, later keyed per compartment."""
    return hashlib.sha256(b"counterseal/token/v1\n" + digest.encode()).digest()


def change_token(change: str) -> bytes:
    """Return the look-up token of a change; as opaque as ``token_of``."""
    return hashlib.sha256(b"counterseal/change-token/v1\n" + change.encode()).digest()


def _opened(entry: Entry) -> tuple[Envelope, Claim]:
    if entry.envelope is None:
        raise LedgerError(f"entry {entry.index} is erased; only its leaf remains")
    return parse_record(entry.envelope)


def _entries(
    envelopes: Sequence[Envelope], nonces: Sequence[bytes], size: int
) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for offset, (envelope, nonce) in enumerate(zip(envelopes, nonces, strict=True)):
        data = envelope.encode()
        leaf = leaf_data(nonce, data)
        found.append(Entry(index=size + offset, leaf=leaf, nonce=nonce, envelope=data))
    return tuple(found)
