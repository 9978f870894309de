"""A rule is explained in plain language, with its authority and its condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.errors import PolicyError
from counterseal.policy.assessment import FIELDS
from counterseal.policy.cards import parse
from counterseal.policy.explain import explain

ROOT = Path(__file__).parents[2]
RULES = ROOT / "src/counterseal/policy/data/rules"
DEFAULT = parse({path.name: path.read_bytes() for path in RULES.glob("*.yaml")})


@pytest.mark.parametrize("rule", sorted(DEFAULT.cards))
def test_an_explanation_holds_statement_authority_remedy_condition_and_cases(rule: str) -> None:
    card, text = DEFAULT.cards[rule], explain(DEFAULT, rule)
    for part in (card.statement, card.authority, card.remedy, " ".join(card.when.split())):
        assert part in text
    for case in (*card.cases.must_fire, *card.cases.must_not_fire):
        assert case.name in text


@pytest.mark.parametrize("rule", sorted(DEFAULT.cards))
def test_an_explanation_says_what_every_field_and_limit_means(rule: str) -> None:
    card, text = DEFAULT.cards[rule], explain(DEFAULT, rule)
    for path, field in FIELDS.items():
        if path in card.when.replace("known.", " ").split():
            assert field.meaning in text
    for limit in card.limits.values():
        assert limit.reason in text


def test_explaining_a_rule_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(PolicyError):
        explain(DEFAULT, "no-such-rule")


@pytest.mark.parametrize("rule", sorted(DEFAULT.cards))
def test_the_page_on_policy_lists_the_rule_with_its_effect_and_statement(rule: str) -> None:
    card = DEFAULT.cards[rule]
    page = (ROOT / "docs/policy.md").read_text()
    assert f"| `{rule}` | {card.effect.value} | {card.statement} |" in page


@pytest.mark.parametrize("path", sorted(FIELDS))
def test_the_page_on_policy_lists_the_field_with_its_kind_and_meaning(path: str) -> None:
    field = FIELDS[path]
    page = (ROOT / "docs/policy.md").read_text()
    assert f"| `{path}` | {field.unit or field.kind.value} | {field.meaning} |" in page
