"""Every default rule fires where it must, stays silent where it must, and can be argued."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.policy.assessment import baseline, bindings, overridden
from counterseal.policy.card import Effect
from counterseal.policy.cards import parse
from counterseal.policy.cases import check_cases
from counterseal.policy.evaluate import ask, evaluate

if TYPE_CHECKING:
    from counterseal.policy.card import Case
    from counterseal.policy.cases import CaseFailure

RULES = Path(__file__).parents[2] / "src/counterseal/policy/data/rules"
DEFAULT = parse({path.name: path.read_bytes() for path in RULES.glob("*.yaml")})
FIRE = [(card.id, case) for card in DEFAULT.cards.values() for case in card.cases.must_fire]
SILENT = [
    (card.id, case) for card in DEFAULT.cards.values() for case in card.cases.must_not_fire
]


@pytest.mark.parametrize(("rule", "case"), FIRE, ids=[f"{r}: {c.name}" for r, c in FIRE])
def test_the_rule_fires_when(rule: str, case: Case) -> None:
    values = bindings(overridden(baseline(), case.assessment))
    assert ask(DEFAULT, rule, values) is True


@pytest.mark.parametrize(("rule", "case"), SILENT, ids=[f"{r}: {c.name}" for r, c in SILENT])
def test_the_rule_stays_silent_when(rule: str, case: Case) -> None:
    values = bindings(overridden(baseline(), case.assessment))
    assert ask(DEFAULT, rule, values) is False


def test_there_are_at_least_thirty_cases_on_either_side() -> None:
    assert len(FIRE) >= 30
    assert len(SILENT) >= 30


def test_no_rule_fires_on_a_change_that_does_nothing_remarkable() -> None:
    outcome = evaluate(DEFAULT, baseline())
    assert outcome.firings == ()
    assert outcome.errors == ()


@pytest.mark.parametrize("rule", sorted(DEFAULT.cards))
def test_every_case_of_the_rule_overrides_something_neutral(rule: str) -> None:
    for case in DEFAULT.cards[rule].cases.must_fire:
        assert overridden(baseline(), case.assessment) != baseline()


@pytest.mark.parametrize("rule", sorted(DEFAULT.cards))
def test_the_rule_uses_every_limit_that_it_states(rule: str) -> None:
    card = DEFAULT.cards[rule]
    assert all(f"limit.{name}" in card.when for name in card.limits)


@pytest.mark.parametrize("rule", sorted(DEFAULT.cards))
def test_the_rule_hides_no_threshold_in_its_condition(rule: str) -> None:
    numbers = re.findall(r"(?<![\w.])\d+\.\d+", DEFAULT.cards[rule].when)
    assert set(numbers) <= {"0.0"}


def test_a_rule_that_stops_a_change_cannot_be_waived() -> None:
    stops = {Effect.NOT_EVALUABLE, Effect.REFUSE, Effect.REDESIGN}
    assert not [c.id for c in DEFAULT.cards.values() if c.effect in stops and c.waiver.allowed]


def test_every_effect_is_used_by_some_rule() -> None:
    assert {card.effect for card in DEFAULT.cards.values()} == set(Effect)


def changed(old: str, new: str) -> tuple[CaseFailure, ...]:
    """Return the failures of the rules on evidence with a piece of their text replaced."""
    text = (RULES / "evidence.yaml").read_text()
    assert old in text
    return check_cases(parse({"evidence.yaml": text.replace(old, new).encode()}))


def test_a_case_that_does_not_hold_is_reported_with_what_was_found() -> None:
    failures = changed(
        "when: critical.touched && evidence.assumption_dominated",
        "when: '!(critical.touched && evidence.assumption_dominated)'",
    )
    assert {(failure.expected, failure.found) for failure in failures} == {
        ("fires", "stays silent"),
        ("stays silent", "fires"),
    }


def test_a_case_without_an_answer_is_reported_with_the_field_that_is_unknown() -> None:
    failures = changed("{critical.touched: true, ", "{critical.touched: null, ")
    assert [failure.found for failure in failures][:1] == ["critical.touched is not known"]
