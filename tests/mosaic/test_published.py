"""A gain is let through only by a method that reproduces what is published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from counterseal.mosaic.published import BENCHMARKS, Method, gate

ROOT = Path(__file__).parents[2]
SCHEMA = [one for one in BENCHMARKS if one.method is Method.SCHEMA and one.was_tried]


def test_the_schema_method_is_let_through_by_what_it_reproduces() -> None:
    door = gate(Method.SCHEMA)
    assert door.is_open
    assert {one.id for one in door.reproduced} >= {"correctmatch-adult-6", "adult-11"}
    assert door.failed == ()


def test_counting_tables_is_let_through_by_exact_figures() -> None:
    door = gate(Method.TABLE)
    assert door.is_open
    assert all(one.low == one.figure == one.high for one in door.reproduced)


def test_traces_are_withheld_for_nobody_can_reproduce_their_headlines() -> None:
    door = gate(Method.TRACES)
    assert not door.is_open
    assert door.reason.startswith("withheld")
    assert {one.id for one in door.context} == {"de-montjoye-2013", "farzanehfar-2021"}


@pytest.mark.parametrize("broken", SCHEMA, ids=lambda one: one.id)
def test_one_benchmark_that_is_no_longer_reproduced_shuts_the_gate(broken: object) -> None:
    changed = tuple(
        replace(one, low=one.figure + 0.2, high=one.figure + 0.3) if one == broken else one
        for one in BENCHMARKS
    )
    door = gate(Method.SCHEMA, changed)
    assert not door.is_open
    assert [one.id for one in door.failed] == [getattr(broken, "id", "")]


def test_a_figure_without_a_test_reproduces_nothing() -> None:
    untested = tuple(replace(one, test="") for one in BENCHMARKS)
    assert not gate(Method.SCHEMA, untested).is_open


def test_without_benchmarks_nothing_is_let_through() -> None:
    assert not gate(Method.SCHEMA, ()).is_open


@pytest.mark.parametrize("one", BENCHMARKS, ids=lambda one: one.id)
def test_every_benchmark_names_its_population_and_source(one: object) -> None:
    assert getattr(one, "population", "")
    assert getattr(one, "source", "")


@pytest.mark.parametrize("one", BENCHMARKS, ids=lambda one: one.id)
def test_every_benchmark_is_tested_or_says_why_not(one: object) -> None:
    test, why_not = getattr(one, "test", ""), getattr(one, "why_not", "")
    assert bool(test) != bool(why_not)
    if test:
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_headlines_hold_for_the_population_they_were_found_in() -> None:
    context = {one.id: one for one in BENCHMARKS if not one.was_tried}
    assert context["golle-2006"].figure == 0.63
    assert context["sweeney-2000"].figure == 0.87
    assert context["rocher-2019"].figure == 0.9998
    assert "1.5 million" in context["de-montjoye-2013"].population
    assert "60 million" in context["farzanehfar-2021"].population
