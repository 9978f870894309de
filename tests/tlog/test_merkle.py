"""The tree agrees with published roots and proofs, and a changed leaf never goes unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    root_of_leaf_hashes,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)
from counterseal.tlog.tree import Tree

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "rfc6962" / "trees.json").read_text()
)
LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]
leaf_lists = st.lists(st.binary(max_size=4).map(leaf_hash), min_size=1, max_size=40)


def path_of(case: dict[str, list[str]]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(item) for item in case["path"])


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_root_matches_the_published_vector(size: int) -> None:
    assert root_of_leaf_hashes(LEAVES[:size]) == ROOTS[size]


@pytest.mark.parametrize("case", VECTORS["inclusion"])
def test_inclusion_path_matches_the_published_vector(case: dict[str, int]) -> None:
    path = path_of(case)  # type: ignore[arg-type] # the same case, seen as its lists
    index, size = case["index"], case["size"]
    assert Tree(LEAVES).inclusion(index, size) == path
    verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=path, root=ROOTS[size])


@pytest.mark.parametrize("case", VECTORS["consistency"])
def test_consistency_proof_matches_the_published_vector(case: dict[str, int]) -> None:
    path = path_of(case)  # type: ignore[arg-type] # the same case, seen as its lists
    old, new = case["old"], case["new"]
    assert Tree(LEAVES).consistency(old, new) == path
    verify_consistency(
        old_size=old, old_root=ROOTS[old], new_size=new, new_root=ROOTS[new], proof=path
    )


@given(leaf_lists, st.data())
def test_changing_any_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:index], leaf_hash(leaves[index]), *leaves[index + 1 :]]
    assert root_of_leaf_hashes(changed) != root_of_leaf_hashes(leaves)


@given(leaf_lists)
def test_adding_a_leaf_changes_the_root(leaves: list[bytes]) -> None:
    assert root_of_leaf_hashes([*leaves, leaves[-1]]) != root_of_leaf_hashes(leaves)


@given(leaf_lists, st.data())
def test_every_inclusion_proof_that_is_made_verifies(
    leaves: list[bytes], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    verify_inclusion(
        leaf=leaves[index],
        index=index,
        size=size,
        proof=Tree(leaves).inclusion(index, size),
        root=root_of_leaf_hashes(leaves[:size]),
    )


@given(leaf_lists, st.data())
def test_every_consistency_proof_that_is_made_verifies(
    leaves: list[bytes], data: st.DataObject
) -> None:
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(1, new))
    verify_consistency(
        old_size=old,
        old_root=root_of_leaf_hashes(leaves[:old]),
        new_size=new,
        new_root=root_of_leaf_hashes(leaves[:new]),
        proof=Tree(leaves).consistency(old, new),
    )


def mutated(proof: tuple[bytes, ...], data: st.DataObject) -> tuple[bytes, ...]:
    """Return another sequence of hashes than ``proof``."""
    choices = ["longer at the end", "longer at the start", "short hash"]
    if proof:
        choices += ["shorter", "flipped"]
    how = data.draw(st.sampled_from(choices))
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    extra = leaf_hash(b"extra")
    if how == "longer at the end":
        return (*proof, extra)
    if how == "longer at the start":
        return (extra, *proof)
    if how == "short hash":
        return (*proof[:-1], extra[:31]) if proof else (extra[:31],)
    if how == "shorter":
        return (*proof[:at], *proof[at + 1 :])
    byte = data.draw(st.integers(0, 31))
    bent = bytearray(proof[at])
    bent[byte] ^= 1 << data.draw(st.integers(0, 7))
    return (*proof[:at], bytes(bent), *proof[at + 1 :])


@given(leaf_lists, st.data())
def test_an_inclusion_proof_is_unique(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = Tree(leaves)
    proof = mutated(tree.inclusion(index), data)
    with pytest.raises(LogError):
        verify_inclusion(
            leaf=leaves[index], index=index, size=tree.size, proof=proof, root=tree.root()
        )


@given(leaf_lists, st.data())
def test_a_consistency_proof_is_unique(leaves: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(leaves)))
    tree = Tree(leaves)
    proof = mutated(tree.consistency(old), data)
    with pytest.raises(LogError):
        verify_consistency(
            old_size=old,
            old_root=tree.root(old),
            new_size=tree.size,
            new_root=tree.root(),
            proof=proof,
        )


@given(leaf_lists, st.data())
def test_a_proof_of_one_place_does_not_serve_another(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) + 2).filter(lambda item: item != index))
    tree = Tree(leaf_hash(bytes([n])) for n in range(len(leaves)))
    with pytest.raises(LogError):
        verify_inclusion(
            leaf=tree.leaf(index),
            index=other,
            size=tree.size,
            proof=tree.inclusion(index),
            root=tree.root(),
        )


@given(st.integers(0, 6), st.integers(1, 64), st.integers(0, 80), st.data())
def test_a_subtree_is_shown_to_be_part_of_its_tree(
    block: int, width: int, beyond: int, data: st.DataObject
) -> None:
    aligned = 1 << (width - 1).bit_length()
    start, end = block * aligned, block * aligned + width
    leaves = [leaf_hash(n.to_bytes(2, "big")) for n in range(end + beyond)]
    subtree = root_of_leaf_hashes(leaves[start:end])
    root = root_of_leaf_hashes(leaves)
    proof = subtree_proof(leaves, start, end)
    verify_subtree_consistency(
        start=start, end=end, subtree_root=subtree, size=len(leaves), root=root, proof=proof
    )
    index = data.draw(st.integers(start, end - 1))
    verify_subtree_inclusion(
        leaf=leaves[index],
        index=index,
        start=start,
        end=end,
        proof=Tree(leaves[start:end]).inclusion(index - start),
        root=subtree,
    )


def subtree_proof(leaves: list[bytes], start: int, end: int) -> list[bytes]:
    """Return SUBTREE_PROOF by its recursive definition in the draft (an oracle)."""

    def prove(start: int, end: int, part: list[bytes], *, known: bool) -> list[bytes]:
        if (start, end) == (0, len(part)):
            return [] if known else [root_of_leaf_hashes(part)]
        split = 1 << ((len(part) - 1).bit_length() - 1)
        left, right = part[:split], part[split:]
        if end <= split:
            return [*prove(start, end, left, known=known), root_of_leaf_hashes(right)]
        if start >= split:
            inner = prove(start - split, end - split, right, known=known)
        else:
            inner = prove(0, end - split, right, known=False)
        return [*inner, root_of_leaf_hashes(left)]

    return prove(start, end, leaves, known=True)


@pytest.mark.parametrize(("start", "end"), [(1, 3), (2, 5), (3, 3), (4, 3), (-1, 1)])
def test_a_range_that_is_no_subtree_is_refused(start: int, end: int) -> None:
    with pytest.raises(LogError):
        verify_subtree_inclusion(
            leaf=LEAVES[0], index=start, start=start, end=end, proof=[], root=LEAVES[0]
        )


def test_nothing_is_consistent_with_the_empty_tree() -> None:
    with pytest.raises(LogError, match="empty tree"):
        verify_consistency(
            old_size=0, old_root=EMPTY_ROOT, new_size=1, new_root=LEAVES[0], proof=()
        )


def test_a_smaller_tree_is_not_consistent_with_a_larger_one() -> None:
    with pytest.raises(LogError, match="not within"):
        verify_consistency(
            old_size=2, old_root=ROOTS[2], new_size=1, new_root=ROOTS[1], proof=()
        )


def test_a_refusal_names_both_roots() -> None:
    with pytest.raises(LogError, match=f"leads to root {ROOTS[1].hex()}, not {'00' * 32}"):
        verify_inclusion(leaf=LEAVES[0], index=0, size=1, proof=(), root=bytes(32))


def test_hashes_of_a_huge_claimed_size_are_refused_before_hashing() -> None:
    with pytest.raises(LogError, match="not in a tree"):
        verify_inclusion(leaf=LEAVES[0], index=0, size=2**63, proof=(), root=bytes(32))


def test_a_proof_of_another_length_is_refused_before_it_is_hashed() -> None:
    for wrong in ((), (ROOTS[1],) * 4):
        with pytest.raises(LogError, match="needs a proof of 3 hashes"):
            verify_inclusion(leaf=LEAVES[0], index=0, size=8, proof=wrong, root=ROOTS[8])
        with pytest.raises(LogError, match="needs 3"):
            verify_consistency(
                old_size=6, old_root=ROOTS[6], new_size=8, new_root=ROOTS[8], proof=wrong
            )
