"""Sets of elements that must go together: minimal, and valid with and-steps and cycles.

Two methods, never mixed. *By structure*: a decision diagram over the elements, in which what is
uncertain counts as possible; its sets hold whatever is drawn, and it refuses graphs beyond its
size. *On the draws*: the sets cut every trial of a run within the horizon. There a set must hit
every derivation of every trial; derivations are added as long as some trial gets around the
set. A set is minimal because each of its members has a witness: a derivation found in some
trial that no other member is on. That no fewer elements could do is not claimed.

References:
    Rauzy (1993), New algorithms for fault trees analysis, Reliab. Eng. Syst. Saf. 40(3).
    Reiter (1987), A theory of diagnosis from first principles, Artif. Intell. 32(1): hitting
    sets of conflicts that are found as they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import Cause, CauseLevel, Power
from counterseal.errors import RefusedExactError
from counterseal.reach.exact.cuts import minimal_cut_sets
from counterseal.reach.explaining.derivations import derive

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.engine import Engine
    from counterseal.reach.explaining.derivations import Derivations
    from counterseal.reach.explaining.units import Units

__all__ = ["Cuts", "cuts", "cuts_by_structure", "cuts_on_draws"]

MOST_NODES = 100_000
"""Nodes of a decision diagram before the structure is given up for the draws."""

_MOST_SEARCHES = 40
_MARK = "removal:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Minimal cut sets of one target.

    Attributes:
        sets: Ids of elements, sorted; fewest members first, then by id.
        total: How many there are in all; ``None`` where that is not known.
        by_structure: Whether they hold whatever is drawn; if not, on these draws.
        reason: Why the structure was given up, if it was.
        uncut: Trials that reach the target by none of the candidates, out of those that reach
            it; above 0 there is no cut set.
    """

    sets: tuple[tuple[str, ...], ...]
    total: int | None = None
    by_structure: bool
    reason: str = ""
    uncut: int = 0


def cuts(
    found: Derivations,
    units: Units,
    candidates: Collection[str],
    *,
    most: int = 5,
    most_nodes: int = MOST_NODES,
) -> Cuts:
    """Return minimal cut sets by structure, or on the draws where that is refused.

    Args:
        found: The critical trees of the target.
        units: What can be removed, by name.
        candidates: Names of the units that a set may have.
        most: Sets to return.
        most_nodes: Nodes of the decision diagram before giving it up.
    """
    try:
        return cuts_by_structure(
            found.engine, found.target, candidates, units, most=most, most_nodes=most_nodes
        )
    except RefusedExactError as refusal:
        return replace(
            cuts_on_draws(found, units, candidates, most=most), reason=refusal.message
        )


def cuts_by_structure(
    engine: Engine,
    target: str,
    candidates: Collection[str],
    units: Units,
    *,
    most: int = 5,
    most_nodes: int = MOST_NODES,
) -> Cuts:
    """Return minimal cut sets that hold whatever is drawn.

    Raises:
        RefusedExactError: The diagram would take more than ``most_nodes`` nodes.
    """
    if target not in engine.program.index:
        return Cuts(sets=((),), total=1, by_structure=True)
    marked = _marked(engine, candidates, units)
    wanted = [name for name in marked.causes if name.startswith(_MARK)]
    found = minimal_cut_sets(
        marked, target, candidates=wanted, most=most, most_nodes=most_nodes
    )
    sets = (tuple(name.removeprefix(_MARK) for name in row) for row in found.sets)
    return Cuts(sets=tuple(sets), total=found.total, by_structure=True)


def _marked(engine: Engine, candidates: Collection[str], units: Units) -> AttackGraph:
    """Return what matters of the graph, with a cause of its own for every candidate."""
    program = engine.program
    marks: list[tuple[str, ...]] = [()] * len(program.names)
    wanted = sorted(set(candidates) & set(units.names))
    for name in wanted:
        for step in units.steps(name):
            marks[step] = (*marks[step], _MARK + name)
    known = program.index
    steps = tuple(
        replace(
            step,
            requires=(*step.requires, *marks[row]),
            parents=tuple(parent for parent in step.parents if parent in known),
        )
        for row, step in enumerate(program.steps)
    )
    even = (Power(base=0.5),)
    own = {
        _MARK + n: Cause(id=_MARK + n, probability=even, level=CauseLevel.TRIAL) for n in wanted
    }
    return replace(
        engine.graph,
        steps=tuple(sorted(steps, key=lambda step: step.id)),
        causes={**engine.graph.causes, **own},
        objectives=(),
        columns=None,
    )


