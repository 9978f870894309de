"""A growing Merkle tree in memory, and the few hashes that suffice to grow one on disk.

``CompactRange`` holds one hash per set bit of the size, so a store appends in O(log n) without
reading the log. ``Tree`` keeps every complete node (two hashes a leaf) and gives any proof of
any earlier size.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import LogError
from counterseal.tlog.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    consistency_proof,
    inclusion_proof,
    node_hash,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CompactRange", "Tree"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactRange:
    """The roots of the complete subtrees of a tree, largest first.

    Attributes:
        size: Leaves so far; at least 0.
        nodes: One hash for each set bit of ``size``, from the highest bit down.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        right = self.size >= 0 and len(self.nodes) == self.size.bit_count()
        if not right or any(len(node) != HASH_BYTES for node in self.nodes):
            raise LogError(f"{len(self.nodes)} hashes are not a range of size {self.size}")

    def append(self, leaf: bytes) -> CompactRange:
        """Return the range with leaf hash ``leaf`` added; O(log n)."""
        nodes = list(self.nodes)
        carry = self.size
        while carry & 1:
            leaf = node_hash(nodes.pop(), leaf)
            carry >>= 1
        return CompactRange(size=self.size + 1, nodes=(*nodes, leaf))

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self.nodes:
            return EMPTY_ROOT
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


class Tree:
    """All complete nodes of a tree; grows only at its end."""

    __slots__ = ("_levels",)

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Start with leaf hashes ``leaves``."""
        self._levels: list[list[bytes]] = [[]]
        self.extend(leaves)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self._levels[0])

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash at ``index``.

        Raises:
            LogError: There is no such leaf.
        """
        if not 0 <= index < self.size:
            raise LogError(f"leaf {index} is not in a tree of size {self.size}")
        return self._levels[0][index]

    def append(self, leaf: bytes) -> int:
        """Add leaf hash ``leaf`` and return its index; amortised O(1)."""
        sha256 = hashlib.sha256
        levels = self._levels
        row = levels[0]
        index = carry = len(row)
        row.append(leaf)
        level = 0
        while carry & 1:
            leaf = sha256(b"\x01" + row[-2] + leaf).digest()
            level += 1
            if level == len(levels):
                levels.append([])
            row = levels[level]
            row.append(leaf)
            carry >>= 1
        return index

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self, size: int | None = None) -> bytes:
        """Return the root now, or when the tree had ``size`` leaves; O(log n).

        Raises:
            LogError: The tree never had that size.
        """
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise LogError(f"a tree of size {self.size} has no root of size {size}")
        return self._range_hash(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the inclusion proof of leaf ``index`` in the tree of ``size`` (now).

        Raises:
            LogError: There is no such leaf, or the tree never had that size.
        """
        size = self._checked(size)
        return inclusion_proof(index, size, self._range_hash)

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that the tree of size ``old`` is a prefix of that of ``size`` (now).

        Raises:
            LogError: The tree never had one of the sizes, or ``old`` is the greater.
        """
        return consistency_proof(old, self._checked(size), self._range_hash)

    def compact(self) -> CompactRange:
        """Return the range from which the tree can be grown without its leaves."""
        nodes = [
            self._levels[level][(self.size >> level) - 1]
            for level in reversed(range(self.size.bit_length()))
            if self.size >> level & 1
        ]
        return CompactRange(size=self.size, nodes=tuple(nodes))

    def _checked(self, size: int | None) -> int:
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise LogError(f"a tree of size {self.size} never had size {size}")
        return size

    def _range_hash(self, start: int, end: int) -> bytes:
        """Return the hash of leaves ``[start, end)``; ``start`` is aligned to the length."""
        pieces: list[bytes] = []
        while start < end:
            level = (end - start).bit_length() - 1
            pieces.append(self._levels[level][start >> level])
            start += 1 << level
        root = pieces.pop()
        while pieces:
            root = node_hash(pieces.pop(), root)
        return root
