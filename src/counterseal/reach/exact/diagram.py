"""Reduced ordered binary decision diagrams: Boolean functions as numbers.

Node 0 is false, node 1 is true; any other node asks for the variable of its level and goes to
``high`` when it holds, to ``low`` when it does not. Levels grow downwards, no two nodes are
alike, so two functions are equal exactly when their numbers are. A node is always younger than
those it leads to.

References:
    Bryant (1986), Graph-based algorithms for Boolean function manipulation, IEEE Trans. Comput.
    C-35(8):677-691.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.errors import RefusedExactError
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["FALSE", "TRUE", "Diagram"]

FALSE, TRUE = 0, 1
_AND, _OR, _WITHOUT, _WITH = 0, 1, 2, 3
_BELOW_ALL = 2**30
_FIRST_CAPACITY = 2**12
_FULL, _UNKNOWN = -1, -1


class _Tables(NamedTuple):
    """Nodes, the table that finds a node by its content, and results already worked out."""

    level: NDArray[np.int32]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    used: NDArray[np.int64]
    slots: NDArray[np.int32]
    keys: NDArray[np.int64]
    results: NDArray[np.int32]


class Diagram:
    """Functions that share one order of variables and one set of nodes."""

    def __init__(self, *, levels: int, most: int) -> None:
        """Make a diagram that holds the two constants.

        Args:
            levels: Variables, numbered from 0 in the order in which they are asked for.
            most: Nodes alive or not yet collected, at most; below 2**29.
        """
        self.levels = levels
        self._most = most
        self._stack = np.zeros((levels + 2, 4), dtype=np.int64)
        self._tables = _tables(min(_FIRST_CAPACITY, most))

    @property
    def nodes(self) -> int:
        """How many nodes there are, the constants included."""
        return int(self._tables.used[0])

    def variable(self, level: int) -> int:
        """Return the function that holds when the variable of ``level`` does."""
        while True:
            found = int(_node(self._tables, level, FALSE, TRUE))
            if found != _FULL:
                return found
            self._grow()

    def both(self, one: int, other: int) -> int:
        """Return the conjunction."""
        return self._apply(_AND, min(one, other), max(one, other))

    def either(self, one: int, other: int) -> int:
        """Return the disjunction."""
        return self._apply(_OR, min(one, other), max(one, other))

    def given(self, function: int, level: int, *, holds: bool) -> int:
        """Return ``function`` with the variable of ``level`` fixed."""
        return self._apply(_WITH if holds else _WITHOUT, function, level)

    def asked(self, function: int) -> tuple[int, int, int]:
        """Return level, low and high of a function that is not constant."""
        tables = self._tables
        return (
            int(tables.level[function]),
            int(tables.low[function]),
            int(tables.high[function]),
        )

    def collect(self, functions: Sequence[int]) -> list[int]:
        """Drop every node that no function needs; return the functions, numbered anew."""
        roots = np.array(functions, dtype=np.int64)
        numbers = _compact(self._tables, _marked(self._tables, roots))
        return [int(n) for n in numbers[roots]]

    def probability(self, function: int, chances: NDArray[np.float64]) -> float:
        """Return how likely ``function`` is when variables are independent.

        Args:
            function: The function.
            chances: Probability of the variable of each level.
        """
        return float(_probabilities(self._tables, chances)[function])

    def _apply(self, operation: int, one: int, other: int) -> int:
        while True:
            found = int(_apply(self._tables, self._stack, operation, one, other))
            if found != _FULL:
                return found
            self._grow()

    def _grow(self) -> None:
        old = self._tables
        if old.level.size >= self._most:
            msg = f"the decision diagram would take more than {self._most:,} nodes"
            raise RefusedExactError(msg, hint="Simulate instead, or allow more nodes.")
        new = _tables(min(2 * old.level.size, self._most))
        for source, copy in ((old.level, new.level), (old.low, new.low), (old.high, new.high)):
            copy[: source.size] = source
        new.used[0] = old.used[0]
        _fill_slots(new)
        self._tables = new


def _tables(capacity: int) -> _Tables:
    size = 1 << (2 * capacity - 1).bit_length()
    level = np.zeros(capacity, dtype=np.int32)
    level[:2] = _BELOW_ALL
    low = np.zeros(capacity, dtype=np.int32)
    high = np.zeros(capacity, dtype=np.int32)
    return _Tables(
        level=level,
        low=low,
        high=high,
        used=np.array([2], dtype=np.int64),
        slots=np.zeros(size, dtype=np.int32),
        keys=np.full(size, -1, dtype=np.int64),
        results=np.zeros(size, dtype=np.int32),
    )


@njit
def _mixed(key: int) -> int:
    """Return the bits of ``key`` well mixed (the finaliser of SplitMix64, shortened)."""
    mixed = np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return int((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1))


@njit
def _node(tables: _Tables, level: int, low: int, high: int) -> int:
    """Return the node of this content, a new one if there is none; -1 when full."""
    if low == high:
        return low
    last = tables.slots.size - 1
    slot = _mixed((_mixed((low << 31) | high) >> 20) ^ level) & last
    while tables.slots[slot] != 0:
        node = tables.slots[slot]
        same = tables.level[node] == level and tables.low[node] == low
        if same and tables.high[node] == high:
            return int(node)
        slot = (slot + 1) & last
    node = int(tables.used[0])
    if node >= tables.level.size:
        return _FULL
    tables.level[node] = level
    tables.low[node] = low
    tables.high[node] = high
    tables.slots[slot] = node
    tables.used[0] = node + 1
    return node


@njit
def _key(operation: int, one: int, other: int) -> int:
    return (one << 32) | (other << 2) | operation


@njit
def _known(tables: _Tables, operation: int, one: int, other: int) -> int:
    """Return the result where it needs no work or has been worked out; else -1."""
    if operation <= _OR:
        absorbing = FALSE if operation == _AND else TRUE
        if other in (one, absorbing) or one == 1 - absorbing:
            return other
        if one == absorbing or other == 1 - absorbing:
            return one
    elif tables.level[one] > other:
        return one
    elif tables.level[one] == other:
        return int(tables.high[one] if operation == _WITH else tables.low[one])
    key = _key(operation, one, other)
    slot = _mixed(key) & (tables.keys.size - 1)
    return int(tables.results[slot]) if tables.keys[slot] == key else _UNKNOWN


@njit
def _top(tables: _Tables, operation: int, one: int, other: int) -> int:
    level = int(tables.level[one])
    return min(level, int(tables.level[other])) if operation <= _OR else level


@njit
def _push(
    tables: _Tables,
    stack: NDArray[np.int64],
    depth: int,
    operation: int,
    branch: NDArray[np.int32],
) -> None:
    """Put on the stack what the operands become on one branch of the top variable."""
    one, other = stack[depth, 0], stack[depth, 1]
    level = _top(tables, operation, one, other)
    if tables.level[one] == level:
        one = np.int64(branch[one])
    if operation <= _OR:
        if tables.level[other] == level:
            other = np.int64(branch[other])
        one, other = min(one, other), max(one, other)
    stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = one, other, 0


@njit
def _apply(
    tables: _Tables, stack: NDArray[np.int64], operation: int, one: int, other: int
) -> int:
    """Return the result of an operation; -1 when there is no room for it.

    A row of ``stack`` is: operands, branches done, result of the low branch.
    """
    stack[0, 0], stack[0, 1], stack[0, 2] = one, other, 0
    depth = 0
    value = _UNKNOWN
    while depth >= 0:
        one, other = stack[depth, 0], stack[depth, 1]
        stage = stack[depth, 2]
        stack[depth, 2] = stage + 1
        if stage == 0:
            value = _known(tables, operation, one, other)
            if value == _UNKNOWN:
                _push(tables, stack, depth, operation, tables.low)
                depth += 2  # one is taken back below
        elif stage == 1:
            stack[depth, 3] = value
            _push(tables, stack, depth, operation, tables.high)
            depth += 2
        else:
            level = _top(tables, operation, one, other)
            value = _node(tables, level, int(stack[depth, 3]), value)
            if value == _FULL:
                return _FULL
            key = _key(operation, one, other)
            slot = _mixed(key) & (tables.keys.size - 1)
            tables.keys[slot], tables.results[slot] = key, value
        depth -= 1
    return value


@njit
def _marked(tables: _Tables, roots: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which nodes the roots consist of."""
    marked = np.zeros(tables.used[0], dtype=np.bool_)
    marked[:2] = True
    marked[roots] = True
    for node in range(tables.used[0] - 1, 1, -1):
        if marked[node]:
            marked[tables.low[node]] = True
            marked[tables.high[node]] = True
    return marked


@njit
def _fill_slots(tables: _Tables) -> None:
    """Enter every node in an empty table of contents."""
    total = tables.used[0]
    tables.used[0] = 2
    for node in range(2, total):
        _node(tables, tables.level[node], tables.low[node], tables.high[node])


@njit
def _compact(tables: _Tables, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Keep the marked nodes, in order, and forget all results; return their new numbers."""
    numbers = np.zeros(marked.size, dtype=np.int64)
    numbers[1] = 1
    total = 2
    for node in range(2, marked.size):
        if marked[node]:
            numbers[node] = total
            tables.level[total] = tables.level[node]
            tables.low[total] = numbers[tables.low[node]]
            tables.high[total] = numbers[tables.high[node]]
            total += 1
    tables.used[0] = total
    tables.slots[:] = 0
    tables.keys[:] = -1
    _fill_slots(tables)
    return numbers


@njit
def _probabilities(tables: _Tables, chances: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.zeros(tables.used[0])
    found[1] = 1.0
    for node in range(2, found.size):
        chance = chances[tables.level[node]]
        found[node] = (
            chance * found[tables.high[node]] + (1.0 - chance) * found[tables.low[node]]
        )
    return found
