"""Minimal cut sets: what must be removed together so that a step can never be reached.

The diagram says for which kept candidates the target can be reached, and-steps and cycles
included. Its minimal sets of removals are read off bottom up: those of a node are the ones of
its high branch (the candidate stays) and, with the candidate added, the ones of its low branch
that contain none of the former. Families of sets are diagrams too, of another kind: a set has
no candidate that its path does not name.

References:
    Rauzy (1993), New algorithms for fault trees analysis, Reliab. Eng. Syst. Saf.
    40(3):203-211.
    Minato (1993), Zero-suppressed BDDs for set manipulation in combinatorial problems, Proc.
    30th ACM/IEEE Design Automation Conf., 272-277.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import RefusedExactError, UsageError
from counterseal.reach.exact.diagram import FALSE, TRUE
from counterseal.reach.exact.fixpoint import solve
from counterseal.reach.exact.probability import MOST_NODES
from counterseal.reach.exact.structure import structure
from counterseal.reach.program import build

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from counterseal.attackgraph.model import AttackGraph, Product
    from counterseal.reach.exact.fixpoint import Solution

__all__ = ["CutSets", "minimal_cut_sets"]

_NONE, _EMPTY = 0, 1  # the family of no set, and the family of the empty set alone


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSets:
    """Minimal cut sets of one target.

    Attributes:
        sets: Ids, sorted; fewest members first, then by id. The one empty set means that the
            target cannot be reached anyway; no set at all, that the candidates cannot stop it.
        total: How many minimal cut sets there are, those left out included.
    """

    sets: tuple[tuple[str, ...], ...]
    total: int


def minimal_cut_sets(
    graph: AttackGraph,
    target: str,
    *,
    candidates: Collection[str],
    most: int = 100,
    most_nodes: int = MOST_NODES,
) -> CutSets:
    """Return the smallest sets of candidates whose removal puts ``target`` out of reach.

    Every set is minimal: with any one member back the target can be reached. What is uncertain
    counts as possible, however unlikely; a constant zero as impossible; times play no part.

    Args:
        graph: The attack graph; it may have cycles, random times and uncertain parameters.
        target: Id of a step.
        candidates: Ids of steps and causes that can be removed. A step removed never works; a
            cause removed blocks every step that requires it; an id of both removes both.
        most: Sets to return, at least 1.
        most_nodes: Nodes of the decision diagram before giving up.

    Raises:
        UsageError: A candidate is no step and no cause of the graph, or ``most`` is below 1.
        RefusedExactError: The diagram would take more than ``most_nodes`` nodes.
        GraphError: The graph is not well formed.
    """
    if most < 1:
        raise UsageError(f"most={most}: at least one cut set must be asked for")
    steps = tuple(build(graph, targets=(target,)).steps)
    unknown = sorted(set(candidates) - set(graph.index) - set(graph.causes))
    if unknown:
        raise UsageError(f"no step and no cause {unknown[0]}, yet it is a candidate to remove")
    removable = set(candidates)
    needs = {
        step.id: sorted(removable.intersection((step.id, *step.requires)))
        for step in steps
        if not _impossible((step.success, *_causes(graph, step.requires)))
    }
    found = structure(steps, target, needs)
    if found is None:
        return CutSets(sets=((),), total=1)
    solution = solve(found.equations, most_nodes=most_nodes)
    names = dict(zip(solution.levels, found.events, strict=True))
    families = _Families(most_nodes)
    family = _minimal(solution, families)
    total = families.total(family, {level: len(row) for level, row in names.items()})
    listed: list[tuple[str, ...]] = []
    for levels in families.smallest(family):
        rows = itertools.product(*(names[level] for level in levels))
        listed += [tuple(sorted(row)) for row in itertools.islice(rows, most - len(listed))]
        if len(listed) >= most:
            break
    return CutSets(sets=tuple(sorted(listed, key=lambda s: (len(s), s))), total=total)


def _causes(graph: AttackGraph, causes: Sequence[str]) -> Iterator[Product]:
    return (graph.causes[cause].probability for cause in causes)


def _impossible(products: Sequence[Product]) -> bool:
    """Return whether a constant factor of any product is zero or less."""
    return any(
        not isinstance(factor.base, str) and factor.base <= 0.0 and factor.exponent != 0.0
        for product in products
        for factor in product
    )


def _minimal(solution: Solution, families: _Families) -> int:
    """Return the family of minimal sets of levels that make the function false."""
    diagram = solution.diagram
    cuts = {FALSE: _EMPTY, TRUE: _NONE}
    for node in range(2, diagram.nodes):  # a node is younger than its branches
        level, low, high = diagram.asked(node)
        more = families.without(cuts[low], cuts[high])
        cuts[node] = families.node(level, cuts[high], more)
    return cuts[solution.function]


class _Families:
    """Families of sets of levels, as zero-suppressed decision diagrams.

    A node stands for the sets of ``low`` and, with its level added, those of ``high``.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._nodes: list[tuple[int, int, int]] = [(2**30, 0, 0), (2**30, 0, 0)]
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._known: dict[tuple[int, int], int] = {}

    def node(self, level: int, low: int, high: int) -> int:
        """Return the family of this content."""
        if high == _NONE:
            return low
        key = (level, low, high)
        found = self._numbers.setdefault(key, len(self._nodes))
        if found == len(self._nodes):
            if found >= self._most:
                msg = f"the minimal cut sets would take more than {self._most:,} nodes"
                raise RefusedExactError(msg, hint="Name fewer candidates, or allow more nodes.")
            self._nodes.append(key)
        return found

    def without(self, family: int, other: int) -> int:
        """Return the sets of ``family`` that contain no set of ``other``."""
        waiting = [(family, other)]
        while waiting:
            result = self._attempt(*waiting[-1])
            if isinstance(result, tuple):
                waiting.append(result)
            else:
                self._known[waiting.pop()] = result
        return self._known[family, other]

    def _attempt(self, family: int, other: int) -> int | tuple[int, int]:
        """Return the result of ``without``, or the operands of one that is needed first."""
        if family == _NONE or other in (_EMPTY, family):
            return _NONE
        if other == _NONE or family == _EMPTY:
            return family
        level, low, high = self._nodes[family]
        below, without_it, with_it = self._nodes[other]
        if below < level:
            return self._known.get((family, without_it), (family, without_it))
        if below > level:
            without_it, with_it = other, _NONE
        done = self._known
        parts = [(low, without_it), (high, without_it)]
        for part in parts:
            if part not in done:
                return part
        last = (done[parts[1]], with_it)
        return self.node(level, done[parts[0]], done[last]) if last in done else last

    def total(self, family: int, weights: dict[int, int]) -> int:
        """Return how many sets there are when a level stands for ``weights`` of them."""
        totals = [0, 1]
        for level, low, high in self._nodes[2:]:
            totals.append(totals[low] + weights[level] * totals[high])
        return totals[family]

    def smallest(self, family: int) -> Iterator[tuple[int, ...]]:
        """Yield the sets, fewest members first, then in the order of their levels."""
        least = [2**30, 0]
        for _, low, high in self._nodes[2:]:
            least.append(min(least[low], 1 + least[high]))
        queue: list[tuple[int, tuple[int, ...], int]] = [(least[family], (), family)]
        while queue:
            _, levels, at = heapq.heappop(queue)
            if at == _EMPTY:
                yield levels
            elif at != _NONE:
                level, low, high = self._nodes[at]
                more = (*levels, level)
                heapq.heappush(queue, (len(levels) + least[low], levels, low))
                heapq.heappush(queue, (len(more) + least[high], more, high))
