"""Successful trials are told apart by the steps they needed."""

from __future__ import annotations

import numpy as np

from counterseal.reach.draws import Draws
from counterseal.reach.program import build
from counterseal.reach.rare.routes import divide
from counterseal.reach.rare.trials import BentEngine
from counterseal.testing.graphs import graph, step


def test_two_ways_are_two_routes_with_their_own_steps() -> None:
    steps = [step("a1", entry=True, success=0.2), step("a2", ["a1"]), step("a3", ["a2"])]
    steps += [step("b1", entry=True, success=0.1), step("b2", ["b1"]), step("b3", ["b2"])]
    made = graph([*steps, step("t", ["a3", "b3"])])
    program = build(made, targets=("t",))
    draws = Draws(seed=0, outer=1_000, lanes=1)
    engine = BentEngine(made, draws=draws, program=program, workers=1, memory_bytes=2**24)
    hits = np.flatnonzero(engine.run().reached("t", 1e4))
    routes = divide(engine, hits, np.ones(hits.size))
    names = [{program.names[row] for row in route.steps} for route in routes]
    assert names == [{"a1", "a2", "a3", "t"}, {"b1", "b2", "b3", "t"}]
    assert sorted(np.concatenate([route.trials for route in routes])) == hits.tolist()


def test_trees_are_the_same_whether_the_state_is_kept_or_not() -> None:
    made = graph([step(f"s{i}", entry=True, success=0.3) for i in range(3)])
    made = graph([*made.steps, step("t", [f"s{i}" for i in range(3)])])
    program = build(made, targets=("t",))
    draws = Draws(seed=2, outer=500, lanes=1)
    found = []
    for memory in (0, 2**24):
        engine = BentEngine(made, draws=draws, program=program, workers=1, memory_bytes=memory)
        hits = np.flatnonzero(engine.run().reached("t", 1e4))
        routes = divide(engine, hits, np.ones(hits.size))
        found.append([(route.steps, route.trials.tolist()) for route in routes])
    assert found[0] == found[1]
    assert len(found[0]) == 3
