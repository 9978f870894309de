"""A rule fires, stays silent, or has no answer; and no answer is never silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.policy.assessment import FIELDS, baseline, overridden
from counterseal.policy.cards import parse
from counterseal.policy.evaluate import evaluate
from counterseal.policy.evaluator import EvaluationError
from counterseal.policy.verdict import Word, decide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.policy.fields import Value

RULES = Path(__file__).parents[2] / "src/counterseal/policy/data/rules"
DEFAULT = parse({path.name: path.read_bytes() for path in RULES.glob("*.yaml")})


class Says:
    """A condition that answers with whatever it was given."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def holds(self, values: Mapping[str, Value], /) -> bool:
        assert values
        if self.answer is None:
            raise EvaluationError("no answer")
        return self.answer  # type: ignore[return-value]


def test_firings_come_in_order_of_rule() -> None:
    outcome = evaluate(
        DEFAULT,
        overridden(
            baseline(),
            {
                "data.commercial_feed": True,
                "exposure.p_worse": 0.7,
                "device.fleet": True,
                "device.cached_records": 3.0,
            },
        ),
    )
    assert [firing.card.id for firing in outcome.firings] == [
        "commercial-feed-joined",
        "device-cache",
        "likely-worse",
    ]


def test_the_outcome_names_the_rule_set() -> None:
    assert evaluate(DEFAULT, baseline()).rules_digest == DEFAULT.digest


@pytest.mark.parametrize("path", sorted(FIELDS))
def test_an_unknown_field_never_turns_an_objection_into_no_objection(path: str) -> None:
    for card in DEFAULT.cards.values():
        for case in card.cases.must_fire:
            known = evaluate(DEFAULT, overridden(baseline(), case.assessment))
            if path not in case.assessment or case.assessment[path] is None:
                continue
            unknown = evaluate(DEFAULT, overridden(baseline(), {**case.assessment, path: None}))
            if decide(known).word is not Word.NO_OBJECTION:
                assert decide(unknown).word is not Word.NO_OBJECTION, (card.id, case.name)


def test_an_assessment_of_which_nothing_is_known_is_not_evaluable() -> None:
    outcome = evaluate(DEFAULT, overridden({}, {}))
    assert decide(outcome).word is Word.NOT_EVALUABLE
    reasons = {error.rule: error.reason for error in outcome.errors}
    assert reasons["likely-worse"] == "exposure.p_worse is not known"


@pytest.mark.parametrize(
    "assessment",
    [{}, {"exposure": {}}, {**baseline(), "exposure": None}, {**baseline(), "extra": {"a": 1}}],
)
def test_an_assessment_that_does_not_fit_its_schema_is_not_evaluable(
    assessment: dict[str, object],
) -> None:
    outcome = evaluate(DEFAULT, assessment)  # type: ignore[arg-type]
    assert outcome.firings == ()
    assert decide(outcome).word is Word.NOT_EVALUABLE


@pytest.mark.parametrize(
    "answers",
    [
        (True, False),
        (False, True),
        (None, True),
        (True, None),
        (None, False),
        ("UNKNOWN: no value", "UNKNOWN: no value"),
        (2, 2),
        (None, None),
    ],
)
def test_anything_but_two_equal_answers_is_an_error_of_the_rule(
    answers: tuple[object, object],
) -> None:
    said = {**DEFAULT.conditions, "likely-worse": tuple(Says(answer) for answer in answers)}
    outcome = evaluate(replace(DEFAULT, conditions=said), baseline())
    assert [error.rule for error in outcome.errors] == ["likely-worse"]
    assert decide(outcome).word is Word.NOT_EVALUABLE


def test_judging_does_not_change_the_assessment() -> None:
    assessment = baseline()
    evaluate(DEFAULT, assessment)
    assert assessment == baseline()
