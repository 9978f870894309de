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
from counterseal.testing.graphs import GRID, constant, graph, network, step

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
    (
        graph(
            [step("v", [f"e{i}" for i in range(401)])]
            + [step(f"e{i}", entry=True, success=0.5) for i in range(401)]
        ),
        "401 random events",
    ),
]


@pytest.mark.parametrize(("made", "words"), REFUSED, ids=[r[1] for r in REFUSED])
def test_what_has_no_exact_method_is_refused_with_the_reason(
    made: AttackGraph, words: str
) -> None:
    with pytest.raises(RefusedExactError, match=words):
        exact_reach(made, "v")


def test_too_many_residual_graphs_are_refused() -> None:
    made = network(GRID, p=0.9, source=0, terminals=[24])
    with pytest.raises(RefusedExactError, match="more than 50 residual graphs"):
        exact_reach(made, "all", most_states=50)
