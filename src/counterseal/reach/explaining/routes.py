"""The k distinct paths that account for most of the trials in which a target is reached.

A path is what a critical tree of some trial goes over: its elements, each of which it needs in
most of its trials. It is *open* in a trial if the steps on these elements alone reach the
target in time there, whether or not another way is quicker. Paths are chosen greedily: the one
that is open in most trials, then the one that is open in most of the trials left over, and so
on. So trees that differ in an incidental step are one path, a path that is open only where the
first is adds nothing, and two chosen paths share at most half of the elements they use.

Greedy choice reaches at least 1 - 1/e of the coverage that any k of the candidates could have
(Nemhauser, Wolsey and Fisher 1978, Math. Programming 14:265-294), both rules aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.closure import reversed_rows
from counterseal.reach.explaining.clustered import share
from counterseal.reach.sweep import settle_tile

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from counterseal.reach.explaining.clustered import Share
    from counterseal.reach.explaining.derivations import Derivations
    from counterseal.reach.program import Links

__all__ = ["Route", "RouteStep", "Routes", "routes"]

MOST_CANDIDATES = 300
"""Sets of elements that are tried, the most common first; each costs a look at every trial."""

LEAST_DISTANCE = 0.5
"""Jaccard distance of the elements that two chosen paths use, the target's own aside."""

_NEVER = np.uint16(65535)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One step of a path.

    Attributes:
        step: Its id.
        parents: Steps of the same path that it needs.
        median_days: Median arrival, over the trials in which these steps are the quickest.
    """

    step: str
    parents: tuple[str, ...]
    median_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One path to the target.

    Attributes:
        steps: The most common critical tree over the elements, parents before children; the
            target is last.
        elements: What the path goes over, in that order; the target's own element aside. A
            step of a bare graph counts as an element.
        open: Share of the trials that reach the target in which the path is open.
        quickest: Share of them in which the quickest way goes over the same elements.
        covered: Share of them in which this path or one before it is open.
    """

    steps: tuple[RouteStep, ...]
    elements: tuple[str, ...]
    open: Share
    quickest: Share
    covered: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Distinct paths to one target.

    Attributes:
        target: Id of the step.
        reached: Share of all trials that reach it within the horizon.
        paths: Chosen paths, in the order in which they were chosen.
        ways: How many different sets of elements the critical trees go over.
        tried: How many of them were candidates: those the most common ones.
    """

    target: str
    reached: Share
    paths: tuple[Route, ...]
    ways: int
    tried: int


@dataclass(frozen=True, kw_only=True)
class _Trees:
    """The trees with the elements that each goes over.

    Attributes:
        names: Elements that any tree goes over, sorted.
        used: Whether a tree goes over an element; shape (reached, elements).
        first: A tree of the most common signature for each distinct row, most common row first.
        same: Number of the distinct row of each tree, in the order of ``first``.
    """

    names: tuple[str, ...]
    used: NDArray[np.bool_]
    first: NDArray[np.int64]
    same: NDArray[np.int64]

    def over(self, tree: int) -> tuple[str, ...]:
        """Return the elements that a tree goes over."""
        return tuple(self.names[i] for i in np.flatnonzero(self.used[tree]))


def routes(found: Derivations, *, k: int = 3, candidates: int = MOST_CANDIDATES) -> Routes:
    """Return at most ``k`` distinct paths, and how many trials they account for.

    Args:
        found: The critical trees of the target.
        k: Paths wanted; fewer are given when no further path is distinct and adds a trial.
        candidates: Sets of elements to choose from, the most common first.
    """
    outer, lanes = found.engine.draws.outer, found.engine.draws.lanes
    trials = np.full(outer, lanes, dtype=np.int64)
    reached = _by_draw(found, np.ones(found.reached, dtype=np.bool_))
    owners = _owners(found)
    trees = _grouped(found, owners)
    listed = trees.first[:candidates]
    choice = _Choice(found, owners, [trees.over(int(tree)) for tree in listed])
    covered = np.zeros(found.reached, dtype=np.bool_)
    paths: list[Route] = []
    for number in choice.take(k):
        covered = covered | choice.opened[number]
        tree = int(listed[number])
        steps, names = _shown(found, owners, tree)
        paths.append(
            Route(
                steps=steps,
                elements=names,
                open=share(_by_draw(found, choice.opened[number]), reached),
                quickest=share(_by_draw(found, trees.same == trees.same[tree]), reached),
                covered=share(_by_draw(found, covered), reached),
            )
        )
    return Routes(
        target=found.target,
        reached=share(reached, trials),
        paths=tuple(paths),
        ways=int(trees.first.size),
        tried=int(listed.size),
    )


def _by_draw(found: Derivations, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count marked trees per epistemic draw."""
    return np.bincount(found.draw[marked], minlength=found.engine.draws.outer)


