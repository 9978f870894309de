"""Cut sets cut, their subsets do not, and both methods agree with plain closure."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.model import StepKind
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.cutsets import cuts, cuts_by_structure, cuts_on_draws
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.removal import removals, without
from counterseal.reach.explaining.units import element_units, step_units
from counterseal.testing.graphs import graph, step, tangle

if TYPE_CHECKING:
    from collections.abc import Collection

    from counterseal.attackgraph.model import AttackGraph

SEEDS = st.integers(0, 10_000)


def run(made: AttackGraph, target: str, *, workers: int = 1, lanes: int = 80) -> Engine:
    draws = Draws(seed=5, outer=3, lanes=lanes)
    return Engine(made, draws=draws, targets=[target], workers=workers)


def can_reach(made: AttackGraph, target: str, gone: Collection[str]) -> bool:
    """Whether closure reaches the target when the steps of some elements are impossible."""
    found: set[str] = set()
    while True:
        more = {
            one.id
            for one in made.steps
            if one.id not in found
            and one.element not in gone
            and (
                one.entry
                or (
                    one.parents
                    and (all if one.kind is StepKind.AND else any)(
                        p in found for p in one.parents
                    )
                )
            )
        }
        if not more:
            return target in found
        found |= more


def minimal(made: AttackGraph, target: str, names: Collection[str]) -> set[tuple[str, ...]]:
    """Return all minimal cut sets, by trying every set of names."""
    found: set[tuple[str, ...]] = set()
    for size in range(len(names) + 1):
        for row in itertools.combinations(sorted(names), size):
            if any(set(known) <= set(row) for known in found):
                continue
            if not can_reach(made, target, row):
                found.add(row)
    return found


@settings(deadline=None, max_examples=60)
@given(seed=SEEDS)
def test_the_structure_has_all_minimal_sets_of_elements(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = run(made, target)
    names = {one.element for one in made.steps}
    found = cuts_by_structure(engine, target, names, element_units(engine.program), most=1000)
    wanted = minimal(made, target, names)
    assert set(found.sets) == wanted
    assert found.total == len(wanted)
    assert found.by_structure


@settings(deadline=None, max_examples=60)
@given(seed=SEEDS)
def test_every_set_on_the_draws_cuts_all_trials_and_no_subset_does(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = run(made, target)
    units = element_units(engine.program)
    found = derive(engine, target)
    own = {one.element for one in made.steps if one.id == target}
    names = [name for name in units.names if name not in own]
    result = cuts_on_draws(found, units, names, most=6)
    for row in result.sets:
        assert set(row) <= set(names)
        assert (without(engine, target, row, units) > found.limit).all()
        for member in row:
            rest = [name for name in row if name != member]
            assert (without(engine, target, rest, units) <= found.limit).any()
    others = without(engine, target, names, units) <= found.limit
    assert result.uncut == int(others.sum())
    assert bool(result.sets) == (result.uncut == 0)


@settings(deadline=None, max_examples=60)
@given(seed=SEEDS)
def test_what_takes_all_reach_is_a_set_by_itself_and_in_no_greater_one(seed: int) -> None:
    made, target = tangle(np.random.default_rng(seed))
    engine = run(made, target)
    units = element_units(engine.program)
    found = derive(engine, target)
    whole = {r.unit for r in removals(found, units) if r.lost.hits == found.reached}
    sets = cuts_on_draws(found, units, units.names, most=40).sets
    for unit in whole:
        assert (unit,) in sets
        assert all(unit not in row for row in sets if len(row) > 1)


def test_an_and_step_is_cut_by_either_arm() -> None:
    made = graph(
        [
            step("in", entry=True),
            step("a", ["in"]),
            step("b", ["in"]),
            step("both", ["a", "b"], every=True),
            step("c", ["in"]),
            step("v", ["both", "c"]),
        ]
    )
    engine = run(made, "v")
    units = step_units(engine.program)
    for found in (
        cuts(derive(engine, "v"), units, ["a", "b", "c"]),
        cuts_on_draws(derive(engine, "v"), units, ["a", "b", "c"]),
    ):
        assert found.sets == (("a", "c"), ("b", "c"))


def test_a_diagram_beyond_its_size_gives_way_to_the_draws_and_says_so() -> None:
    made, target = tangle(np.random.default_rng(9))
    engine = run(made, target)
    units = element_units(engine.program)
    found = cuts(derive(engine, target), units, units.names, most_nodes=3)
    assert not found.by_structure
    assert "nodes" in found.reason
    assert found.total is None
    assert found.sets


def test_what_cannot_be_reached_is_cut_by_nothing_at_all() -> None:
    made = graph([step("in", entry=True), step("w", ["w"])])
    engine = run(made, "w")
    assert cuts(derive(engine, "w"), element_units(engine.program), ["in"]).sets == ((),)


def test_candidates_that_stop_nothing_leave_no_set() -> None:
    made = graph([step("in", entry=True), step("a", ["in"]), step("v", ["in", "a"])])
    engine = run(made, "v")
    units = step_units(engine.program)
    assert cuts(derive(engine, "v"), units, ["a"]).sets == ()
    on_draws = cuts_on_draws(derive(engine, "v"), units, ["a"])
    assert (on_draws.sets, on_draws.uncut) == ((), 240)
