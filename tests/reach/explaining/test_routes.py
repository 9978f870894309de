"""Distinct paths: open where they say they are, and different in substance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.model import Family, LocalTime
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.removal import without
from counterseal.reach.explaining.routes import LEAST_DISTANCE, routes
from counterseal.reach.explaining.units import element_units
from counterseal.testing.graphs import constant, graph, step, tangle

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph

SEEDS = st.integers(0, 10_000)


def run(
    made: AttackGraph, target: str, *, workers: int = 1, memory_bytes: int = 2**29
) -> Engine:
    return Engine(
        made,
        draws=Draws(seed=5, outer=4, lanes=100),
        targets=[target],
        workers=workers,
        memory_bytes=memory_bytes,
    )


def days(value: float) -> LocalTime:
    return LocalTime(family=Family.POINT, scale=constant(value))


def two_doors() -> AttackGraph:
    """A front door open in half the trials with a detour beside it, and a back door in 0.4."""
    return graph(
        [
            step("in", entry=True),
            step("front", ["in"], requires=["front"], time=days(3.0)),
            step("hall", ["front"], time=days(1.0)),
            step("detour", ["front"], success=0.5),
            step("back", ["in"], requires=["back"], time=days(20.0)),
            step("yard", ["back"], time=days(5.0)),
            step("v", ["hall", "detour", "yard"]),
        ],
        {"front": 0.5, "back": 0.4},
        horizon_days=65534.0,
    )


def test_the_second_path_is_the_one_left_when_the_first_is_shut() -> None:
    found = routes(derive(run(two_doors(), "v"), "v"), k=2)
    first, second = found.paths
    assert first.elements == ("in", "front", "hall")
    assert second.elements == ("in", "back", "yard")
    assert second.covered.estimate == 1.0
    assert first.open.low <= 0.5 / 0.7 <= first.open.high
    assert second.open.low <= 0.4 / 0.7 <= second.open.high
    assert first.quickest.low <= 0.25 / 0.7 <= first.quickest.high
    assert [s.median_days for s in second.steps] == [0.0, 20.0, 25.0, 25.0]


def test_a_detour_is_a_path_only_to_who_asks_for_more_than_substance() -> None:
    made = derive(run(two_doors(), "v"), "v")
    found = routes(made, k=9)
    assert len(found.paths) == 2
    assert (found.ways, found.tried) == (3, 3)


def test_a_path_through_an_and_step_has_both_arms() -> None:
    made = graph(
        [
            step("in", entry=True),
            step("a", ["in"], success=0.5, time=days(2.0)),
            step("b", ["in"], success=0.5, time=days(7.0)),
            step("v", ["a", "b"], every=True),
        ],
        horizon_days=65534.0,
    )
    [path] = routes(derive(run(made, "v"), "v")).paths
    assert path.elements == ("in", "a", "b")
    assert path.steps[-1].parents == ("a", "b")
    assert path.steps[-1].median_days == 7.0
    assert path.open.estimate == path.quickest.estimate == path.covered.estimate == 1.0


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS)
def test_a_path_is_open_exactly_where_its_elements_alone_reach_the_target(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = run(made, target)
    found = derive(engine, target)
    units = element_units(engine.program)
    for path in routes(found, k=4).paths:
        kept = {one.element for one in made.steps if one.id in {s.step for s in path.steps}}
        others = [name for name in units.names if name not in kept]
        alone = without(engine, target, others, units)
        assert path.open.hits == int((alone < 65535).sum())


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS)
def test_coverage_grows_with_k_and_never_passes_one(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    found = derive(run(made, target), target)
    whole = routes(found, k=6).paths
    covered = [path.covered.hits for path in whole]
    assert covered == sorted(set(covered))
    assert not covered or covered[-1] <= found.reached
    assert all(p.quickest.hits <= p.open.hits <= p.covered.hits for p in whole)
    for k in range(1, len(whole)):
        assert routes(found, k=k).paths == whole[:k]


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS)
def test_chosen_paths_share_at_most_half_of_what_they_use(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    sets = [set(p.elements) for p in routes(derive(run(made, target), target), k=6).paths]
    for i, one in enumerate(sets):
        for other in sets[:i]:
            assert 1.0 - len(one & other) / len(one | other) >= LEAST_DISTANCE


@pytest.mark.parametrize("seed", range(6))
def test_paths_do_not_depend_on_workers_or_memory(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    kinds = [run(made, target), run(made, target, workers=3), run(made, target, memory_bytes=0)]
    first, *others = [routes(derive(engine, target), k=4) for engine in kinds]
    assert all(other == first for other in others)


def test_what_is_never_reached_has_no_path() -> None:
    made = graph([step("in", entry=True, success=1e-12), step("v", ["in"]), step("w", ["w"])])
    for target in ("v", "w"):
        found = routes(derive(run(made, target), target))
        assert (found.paths, found.ways, found.reached.hits) == ((), 0, 0)
