"""What can never be reached is said to be so, exactly, with the reason."""

from __future__ import annotations

import pytest

from counterseal.attackgraph.model import Family, LocalTime, Parameter, ParameterFamily, Power
from counterseal.documents.evidence import Grade
from counterseal.reach.program import build
from counterseal.reach.rare.possibility import why_impossible
from counterseal.testing.graphs import constant, graph, step

DAY = LocalTime(family=Family.POINT, scale=constant(1.0))
MONTH = LocalTime(family=Family.POINT, scale=constant(30.0))


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([step("in", entry=True), step("t", ["t"])], "no entry leads to it"),
        (
            [
                step("in", entry=True),
                step("off", ["off"]),
                step("t", ["in", "off"], every=True),
            ],
            "no entry leads to it",
        ),
        ([step("in", entry=True), step("t", ["in"], success=0.0)], "probability is 0"),
        ([step("in", entry=True, unseen=0.0), step("t", ["in"])], "probability is 0"),
        ([step("in", entry=True, requires=["never"]), step("t", ["in"])], "probability is 0"),
        ([step("in", entry=True, time=MONTH), step("t", ["in"], time=MONTH)], "longer than"),
    ],
)
def test_the_reason_is_given(steps: list[object], words: str) -> None:
    made = graph(steps, {"never": 0.0}, horizon_days=50.0)  # type: ignore[arg-type]
    why = why_impossible(build(made, targets=("t",)), horizon_days=50.0)
    assert why is not None
    assert words in why


def test_another_way_makes_it_possible() -> None:
    steps = [step("in", entry=True), step("bad", ["in"], success=0.0), step("good", ["in"])]
    made = graph([*steps, step("t", ["bad", "good"], time=DAY)], horizon_days=50.0)
    assert why_impossible(build(made, targets=("t",)), horizon_days=50.0) is None


def test_a_shorter_horizon_can_make_it_impossible() -> None:
    made = graph([step("t", entry=True, time=MONTH)], horizon_days=50.0)
    program = build(made, targets=("t",))
    assert why_impossible(program, horizon_days=31.0) is None
    assert why_impossible(program, horizon_days=29.0) is not None


def test_what_is_not_known_is_granted() -> None:
    fact = Parameter(
        id="f",
        family=ParameterFamily.UNIFORM,
        mode=0.5,
        low=0.0,
        high=1.0,
        grade=Grade.ASSUMED,
    )
    late = LocalTime(family=Family.POINT, scale=(Power(base=100.0), Power(base="f")))
    made = graph([step("t", entry=True, time=late)], horizon_days=50.0)
    made = type(made)(steps=made.steps, parameters={"f": fact}, horizon_days=50.0)
    assert why_impossible(build(made, targets=("t",)), horizon_days=50.0) is None
