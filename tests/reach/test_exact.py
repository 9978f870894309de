"""The exact method refuses what it cannot do, and says why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from counterseal.attackgraph.model import (
    Family,
    LocalTime,
    Parameter,
    ParameterFamily,
    Power,
)
from counterseal.documents.evidence import Grade
from counterseal.errors import RefusedExactError
from counterseal.reach.exact import exact_reach
from counterseal.testing.graphs import GRID, RINGS, constant, graph, network, step

if TYPE_CHECKING:
    from counterseal.attackgraph.model import (
        AttackGraph,
    )


def test_patience_is_counted() -> None:
    made = graph([step("v", entry=True, unseen=0.3, success=0.5)], max_attempts=3)
    assert exact_reach(made, "v") == pytest.approx(0.5 * (1.0 - 0.7**3), abs=1e-12)


def test_the_impossible_has_probability_zero_and_the_certain_one() -> None:
    made = graph(
        [
            step("in", entry=True),
            step("v", ["in"]),
            step("never", ["in"], success=0.0),
            step("after", ["never"]),
            step("apart", ["apart"]),
        ]
    )
    assert exact_reach(made, "v") == 1.0
    assert exact_reach(made, "after") == 0.0
    assert exact_reach(made, "apart") == 0.0


def test_known_parameters_are_used() -> None:
    known = Parameter(
        id="p", family=ParameterFamily.POINT, mode=0.25, low=0, high=1, grade=Grade.MEASURED
    )
    made = graph([replace(step("v", entry=True), success=(Power(base="p", exponent=0.5),))])
    made = replace(made, parameters={"p": known})
    assert exact_reach(made, "v") == pytest.approx(0.5, abs=1e-12)


def slow(days: float) -> LocalTime:
    return LocalTime(family=Family.POINT, scale=constant(days))


UNCERTAIN = Parameter(
    id="p", family=ParameterFamily.UNIFORM, mode=0.5, low=0, high=1, grade=Grade.ASSUMED
)
CHAIN = graph(
    [step("in", entry=True, time=slow(200.0)), step("v", ["in"], time=slow(200.0))],
    horizon_days=365.0,
)
REFUSED = [
    (
        graph([step("v", entry=True, time=LocalTime(family=Family.EXPONENTIAL))]),
        "takes a random time",
    ),
    (
        replace(
            graph([replace(step("v", entry=True), success=(Power(base="p"),))]),
            parameters={"p": UNCERTAIN},
        ),
        "parameter p is uncertain",
    ),
    (graph([replace(step("v", entry=True, unseen=0.5), seen_by="d")]), "share a factor"),
    (CHAIN, "add up to 400 days"),
]


@pytest.mark.parametrize(("made", "words"), REFUSED, ids=[r[1] for r in REFUSED])
def test_what_has_no_exact_method_is_refused_with_the_reason(
    made: AttackGraph, words: str
) -> None:
    with pytest.raises(RefusedExactError, match=words):
        exact_reach(made, "v")


def test_a_diagram_beyond_the_bound_is_refused_with_what_was_found_and_the_bound() -> None:
    made = network(GRID, p=0.9, source=0, terminals=[24])
    words = r"more than 500 nodes: 104 steps and 40 events matter"
    with pytest.raises(RefusedExactError, match=words):
        exact_reach(made, "all", most_nodes=500)


def test_the_second_plan_solves_what_the_first_cannot_in_its_share() -> None:
    made = network(RINGS, p=0.9, source=0, terminals=[4])
    bounds = [2**k for k in range(8, 16)]
    solved = []
    for bound in bounds:
        try:
            solved.append(exact_reach(made, "all", most_nodes=bound))
        except RefusedExactError:
            assert not solved, "a larger bound must not refuse what a smaller one solved"
    assert solved
    assert solved == pytest.approx([0.995552774437] * len(solved), abs=1e-12)


def test_thousands_of_events_in_a_row_are_no_difficulty() -> None:
    rows = [step("0000", entry=True, success=0.999)]
    rows += [step(f"{i:04}", [f"{i - 1:04}"], success=0.999) for i in range(1, 3_000)]
    assert exact_reach(graph(rows), "2999") == pytest.approx(0.999**3_000, rel=1e-11)


def test_a_target_that_many_entries_lead_to_is_solved() -> None:
    entries = [step(f"e{i:03}", entry=True, success=0.01) for i in range(500)]
    either = step("some", [s.id for s in entries])
    every = step("every", [s.id for s in entries], every=True)
    made = graph([*entries, either, every])
    assert exact_reach(made, "some") == pytest.approx(1.0 - 0.99**500, abs=1e-12)
    assert exact_reach(made, "every") == pytest.approx(0.01**500, abs=1e-12)


def test_an_and_step_cannot_lift_itself_and_an_or_step_may_try() -> None:
    made = graph(
        [
            step("in", entry=True, success=0.5),
            step("proud", ["in", "proud"], every=True),
            step("calm", ["in", "calm"], success=0.5),
            step("left", ["right", "in"], every=True),
            step("right", ["left"]),
        ]
    )
    assert exact_reach(made, "proud") == 0.0
    assert exact_reach(made, "calm") == pytest.approx(0.25, abs=1e-15)
    assert exact_reach(made, "left") == exact_reach(made, "right") == 0.0


def test_an_entry_needs_no_parent_whatever_its_kind() -> None:
    rows = [
        step("no", success=0.0),
        step("or", ["no"], entry=True, success=0.5),
        step("and", ["no"], every=True, entry=True, success=0.5),
    ]
    assert exact_reach(graph(rows), "or") == exact_reach(graph(rows), "and") == 0.5
