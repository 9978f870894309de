"""What a ledger is kept in: leaves apart from payloads, and one atomic way to grow.

The leaf holds no content, so a payload can later be encrypted, moved or erased while the tree
stays whole. A store knows no rule; SQLite is the first, and anything with these methods serves.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from counterseal.errors import LedgerError

if TYPE_CHECKING:
    from counterseal.tlog.tree import CompactRange

__all__ = ["NONCE_BYTES", "Batch", "Entry", "Head", "Parcel", "Store", "leaf_data"]

NONCE_BYTES = 32
LEAF_HEADER = b"counterseal/leaf/v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the log.

    Attributes:
        index: From 0.
        leaf: The 32 bytes that are hashed into the tree as a leaf.
        nonce: 32 bytes, or None when erased.
        envelope: The exact signed bytes, or None when erased.
        compartment: Name of the compartment that holds the payload.
    """

    index: int
    leaf: bytes
    nonce: bytes | None
    envelope: bytes | None
    compartment: str = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The state from which the log grows: tree, signed checkpoint, policy in force."""

    range: CompactRange
    checkpoint: bytes
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction adds.

    Attributes:
        entries: In order of their indices.
        tokens: For each entry: the look-up tokens of its claim and of its change.
        head: The head that follows.
    """

    entries: tuple[Entry, ...]
    tokens: tuple[tuple[bytes, bytes], ...]
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something to hand to others (witnesses, mirrors) once it is durable here."""

    sequence: int
    kind: str
    body: bytes


class Store(Protocol):
    """A place for one log."""

    def head(self) -> Head | None:
        """Return the head, or None for a log without entries."""

    def entry(self, index: int) -> Entry:
        """Return the entry at ``index``; LedgerError if there is none."""

    def leaves(self, start: int, end: int) -> tuple[bytes, ...]:
        """Return the 32-byte leaves of ``[start, end)`` in order."""

    def find(self, token: bytes) -> int | None:
        """Return the index of the entry with this look-up ``token`` of its claim."""

    def about(self, token: bytes) -> tuple[int, ...]:
        """Return the indices of the entries with this look-up ``token`` of their change."""

    def checkpoints(self) -> tuple[bytes, ...]:
        """Return every checkpoint ever signed, oldest first."""

    def commit(self, batch: Batch, *, size: int) -> None:
        """Add ``batch`` durably and whole, or not at all.

        ``size`` is the tree size the batch was made for; LedgerError if another writer was
        faster or a nonce was used before.
        """

    def outbox(self) -> tuple[Parcel, ...]:
        """Return what is still to be handed on, oldest first."""

    def delivered(self, sequence: int) -> None:
        """Take the parcel out of the outbox."""


def leaf_data(nonce: bytes, envelope: bytes) -> bytes:
    """Return the 32 bytes that stand for ``envelope`` in the tree.

    SHA-256 over a header, the nonce and the envelope: whoever holds only the tree learns
    nothing of the envelope, not even by guessing it.

    Raises:
        LedgerError: The nonce is not 32 bytes.
    """
    if len(nonce) != NONCE_BYTES:
        raise LedgerError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    return hashlib.sha256(LEAF_HEADER + nonce + envelope).digest()
