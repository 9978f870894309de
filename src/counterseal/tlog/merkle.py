"""Merkle trees of RFC 6962, section 2.1: hashes, proofs and their verification.

A verifier fixes the length of a proof from the sizes before it hashes anything, so that one
fact has exactly one proof. A function that verifies raises; there is no answer to overlook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from hmac import compare_digest
from typing import TYPE_CHECKING

from counterseal.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root_from_inclusion",
    "root_of_leaf_hashes",
    "verify_consistency",
    "verify_inclusion",
    "verify_subtree_consistency",
    "verify_subtree_inclusion",
]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree of no leaves (RFC 6962, section 2.1)."""

MAX_SIZE = 2**63 - 1
"""Sizes beyond this are refused: C2SP logs count in signed 64-bit integers."""

RangeHash = Callable[[int, int], bytes]
"""Gives the Merkle tree hash of leaves ``[start, end)``, ``start < end``."""


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data), the hash of a leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right), the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_leaf_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash over leaf ``hashes`` in order; O(n)."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        paired = [node_hash(a, b) for a, b in zip(row[::2], row[1::2], strict=False)]
        row = paired + row[len(paired) * 2 :]
    return row[0]


def inclusion_proof(index: int, size: int, range_hash: RangeHash) -> tuple[bytes, ...]:
    """Return the audit path of leaf ``index`` in the tree of ``size``, leaf's sibling first.

    Raises:
        LogError: ``index`` is not a leaf of that tree.
    """
    _require(0 <= index < size, f"leaf {index} is not in a tree of size {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end))
            end = middle
        else:
            path.append(range_hash(start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, range_hash: RangeHash) -> tuple[bytes, ...]:
    """Return the proof that the tree of size ``old`` is a prefix of that of size ``new``.

    Empty when the sizes are equal, or when ``old`` is 0 (RFC 6962, section 2.1.2).

    Raises:
        LogError: ``old`` is greater than ``new``, or negative.
    """
    _require(0 <= old <= new, f"a tree of size {old} is not a prefix of size {new}")
    if old in {0, new}:
        return ()
    path: list[bytes] = []
    start, end, known = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end))
            end = middle
        else:
            path.append(range_hash(start, middle))
            start, known = middle, False
    if not known:
        path.append(range_hash(start, end))
    return tuple(reversed(path))


def root_from_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root to which ``proof`` leads from the leaf hash ``leaf``.

    Raises:
        LogError: ``index`` is outside the tree, a hash is not 32 bytes, or the proof is not as
            long as ``index`` and ``size`` demand.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise LogError(f"leaf {index} is not in a tree of size {size}")
    inner = (index ^ (size - 1)).bit_length()
    wanted = inner + (index >> inner).bit_count()
    _require_hashes((leaf, *proof))
    if len(proof) != wanted:
        raise LogError(
            f"leaf {index} of {size} needs a proof of {wanted} hashes, not {len(proof)}"
        )
    sha256, node = hashlib.sha256, leaf
    for sibling in proof[:inner]:
        pair = sibling + node if index & 1 else node + sibling
        node = sha256(b"\x01" + pair).digest()
        index >>= 1
    for sibling in proof[inner:]:
        node = sha256(b"\x01" + sibling + node).digest()
    return node


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Verify that leaf hash ``leaf`` stands at ``index`` of the tree of ``size`` and ``root``.

    Raises:
        LogError: It does not, or the proof is malformed.
    """
    found = root_from_inclusion(leaf=leaf, index=index, size=size, proof=proof)
    if not compare_digest(found, root):
        raise LogError(
            f"the inclusion proof of leaf {index} leads to root {found.hex()}, not {root.hex()}"
        )


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Verify that the old tree is a prefix of the new one (RFC 6962, section 2.1.2).

    The empty tree has no consistency proof: it says nothing, so a caller that holds nothing
    asks for none.

    Raises:
        LogError: It is not a prefix, or the proof is malformed.
    """
    _require(old_size > 0, "there is no consistency proof from the empty tree")
    verify_subtree_consistency(
        start=0, end=old_size, subtree_root=old_root, size=new_size, root=new_root, proof=proof
    )


def verify_subtree_inclusion(
    *, leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Verify a leaf in the subtree over leaves ``[start, end)``.

    Raises:
        LogError: The range is not a subtree, or the leaf is not in it.

    References:
        draft-ietf-plants-merkle-tree-certs, sections "Subtrees" and "Subtree inclusion proofs".
    """
    _require_subtree(start, end)
    _require(start <= index < end, f"leaf {index} is not in [{start}, {end})")
    verify_inclusion(leaf=leaf, index=index - start, size=end - start, proof=proof, root=root)


def verify_subtree_consistency(
    *, start: int, end: int, subtree_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Verify that the subtree over ``[start, end)`` is part of the tree of ``size``.

    The empty subtree, of root ``EMPTY_ROOT``, is part of every tree; that shows nothing else.

    Raises:
        LogError: The range is not a subtree of that tree, or the proof does not lead from it
            to ``root``.

    References:
        draft-ietf-plants-merkle-tree-certs, section "Subtree consistency proofs"; for
        ``start == 0`` it is RFC 6962, section 2.1.2.
    """
    _require(
        0 <= end <= size <= MAX_SIZE, f"[{start}, {end}) is not within a tree of size {size}"
    )
    if start == end:
        empty = not proof and compare_digest(subtree_root, EMPTY_ROOT)
        _require(empty, "the empty subtree has the empty root and an empty proof")
        return
    _require_subtree(start, end)
    known, steps = _descend(start, end, size)
    wanted = len(steps) + (not known)
    _require(
        len(proof) == wanted,
        f"the consistency proof has {len(proof)} hashes, [{start}, {end}) of {size} "
        f"needs {wanted}",
    )
    _require_hashes(proof)
    part = whole = subtree_root if known else proof[0]
    for step, sibling in zip(reversed(steps), proof[len(proof) - len(steps) :], strict=True):
        whole = node_hash(whole, sibling) if step is _LEFT else node_hash(sibling, whole)
        part = node_hash(sibling, part) if step is _BOTH else part
    _require(compare_digest(part, subtree_root), "the proof does not lead to the older root")
    _require(compare_digest(whole, root), "the proof does not lead to the newer root")


_LEFT, _RIGHT, _BOTH = range(3)


def _descend(start: int, end: int, size: int) -> tuple[bool, list[int]]:
    """Return whether the subtree is a node of the tree, and the turns from the root to it.

    At each turn the range lies left of the split, right of it, or on both sides; in the last
    case it starts where the node starts, and only its ragged right part is followed.
    """
    known, steps = True, []
    while (start, end) != (0, size):
        middle = _split(size)
        if end <= middle:
            steps.append(_LEFT)
            size = middle
            continue
        if start < middle:
            steps.append(_BOTH)
            known, start = False, middle
        else:
            steps.append(_RIGHT)
        start, end, size = start - middle, end - middle, size - middle
    return known, steps


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size`` (``size > 1``)."""
    return 1 << ((size - 1).bit_length() - 1)


def _require_subtree(start: int, end: int) -> None:
    """Refuse a range that is not aligned to the next power of two of its length."""
    _require(0 <= start < end <= MAX_SIZE, f"[{start}, {end}) is not a range of leaves")
    width = 1 << (end - start - 1).bit_length()
    _require(start % width == 0, f"[{start}, {end}) is not a subtree")


def _require_hashes(hashes: Sequence[bytes]) -> None:
    for item in hashes:
        if len(item) != HASH_BYTES:
            raise LogError(f"a hash has {HASH_BYTES} bytes, not {len(item)}")


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise LogError(message)
