"""Rare reach against what is known exactly, against plain counting, and against itself."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from counterseal.attackgraph.model import Cause, CauseLevel, Family, LocalTime
from counterseal.errors import UsageError
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.exact import exact_reach
from counterseal.reach.rare import Pilot, rare_reach
from counterseal.testing.graphs import constant, graph, network, puzzle, step

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.rare import RareReach

TRIALS = 4_000
SMALL = Pilot(trials=500, enough=40.0, refine=2)


def estimated(
    made: AttackGraph, target: str, *, seed: int, trials: int = TRIALS, pilot: Pilot = SMALL
) -> RareReach:
    draws = Draws(seed=seed, outer=1, lanes=trials)
    return rare_reach(made, target, draws=draws, workers=1, pilot=pilot)


def chain(steps: int, success: float) -> AttackGraph:
    """Return steps one after another, each of which works with some probability."""
    return graph(
        step(f"s{i}", [f"s{i - 1}"] if i else [], entry=i == 0, success=success)
        for i in range(steps)
    )


def gate(keys: int, chance: float, shared: float) -> AttackGraph:
    """Return an and-step over keys with a cause of their own and one that they share."""
    names = [f"k{i}" for i in range(keys)]
    steps = [step(k, entry=True, requires=[f"c-{k}", "shared"]) for k in names]
    causes = {f"c-{k}": chance for k in names} | {"shared": shared}
    return graph([*steps, step("top", names, every=True)], causes)


def slow(days: float) -> LocalTime:
    return LocalTime(family=Family.EXPONENTIAL, scale=constant(days))


def erlang(steps: int, *, mean: float, horizon: float) -> tuple[AttackGraph, float]:
    """Return a chain of exponential times, and the probability of its end by the horizon."""
    made = graph(
        (
            step(f"s{i}", [f"s{i - 1}"] if i else [], entry=i == 0, time=slow(mean))
            for i in range(steps)
        ),
        horizon_days=horizon,
    )
    return made, float(stats.gamma.cdf(horizon / mean, steps))


def two_ways() -> AttackGraph:
    """Return a target with a short way of one luck and a long way of others, in a cycle."""
    return graph(
        [
            step("in", entry=True),
            step("short", ["in"], success=2e-5),
            step("a", ["in", "c"], success=0.05),
            step("b", ["a"], success=0.05, unseen=0.2),
            step("c", ["b"], success=0.1),
            step("end", ["short", "c"]),
        ],
        max_attempts=2,
    )


RARE = {
    "chain": (chain(4, 0.1), "s3"),
    "long chain": (chain(25, 0.65), "s24"),
    "gate": (gate(4, 0.08, 0.3), "top"),
    "two ways in a cycle": (two_ways(), "end"),
    "bridge of bad links": (
        network(
            ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (3, 4)), p=0.01, source=0, terminals=[4]
        ),
        "all",
    ),
}


@pytest.mark.parametrize("name", sorted(RARE))
def test_estimates_are_within_four_standard_errors_of_the_exact_probability(name: str) -> None:
    made, target = RARE[name]
    truth = exact_reach(made, target)
    assert 1e-7 < truth < 2e-3
    for seed in range(3):
        found = estimated(made, target, seed=seed)
        assert found.estimate is not None
        assert found.standard_error is not None
        assert abs(found.estimate - truth) < 4.0 * found.standard_error
        assert found.standard_error < 0.1 * truth


REPEATS = 200
SPREAD = (0.95 * 0.05 / REPEATS) ** 0.5  # of the share of 95 % intervals that cover


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RARE))
def test_the_mean_estimate_is_the_exact_probability_and_intervals_cover_it(name: str) -> None:
    """On the bridge one hit in a hundred goes a way that small pilots hardly see.

    With them intervals cover only about 79 % there: most estimates are a little too low and a
    few much too high. So it has the default pilot here.
    """
    made, target = RARE[name]
    truth = exact_reach(made, target)
    pilot = Pilot() if name == "bridge of bad links" else SMALL
    found = [estimated(made, target, seed=1000 + k, pilot=pilot) for k in range(REPEATS)]
    ends = [one.interval for one in found if one.interval is not None]
    assert len(ends) == REPEATS
    covered = np.mean([low <= truth <= high for low, high in ends])
    assert covered >= 0.95 - 4.0 * SPREAD
    estimates = np.array([one.estimate for one in found], dtype=np.float64)
    assert abs(estimates.mean() - truth) < 4.0 * estimates.std(ddof=1) / REPEATS**0.5


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(4))
def test_random_graphs_with_rare_causes_are_estimated_without_bias(batch: int) -> None:
    """Cycles, and-steps and shared causes; the scores of all together are standard normal."""
    scores = []
    for seed in range(100 * batch, 100 * batch + 100):
        rng = np.random.default_rng([11, seed])
        made = puzzle(rng)
        rarer = type(made)(
            kinds=made.kinds,
            parents=made.parents,
            entries=made.entries,
            needs=made.needs,
            chances=tuple(float(c) for c in 10.0 ** rng.uniform(-3.0, -0.3, len(made.chances))),
        ).graph()
        target = f"s{int(rng.integers(0, 12)):02}"
        truth = exact_reach(rarer, target)
        if truth == 0.0:
            found = estimated(rarer, target, seed=seed)
            assert (found.estimate, bool(found.reason)) == (0.0, True)
        elif 1e-7 < truth < 1e-2:
            found = estimated(rarer, target, seed=seed, trials=2_000)
            assert found.estimate is not None
            assert found.standard_error is not None
            scores.append((found.estimate - truth) / max(found.standard_error, 1e-12 * truth))
    assert len(scores) >= 15
    assert np.max(np.abs(scores)) < 5.0
    assert abs(np.mean(scores)) < 4.0 / len(scores) ** 0.5


@pytest.mark.parametrize(("steps", "mean", "horizon"), [(3, 300.0, 30.0), (6, 100.0, 90.0)])
def test_rare_because_slow_is_the_gamma_distribution(
    steps: int, mean: float, horizon: float
) -> None:
    made, truth = erlang(steps, mean=mean, horizon=horizon)
    assert truth < 6e-4
    found = estimated(made, f"s{steps - 1}", seed=5)
    assert found.estimate is not None
    assert found.standard_error is not None
    assert abs(found.estimate - truth) < 4.0 * found.standard_error + 1e-3 * truth  # of a tick
    assert found.standard_error < 0.06 * truth


def test_a_horizon_within_that_of_the_graph_counts_arrivals_by_then() -> None:
    made = graph([step("a", entry=True, time=slow(1000.0))], horizon_days=400.0)
    draws = Draws(seed=3, outer=1, lanes=TRIALS)
    found = rare_reach(made, "a", draws=draws, horizon_days=1.0, workers=1, pilot=SMALL)
    truth = 1.0 - exp(-1e-3)
    assert found.estimate is not None
    assert found.standard_error is not None
    assert abs(found.estimate - truth) < 4.0 * found.standard_error + 4e-3 * truth  # of a tick


@pytest.mark.parametrize("name", ["chain", "gate", "two ways in a cycle"])
def test_work_times_variance_is_twenty_times_less_than_of_counting(name: str) -> None:
    """At the same number of trials, those of the pilot included; here it is far more."""
    made, target = RARE[name]
    truth = exact_reach(made, target)
    found = estimated(made, target, seed=8, trials=20_000, pilot=Pilot())
    assert found.standard_error is not None
    work = 20_000 + found.pilot_trials
    assert truth * (1.0 - truth) / (found.standard_error**2 * work) > 20.0


def test_what_is_not_rare_is_counted_to_the_bit_of_the_engine() -> None:
    made = chain(2, 0.6)
    found = estimated(made, "s1", seed=4)
    draws = Draws(seed=4, outer=1, lanes=TRIALS)
    reached = Engine(made, draws=draws, targets=["s1"], workers=1).run().reached("s1", 1e4)
    assert found.estimate == reached.sum() / TRIALS
    assert found.sets == ()
    assert found.hits == found.effective_hits == reached.sum()
    assert found.effective_trials == TRIALS


def test_the_same_seed_gives_the_same_bits_on_any_number_of_workers() -> None:
    draws = Draws(seed=6, outer=1, lanes=TRIALS)
    made, target = RARE["two ways in a cycle"]
    one, two = (rare_reach(made, target, draws=draws, workers=w, pilot=SMALL) for w in (1, 2))
    assert (one.estimate, one.sets, one.rounds) == (two.estimate, two.sets, two.rounds)
    other = estimated(made, target, seed=7)
    assert other.estimate != one.estimate


def test_the_pilot_shares_no_numbers_with_the_final_run() -> None:
    """More final trials leave what was learned as it is; the first of them are the same."""
    made, target = RARE["chain"]
    few, many = (estimated(made, target, seed=2, trials=n) for n in (1_000, 2_000))
    assert few.sets == many.sets
    assert few.rounds == many.rounds


def test_an_unknown_step_is_refused_with_the_likest_name() -> None:
    with pytest.raises(UsageError, match="no step 'vaullt'") as refused:
        estimated(graph([step("vault", entry=True)]), "vaullt", seed=0)
    assert "vault" in refused.value.hint


def test_a_horizon_beyond_that_of_the_graph_is_refused() -> None:
    draws = Draws(seed=0, outer=1, lanes=10)
    with pytest.raises(UsageError, match="not within"):
        rare_reach(chain(2, 0.5), "s1", draws=draws, horizon_days=1e6)


def test_what_the_pilot_never_reaches_is_not_estimated_and_not_zero() -> None:
    made, _ = erlang(40, mean=1000.0, horizon=10.0)
    found = estimated(made, "s39", seed=0, pilot=Pilot(trials=100, enough=20.0, rounds=2))
    assert found.estimate is None
    assert found.interval is None
    assert "pilot" in found.reason


def uncertain(level: CauseLevel) -> AttackGraph:
    """Return a chain whose cause is drawn at some level."""
    made = chain(3, 0.1)
    first = made.steps[0]
    cause = Cause(id="c", probability=constant(0.05), level=level)
    steps = (
        type(first)(id="s0", kind=first.kind, entry=True, requires=("c",)),
        *made.steps[1:],
    )
    return type(made)(steps=steps, causes={"c": cause}, horizon_days=made.horizon_days)


def test_draws_with_several_trials_are_honest_draws_with_a_share_each() -> None:
    """The cause holds in one draw of twenty or so; only luck within a draw is tilted."""
    draws = Draws(seed=1, outer=400, lanes=50)
    made = uncertain(CauseLevel.DRAW)
    found = rare_reach(made, "s2", draws=draws, workers=1, pilot=SMALL)
    assert found.estimate is not None
    assert found.shares.shape == (400,)
    assert found.shares.mean() == pytest.approx(found.estimate)
    kinds = {(tilt.kind.value, tilt.id) for one in found.sets for tilt in one.tilts}
    assert ("cause", "c") not in kinds
    held = found.shares > 0.0
    assert 5 <= held.sum() <= 40
    assert found.shares[held].mean() == pytest.approx(0.01, rel=0.2)


def test_draws_with_one_trial_let_what_is_drawn_once_be_tilted() -> None:
    draws = Draws(seed=1, outer=TRIALS, lanes=1)
    found = rare_reach(uncertain(CauseLevel.DRAW), "s2", draws=draws, workers=1, pilot=SMALL)
    assert found.estimate is not None
    assert found.standard_error is not None
    assert found.shares.size == 0
    kinds = {(tilt.kind.value, tilt.id) for one in found.sets for tilt in one.tilts}
    assert ("cause", "c") in kinds
    assert abs(found.estimate - 5e-4) < 4.0 * found.standard_error
