"""Taking something away from the trials does what a graph without it does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.removal import removals, tried, without
from counterseal.reach.explaining.units import cause_units, element_units, step_units
from counterseal.testing.graphs import constant, graph, step, tangle

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph

SEEDS = st.integers(0, 10_000)


def run(
    made: AttackGraph, target: str, *, workers: int = 1, memory_bytes: int = 2**29
) -> Engine:
    return Engine(
        made,
        draws=Draws(seed=5, outer=3, lanes=70),
        targets=[target],
        workers=workers,
        memory_bytes=memory_bytes,
    )


def disabled(made: AttackGraph, names: Collection[str]) -> AttackGraph:
    """Return the graph in which some steps never work, by another way than the code does it."""
    steps = [
        replace(one, success=constant(1e-12)) if one.id in names else one for one in made.steps
    ]
    return replace(made, steps=tuple(steps))


def ticks(made: AttackGraph, target: str) -> NDArray[np.uint16]:
    return run(made, target).run().row(target)


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS)
def test_removals_are_those_of_a_graph_in_which_the_element_never_works(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = run(made, target)
    before = ticks(made, target)
    found = derive(engine, target)
    assert list(found.trial) == list(np.flatnonzero(before < 65535))
    listed = {row.unit: row for row in removals(found, element_units(engine.program))}
    for element in {one.element for one in made.steps}:
        own = {one.id for one in made.steps if one.element == element}
        after = ticks(disabled(made, own), target)
        assert (after >= before).all()  # taking away never helps the adversary
        lost = int(((before < 65535) & (after == 65535)).sum())
        if element in listed:
            assert listed[element].change.hits == listed[element].lost.hits == lost
            assert listed[element].after.hits == found.reached - lost
        else:  # on no tree of any trial: nothing moves, not even by a tick
            assert (after == before).all()


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS)
def test_each_try_is_the_arrival_in_that_trial(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = run(made, target)
    units = step_units(engine.program)
    found = derive(engine, target)
    tries = tried(found, units)
    for unit in np.unique(tries.unit):
        here = tries.unit == unit
        after = ticks(disabled(made, {units.names[unit]}), target)
        assert (tries.arrival[here] == after[found.trial[tries.tree[here]]]).all()
        assert (without(engine, target, [units.names[unit]], units) == after).all()


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS)
def test_removals_do_not_depend_on_workers_or_memory(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    kinds = [run(made, target), run(made, target, workers=3), run(made, target, memory_bytes=0)]
    rows = [removals(derive(e, target), element_units(e.program)) for e in kinds]
    assert rows[0] == rows[1] == rows[2]


def test_a_cause_is_taken_from_every_step_that_requires_it() -> None:
    made = graph(
        [
            step("in", entry=True),
            step("a", ["in"], requires=["vendor"]),
            step("b", ["in"], requires=["vendor"]),
            step("v", ["a", "b"]),
        ],
        {"vendor": 0.5},
    )
    engine = run(made, "v")
    [row] = removals(derive(engine, "v"), cause_units(engine.program))
    assert (row.unit, row.lost.estimate, row.after.hits) == ("vendor", 1.0, 0)
    steps = removals(derive(engine, "v"), step_units(engine.program, ["a", "b"]))
    assert [r.lost.hits for r in steps] == [0]  # each stands in for the other


def test_a_step_above_an_and_step_matters_though_it_dominates_nothing() -> None:
    made = graph(
        [
            step("in", entry=True),
            step("a", ["in"]),
            step("b", ["in"]),
            step("both", ["a", "b"], every=True),
            step("v", ["both"]),
        ]
    )
    engine = run(made, "v")
    found = {
        r.unit: r.lost.estimate
        for r in removals(derive(engine, "v"), step_units(engine.program))
    }
    assert found == dict.fromkeys(("in", "a", "b", "both", "v"), 1.0)


@pytest.mark.parametrize("days", [None, 30.0])
def test_the_horizon_decides_what_counts_as_reached(days: float | None) -> None:
    made, target = tangle(np.random.default_rng(9))
    engine = run(made, target)
    found = derive(engine, target, horizon_days=days)
    wanted = engine.run().reached(target, days or made.horizon_days)
    assert list(found.trial) == list(np.flatnonzero(wanted))
    assert 0 < found.reached < engine.draws.trials


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS)
def test_a_tree_stands_by_itself(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = run(made, target)
    found = derive(engine, target)
    links, last = engine.program.links, engine.program.index.get(target, -1)
    for tree in range(found.reached):
        items = range(found.start[tree], found.start[tree + 1])
        assert found.step[items[-1]] == last
        arrival: dict[int, int] = {}
        for i in items:
            at = int(found.step[i])
            row = links.parent[links.parent_row[at] : links.parent_row[at + 1]]
            needed = [int(found.chosen[i])] if found.chosen[i] >= 0 else [int(p) for p in row]
            start = max((arrival[p] for p in needed), default=0)
            arrival[at] = start + int(found.local[i])
            assert arrival[at] == found.arrival[i]
