"""An engine on the first draws of another begins with what the other knows, to the bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.generator import generate
from counterseal.reach.cutting import contains, first_trials, is_full
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.tiling import tiling
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph

WIDE = Draws(seed=3, outer=12, lanes=24)


def compiled(seed: int) -> AttackGraph:
    estate = generate(seed, systems=4, links=6)
    who = sorted(catalog().adversaries)[seed % 5]
    return compile_graph(estate, catalog().adversaries[who], catalog())


def made(seed: int) -> tuple[Engine, tuple[str, ...]]:
    graph = compiled(seed)
    return Engine(graph, draws=WIDE, workers=1), tuple(graph.parameters)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 30),
    outer=st.integers(1, WIDE.outer),
    lanes=st.integers(1, WIDE.lanes),
    run_first=st.booleans(),
)
def test_a_part_of_a_run_is_the_run_of_that_part(
    seed: int,
    outer: int,
    lanes: int,
    run_first: bool,  # noqa: FBT001 - a case
) -> None:
    wide, parameters = made(seed)
    if run_first:
        wide.run()
    draws = Draws(seed=3, outer=outer, lanes=lanes)
    part = Engine(wide.graph, draws=draws, workers=1, like=wide, program=wide.program)
    alone = Engine(wide.graph, draws=draws, workers=1)
    assert np.array_equal(part.run().ticks, alone.run().ticks)
    assert np.array_equal(part.table, alone.table)
    assert np.array_equal(part.plan.keys, alone.plan.keys)
    for name in parameters[:4]:
        tried = {name: 0.25}
        assert np.array_equal(part.run(overrides=tried).ticks, alone.run(overrides=tried).ticks)
    wide.release()
    assert np.array_equal(part.run().ticks, alone.run().ticks)


def test_a_released_engine_has_nothing_to_cut_from() -> None:
    wide, _ = made(5)
    part = Engine(
        wide.graph,
        draws=Draws(seed=3, outer=3, lanes=8),
        workers=1,
        like=wide,
        program=wide.program,
    )
    expected = wide.run().ticks[:, first_trials(WIDE, part.draws)]
    wide.release()
    assert np.array_equal(part.run().ticks, expected)


@pytest.mark.parametrize(
    ("draws", "inside"),
    [
        (Draws(seed=3, outer=12, lanes=24), True),
        (Draws(seed=3, outer=1, lanes=1), True),
        (Draws(seed=3, outer=13, lanes=1), False),
        (Draws(seed=3, outer=1, lanes=25), False),
        (Draws(seed=4, outer=1, lanes=1), False),
    ],
)
def test_fewer_draws_of_one_seed_are_among_more(draws: Draws, inside: bool) -> None:  # noqa: FBT001
    assert contains(WIDE, draws) is inside


def test_a_layout_with_lanes_that_are_no_trials_says_so() -> None:
    assert is_full(tiling(Draws(seed=0, outer=32, lanes=8)))
    assert not is_full(tiling(Draws(seed=0, outer=1, lanes=257)))
