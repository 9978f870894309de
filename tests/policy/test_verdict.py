"""The strongest rule decides, what has no answer has not passed, and a waiver ends."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.policy.card import Effect
from counterseal.policy.cards import parse
from counterseal.policy.evaluate import Firing, Outcome, RuleError
from counterseal.policy.verdict import DISCLAIMER, Waiver, Word, decide

RULES = Path(__file__).parents[2] / "src/counterseal/policy/data/rules"
DEFAULT = parse({path.name: path.read_bytes() for path in RULES.glob("*.yaml")})
WORDS = {
    Effect.NOT_EVALUABLE: Word.NOT_EVALUABLE,
    Effect.REFUSE: Word.REFUSE,
    Effect.REDESIGN: Word.REDESIGN,
    Effect.CONDITION: Word.CONDITIONS,
    Effect.INFORM: Word.NO_OBJECTION,
}
ONE_EACH = {card.effect: card for card in DEFAULT.cards.values()}
ERROR = RuleError(rule="likely-worse", reason="exposure.p_worse is not known")
TODAY = dt.date(2026, 6, 15)


def outcome(*rules: str, errors: tuple[RuleError, ...] = ()) -> Outcome:
    firings = tuple(Firing(card=DEFAULT.cards[rule]) for rule in sorted(rules))
    return Outcome(firings=firings, errors=errors, rules_digest=DEFAULT.digest)


def waiver(
    *, granted: dt.date = TODAY, days: int = 30, by: str = "chief data officer"
) -> Waiver:
    return Waiver(
        rule="commercial-feed-joined",
        granted=granted,
        expires=granted + dt.timedelta(days=days),
        by=by,
        reason="A statutory search has to end first.",
    )


def test_nothing_said_is_no_objection() -> None:
    verdict = decide(outcome())
    assert verdict.word is Word.NO_OBJECTION
    assert verdict.decisive == verdict.others == ()


@pytest.mark.parametrize(("stronger", "weaker"), list(combinations(Effect, 2)))
def test_the_stronger_effect_decides_and_the_weaker_is_still_shown(
    stronger: Effect, weaker: Effect
) -> None:
    strong, weak = ONE_EACH[stronger], ONE_EACH[weaker]
    verdict = decide(outcome(strong.id, weak.id))
    assert verdict.word is WORDS[stronger]
    assert [firing.card.id for firing in verdict.decisive] == [strong.id]
    assert [firing.card.id for firing in verdict.others] == [weak.id]


@given(st.sets(st.sampled_from(sorted(DEFAULT.cards))))
def test_a_rule_without_an_answer_makes_any_outcome_not_evaluable(rules: set[str]) -> None:
    verdict = decide(outcome(*rules, errors=(ERROR,)))
    assert verdict.word is Word.NOT_EVALUABLE
    assert verdict.errors == (ERROR,)


@given(st.sets(st.sampled_from(sorted(DEFAULT.cards))), st.sampled_from(sorted(DEFAULT.cards)))
def test_one_more_rule_never_softens_the_verdict(rules: set[str], more: str) -> None:
    order = list(Word)
    before, after = decide(outcome(*rules)).word, decide(outcome(*rules | {more})).word
    assert order.index(after) <= order.index(before)


@given(st.sets(st.sampled_from(sorted(DEFAULT.cards))))
def test_every_rule_that_fired_is_shown_once(rules: set[str]) -> None:
    verdict = decide(outcome(*rules))
    shown = [f.card.id for f in (*verdict.decisive, *verdict.others, *verdict.waived)]
    assert sorted(shown) == sorted(rules)


def test_an_informing_rule_alone_is_no_objection() -> None:
    verdict = decide(outcome("exposure-lowered"))
    assert verdict.word is Word.NO_OBJECTION
    assert verdict.decisive == ()
    assert [firing.card.id for firing in verdict.others] == ["exposure-lowered"]


def test_a_waived_rule_rests_and_is_shown_as_waived() -> None:
    verdict = decide(outcome("commercial-feed-joined"), waivers=[waiver()], on=TODAY)
    assert verdict.word is Word.NO_OBJECTION
    assert [firing.card.id for firing in verdict.waived] == ["commercial-feed-joined"]


@pytest.mark.parametrize(
    ("given", "on"),
    [
        (waiver(), TODAY + dt.timedelta(days=31)),
        (waiver(), TODAY - dt.timedelta(days=1)),
        (waiver(days=91), TODAY),
        (waiver(days=-1), TODAY),
        (waiver(by=" "), TODAY),
        (waiver(), None),
    ],
    ids=["expired", "not yet", "too long", "backwards", "by nobody", "no day"],
)
def test_a_waiver_outside_its_terms_has_no_effect(given: Waiver, on: dt.date | None) -> None:
    verdict = decide(outcome("commercial-feed-joined"), waivers=[given], on=on)
    assert verdict.word is Word.CONDITIONS
    assert verdict.waived == ()


@pytest.mark.parametrize("rule", [r for r, c in DEFAULT.cards.items() if not c.waiver.allowed])
def test_a_rule_that_cannot_be_waived_is_not(rule: str) -> None:
    attempt = Waiver(
        rule=rule, granted=TODAY, expires=TODAY, by="director", reason="because I say so"
    )
    assert decide(outcome(rule), waivers=[attempt], on=TODAY).waived == ()


def test_the_disclaimer_says_what_no_objection_does_not_mean() -> None:
    assert "does not mean" in DISCLAIMER
    assert all(word in DISCLAIMER for word in ("lawful", "necessary", "ethical"))
