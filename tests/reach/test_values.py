"""Values are sampled once; whoever has the same parameter takes them over, to the bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.columns import Products
from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.model import ParameterFamily
from counterseal.attackgraph.ranges import ranges_of
from counterseal.documents.evidence import Grade
from counterseal.estate.generator import generate
from counterseal.reach.draws import Draws
from counterseal.reach.kernels.products import evaluate_rows
from counterseal.reach.parameters import sample
from counterseal.reach.program import build
from counterseal.reach.values import Values, evaluate_with
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph
    from counterseal.reach.program import Program

DRAWS = Draws(seed=8, outer=16, lanes=1)


def compiled(seed: int) -> AttackGraph:
    estate = generate(seed, systems=4, links=6)
    who = sorted(catalog().adversaries)[seed % 5]
    return compile_graph(estate, catalog().adversaries[who], catalog())


def programmed(graph: AttackGraph) -> Program:
    return build(graph, targets=[o.step for o in graph.objectives])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 30), other=st.integers(0, 30))
def test_values_shared_with_another_program_are_those_that_would_be_sampled(
    seed: int, other: int
) -> None:
    held = Values(DRAWS)
    held.rows_of(programmed(compiled(seed)))
    program = programmed(compiled(other))
    rows = held.rows_of(program)
    sampled = sample(program.graph.parameters, draws=DRAWS)
    for value, row in zip(program.values, rows.tolist(), strict=True):
        expected = sampled[value] if isinstance(value, str) else np.full(DRAWS.outer, value)
        assert np.array_equal(held.table[row], expected)


def test_rows_given_out_stay_when_the_table_grows() -> None:
    held, program = Values(DRAWS), programmed(compiled(4))
    rows = held.rows_of(program)
    then = held.table[rows].copy()
    for seed in range(5, 9):
        held.rows_of(programmed(compiled(seed)))
    assert np.array_equal(held.table[rows], then)
    assert np.array_equal(held.rows_of(program), rows)


def test_the_first_draws_have_the_same_rows_also_after_the_table_grew() -> None:
    held, program = Values(DRAWS), programmed(compiled(4))
    rows = held.rows_of(program)
    assert np.array_equal(held.first(3).table[rows], held.table[rows, :3])
    assert held.first(3) is held.first(3)
    more = held.rows_of(programmed(compiled(6)))
    assert np.array_equal(held.first(3).table[more], held.table[more, :3])


def test_a_parameter_with_another_range_has_a_row_of_its_own() -> None:
    graph = compiled(4)
    program = programmed(graph)
    name = next(value for value in program.values if isinstance(value, str))
    moved = replace(graph.parameters[name], mode=0.123, low=0.123, high=0.123)
    moved = replace(moved, family=type(moved.family)("point"))
    changed = programmed(replace(graph, parameters={**graph.parameters, name: moved}))
    held = Values(DRAWS)
    then = held.rows_of(program)[program.row_of_value[name]]
    now = held.rows_of(changed)[changed.row_of_value[name]]
    assert then != now
    assert (held.table[now] == 0.123).all()
    assert not (held.table[then] == 0.123).all()


def test_products_with_values_held_otherwise_are_those_of_a_table_that_has_them() -> None:
    held, program = Values(DRAWS), programmed(compiled(4))
    places = held.rows_of(program)
    row, base, exponent = program.products
    products = Products(
        row=row,
        base=places[base].astype(np.int32),
        exponent=places[exponent].astype(np.int32),
    )
    names = [value for value in program.values if isinstance(value, str)][::7]
    where = np.array([places[program.row_of_value[name]] for name in names])
    numbers = np.random.default_rng(1).random((len(names), DRAWS.outer))
    some = np.array(program.products_of(names), dtype=np.int64)
    found = evaluate_with(products, some, held.table, where, numbers)
    table = held.table.copy()
    table[where] = numbers
    expected = np.empty_like(found)
    evaluate_rows(products, some, table, expected)
    assert some.size > 0
    assert np.array_equal(found, expected)


def test_ranges_are_in_order_of_id() -> None:
    graph = compiled(4)
    ranges = ranges_of(graph.parameters)
    assert list(ranges.names) == sorted(graph.parameters)
    rows = zip(ranges.names, ranges.numbers, ranges.family, ranges.grade, strict=True)
    for name, numbers, family, grade in rows:
        one = graph.parameters[name]
        assert numbers.tolist() == [one.mode, one.low, one.high]
        assert tuple(ParameterFamily)[family] is one.family
        assert tuple(Grade)[grade] is one.grade
