"""A policy cannot relax two-person control, and a person fills one place only."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.canon import canonical
from counterseal.errors import CountersealError, LedgerError, SignatureError
from counterseal.ledger.claims import Predicate
from counterseal.ledger.policy import (
    ANYONE,
    TWO_PERSON,
    Person,
    Policy,
    parse_policy,
    policy_claim,
    verify_quorum,
)
from counterseal.testing.sealing import NOW, PEOPLE, key, policy

if TYPE_CHECKING:
    from counterseal.canon import Json

ROLES = ["x", "y", "z"]
PERSONS = st.lists(st.sets(st.sampled_from(ROLES)), min_size=1, max_size=5).map(
    lambda roles: tuple(
        Person(label=f"p{n}", roles=tuple(sorted(some)), keys=(key(f"p{n}").public,))
        for n, some in enumerate(roles)
    )
)


def value() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canonical(policy().to_json()))
    return found


def test_a_policy_survives_its_json() -> None:
    assert parse_policy(policy().to_json()) == policy()


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        (["schema"], "counterseal-policy/2"),
        (["version"], 0),
        (["version"], True),
        (["version"], "1"),
        (["origin"], ""),
        (["origin"], 1),
        (["more"], 1),
        (["people"], []),
        (["people", 0, "label"], "ci-1"),
        (["people", 0, "label"], ""),
        (["people", 0, "label"], 1),
        (["people", 0, "roles"], "proposer"),
        (["people", 0, "roles"], [1]),
        (["people", 0, "keys"], []),
        (["people", 0, "keys"], [str(key("A").public)]),
        (["people", 0, "keys"], ["ed25519:AAAA"]),
        (["people", 0, "born"], "1970"),
        (["quorum", "decision"], {}),
        (["quorum", "decision"], {"counterintelligence": 1}),
        (["quorum", "decision"], {"counterintelligence": 0, "authorizing-official": 2}),
        (["quorum", "decision"], {"counterintelligence": 9}),
        (["quorum", "decision"], {"anyone": 17}),
        (["quorum", "waiver"], {"anyone": 1}),
        (["quorum", "policy"], {"anyone": 2}),
        (["quorum", "guess"], {"anyone": 2}),
        (["quorum", "dissent"], {"anyone": True}),
        (["quorum"], []),
    ],
)
def test_a_policy_that_is_malformed_unmeetable_or_lax_is_refused(
    path: list[str], changed: object
) -> None:
    whole = value()
    inner: Any = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = changed
    with pytest.raises(CountersealError):
        parse_policy(whole)


@pytest.mark.parametrize("kind", sorted(TWO_PERSON))
def test_no_policy_lets_one_person_decide(kind: Predicate) -> None:
    with pytest.raises(LedgerError, match="it needs from 2"):
        Policy(origin="log", version=1, people=PEOPLE, quorum={kind: {ANYONE: 1}})


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=4))
def test_any_value_as_a_policy_raises_our_error_only(value: Json) -> None:
    with pytest.raises(CountersealError):
        parse_policy(value)
    with pytest.raises(CountersealError):
        parse_policy({**policy().to_json(), "people": value})


@given(PERSONS, st.dictionaries(st.sampled_from([*ROLES, ANYONE]), st.integers(1, 2)))
def test_a_quorum_is_met_exactly_when_each_place_has_its_own_person(
    people: tuple[Person, ...], roles: dict[str, int]
) -> None:
    places = [role for role in sorted(roles) for _ in range(roles[role])]
    possible = any(
        all(person.can(role) for person, role in zip(order, places, strict=True))
        for order in permutations(people, len(places))
    )
    lax = policy()
    object.__setattr__(lax, "quorum", {Predicate.DISSENT: roles})
    if possible:
        verify_quorum(Predicate.DISSENT, people, policy=lax)
    else:
        with pytest.raises(SignatureError, match="quorum"):
            verify_quorum(Predicate.DISSENT, people, policy=lax)


def test_a_kind_without_a_quorum_cannot_be_signed() -> None:
    with pytest.raises(SignatureError, match="provides for no"):
        verify_quorum(Predicate.READ, PEOPLE, policy=policy())


def test_people_are_the_same_by_label_or_by_key() -> None:
    first, second = PEOPLE[0], PEOPLE[1]
    assert first.is_same_as(replace(second, label=first.label))
    assert first.is_same_as(replace(second, keys=first.keys))
    assert not first.is_same_as(second)


def test_the_claim_of_a_policy_is_about_the_policy() -> None:
    claim = policy_claim(policy(), made=NOW)
    assert parse_policy(claim.body) == policy()
    assert set(claim.subjects) == {"policy.json"}
