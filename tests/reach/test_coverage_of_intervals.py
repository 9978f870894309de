"""Intervals of the engine's own results hold the truth as often as they say.

A small graph whose reach is known exactly and whose arrival times have distributions in closed
form is simulated 1,000 times, each time with another seed.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from counterseal.attackgraph.model import Family, LocalTime
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.estimate import Proportion, quantile
from counterseal.reach.exact import exact_reach
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
