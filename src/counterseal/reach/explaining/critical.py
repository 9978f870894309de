"""Why a target is reached: the derivations that set its arrival, over the trials of a base run.

In each trial in which the target is reached, its critical tree is the target, the parent that
set the time of an or-step, and all parents of an and-step, down to entries. Equal trees are
grouped; the largest group is the most likely path. Ties of arrival go to the lower derivation,
then to the earlier step, so a tree is never circular.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.estimate import Proportion
from counterseal.reach.explaining.walking import critical, lift, visit
from counterseal.reach.sampling import NEVER, detected_at_once
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.reach.engine import Engine, State
    from counterseal.reach.plan import Plan
    from counterseal.reach.program import Links

__all__ = ["Explanation", "Path", "PathStep", "explain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One step of a path.

    Attributes:
        step: Its id.
        parents: Steps of the same path that it needed.
        median_days: Median arrival over the trials of the path.
        own_days: Median time that the step itself took.
    """

    step: str
    parents: tuple[str, ...]
    median_days: float
    own_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A critical tree and the trials in which it was the one.

    Attributes:
        trials: Those trials, out of the trials in which the target is reached.
        steps: From an entry to the target, parents before children, by median arrival.
    """

    trials: Proportion
    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How one target is reached.

    Attributes:
        target: Id of the step.
        reached: Trials in which it is reached within the horizon.
        undetected: Trials in which it is reached and no attempt on its critical tree was
            detected.
        critical: Share of the trials that reach the target in which each step lies on its
            critical tree; only steps that ever do, greatest share first, then by id.
        paths: The most common critical trees, most common first.
    """

    target: str
    reached: Proportion
    undetected: Proportion
    critical: Mapping[str, float]
    paths: tuple[Path, ...]


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What the walks over all tiles add up to, for each target."""

    counts: NDArray[np.int64]
    signatures: NDArray[np.uint64]
    clean: NDArray[np.uint8]


def explain(
    engine: Engine, targets: Sequence[str] | None = None, *, most: int = 3
) -> tuple[Explanation, ...]:
    """Explain ``targets`` (all of the engine's when ``None``) on the base run of ``engine``.

    Args:
        engine: What ran; its draws are used as they are.
        targets: Ids among the engine's targets; each costs about as much as a sweep.
        most: Paths to give for each target.
    """
    names = engine.program.targets if targets is None else tuple(targets)
    rows = np.array([engine.program.index.get(name, -1) for name in names], dtype=np.int64)
    shape = (rows.size, engine.layout.tiles, engine.layout.width)
    tally = _Tally(
        counts=np.zeros((rows.size, len(engine.program.names)), dtype=np.int64),
        signatures=np.zeros(shape, dtype=np.uint64),
        clean=np.zeros(shape, dtype=np.uint8),
    )
    lanes = np.diff(engine.layout.spans, axis=1)[:, 0]
    for state in engine.states():
        _tally(engine, state, rows, lanes, tally)
    chosen = [_largest(tally.signatures[k], most) for k in range(rows.size)]
    groups = _Groups(engine, rows, tally, chosen)
    return tuple(
        _explanation(engine, name, k, tally, groups.paths(k)) for k, name in enumerate(names)
    )


def _tally(
    engine: Engine,
    state: State,
    rows: NDArray[np.int64],
    lanes: NDArray[np.int64],
    tally: _Tally,
) -> None:
    h = np.full_like(state.t, NEVER)
    links = engine.program.links
    here = slice(state.first, state.first + state.x.shape[0])
    for k in range(rows.size):
        if rows[k] < 0:
            continue
        signatures, clean = tally.signatures[k, here], tally.clean[k, here]
        settings = (links, engine.plan, engine.table, state.first, lanes)
        _walk(*settings, state.x, state.t, h, rows[k], tally.counts[k], signatures, clean)


def _largest(signatures: NDArray[np.uint64], most: int) -> tuple[tuple[int, int], ...]:
    """Return the ``most`` common signatures and their counts, ties by first occurrence."""
    flat = signatures.ravel()
    found, first, counts = np.unique(flat, return_index=True, return_counts=True)
    order = sorted(range(found.size), key=lambda i: (-int(counts[i]), int(first[i])))
    return tuple((int(found[i]), int(counts[i])) for i in order if found[i] != 0)[:most]


class _Groups:
    """Second pass: the tree of each chosen signature, and when its steps were reached."""

    def __init__(
        self,
        engine: Engine,
        rows: NDArray[np.int64],
        tally: _Tally,
        chosen: Sequence[Sequence[tuple[int, int]]],
    ) -> None:
        self._engine = engine
        self._reached = (tally.signatures != 0).sum(axis=(1, 2))
        self._chosen = chosen
        self._trees: dict[tuple[int, int], dict[int, tuple[int, ...]]] = {}
        self._times: dict[tuple[int, int], list[NDArray[np.uint16]]] = {}
        for state in engine.states():
            for k, row in enumerate(rows):
                for signature, _ in chosen[k]:
                    self._gather(state, k, int(row), signature, tally)

    def _gather(self, state: State, k: int, row: int, signature: int, tally: _Tally) -> None:
        here = tally.signatures[k, state.first : state.first + state.x.shape[0]]
        tiles, lanes = np.nonzero(here == np.uint64(signature))
        if not tiles.size:
            return
        if (k, signature) not in self._trees:
            one = state.x[tiles[0], :, lanes[0]], state.t[tiles[0], :, lanes[0]]
            self._trees[k, signature] = _tree(self._engine.program.links, row, *one)
        steps = np.array(list(self._trees[k, signature]))[:, None]
        both = np.stack([state.t[tiles, steps, lanes], state.x[tiles, steps, lanes]])
        self._times.setdefault((k, signature), []).append(both)

    def paths(self, k: int) -> tuple[Path, ...]:
        """Return the paths of target number ``k``."""
        return tuple(
            Path(
                trials=Proportion(hits=count, trials=int(self._reached[k])),
                steps=self._steps(k, signature),
            )
            for signature, count in self._chosen[k]
        )

    def _steps(self, k: int, signature: int) -> tuple[PathStep, ...]:
        tree = self._trees[k, signature]
        arrivals, own = np.median(np.concatenate(self._times[k, signature], axis=2), axis=2)
        names = self._engine.program.names
        days = self._engine.tick_days
        found = [
            PathStep(
                step=names[step],
                parents=tuple(names[parent] for parent in parents),
                median_days=float(arrivals[i]) * days,
                own_days=float(own[i]) * days,
            )
            for i, (step, parents) in enumerate(tree.items())
        ]
        depth = {names[step]: i for i, step in enumerate(tree)}
        return tuple(sorted(found, key=lambda s: (s.median_days, -depth[s.step])))


def _tree(
    links: Links, target: int, x: NDArray[np.uint16], t: NDArray[np.uint16]
) -> dict[int, tuple[int, ...]]:
    """Return the critical tree in one trial: each step after all steps that need it."""
    wide_x = np.ascontiguousarray(x)[None, :, None]
    wide_t = np.ascontiguousarray(t)[None, :, None]
    h = np.full_like(wide_t, NEVER)
    lift(links, target, 0, wide_x[0], wide_t[0], h[0], np.empty(x.size + 1, dtype=np.int64))
    parents: dict[int, tuple[int, ...]] = {}
    stack = [target]
    while stack:
        step = stack.pop()
        if step in parents:
            continue
        row = links.parent[links.parent_row[step] : links.parent_row[step + 1]]
        if links.kind[step] == 0 and row.size:
            row = row[[critical(links, step, wide_x[0], wide_t[0], h[0], 0)]]
        parents[step] = tuple(int(parent) for parent in row)
        stack.extend(parents[step])
    order = sorted(parents, key=lambda step: (-int(t[step]), -int(h[0, step, 0]), step))
    return {step: parents[step] for step in order}


def _explanation(
    engine: Engine, name: str, k: int, tally: _Tally, paths: tuple[Path, ...]
) -> Explanation:
    trials = engine.draws.trials
    reached = int((tally.signatures[k] != 0).sum())
    counts = tally.counts[k]
    shares = {
        engine.program.names[row]: float(counts[row]) / reached
        for row in np.flatnonzero(counts)
    }
    return Explanation(
        target=name,
        reached=Proportion(hits=reached, trials=trials),
        undetected=Proportion(hits=int(tally.clean[k].sum()), trials=trials),
        critical=dict(sorted(shares.items(), key=lambda item: (-item[1], item[0]))),
        paths=paths,
    )


@njit
def _walk(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    plan: Plan,
    table: NDArray[np.float64],
    first: int,
    lanes: NDArray[np.int64],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    target: int,
    counts: NDArray[np.int64],
    signatures: NDArray[np.uint64],
    clean: NDArray[np.uint8],
) -> None:
    """Walk the critical tree of ``target`` in every trial in which it is reached."""
    stack = np.empty(x.shape[1] + 1, dtype=np.int64)
    stamp = np.zeros(x.shape[1], dtype=np.int64)
    for slot in range(x.shape[0]):
        for lane in range(lanes[first + slot]):
            if t[slot, target, lane] == NEVER:
                continue
            mark = slot * x.shape[2] + lane + 1
            settings = (x[slot], t[slot], h[slot])
            size = visit(links, target, lane, mark, settings, stack, stamp, signatures[slot])
            seen = False
            for i in range(size):
                counts[stack[i]] += 1
                seen = seen or detected_at_once(plan, table, stack[i], first + slot, lane)
            clean[slot, lane] = 0 if seen else 1
