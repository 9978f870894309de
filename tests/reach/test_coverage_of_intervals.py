"""Intervals of the engine's own results hold the truth as often as they say.

Small graphs of which everything is known in closed form (reach, distributions of arrival times,
how often a change makes it worse, by how much a fact moves it) are simulated 1,000 times, each
time with another seed.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, inf, log
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from counterseal.assess.comparison import compare
from counterseal.attackgraph.model import Family, LocalTime, Parameter, ParameterFamily, Power
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.estimate import Proportion, quantile
from counterseal.reach.exact import exact_reach
from counterseal.reach.explaining.clustered import share as clustered
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.sensitivity import Sensitivity, confirm
from counterseal.testing.graphs import constant, graph, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.estimate import Quantile

pytestmark = pytest.mark.slow

REPEATS = 1_000
TRIALS = 1_000
# The interval holds the truth in 93 to 97 % of repeats; at 95 % that is 2.9 standard errors.
LEAST, MOST = 0.93, 0.97


def slow(mean: float) -> LocalTime:
    """Return an exponential time with this mean, in days."""
    return LocalTime(family=Family.EXPONENTIAL, scale=constant(mean))


def timeless() -> AttackGraph:
    """Return a graph with a cycle, and-steps and shared causes; reach from 0.03 to 0.97."""
    return graph(
        [
            step("a", entry=True, requires=["x"]),
            step("b", ["a", "d"], success=0.6),
            step("c", ["b", "e"], every=True, requires=["y"]),
            step("d", ["c", "e"], unseen=0.5),
            step("e", entry=True, success=0.5),
            step("likely", ["a", "d"], success=0.99),
            step("rare", ["c"], success=0.1),
        ],
        {"x": 0.95, "y": 0.7},
        max_attempts=2,
    )


def timed() -> AttackGraph:
    """Return one step after another, the first of two, the last of two, and one that fails."""
    return graph(
        [
            step("one", entry=True, time=slow(80.0)),
            step("two", entry=True, time=slow(120.0)),
            step("next", ["one"], time=slow(80.0)),
            step("first", ["one", "two"]),
            step("last", ["one", "two"], every=True),
            step("perhaps", entry=True, time=slow(100.0), success=0.8),
        ]
    )


@pytest.fixture(scope="module")
def hits() -> dict[str, NDArray[np.int64]]:
    """Trials that reach each step, per repeat."""
    made = timeless()
    names = [s.id for s in made.steps]
    rows = []
    for seed in range(REPEATS):
        draws = Draws(seed=seed, outer=1, lanes=TRIALS)
        ticks = Engine(made, draws=draws, targets=names, workers=1).run().ticks
        rows.append((ticks < 65535).sum(axis=1))
    return dict(zip(names, np.array(rows).T, strict=True))


@pytest.fixture(scope="module")
def quantiles() -> dict[tuple[str, float], list[Quantile]]:
    """Sample quantiles of the arrivals at each step, per repeat."""
    made = timed()
    found: dict[tuple[str, float], list[Quantile]] = {}
    for seed in range(REPEATS):
        draws = Draws(seed=seed, outer=1, lanes=TRIALS)
        arrivals = Engine(made, draws=draws, targets=list(ARRIVED), workers=1).run()
        for name in ARRIVED:
            for p in SHARES:
                found.setdefault((name, p), []).append(quantile(arrivals.days(name), p))
    return found


@pytest.mark.parametrize("name", ["b", "c", "d", "e", "likely", "rare"])
def test_wilson_intervals_of_reach_cover_as_often_as_they_say(
    hits: dict[str, NDArray[np.int64]], name: str
) -> None:
    truth = exact_reach(timeless(), name)
    assert 0.02 < truth < 0.98
    covered = [
        low <= truth <= high
        for low, high in (Proportion(hits=int(h), trials=TRIALS).wilson() for h in hits[name])
    ]
    assert LEAST <= float(np.mean(covered)) <= MOST


@pytest.mark.parametrize("name", ["b", "c", "d", "e", "likely", "rare"])
def test_hits_over_repeats_are_binomial(hits: dict[str, NDArray[np.int64]], name: str) -> None:
    """The spread between seeds is that of independent trials, neither less nor more."""
    truth = exact_reach(timeless(), name)
    scores = (hits[name] - TRIALS * truth) / (TRIALS * truth * (1.0 - truth)) ** 0.5
    total = float(np.square(scores).sum())
    assert 1e-3 < float(stats.chi2.cdf(total, REPEATS)) < 1.0 - 1e-3
    assert abs(float(hits[name].sum()) / (REPEATS * TRIALS) - truth) < 4e-3 * truth**0.5


# How likely each step has been reached after t days.
ARRIVED: dict[str, Callable[[float], float]] = {
    "one": lambda t: 1.0 - exp(-t / 80.0),
    "next": lambda t: 1.0 - exp(-t / 80.0) * (1.0 + t / 80.0),
    "first": lambda t: 1.0 - exp(-t / 80.0 - t / 120.0),
    "last": lambda t: (1.0 - exp(-t / 80.0)) * (1.0 - exp(-t / 120.0)),
    "perhaps": lambda t: 0.8 * (1.0 - exp(-t / 100.0)),
}
SHARES = (0.1, 0.5, 0.75)


@pytest.mark.parametrize("p", SHARES)
@pytest.mark.parametrize("name", sorted(ARRIVED))
def test_intervals_of_quantiles_cover_as_often_as_they_say(
    quantiles: dict[tuple[str, float], list[Quantile]], name: str, p: float
) -> None:
    """The true quantile lies between two times exactly if the share reached does."""
    arrived = ARRIVED[name]
    found = quantiles[name, p]
    covered = [share(arrived, q.low) <= p <= share(arrived, q.high) for q in found]
    assert LEAST <= float(np.mean(covered)) <= MOST


def share(arrived: Callable[[float], float], days: float) -> float:
    """Return how likely a step has been reached by then; infinity is after never, too."""
    return 1.0 if days == inf else arrived(days)


def test_a_quantile_that_is_never_reached_is_infinite_in_every_repeat() -> None:
    made = timed()
    for seed in range(20):
        draws = Draws(seed=seed, outer=1, lanes=TRIALS)
        row = Engine(made, draws=draws, targets=["perhaps"], workers=1).run().days("perhaps")
        found = quantile(row, 0.9)
        assert (found.value, found.low, found.high) == (inf, inf, inf)


def test_the_closed_forms_are_those_of_the_steps() -> None:
    assert ARRIVED["one"](80.0 * log(2.0)) == pytest.approx(0.5)
    assert ARRIVED["first"](48.0 * log(2.0)) == pytest.approx(0.5)
    assert ARRIVED["next"](80.0) == pytest.approx(float(stats.gamma.cdf(1.0, 2.0)))


DRAWS = 200
LANES = 64


def doubtful(name: str, low: float, high: float) -> Parameter:
    """Return a fact that is uniform between two values."""
    return Parameter(
        id=name,
        family=ParameterFamily.UNIFORM,
        mode=(low + high) / 2.0,
        low=low,
        high=high,
        grade=Grade.ASSUMED,
    )


def lucky(*facts: Parameter, times: float = 1.0) -> AttackGraph:
    """Return one step that works as often as the product of some facts and a number."""
    one = step("v", entry=True)
    chance = (*constant(times), *(Power(base=fact.id) for fact in facts))
    made = graph([replace(one, success=chance)])
    return replace(made, parameters={fact.id: fact for fact in facts})


def reach_of(made: AttackGraph, draws: Draws) -> NDArray[np.float64]:
    """Return 1 for each trial in which the step is reached."""
    row = Engine(made, draws=draws, targets=["v"], workers=1).run().row("v")
    return np.asarray(row != 65535, dtype=np.float64)


@pytest.mark.parametrize("before", [0.1, 0.4])
def test_intervals_of_p_worse_cover_as_often_as_they_say(before: float) -> None:
    """The change swaps a known chance for an uncertain one.

    A draw is worse when its chance after is above the one before. On common numbers a trial
    differs in one direction only, so the sign is right as soon as any trial differs: with 64
    trials a draw, in all draws but one or two in a hundred, whose chances are almost the same.
    """
    fact = doubtful("fact", 0.0, 1.0)
    old, new = lucky(times=before), lucky(fact)
    gap = 1.0 - before
    unseen = (1.0 - (1.0 - gap) ** (LANES + 1)) / (LANES + 1)
    truth = gap - unseen
    assert gap - truth < 0.016
    covered = 0
    for seed in range(REPEATS):
        draws = Draws(seed=seed, outer=DRAWS, lanes=LANES)
        found = compare(reach_of(old, draws), reach_of(new, draws), lanes=LANES)
        low, high = found.worse.wilson()
        covered += low <= truth <= high
    assert LEAST <= covered / REPEATS <= MOST


@pytest.mark.parametrize(("start", "end"), [(0.2, 0.8), (0.45, 0.55)])
def test_intervals_of_differences_cover_as_often_as_they_say(start: float, end: float) -> None:
    """A fact set to either end, another one uncertain: reach moves by the mean of a product."""
    moved, other = doubtful("moved", 0.0, 1.0), doubtful("other", 0.4, 1.0)
    made = lucky(moved, other)
    truth = (end - start) * 0.7
    asked = Sensitivity(parameter="moved", start=start, end=end, change=0.0, standard_error=0.0)
    covered = 0
    for seed in range(REPEATS):
        draws = Draws(seed=seed, outer=100, lanes=16)
        engine = Engine(made, draws=draws, targets=["v"], workers=1)
        [found] = confirm(derive(engine, "v"), [asked])
        covered += found.low <= truth <= found.high
    assert LEAST <= covered / REPEATS <= MOST


def test_intervals_of_shares_over_uncertain_draws_cover_as_often_as_they_say() -> None:
    """Trials of one draw share a fact; an interval that did not know would be too narrow."""
    made = lucky(doubtful("fact", 0.0, 0.9))
    covered = naive = 0
    for seed in range(REPEATS):
        draws = Draws(seed=seed, outer=DRAWS, lanes=32)
        hits = reach_of(made, draws).reshape(DRAWS, 32).sum(axis=1).astype(np.int64)
        found = clustered(hits, np.full(DRAWS, 32))
        covered += found.low <= 0.45 <= found.high
        low, high = Proportion(hits=int(hits.sum()), trials=draws.trials).wilson()
        naive += low <= 0.45 <= high
    assert LEAST <= covered / REPEATS <= MOST
    assert naive / REPEATS < 0.75
