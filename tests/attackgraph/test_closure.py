"""The order of steps: few edges lead back, and none to an earlier block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.attackgraph.closure import blocks, breadth_first, reversed_rows
from counterseal.attackgraph.distinct import among

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Edges = set[tuple[int, int]]

MOST = 12
graphs = st.integers(1, MOST).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=30),
        st.sets(st.integers(0, size - 1), min_size=1),
        st.sets(st.integers(0, size - 1)),
    )
)


def ordered(
    size: int, edges: Edges, entries: set[int], left_out: set[int]
) -> tuple[list[int], list[int], NDArray[np.int32]]:
    """Return the steps breadth first, and then in blocks with their ends."""
    rows = [sorted(a for a, b in edges if b == step) for step in range(size)]
    row = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    parent = np.array([a for some in rows for a in some], dtype=np.int32)
    child_row, child = reversed_rows(row, parent, size)
    entry = np.array([step in entries for step in range(size)], dtype=np.uint8)
    kept = np.array([step not in left_out for step in range(size)], dtype=np.uint8)
    first = breadth_first(kept, entry, child_row, child)
    order, ends = blocks(first, entry, row, parent, child_row, child)
    return first.tolist(), order.tolist(), ends


def reachable(start: int, edges: Edges) -> set[int]:
    """Return what ``start`` leads to by one edge or more."""
    found: set[int] = set()
    fresh = {b for a, b in edges if a == start}
    while fresh:
        found |= fresh
        fresh = {b for a, b in edges if a in fresh} - found
    return found


@given(graphs)
def test_blocks_hold_every_step_once_and_no_edge_leads_to_an_earlier_block(
    graph: tuple[int, Edges, set[int], set[int]],
) -> None:
    size, edges, entries, left_out = graph
    first, order, ends = ordered(size, edges, entries, left_out)
    assert sorted(order) == sorted(first)
    assert ends[-1] == len(order)
    place = {step: number for number, step in enumerate(order)}
    block = {step: int(np.searchsorted(ends, place[step], side="right")) for step in order}
    real = {(a, b) for a, b in edges if a in place and b in place and b not in entries}
    for a, b in real:
        assert block[a] <= block[b]
        if block[a] == block[b] != 1:
            assert place[a] < place[b]


@given(graphs)
def test_only_what_lies_on_or_between_cycles_is_in_the_middle(
    graph: tuple[int, Edges, set[int], set[int]],
) -> None:
    size, edges, entries, left_out = graph
    first, order, ends = ordered(size, edges, entries, left_out)
    real = {(a, b) for a, b in edges if a in first and b in first and b not in entries}
    after = {step: reachable(step, real) for step in first}
    cyclic = {step for step in first if step in after[step]}
    middle = {
        step
        for step in first
        if step in cyclic
        or (after[step] & cyclic and any(step in after[one] for one in cyclic))
    }
    found = order[ends[0] : ends[1]]
    assert set(found) == middle
    assert found == [step for step in first if step in middle]


@pytest.mark.parametrize(("keys", "others"), [([3, 1, 2, 3], [3, 9, 1]), ([1], []), ([], [1])])
def test_among_tells_which_keys_are_there(keys: list[int], others: list[int]) -> None:
    found = among(np.array(keys, dtype=np.int64), np.array(others, dtype=np.int64))
    assert found.tolist() == [key in others for key in keys]
