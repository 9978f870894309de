"""Rules name only what exists: relations, actions, priors, causes, steps, techniques."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from counterseal.attackgraph.compiling.blueprint import BEARERS
from counterseal.attackgraph.compiling.drafts import MARKET
from counterseal.attackgraph.compiling.incidence import KIND_KEYS
from counterseal.attackgraph.compiling.relations import RELATIONS
from counterseal.catalog.adversaries import EntryVector
from counterseal.catalog.rules import CAUSES, ELEMENTS, Rule
from counterseal.estate.estate import KINDS
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTACK = (
    Path(__file__).parents[3] / "shared" / "data" / "catalogs" / "attack_v18.1_compact.json"
)
RULES = tuple(catalog().rules.values())
VALID: dict[str, Any] = {
    "id": "system.connect",
    "element": "system",
    "step": "connect",
    "label": "l",
    "parents": [{"via": "self", "step": "exposed"}],
    "rationale": "r",
}


def _relations(rule: Rule) -> Iterator[str]:
    yield from (row.via for row in rule.parents if row.via not in {"self", "each"})
    yield from (*rule.when.has, *rule.when.lacks)
    yield from (name for name in (rule.each, rule.bearer) if name)
    if rule.vector_of != "self":
        yield rule.vector_of


def _vectors(rule: Rule) -> set[str]:
    named = {rule.vector} if isinstance(rule.vector, str) else set(rule.vector.values())
    return (named | set(rule.needs)) - {"", MARKET}


def test_techniques_are_in_the_published_catalog() -> None:
    if not ATTACK.exists():
        pytest.skip("the ATT&CK catalog is not beside the project")
    known = {row["id"] for row in json.loads(ATTACK.read_text())["techniques"]}
    assert {rule.technique for rule in RULES} - {""} <= known


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_follows_only_relations_of_the_closed_set(rule: Rule) -> None:
    assert set(_relations(rule)) <= set(RELATIONS)
    own = {name for name in _relations(rule) if not name.startswith(f"{rule.element}.")}
    assert not own


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_only_fields_of_its_element(rule: Rule) -> None:
    fields = KINDS[KIND_KEYS[rule.element]].model_fields
    named = {*rule.when.field, *(factor.fact for factor in rule.factors)}
    assert {name.replace("-", "_") for name in named} <= set(fields)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_only_priors_and_vectors_that_exist(rule: Rule) -> None:
    priors = set(catalog().priors)
    assert not rule.rate or rule.rate in priors
    assert _vectors(rule) <= {vector.value for vector in EntryVector}
    for factor in rule.factors:
        if factor.form == "scale":
            assert factor.unknown in priors
            assert not isinstance(factor.exponent, str) or factor.exponent in priors
        elif factor.form == "switch":
            assert factor.effect in priors
        else:
            assert f"{factor.effect}:{factor.strongest}" in priors


def test_every_parent_row_names_a_step_that_some_rule_makes() -> None:
    made = {rule.step for rule in RULES}
    for rule in RULES:
        for row in rule.parents:
            steps = {row.step} if isinstance(row.step, str) else set(row.step.values())
            assert steps <= made, rule.id


def test_every_relation_is_followed_by_some_rule_or_is_a_usual_bearer() -> None:
    followed = {name for rule in RULES for name in _relations(rule)}
    assert set(RELATIONS) == followed | (set(BEARERS.values()) - {"self"})


def test_every_kind_of_element_and_of_cause_is_used() -> None:
    assert {rule.element for rule in RULES} == set(ELEMENTS) == set(BEARERS) == set(KIND_KEYS)
    assert {cause for rule in RULES for cause in rule.requires} == set(CAUSES)


def test_a_kind_of_element_has_at_most_two_dozen_rules() -> None:
    for element in ELEMENTS:
        assert sum(rule.element == element for rule in RULES) <= 24


@pytest.mark.parametrize(
    "fault",
    [
        {"id": "zone.connect"},
        {"parents": []},
        {"time": "entry"},
        {"kind": "and"},
        {"technique": "phishing"},
        {"factors": [{"fact": "count", "on": "time", "form": "scale"}]},
        {"factors": [{"fact": "mfa", "on": "success", "form": "switch"}]},
        {"factors": [{"fact": "authentication", "on": "time", "form": "table", "effect": "a"}]},
    ],
    ids=str,
)
def test_an_incomplete_rule_is_refused(fault: dict[str, Any]) -> None:
    Rule.model_validate(VALID)
    with pytest.raises(ValidationError):
        Rule.model_validate({**VALID, **fault})
