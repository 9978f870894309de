"""The grown tree and the compact range are the tree of RFC 6962 at every size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog.merkle import EMPTY_ROOT, leaf_hash, root_of_leaf_hashes
from counterseal.tlog.tree import CompactRange, Tree

leaf_lists = st.lists(st.binary(max_size=3).map(leaf_hash), max_size=70)


@given(leaf_lists)
def test_the_compact_range_has_the_root_of_all_leaves(leaves: list[bytes]) -> None:
    grown = CompactRange()
    for count, leaf in enumerate(leaves, start=1):
        grown = grown.append(leaf)
        assert grown.root == root_of_leaf_hashes(leaves[:count])
    assert grown == Tree(leaves).compact()


@given(leaf_lists, st.data())
def test_the_tree_remembers_its_root_at_every_size(
    leaves: list[bytes], data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(leaves)))
    assert Tree(leaves).root(size) == root_of_leaf_hashes(leaves[:size])


def test_the_empty_tree_and_range_have_the_empty_root() -> None:
    assert CompactRange().root == Tree().root() == EMPTY_ROOT


def test_an_append_returns_the_index_of_the_leaf() -> None:
    tree = Tree([leaf_hash(b"a")])
    assert tree.append(leaf_hash(b"b")) == 1
    assert tree.leaf(1) == leaf_hash(b"b")


@pytest.mark.parametrize("size", [-1, 3])
def test_a_size_the_tree_never_had_is_refused(size: int) -> None:
    tree = Tree([leaf_hash(b"a"), leaf_hash(b"b")])
    for refused in (
        lambda: tree.root(size),
        lambda: tree.inclusion(0, size),
        lambda: tree.consistency(1, size),
        lambda: tree.leaf(size),
        lambda: tree.consistency(3),
    ):
        with pytest.raises(LogError):
            refused()


@pytest.mark.parametrize(("size", "nodes"), [(1, ()), (2, (b"short",)), (-1, ())])
def test_hashes_that_are_no_range_are_refused(size: int, nodes: tuple[bytes, ...]) -> None:
    with pytest.raises(LogError):
        CompactRange(size=size, nodes=nodes)
