"""What can be reached, what matters, and in which order: over arrays, linear in the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int32]
    Flags = NDArray[np.uint8]

__all__ = ["blocks", "breadth_first", "leading", "possible", "reversed_rows", "selected"]


@njit(cache=True, nogil=True)
def reversed_rows(row: Rows, item: Rows, size: int) -> tuple[Rows, Rows]:
    """Return the children of each of ``size`` steps from their parents, in rising order."""
    start = np.zeros(size + 1, dtype=np.int32)
    for j in range(item.size):
        start[item[j] + 1] += 1
    for i in range(size):
        start[i + 1] += start[i]
    place = start[:-1].copy()
    out = np.empty(item.size, dtype=np.int32)
    for child in range(size):
        for j in range(row[child], row[child + 1]):
            out[place[item[j]]] = child
            place[item[j]] += 1
    return start, out


@njit(cache=True, nogil=True)
def possible(missing: Rows, entry: Flags, open_: Flags, child_row: Rows, child: Rows) -> Flags:
    """Return the steps that some entry can lead to when everything works.

    Args:
        missing: How many parents have to come first: 1 for an or-step, all for an and-step,
            and more than there are where a parent is not even in the graph. Overwritten.
        entry: Where the adversary may start.
        open_: Steps that exist for this adversary.
        child_row: Where the children of each step start in ``child``.
        child: Children.
    """
    found = np.zeros(entry.size, dtype=np.uint8)
    queue = np.empty(entry.size, dtype=np.int32)
    tail = 0
    for step in range(entry.size):
        if entry[step] and open_[step]:
            found[step] = 1
            queue[tail] = step
            tail += 1
    head = 0
    while head < tail:
        step = queue[head]
        head += 1
        for j in range(child_row[step], child_row[step + 1]):
            other = child[j]
            missing[other] -= 1
            if missing[other] <= 0 and open_[other] and not found[other]:
                found[other] = 1
                queue[tail] = other
                tail += 1
    return found


@njit(cache=True, nogil=True)
def leading(targets: Rows, among: Flags, entry: Flags, row: Rows, parent: Rows) -> Flags:
    """Return the steps of ``among`` that some target depends on; an entry needs no parent."""
    found = np.zeros(among.size, dtype=np.uint8)
    queue = np.empty(among.size, dtype=np.int32)
    tail = 0
    for step in targets:
        if among[step] and not found[step]:
            found[step] = 1
            queue[tail] = step
            tail += 1
    head = 0
    while head < tail:
        step = queue[head]
        head += 1
        if entry[step]:
            continue
        for j in range(row[step], row[step + 1]):
            other = parent[j]
            if among[other] and not found[other]:
                found[other] = 1
                queue[tail] = other
                tail += 1
    return found


@njit(cache=True, nogil=True)
def breadth_first(kept: Flags, entry: Flags, child_row: Rows, child: Rows) -> Rows:
    """Return the kept steps breadth first from the entries, ties by position."""
    seen = np.zeros(kept.size, dtype=np.uint8)
    queue = np.empty(kept.size, dtype=np.int32)
    tail = 0
    for step in range(kept.size):
        if kept[step] and entry[step]:
            seen[step] = 1
            queue[tail] = step
            tail += 1
    head = 0
    while head < tail:
        step = queue[head]
        head += 1
        for j in range(child_row[step], child_row[step + 1]):
            other = child[j]
            if kept[other] and not seen[other]:
                seen[other] = 1
                queue[tail] = other
                tail += 1
    return queue[:tail]


@njit(cache=True, nogil=True)
def blocks(  # noqa: PLR0917 - a kernel takes plain arguments
    order: Rows, entry: Flags, row: Rows, parent: Rows, child_row: Rows, child: Rows
) -> tuple[Rows, Rows]:
    """Return steps in an order in which few edges lead back, and where its three blocks end.

    First the steps that no cycle leads to and last those that lead to no cycle, each after all
    its parents (Kahn 1962, Commun. ACM 5(11):558-562); between them the others, in the order
    given. An edge never leads to an earlier block; one to an entry does not count.

    Args:
        order: The steps.
        entry: Where the adversary may start.
        row: Where the parents of each step start in ``parent``.
        parent: Parents, some of them perhaps not among the steps.
        child_row: Where the children of each step start in ``child``.
        child: Children.
    """
    kept = np.zeros(entry.size, dtype=np.uint8)
    kept[order] = 1
    missing = np.zeros(entry.size, dtype=np.int32)
    for step in order:
        for j in range(row[step], row[step + 1]):
            missing[step] += kept[parent[j]] * (1 - entry[step])
    out = np.empty(order.size, dtype=np.int32)
    before = _follow(order, entry, missing, child_row, child, out, 0)
    kept[out[:before]] = 0
    after = _leading_nowhere(order, entry, kept, row, parent, child_row, child)
    tail = before
    for step in order:
        if kept[step] == 1 and after[step] == 0:
            out[tail] = step
            tail += 1
    between = tail
    for k in range(before, between):
        for j in range(child_row[out[k]], child_row[out[k] + 1]):
            missing[child[j]] -= after[child[j]]
    last = order[after[order] == 1]
    tail = _follow(last, entry, missing, child_row, child, out, between)
    return out, np.array([before, between, tail], dtype=np.int32)


@njit(cache=True, nogil=True)
def _follow(  # noqa: PLR0917 - a kernel takes plain arguments
    order: Rows,
    entry: Flags,
    missing: Rows,
    child_row: Rows,
    child: Rows,
    out: Rows,
    tail: int,
) -> int:
    """Append to ``out`` the steps of ``order`` that miss no parent, and what then misses none.

    ``missing`` counts parents; -1 says that a step is in ``out``, whose end is returned.
    """
    head = tail
    for step in order:
        if missing[step] == 0:
            missing[step] = -1
            out[tail] = step
            tail += 1
    while head < tail:
        for j in range(child_row[out[head]], child_row[out[head] + 1]):
            other = child[j]
            if entry[other] == 0 and missing[other] > 0:
                missing[other] -= 1
                if missing[other] == 0:
                    missing[other] = -1
                    out[tail] = other
                    tail += 1
        head += 1
    return tail


@njit(cache=True, nogil=True)
def _leading_nowhere(  # noqa: PLR0917 - a kernel takes plain arguments
    order: Rows,
    entry: Flags,
    kept: Flags,
    row: Rows,
    parent: Rows,
    child_row: Rows,
    child: Rows,
) -> Flags:
    """Mark the kept steps from which no cycle of kept steps can be reached."""
    found = np.zeros(entry.size, dtype=np.uint8)
    left = np.zeros(entry.size, dtype=np.int32)
    queue = np.empty(order.size, dtype=np.int32)
    tail = 0
    for step in order:
        for j in range(child_row[step], child_row[step + 1]):
            left[step] += kept[child[j]] * (1 - entry[child[j]])
        if kept[step] == 1 and left[step] == 0:
            found[step] = 1
            queue[tail] = step
            tail += 1
    head = 0
    while head < tail:
        step = queue[head]
        head += 1
        if entry[step] == 1:
            continue
        for j in range(row[step], row[step + 1]):
            other = parent[j]
            left[other] -= 1
            if kept[other] == 1 and left[other] == 0:
                found[other] = 1
                queue[tail] = other
                tail += 1
    return found


@njit(cache=True, nogil=True)
def selected(row: Rows, item: Rows, steps: Rows, place: Rows) -> tuple[Rows, Rows]:
    """Return the rows of ``steps`` with their items renumbered and sorted.

    Args:
        row: Where the items of each step start in ``item``.
        item: Items of all steps.
        steps: The steps wanted, in the order wanted.
        place: New number of each item, -1 for one that is left out.
    """
    start = np.zeros(steps.size + 1, dtype=np.int32)
    size = 0
    for k in range(steps.size):
        for j in range(row[steps[k]], row[steps[k] + 1]):
            size += 1 if place[item[j]] >= 0 else 0
        start[k + 1] = size
    out = np.empty(size, dtype=np.int32)
    for k in range(steps.size):
        end = start[k]
        for j in range(row[steps[k]], row[steps[k] + 1]):
            new = place[item[j]]
            if new < 0:
                continue
            i = end - 1
            while i >= start[k] and out[i] > new:
                out[i + 1] = out[i]
                i -= 1
            out[i + 1] = new
            end += 1
    return start, out
