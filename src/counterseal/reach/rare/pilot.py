"""Pilot runs: climb from what is easy to what is rare, and learn the tilts on the way.

Multilevel cross-entropy (Rubinstein and Kroese 2004, The Cross-Entropy Method, Springer,
chapter 3; de Boer, Kroese, Mannor and Rubinstein 2005, Ann. Oper. Res. 134:19-67): each round
looks for the hardest level at which enough trials reach the target under the tilts learned so
far, and fits the next tilts to those trials. Every round has numbers of its own, none shared
with the final run, so what is learned here can make the estimate imprecise but never biased.
In the pilot every trial has a draw of its own, and facts may be tilted like anything else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.errors import UsageError
from counterseal.reach.draws import Draws
from counterseal.reach.rare.fitting import Seen, fit, kish, trimmed
from counterseal.reach.rare.inputs import collect
from counterseal.reach.rare.routes import divide
from counterseal.reach.rare.tilts import TiltSet
from counterseal.reach.rare.trials import BentEngine
from counterseal.reach.special import log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.reach.program import Program

__all__ = ["Learned", "Pilot", "Problem", "Round", "learn"]

_COMMON = 0.1  # a target reached by this share of honest trials is not rare
_LOWEST = 2.0**-20
_PROBES = 8
_LARGER = 3  # how much larger a round at level 1 is than the one that reached it
_STATE_BYTES = 2**28
_KEPT, _ROUNDS_KEPT = 0.3, 4  # see _mixed
_BORROWED = 5.0  # effective trials that a way borrows from all others
_EVEN = 0.1  # share of the tilted trials that is divided evenly among the ways
_FIRST = 5.0  # times enough that the honest first round looks for, to see many ways
_ENOUGH_TIMES = 8.0  # a level at which this many times enough trials succeed is too easy


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """How much work goes into learning the tilts.

    Attributes:
        trials: Trials of one run, at least 100. A round has one run or several.
        enough: Effective successful trials that a fit needs.
        rounds: Rounds at most.
        refine: Rounds at level 1, once it is reached.
    """

    trials: int = 2_000
    enough: float = 60.0
    rounds: int = 24
    refine: int = 3

    def __post_init__(self) -> None:
        if self.trials < 100 or not 10.0 <= self.enough <= self.trials / 2:  # noqa: PLR2004
            msg = f"trials={self.trials} and enough={self.enough:g} are too few for a pilot"
            raise UsageError(msg, hint="At least 100 trials, and 10 to half of them enough.")


class Problem(NamedTuple):
    """What is asked.

    Attributes:
        program: The graph, for one target.
        seed: Of the final run.
        horizon_days: Until when the target has to be reached.
        workers: Threads.
    """

    program: Program
    seed: int
    horizon_days: float
    workers: int | None

    def engine(
        self,
        draws: Draws,
        sets: tuple[TiltSet, ...],
        *,
        level: float = 1.0,
        memory_bytes: int = 0,
    ) -> BentEngine:
        """Return an engine for the problem."""
        return BentEngine(
            self.program.graph,
            draws=draws,
            program=self.program,
            sets=sets,
            level=level,
            workers=self.workers,
            memory_bytes=memory_bytes,
        )

    def hits(self, engine: BentEngine) -> NDArray[np.bool_]:
        """Return in which trials the target is reached in time."""
        return engine.run().reached(self.program.targets[0], self.horizon_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of the pilot.

    Attributes:
        level: Level at which enough trials succeeded; 1 is the graph as it is.
        hits: Trials that did.
        effective: Their effective number.
        trials: Trials of all runs of the round.
    """

    level: float
    hits: int
    effective: float
    trials: int


class Learned(NamedTuple):
    """What the pilot found: tilts, its rounds, and whether the target itself was reached."""

    sets: tuple[TiltSet, ...]
    rounds: tuple[Round, ...]
    reached: bool


class _Found(NamedTuple):
    engine: BentEngine
    level: float
    hits: NDArray[np.int64]
    weights: NDArray[np.float64]
    effective: float
    runs: int


def learn(problem: Problem, pilot: Pilot) -> Learned:
    """Return tilts for a problem; none where the target is not rare or no tilt would help."""
    sets: tuple[TiltSet, ...] = ()
    rounds: list[Round] = []
    history: list[tuple[TiltSet, ...]] = []
    level, at_top = 0.0, 0
    for number in range(pilot.rounds):
        trials = pilot.trials * (_LARGER if level == 1.0 else 1)
        draws = Draws(seed=_seed(problem.seed, number), outer=trials, lanes=1)
        found = _hardest(problem, pilot, draws, sets, level)
        rounds.append(
            Round(
                level=found.level,
                hits=found.hits.size,
                effective=found.effective,
                trials=found.runs * trials,
            )
        )
        if found.level == 1.0 and not sets and found.hits.size >= _COMMON * pilot.trials:
            break
        if not found.hits.size:
            break
        history.append(_fitted(found))
        sets = _mixed(history)
        level = found.level
        at_top += level == 1.0
        if at_top >= pilot.refine:
            break
    return Learned(sets, tuple(rounds), rounds[-1].level == 1.0)


