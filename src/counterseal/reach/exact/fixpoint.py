"""Which events let a step be reached: the least solution of monotone equations with cycles.

A step is reached when its events hold and one parent, or every parent, is. Unknowns are removed
one after another. In ``x = f(x, ...)`` the least ``x`` is ``f(false, ...)`` because f is
monotone; this is put in place of x wherever x occurs, until the target depends on events alone
(Bekic's principle). Unlike iteration from below, no function of paths of bounded length is ever
built, and those are what makes diagrams of cyclic graphs large.

References:
    Bekic (1984), Definable operations in general algebras, and the theory of automata and
    flowcharts, Lect. Notes Comput. Sci. 177:30-55.
    Aloul, Markov and Sakallah (2003), FORCE: a fast and easy-to-implement variable-ordering
    heuristic, Proc. 13th ACM Great Lakes Symp. VLSI, 116-119.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import RefusedExactError
from counterseal.reach.exact.diagram import FALSE, TRUE, Diagram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Equations", "Solution", "solve"]

_COLLECT_FIRST = 50_000  # nodes
_SHARE_OF_FIRST = 4  # the first plan may use one node in four; see ``solve``


@dataclass(frozen=True, slots=True, kw_only=True)
class Equations:
    """Steps that can all be reached and that all matter to the target, by position.

    Attributes:
        parents: Of each step; not empty unless it is an entry.
        every: Whether all parents are needed.
        entry: Whether no parent is.
        needs: Events that each step needs, all of them.
        events: How many events there are.
        target: The step asked about.
    """

    parents: tuple[tuple[int, ...], ...]
    every: tuple[bool, ...]
    entry: tuple[bool, ...]
    needs: tuple[tuple[int, ...], ...]
    events: int
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """When the target is reached, as a function of the events.

    Attributes:
        diagram: The function, and no node that it does not consist of.
        function: The target is reached when it holds; monotone.
        levels: The level of each event.
    """

    diagram: Diagram
    function: int
    levels: tuple[int, ...]

    def probability(self, chances: Sequence[float]) -> float:
        """Return how likely the target is reached when the events are independent.

        Args:
            chances: Probability of each event.
        """
        by_level = np.zeros(self.diagram.levels)
        by_level[list(self.levels)] = chances
        return self.diagram.probability(self.function, by_level)


def solve(equations: Equations, *, most_nodes: int) -> Solution:
    """Return the least solution for the target.

    Two plans are tried. The first removes the steps from the end of the order to its start,
    which leaves small functions on graphs that are long or flat; it may use a quarter of the
    nodes. The second removes next the step with the fewest pairs of parent and child.

    Raises:
        RefusedExactError: Both plans need more than ``most_nodes`` nodes.
    """
    levels = _Levels(equations)
    try:
        few = _Elimination(
            equations, levels, most=max(2, most_nodes // _SHARE_OF_FIRST), from_the_end=True
        )
        return few.solution()
    except RefusedExactError:
        pass
    try:
        return _Elimination(equations, levels, most=most_nodes, from_the_end=False).solution()
    except RefusedExactError as refused:
        size = f"{len(equations.parents):,} steps and {equations.events:,} events matter"
        raise RefusedExactError(f"{refused}: {size}", hint=refused.hint) from None


class _Levels:
    """Where variables of steps and events stand: what belongs together is close together."""

    def __init__(self, equations: Equations) -> None:
        self.rank = _force(equations)
        self.step = [0] * len(equations.parents)
        self.event = [-1] * equations.events
        self.total = 0
        for step in sorted(range(len(self.step)), key=self.rank.__getitem__):
            for event in equations.needs[step]:
                if self.event[event] < 0:
                    self.event[event] = self.total
                    self.total += 1
            self.step[step] = self.total
            self.total += 1


def _force(equations: Equations) -> list[int]:
    """Return the rank of each step in an order in which neighbours are close (FORCE)."""
    size = len(equations.parents)
    groups = [(step, *row) for step, row in enumerate(equations.parents) if row]
    sharing: list[list[int]] = [[] for _ in range(equations.events)]
    for step, row in enumerate(equations.needs):
        for event in row:
            sharing[event].append(step)
    groups += [tuple(row) for row in sharing if len(row) > 1]
    rank = np.arange(size)
    if not groups:
        return [int(r) for r in rank]
    group = np.repeat(np.arange(len(groups)), [len(row) for row in groups])
    member = np.array([step for row in groups for step in row])
    best, least = rank, np.inf
    for _ in range(20 + 5 * int(log2(size + 1))):
        spread = _spread(rank[member], group)
        if spread < least:
            best, least = rank, spread
        rank = _pulled(rank, group, member)
    return [int(r) for r in best]


def _spread(places: NDArray[np.int64], group: NDArray[np.int64]) -> float:
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    most, least = np.maximum.reduceat(places, starts), np.minimum.reduceat(places, starts)
    return float((most - least).sum())


def _pulled(
    rank: NDArray[np.int64], group: NDArray[np.int64], member: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the ranks after each step has moved to the mean centre of its groups."""
    centre = np.bincount(group, rank[member]) / np.bincount(group)
    count = np.bincount(member, minlength=rank.size)
    total = np.bincount(member, centre[group], minlength=rank.size)
    place = np.where(count > 0, total / np.maximum(count, 1), rank)
    moved = np.empty_like(rank)
    moved[np.argsort(place, kind="stable")] = np.arange(rank.size)
    return moved


