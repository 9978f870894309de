"""The k distinct paths that account for most of the trials in which a target is reached.

A path is a critical tree of some trial. It is *open* in a trial if its steps alone reach the
target in time there, whether or not another way is quicker. Paths are chosen greedily: the one
that is open in most trials, then the one that is open in most of the trials left over, and so
on. So a second path that differs from the first in one incidental step adds next to nothing and
is not chosen; beyond that, two chosen paths share less than half of the elements they use.

Greedy choice reaches at least 1 - 1/e of the coverage that any k of the candidates could have
(Nemhauser, Wolsey and Fisher 1978, Math. Programming 14:265-294), the distance aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.explaining.clustered import share
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.reach.explaining.clustered import Share
    from counterseal.reach.explaining.derivations import Derivations

__all__ = ["Route", "RouteStep", "Routes", "routes"]

MOST_CANDIDATES = 400
"""Trees that are tried, the most common first; each costs a look at every trial."""

LEAST_DISTANCE = 0.5
"""Jaccard distance of the elements that two chosen paths use, the target's own aside."""

_NEVER = np.int64(65535)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One step of a path.

    Attributes:
        step: Its id.
        parents: Steps of the same path that it needs.
        median_days: Median arrival by this path, over the trials in which it is open.
    """

    step: str
    parents: tuple[str, ...]
    median_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One path to the target.

    Attributes:
        steps: Parents before children; the target is last.
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
        ways: How many different critical trees the trials have.
        tried: How many of them were candidates.
    """

    target: str
    reached: Share
    paths: tuple[Route, ...]
    ways: int
    tried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """A candidate: positions of its steps, and where among them each finds its parents."""

    steps: NDArray[np.int64]
    parent_row: NDArray[np.int64]
    parent: NDArray[np.int64]
    elements: frozenset[str]


def routes(found: Derivations, *, k: int = 3, candidates: int = MOST_CANDIDATES) -> Routes:
    """Return at most ``k`` distinct paths, and how many trials they account for.

    Args:
        found: The critical trees of the target.
        k: Paths wanted; fewer are given when no further path is distinct and adds a trial.
        candidates: Trees to choose from, the most common first, then the first to occur.
    """
    outer, lanes = found.engine.draws.outer, found.engine.draws.lanes
    trials = np.full(outer, lanes, dtype=np.int64)
    reached = _by_draw(found, np.ones(found.reached, dtype=np.bool_))
    listed, ways = _most_common(found, candidates)
    trees = [_tree(found, int(number)) for number in listed]
    opened = np.array([_arrivals(found, t)[-1] <= found.limit for t in trees], dtype=np.bool_)
    covered = np.zeros(found.reached, dtype=np.bool_)
    paths: list[Route] = []
    for number in _chosen(opened.reshape(len(trees), found.reached), trees, k):
        covered = covered | opened[number]
        same = _same_elements(found, int(listed[number]))
        paths.append(
            Route(
                steps=_steps(found, trees[number], opened[number]),
                elements=_elements(found, trees[number]),
                open=share(_by_draw(found, opened[number]), reached),
                quickest=share(_by_draw(found, same), reached),
                covered=share(_by_draw(found, covered), reached),
            )
        )
    return Routes(
        target=found.target,
        reached=share(reached, trials),
        paths=tuple(paths),
        ways=ways,
        tried=len(trees),
    )


