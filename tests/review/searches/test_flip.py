"""Which single claim, if false, reverses the answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.documents.evidence import Grade
from counterseal.policy.verdict import Word
from counterseal.review.searches.claims import Claim, claims
from counterseal.review.searches.flip import flip_distance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.review.gate import Findings


def claim(name: str, *values: float) -> Claim:
    return Claim(
        id=name,
        label=name,
        element="",
        source="",
        stated="as stated",
        falsehoods=tuple((f"{value:g}", {name: value}) for value in values),
    )


class World:
    """A contrast that is what is believed, and a judge that objects to the sum of it."""

    draws = SimpleNamespace(trials=1000)

    def __init__(self, limit: float) -> None:
        self.limit = limit

    def compare(self) -> Mapping[str, float]:
        return {}

    def compare_if(self, facts: Mapping[str, float]) -> Mapping[str, float]:
        return facts

    def judge(self, believed: Mapping[str, float]) -> Any:  # noqa: ANN401 - a Judgement
        total = sum(believed.values())
        return SimpleNamespace(word=Word.REDESIGN if total > self.limit else Word.NO_OBJECTION)


def test_every_single_claim_that_reverses_the_answer_is_found() -> None:
    world = World(2.0)
    done: list[int] = []
    tried = [claim("a", 1.0), claim("b", 0.5, 3.0), claim("c", 4.0, 5.0), claim("d")]
    found = flip_distance(
        cast("Any", world), cast("Any", world.judge), tried, known=9, advance=done.append
    )
    assert found.distance == 1
    assert [(one.claim.id, one.value) for one in found.facts] == [("b", "3"), ("c", "4")]
    assert {one.word for one in found.facts} == {Word.REDESIGN}
    assert found.tried == 4
    assert done == sorted(done)
    assert "4 of 9" in found.method
    assert "1,000 trials" in found.method
    assert "more than one at a time was not searched" in found.method


def test_when_no_single_claim_does_the_distance_is_not_known() -> None:
    world = World(100.0)
    found = flip_distance(
        cast("Any", world), cast("Any", world.judge), [claim("a", 1.0)], known=1
    )
    assert found.distance is None
    assert found.facts == ()


def test_every_falsehood_of_a_review_is_about_something_the_estate_says(
    findings: Findings,
) -> None:
    contrast = findings.searched.contrast
    parameters = {**contrast.before.parameters, **contrast.after.parameters}
    estate = findings.proposal.after
    found = claims(estate, parameters)
    assert [one.id for one in found] == sorted(one.id for one in found)
    assert {one.id.split(":")[0] for one in found} >= {"fact", "baseline", "undeclared"}
    for one in found:
        assert one.falsehoods
        assert set(one.parameters) <= set(parameters)
        assert not any(
            key.startswith(("class:", "effect:", "entry:")) for key in one.parameters
        )
        for _, overrides in one.falsehoods:
            for key, value in overrides.items():
                fixed = parameters[key].family is ParameterFamily.POINT
                assert not (fixed and parameters[key].mode == value)


def test_a_flag_is_tried_both_ways_and_a_range_at_its_ends(findings: Findings) -> None:
    def fact(name: str, family: ParameterFamily, low: float, high: float) -> Parameter:
        return Parameter(
            id=f"fact:{name}",
            family=family,
            mode=0.5,
            low=low,
            high=high,
            grade=Grade.ELICITED,
            element="passes",
        )

    parameters = [
        fact("passes.flag", ParameterFamily.BERNOULLI, 0, 1),
        fact("passes.range", ParameterFamily.TRIANGULAR, 2, 9),
        fact("passes.point", ParameterFamily.POINT, 0.5, 0.5),
    ]
    found = claims(findings.proposal.after, {one.id: one for one in parameters})
    assert {one.id: [value for value, _ in one.falsehoods] for one in found} == {
        "fact:passes.flag": ["1", "0"],
        "fact:passes.range": ["2", "9"],
    }


def test_a_recorded_control_is_a_claim_of_its_own_and_an_implied_one_of_its_zone(
    findings: Findings,
) -> None:
    parameters = findings.searched.contrast.after.parameters
    found = {one.id: one for one in claims(findings.proposal.after, parameters)}
    baseline = found["baseline:harbour-office"]
    assert baseline.stated == "moderate"
    assert baseline.source.startswith("estate/harbour.yaml:")
    assert len(baseline.parameters) > 3
    assert found["baseline:quayline-network"].stated == "unknown"
    assert not any(key in found for key in baseline.parameters)