def _owners(found: Derivations) -> tuple[str, ...]:
    """Return the element of every step of the program; of a bare graph, the step itself."""
    return tuple(step.element or step.id for step in found.engine.program.steps)


def _grouped(found: Derivations, owners: Sequence[str]) -> _Trees:
    """Group trees by the elements they go over, the most common group first."""
    names = tuple(sorted({owners[step] for step in np.unique(found.step)}))
    where = {name: i for i, name in enumerate(names)}
    owner = np.array([where.get(name, -1) for name in owners], dtype=np.int64)
    used = np.zeros((found.reached, len(names)), dtype=np.bool_)
    used[found.tree, owner[found.step]] = True
    _, first, group = np.unique(found.signature, return_index=True, return_inverse=True)
    common = np.bincount(group, minlength=first.size)[group]
    best: dict[bytes, tuple[int, int]] = {}
    counts: dict[bytes, int] = {}
    keys = [row.tobytes() for row in np.packbits(used, axis=1)]
    for tree, key in enumerate(keys):
        counts[key] = counts.get(key, 0) + 1
        best[key] = min(best.get(key, (0, tree)), (-int(common[tree]), tree))
    order = sorted(best, key=lambda key: (-counts[key], best[key]))
    number = {key: i for i, key in enumerate(order)}
    return _Trees(
        names=names,
        used=used,
        first=np.array([best[key][1] for key in order], dtype=np.int64),
        same=np.array([number[key] for key in keys], dtype=np.int64),
    )