def cuts_on_draws(
    found: Derivations, units: Units, candidates: Collection[str], *, most: int = 5
) -> Cuts:
    """Return sets that cut every trial of these draws, each minimal on these draws.

    After a first set, others are sought without one of the members of a set found before.
    """
    search = _Search(found, units, candidates)
    search.learn(found)
    sets: dict[tuple[str, ...], None] = {}
    barred: list[frozenset[int]] = [frozenset()]
    for number in range(_MOST_SEARCHES):
        if number >= len(barred) or len(sets) >= most:
            break
        one = search.cut(barred[number])
        if one is None:
            continue
        sets[tuple(units.names[unit] for unit in sorted(one))] = None
        more = (barred[number] | {unit} for unit in sorted(one))
        barred += [row for row in more if row not in barred]
    ordered = sorted(sets, key=lambda row: (len(row), row))
    return Cuts(sets=tuple(ordered[:most]), by_structure=False, uncut=search.uncut)


class _Search:
    """Derivations as sets of candidates, gathered as they are needed."""

    def __init__(self, found: Derivations, units: Units, candidates: Collection[str]) -> None:
        self.uncut = 0
        self._found = found
        self._units = units
        self._number = np.array(
            [name in set(candidates) for name in units.names], dtype=np.bool_
        )
        self._pool: dict[frozenset[int], int] = {}

    def learn(self, found: Derivations) -> None:
        """Add the candidates on every critical tree, with the number of trials."""
        for row in _candidates_of(found, self._units, self._number):
            self._pool[row] = self._pool.get(row, 0) + 1
            self.uncut += not row

    def cut(self, barred: frozenset[int]) -> frozenset[int] | None:
        """Return a set without ``barred`` that cuts every trial, ``None`` if none does."""
        while True:
            hitting = self._hitting(barred)
            if hitting is None:
                return None
            left = self._around(hitting)
            if not left.reached:
                return hitting
            self.learn(left)

    def _around(self, hitting: frozenset[int]) -> Derivations:
        """Return how the target is still reached without a set of units."""
        found, units = self._found, self._units
        rows = [units.step[units.row[u] : units.row[u + 1]] for u in sorted(hitting)]
        gone = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *rows]))
        days = found.limit * found.engine.tick_days
        return derive(found.engine, found.target, horizon_days=days, gone=gone)

    def _hitting(self, barred: frozenset[int]) -> frozenset[int] | None:
        """Return units that hit every known derivation, each with one that only it hits."""
        rows = {row - barred: weight for row, weight in self._pool.items()}
        if frozenset() in rows:
            return None
        chosen: list[int] = []
        left = dict(rows)
        while left:
            weights: dict[int, int] = {}
            for row, weight in left.items():
                for unit in row:
                    weights[unit] = weights.get(unit, 0) + weight
            best = min(weights, key=lambda unit: (-weights[unit], unit))
            chosen.append(best)
            left = {row: weight for row, weight in left.items() if best not in row}
        return _irredundant(chosen, rows)


def _irredundant(chosen: list[int], rows: Collection[frozenset[int]]) -> frozenset[int]:
    """Drop units that no row needs, the first chosen first: what came later is needed."""
    kept = set(chosen)
    for unit in chosen:
        if not any(row & kept == {unit} for row in rows):
            kept.discard(unit)
    return frozenset(kept)


def _candidates_of(
    found: Derivations, units: Units, wanted: NDArray[np.bool_]
) -> Iterator[frozenset[int]]:
    """Yield the candidates on every tree."""
    for tree in range(found.reached):
        steps = found.step[found.start[tree] : found.start[tree + 1]]
        yield frozenset(
            int(unit)
            for step in steps
            for unit in units.unit[units.unit_row[step] : units.unit_row[step + 1]]
            if wanted[unit]
        )