def _by_draw(found: Derivations, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count marked trees per epistemic draw."""
    return np.bincount(found.draw[marked], minlength=found.engine.draws.outer)


def _most_common(found: Derivations, most: int) -> tuple[NDArray[np.int64], int]:
    """Return the first tree of each of the most common signatures, and how many there are."""
    _, first, counts = np.unique(found.signature, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    return first[order][:most].astype(np.int64), int(first.size)


def _tree(found: Derivations, number: int) -> _Tree:
    here = slice(int(found.start[number]), int(found.start[number + 1]))
    steps, chosen = found.step[here], found.chosen[here]
    links = found.engine.program.links
    place = {int(step): i for i, step in enumerate(steps)}
    rows = [
        [place[int(chosen[i])]]
        if chosen[i] >= 0
        else [
            place[int(p)] for p in links.parent[links.parent_row[s] : links.parent_row[s + 1]]
        ]
        for i, s in enumerate(steps)
    ]
    counts = [len(row) for row in rows]
    names = _owners(found, steps)
    return _Tree(
        steps=steps,
        parent_row=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        parent=np.array([p for row in rows for p in row], dtype=np.int64),
        elements=frozenset(names) - {names[-1]},
    )


def _owners(found: Derivations, steps: NDArray[np.int64]) -> list[str]:
    program = found.engine.program
    return [_owner(found, program.names[step]) for step in steps]


def _owner(found: Derivations, name: str) -> str:
    """Return the element of a step; of a bare graph, the step itself."""
    graph = found.engine.graph
    return graph.steps[graph.index[name]].element or name


def _elements(found: Derivations, tree: _Tree) -> tuple[str, ...]:
    return tuple(n for n in dict.fromkeys(_owners(found, tree.steps)) if n in tree.elements)


def _chosen(opened: NDArray[np.bool_], trees: Sequence[_Tree], k: int) -> list[int]:
    """Return the candidates chosen greedily; ties go to the more common one."""
    left = np.ones(opened.shape[1], dtype=np.bool_)
    allowed = np.ones(len(trees), dtype=np.bool_)
    chosen: list[int] = []
    while len(chosen) < k and allowed.any():
        gain = (opened & left).sum(axis=1) * allowed
        best = int(np.argmax(gain))
        if gain[best] == 0:
            break
        chosen.append(best)
        left &= ~opened[best]
        mine = trees[best].elements
        near = [_distance(mine, tree.elements) < LEAST_DISTANCE for tree in trees]
        allowed &= ~np.array(near)
    return chosen


def _distance(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard distance of two sets; 0 for two empty ones."""
    union = len(one | other)
    return 1.0 - len(one & other) / union if union else 0.0


def _same_elements(found: Derivations, number: int) -> NDArray[np.bool_]:
    """Return which trees go over the same elements as tree ``number``."""
    names = sorted(set(_owners(found, np.unique(found.step))))
    where = {name: i for i, name in enumerate(names)}
    program = found.engine.program
    owner = np.zeros(len(program.names), dtype=np.int64)
    for step in np.unique(found.step):
        owner[step] = where[_owner(found, program.names[step])]
    used = np.zeros((found.reached, len(names)), dtype=np.bool_)
    used[found.tree, owner[found.step]] = True
    same: NDArray[np.bool_] = (used == used[number]).all(axis=1)
    return same


def _arrivals(found: Derivations, tree: _Tree) -> NDArray[np.int64]:
    """Return when each step of a path is reached by it, in every trial that reaches the target.

    Shape (steps of the path, reached), in ticks; 65535 is never.
    """
    out = np.empty((tree.steps.size, found.reached), dtype=np.int64)
    for state in found.engine.states():
        slot = found.tile - state.first
        here = np.flatnonzero((slot >= 0) & (slot < state.x.shape[0]))
        local = state.x[slot[here][None, :], tree.steps[:, None], found.lane[here][None, :]]
        out[:, here] = _along(tree.parent_row, tree.parent, local.astype(np.int64))
    return out


@njit
def _along(
    parent_row: NDArray[np.int64], parent: NDArray[np.int64], local: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Add up local times along a path; all parents of a step are needed."""
    out = np.zeros_like(local)
    for i in range(local.shape[0]):
        for j in range(parent_row[i], parent_row[i + 1]):
            for k in range(local.shape[1]):
                out[i, k] = max(out[i, k], out[parent[j], k])
        for k in range(local.shape[1]):
            out[i, k] = min(out[i, k] + local[i, k], _NEVER)
    return out


def _steps(found: Derivations, tree: _Tree, opened: NDArray[np.bool_]) -> tuple[RouteStep, ...]:
    names = [found.engine.program.names[step] for step in tree.steps]
    medians = np.median(_arrivals(found, tree)[:, opened], axis=1) * found.engine.tick_days
    ends = tree.parent_row
    return tuple(
        RouteStep(
            step=name,
            parents=tuple(names[p] for p in tree.parent[ends[i] : ends[i + 1]]),
            median_days=float(medians[i]),
        )
        for i, name in enumerate(names)
    )