def _gathered(found: Derivations, steps: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Return X of some steps in the trials that reach the target; shape (steps, reached)."""
    out = np.empty((steps.size, found.reached), dtype=np.uint16)
    for state in found.engine.states():
        slot = found.tile - state.first
        here = np.flatnonzero((slot >= 0) & (slot < state.x.shape[0]))
        out[:, here] = state.x[slot[here][None, :], steps[:, None], found.lane[here][None, :]]
    return out


def _within(links: Links, steps: NDArray[np.int64]) -> tuple[Links, NDArray[np.bool_]]:
    """Return the structure among some steps, and which still have all they need."""
    place = np.full(links.kind.size, -1, dtype=np.int32)
    place[steps] = np.arange(steps.size, dtype=np.int32)
    rows = [place[links.parent[links.parent_row[s] : links.parent_row[s + 1]]] for s in steps]
    able = np.array(
        [
            links.kind[s] == 0 or bool((row >= 0).all())
            for s, row in zip(steps, rows, strict=True)
        ]
    )
    rows = [row[row >= 0] for row in rows]
    parent_row = np.concatenate([[0], np.cumsum([row.size for row in rows])]).astype(np.int32)
    parent = np.concatenate([np.empty(0, dtype=np.int32), *rows]).astype(np.int32)
    child_row, child = reversed_rows(parent_row, parent, steps.size)
    small = links._replace(
        kind=links.kind[steps],
        entry=links.entry[steps],
        parent_row=parent_row,
        parent=parent,
        child_row=child_row,
        child=child,
        ends=np.searchsorted(steps, links.ends).astype(np.int32),
    )
    return small, able


class _Choice:
    """Greedy choice among candidates; ties go to the more common one."""

    def __init__(
        self,
        found: Derivations,
        owners: Sequence[str],
        elements: Sequence[Collection[str]],
    ) -> None:
        self._found, self._elements = found, elements
        self._own = owners[found.step[-1]] if found.reached else ""
        every = set().union(*elements)
        self._steps = np.array([i for i, n in enumerate(owners) if n in every], dtype=np.int64)
        self._owners = np.array([owners[step] for step in self._steps], dtype=np.str_)
        self._local = _gathered(found, self._steps)
        self.opened = np.zeros((len(elements), found.reached), dtype=np.bool_)
        for number, kept in enumerate(elements):
            self.opened[number] = self._alone(kept)

    def take(self, k: int) -> list[int]:
        """Return at most ``k`` candidates that are distinct, lean and add trials."""
        left = np.ones(self._found.reached, dtype=np.bool_)
        allowed = np.ones(len(self._elements), dtype=np.bool_)
        chosen: list[int] = []
        while len(chosen) < k and allowed.any():
            gain = (self.opened & left).sum(axis=1) * allowed
            best = int(np.argmax(gain))
            allowed[best] = False
            if gain[best] == 0:
                break
            if self._is_lean(best):
                chosen.append(best)
                left &= ~self.opened[best]
                allowed &= self._far_from(best)
        return chosen

    def _is_lean(self, number: int) -> bool:
        """Whether no element could go without shutting the path in half of its trials."""
        kept, most = self._elements[number], self.opened[number].sum() // 2
        others = sorted(set(kept) - {self._own})
        return all(self._alone(set(kept) - {name}).sum() <= most for name in others)

    def _alone(self, kept: Collection[str]) -> NDArray[np.bool_]:
        """Return in which trials the steps on some elements alone reach the target in time."""
        rows = np.flatnonzero(np.isin(self._owners, list(kept)))
        steps = self._steps[rows]
        small, able = _within(self._found.engine.program.links, steps)
        local = self._local[rows]
        local[~able] = _NEVER
        t = np.empty_like(local)
        settle_tile(small, local, t, np.empty(local.shape[1], dtype=np.uint16))
        reached: NDArray[np.bool_] = (
            t[int(np.searchsorted(steps, self._found.step[-1]))] <= self._found.limit
        )
        return reached

    def _far_from(self, number: int) -> NDArray[np.bool_]:
        own = {self._own}
        mine = set(self._elements[number]) - own
        distances = [_distance(mine, set(other) - own) for other in self._elements]
        return np.array(distances) >= LEAST_DISTANCE


def _distance(one: set[str], other: set[str]) -> float:
    """Return the Jaccard distance of two sets; 0 for two empty ones."""
    union = len(one | other)
    return 1.0 - len(one & other) / union if union else 0.0


def _shown(
    found: Derivations, owners: Sequence[str], tree: int
) -> tuple[tuple[RouteStep, ...], tuple[str, ...]]:
    """Return the steps of a tree, and the elements it goes over but for the target's own."""
    here = slice(int(found.start[tree]), int(found.start[tree + 1]))
    positions, program = found.step[here], found.engine.program
    same = np.flatnonzero(found.signature == found.signature[tree])
    arrivals = np.stack(
        [found.arrival[found.start[one] : found.start[one + 1]] for one in same]
    )
    where = {int(step): i for i, step in enumerate(positions)}
    order = np.stack([found.step[found.start[one] : found.start[one + 1]] for one in same])
    by_place = np.empty_like(arrivals)
    np.put_along_axis(by_place, np.vectorize(where.__getitem__)(order), arrivals, axis=1)
    medians = np.median(by_place, axis=0) * found.engine.tick_days
    links = program.links
    steps = []
    for i, step in enumerate(positions):
        row = links.parent[links.parent_row[step] : links.parent_row[step + 1]]
        chosen = int(found.chosen[here][i])
        needed = [chosen] if chosen >= 0 else [int(parent) for parent in row]
        steps.append(
            RouteStep(
                step=program.names[step],
                parents=tuple(program.names[parent] for parent in needed),
                median_days=float(medians[i]),
            )
        )
    names = dict.fromkeys(owners[step] for step in positions)
    del names[owners[positions[-1]]]
    return tuple(steps), tuple(names)
