"""Explanations are the derivations that set the arrivals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.model import Family, LocalTime
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.critical import explain
from counterseal.testing.graphs import constant, graph, step

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.explaining.critical import Explanation


def slow(days: float, sigma: float = 0.0) -> LocalTime:
    if not sigma:
        return LocalTime(family=Family.POINT, scale=constant(days))
    return LocalTime(family=Family.LOGNORMAL, scale=constant(days), shape=constant(sigma))


def one(
    made: AttackGraph, target: str, *, lanes: int = 1_000, memory_bytes: int = 2**30
) -> Explanation:
    draws = Draws(seed=3, outer=2, lanes=lanes)
    engine = Engine(made, draws=draws, targets=[target], memory_bytes=memory_bytes)
    return explain(engine)[0]


RACE = graph(
    [
        step("in", entry=True),
        step("fast", ["in"], success=0.7, time=slow(10.0)),
        step("long", ["in"], time=slow(50.0)),
        step("v", ["fast", "long"], time=slow(1.0)),
    ],
    horizon_days=65534.0,
)


def test_the_common_path_is_the_one_taken_most_often() -> None:
    found = one(RACE, "v")
    assert found.reached.estimate == 1.0
    first, second = found.paths
    assert [s.step for s in first.steps] == ["in", "fast", "v"]
    assert [s.step for s in second.steps] == ["in", "long", "v"]
    assert abs(first.trials.estimate - 0.7) < 0.045
    assert first.trials.hits + second.trials.hits == found.reached.hits
    assert [s.median_days for s in first.steps] == [0.0, 10.0, 11.0]
    assert [s.own_days for s in second.steps] == [0.0, 50.0, 1.0]
    assert found.critical["v"] == found.critical["in"] == 1.0
    assert found.critical["fast"] == first.trials.estimate


def test_an_and_step_brings_all_its_parents() -> None:
    made = graph(
        [
            step("in", entry=True),
            step("a", ["in"], time=slow(5.0)),
            step("b", ["in"], time=slow(9.0)),
            step("v", ["a", "b"], every=True),
        ],
        horizon_days=65534.0,
    )
    (path,) = one(made, "v").paths
    assert [s.step for s in path.steps] == ["in", "a", "b", "v"]
    assert path.steps[-1].parents == ("a", "b")


def test_reached_without_detection_follows_its_closed_form() -> None:
    made = graph(
        [step("in", entry=True, unseen=0.8), step("v", ["in"], unseen=0.5)],
        max_attempts=50,
        reentry=1.0,
    )
    found = one(made, "v", lanes=10_000)
    assert found.reached.estimate == 1.0
    assert abs(found.undetected.estimate - 0.4) < 4.5 * np.sqrt(0.24 / 20_000)


def test_instant_cycles_are_walked_once() -> None:
    made = graph(
        [
            step("in", entry=True, time=slow(3.0)),
            step("a", ["b", "in"]),
            step("b", ["a", "c"]),
            step("c", ["b"]),
            step("v", ["c"]),
        ],
        horizon_days=65534.0,
    )
    (path,) = one(made, "v").paths
    assert [s.step for s in path.steps] == ["in", "a", "b", "c", "v"]


def test_what_is_never_reached_has_no_path() -> None:
    made = graph([step("in", entry=True, success=0.0), step("v", ["in"]), step("w", ["w"])])
    for target in ("v", "w"):
        found = one(made, target)
        assert found.paths == ()
        assert dict(found.critical) == {}
        assert found.reached.hits == 0


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_paths_are_given_than_asked_for(most: int) -> None:
    engine = Engine(RACE, draws=Draws(seed=3, outer=2, lanes=100), targets=["v"])
    assert len(explain(engine, most=most)[0].paths) == most


def test_an_engine_without_room_explains_the_same() -> None:
    random = graph(
        [
            step("in", entry=True, time=slow(3.0, 1.0)),
            step("a", ["in"], time=slow(9.0, 1.0), unseen=0.7),
            step("b", ["in"], time=slow(9.0, 1.0)),
            step("v", ["a", "b"], time=slow(5.0, 1.0)),
        ],
        max_attempts=3,
    )
    assert one(random, "v") == one(random, "v", memory_bytes=0)