class _Elimination:
    """The equations while unknowns are being removed from them."""

    def __init__(
        self, equations: Equations, levels: _Levels, *, most: int, from_the_end: bool
    ) -> None:
        self._equations = equations
        self._levels = levels
        self._from_the_end = from_the_end
        self._diagram = Diagram(levels=levels.total, most=most)
        self._parents = [
            set() if equations.entry[step] else set(row) - {step}
            for step, row in enumerate(equations.parents)
        ]
        self._children: list[set[int]] = [set() for _ in self._parents]
        for step, row in enumerate(self._parents):
            for parent in row:
                self._children[parent].add(step)
        self._functions: list[int] = []
        self._collect_at = _COLLECT_FIRST

    def solution(self) -> Solution:
        """Remove every unknown that the target depends on.

        Raises:
            RefusedExactError: The diagram is full.
        """
        for step in range(len(self._parents)):
            self._functions.append(self._function(step))
        target = self._equations.target
        queue = [(self._cost(step), step) for step in range(len(self._parents))]
        heapq.heapify(queue)
        left = set(range(len(self._parents))) - {target}
        while self._parents[target]:
            cost, step = heapq.heappop(queue)
            if step not in left or cost != self._cost(step):
                continue
            left.discard(step)
            for touched in self._remove(step):
                heapq.heappush(queue, (self._cost(touched), touched))
            self._collect()
        (function,) = self._diagram.collect([self._functions[target]])
        return Solution(
            diagram=self._diagram,
            function=function,
            levels=tuple(self._levels.event),
        )

    def _function(self, step: int) -> int:
        """Return when ``step`` is reached, in terms of its events and its parents."""
        diagram, equations = self._diagram, self._equations
        rows = sorted((self._levels.step[p] for p in self._parents[step]), reverse=True)
        every = equations.every[step] or equations.entry[step]
        found = TRUE if every else FALSE
        for level in rows:
            variable = diagram.variable(level)
            found = diagram.both(variable, found) if every else diagram.either(variable, found)
        for level in sorted(
            (self._levels.event[e] for e in equations.needs[step]), reverse=True
        ):
            found = diagram.both(diagram.variable(level), found)
        return found

    def _cost(self, step: int) -> tuple[int, int]:
        """Return what is removed first: least first."""
        above, below = len(self._parents[step]), len(self._children[step])
        pairs = min(above, below) > 1 if self._from_the_end else above * below
        return int(pairs), -self._levels.rank[step]

    def _remove(self, step: int) -> set[int]:
        """Put the function of ``step`` in its place everywhere; return the steps touched."""
        parents, children = self._parents, self._children
        touched = parents[step] | children[step]
        for child in sorted(children[step]):
            self._functions[child] = self._substituted(child, step)
            parents[child] |= parents[step]
            parents[child] -= {step, child}
            for parent in parents[child]:
                children[parent].add(child)
            children[child].discard(child)
        for parent in parents[step]:
            children[parent].discard(step)
        parents[step], children[step] = set(), set()
        self._functions[step] = FALSE
        return touched

    def _collect(self) -> None:
        """Drop nodes no longer used once most of them are likely to be such."""
        if self._diagram.nodes > self._collect_at:
            self._functions = self._diagram.collect(self._functions)
            self._collect_at = max(_COLLECT_FIRST, 4 * self._diagram.nodes)

    def _substituted(self, child: int, step: int) -> int:
        """Return the function of ``child`` with that of ``step`` put in: f0 or (g and f1)."""
        diagram = self._diagram
        function, level = self._functions[child], self._levels.step[step]
        without = diagram.given(function, level, holds=False)
        having = diagram.given(function, level, holds=True)
        # Least: in its own equation the child is false.
        own = diagram.given(self._functions[step], self._levels.step[child], holds=False)
        return diagram.either(without, diagram.both(own, having))
