"""Values are sampled once; whoever has the same parameter takes them over, to the bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.ranges import ranges_of
from counterseal.estate.generator import generate
from counterseal.reach.draws import Draws
from counterseal.reach.parameters import sample
from counterseal.reach.program import build
from counterseal.reach.values import values_of
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph

DRAWS = Draws(seed=8, outer=16, lanes=1)


def compiled(seed: int) -> AttackGraph:
    estate = generate(seed, systems=4, links=6)
    who = sorted(catalog().adversaries)[seed % 5]
    return compile_graph(estate, catalog().adversaries[who], catalog())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 30), other=st.integers(0, 30))
def test_values_taken_over_are_those_that_would_be_sampled(seed: int, other: int) -> None:
    programs = []
    for one in (seed, other):
        graph = compiled(one)
        programs.append(build(graph, targets=[o.step for o in graph.objectives]))
    known = values_of(programs[0], draws=DRAWS)
    taken = values_of(programs[1], draws=DRAWS, like=known)
    alone = values_of(programs[1], draws=DRAWS)
    assert np.array_equal(taken.table, alone.table)
    sampled = sample(programs[1].graph.parameters, draws=DRAWS)
    for name, row in alone.rows.items():
        assert np.array_equal(alone.table[row], sampled[name])


def test_a_parameter_with_another_range_is_sampled_anew() -> None:
    graph = compiled(4)
    program = build(graph, targets=[o.step for o in graph.objectives])
    name = next(name for name in values_of(program, draws=DRAWS).rows)
    moved = replace(graph.parameters[name], mode=0.123, low=0.123, high=0.123)
    moved = replace(moved, family=type(moved.family)("point"))
    changed = build(
        replace(graph, parameters={**graph.parameters, name: moved}),
        targets=[o.step for o in graph.objectives],
    )
    known = values_of(program, draws=DRAWS)
    found = values_of(changed, draws=DRAWS, like=known)
    assert (found.table[found.rows[name]] == 0.123).all()
    assert np.array_equal(found.table, values_of(changed, draws=DRAWS).table)


def test_ranges_are_in_order_of_id() -> None:
    graph = compiled(4)
    ranges = ranges_of(graph.parameters)
    assert list(ranges.names) == sorted(graph.parameters)
    for name, numbers in zip(ranges.names, ranges.numbers, strict=True):
        one = graph.parameters[name]
        assert numbers.tolist() == [one.mode, one.low, one.high]
