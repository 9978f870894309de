"""Reach in words of sixty-four trials is reach as the sweep finds it, times aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.model import Family, LocalTime
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.kernels.buckets import settle_by_buckets
from counterseal.reach.kernels.screen import LANES, reachable, screen, unpacked
from counterseal.testing.graphs import constant, graph, puzzle, step, tangle

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph

NEVER = 65535


def run(made: AttackGraph, *, lanes: int, seed: int = 1) -> Engine:
    """Return an engine over every step that ran."""
    draws = Draws(seed=seed, outer=1, lanes=lanes)
    engine = Engine(made, draws=draws, targets=[s.id for s in made.steps], workers=1)
    engine.run()
    return engine


@pytest.mark.parametrize("lanes", [1, 63, 64, 65, 70, 129])
def test_where_nothing_takes_time_the_screen_is_the_reached_set(lanes: int) -> None:
    for seed in range(60):
        made = puzzle(np.random.default_rng([21, seed])).graph()
        engine = run(made, lanes=lanes, seed=seed)
        for state in engine.states():
            for x, t in zip(state.x, state.t, strict=True):
                assert np.array_equal(reachable(engine.program.links, x), t != NEVER)


def test_where_time_is_short_the_screen_holds_more_and_never_less() -> None:
    more = 0
    for seed in range(60):
        made, _ = tangle(np.random.default_rng([22, seed]), horizon_days=40.0)
        engine = run(made, lanes=200, seed=seed)
        state = next(iter(engine.states()))
        found = reachable(engine.program.links, state.x[0])
        assert not np.any((state.t[0] != NEVER) & ~found)
        more += int(np.count_nonzero(found & (state.t[0] == NEVER)))
    assert more > 0


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(2, 40), lanes=st.integers(1, 130))
def test_trials_in_a_word_do_not_meet(seed: int, size: int, lanes: int) -> None:
    """Each trial of a tile, screened alone, is its column of the tile."""
    made = puzzle(np.random.default_rng(seed), size=size).graph()
    engine = run(made, lanes=lanes)
    x = next(iter(engine.states())).x[0]
    together = reachable(engine.program.links, x)
    for lane in {0, lanes // 2, lanes - 1}:
        alone = reachable(engine.program.links, x[:, lane : lane + 1])
        assert np.array_equal(alone[:, 0], together[:, lane])


def test_a_cycle_that_nothing_enters_is_not_reached() -> None:
    made = graph(
        [
            step("in", entry=True, success=0.5),
            step("a", ["b", "in"]),
            step("b", ["a"]),
            step("both", ["a", "c"], every=True),
            step("c", ["both", "in"]),
        ]
    )
    engine = run(made, lanes=100)
    works = np.full((5, 2), 2**64 - 1, dtype=np.uint64)
    works[engine.program.index["in"]] = 5
    found = unpacked(screen(engine.program.links, works), 2 * LANES)
    for row in found:
        assert np.flatnonzero(row).tolist() == [0, 2, 64, 66]


def slow(median: float) -> LocalTime:
    return LocalTime(family=Family.LOGNORMAL, scale=constant(median))


@pytest.mark.parametrize("seed", range(8))
def test_a_queue_of_buckets_settles_every_trial_as_the_sweep_does(seed: int) -> None:
    """Bit by bit, on graphs with hubs, cycles, ties and steps that take no time."""
    rng = np.random.default_rng([23, seed])
    steps = []
    for i in range(2_000):
        parents = {int(p) for p in rng.random(1 + rng.poisson(5)) ** 1.5 * 2_000} - {i}
        steps.append(
            step(
                f"s{i:04}",
                [f"s{p:04}" for p in parents],
                every=bool(parents) and i % 5 == 0,
                entry=i < 4,
                time=slow(20.0) if rng.random() < 0.8 else None,
                success=0.7 if rng.random() < 0.2 else 1.0,
            )
        )
    made = graph(steps, horizon_days=150.0)
    engine = run(made, lanes=24, seed=seed)
    state = next(iter(engine.states()))
    assert 0.05 < (state.t != NEVER).mean() < 0.98
    for lane in range(24):
        found = settle_by_buckets(engine.program.links, state.x[0, :, lane])
        assert np.array_equal(found, state.t[0, :, lane])


def test_a_step_in_a_bucket_is_moved_when_something_earlier_leads_to_it() -> None:
    made = graph(
        [
            step("in", entry=True),
            step("long", ["in"], time=LocalTime(family=Family.POINT, scale=constant(9.0))),
            step("short", ["in"], time=LocalTime(family=Family.POINT, scale=constant(2.0))),
            step("shorter", ["short"], time=slow(1.0)),
            step("end", ["long", "short", "shorter"]),
            step("last", ["end", "long"], every=True),
            step(
                "too-late", ["last"], time=LocalTime(family=Family.POINT, scale=constant(95.0))
            ),
        ],
        horizon_days=100.0,
    )
    engine = run(made, lanes=16)
    state = next(iter(engine.states()))
    for lane in range(16):
        found = settle_by_buckets(engine.program.links, state.x[0, :, lane])
        assert np.array_equal(found, state.t[0, :, lane])
    assert (state.t[0, engine.program.index["too-late"]] == NEVER).all()