def _fitted(found: _Found) -> tuple[TiltSet, ...]:
    """Return a set of tilts for each way that successful trials went."""
    engine, hits, weights = found.engine, found.hits, found.weights
    routes = divide(engine, hits, weights)
    every = frozenset[int]().union(*(route.steps for route in routes))
    inputs = collect(engine, steps=every)
    numbers = engine.numbers(inputs, hits)
    place = {one: row for row, one in enumerate(inputs)}
    total = float(weights.sum())
    sets = []
    for route in routes:
        own = collect(engine, steps=route.steps)
        mine = np.isin(hits, route.trials)
        counted = Seen(hits, np.where(mine, weights, 0.0), _focused(weights, mine))
        tilts = fit(engine, own, numbers[[place[one] for one in own]], counted)
        share = (1.0 - _EVEN) * float(route.weights.sum()) / total + _EVEN / len(routes)
        if tilts:
            sets.append(TiltSet(share=share, tilts=tilts))
    return tuple(sets)


def _focused(weights: NDArray[np.float64], own: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return weights for what serves every way: own trials, and a few of the others."""
    mine, others = np.where(own, weights, 0.0), np.where(own, 0.0, weights)
    many = kish(others)
    if many == 0.0:
        return weights
    borrowed = min(_BORROWED, many) / float(others.sum())
    return mine * (kish(mine) / float(mine.sum())) + others * borrowed


def _mixed(history: Sequence[tuple[TiltSet, ...]]) -> tuple[TiltSet, ...]:
    """Return the sets of the last round, and with a part of the share those of some before.

    They were learned where the target was easier to reach, so they are wider, and know ways
    that later rounds lost sight of.
    """
    *before, now = history
    some = (before[:1] + before[1:][1 - _ROUNDS_KEPT :]) if before else []
    kept = _KEPT if some else 0.0
    parts = [(1.0 - kept, now), *((kept / len(some), sets) for sets in some)]
    return tuple(
        TiltSet(share=part * one.share, tilts=one.tilts) for part, sets in parts for one in sets
    )


def _seed(seed: int, number: int) -> int:
    """Return the seed of one round, which no other round and no final run has."""
    text = f"counterseal-rare/1\0{seed}\0{number}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:12], "big")


def _hardest(
    problem: Problem, pilot: Pilot, draws: Draws, sets: tuple[TiltSet, ...], least: float
) -> _Found:
    """Return the hardest level found at which enough trials succeed, else the easiest tried.

    How many succeed falls about exponentially with the level, so the next level tried is where
    that would give twice enough, between the levels known to be too easy and too hard.
    """
    best = _tried(problem, draws, sets, 1.0, 1)
    if best.effective >= pilot.enough:
        return best
    easy, hard = (max(least, _LOWEST), pilot.trials / 2.0), (1.0, best.effective)
    found = None
    for run in range(2, _PROBES + 2):
        level = _between(easy, hard, (2.0 if sets else _FIRST) * pilot.enough)
        tried = _tried(problem, draws, sets, level, run)
        if tried.effective < pilot.enough:
            hard = level, tried.effective
            continue
        found, easy = tried, (level, tried.effective)
        if tried.effective < _ENOUGH_TIMES * pilot.enough:
            break
    return found or _tried(problem, draws, sets, easy[0], _PROBES + 2)


def _between(easy: tuple[float, float], hard: tuple[float, float], wanted: float) -> float:
    """Return a level strictly between two, each given with how many succeed there."""
    many, few = log(max(easy[1], 1.001 * wanted)), log(max(hard[1], 0.5))
    part = (many - log(wanted)) / (many - few)
    part = min(max(part, 0.1), 0.9)
    return easy[0] + part * (hard[0] - easy[0])


def _tried(
    problem: Problem, draws: Draws, sets: tuple[TiltSet, ...], level: float, runs: int
) -> _Found:
    engine = problem.engine(draws, sets, level=level, memory_bytes=_STATE_BYTES)
    hits = np.flatnonzero(problem.hits(engine))
    weights = trimmed(engine.weights(hits))
    return _Found(engine, level, hits, weights, kish(weights), runs)
