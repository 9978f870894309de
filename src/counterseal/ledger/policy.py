"""Who may sign what: people by role and key, quorums by kind of claim, signed by a root.

The policy's owner decides what a label says; Counterseal stores nothing else about a person.
Two rules are not the policy's to relax: kinds in ``TWO_PERSON`` need two different people, and
none of them may be the proposer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from counterseal.canon import canonical
from counterseal.errors import LedgerError, SignatureError
from counterseal.ledger.claims import Claim, Predicate
from counterseal.tlog.keys import PublicKey

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from counterseal.canon import Json

__all__ = [
    "ANYONE",
    "SCHEMA",
    "TWO_PERSON",
    "Person",
    "Policy",
    "parse_policy",
    "policy_claim",
    "verify_quorum",
]

SCHEMA = "counterseal-policy/1"
ANYONE = "anyone"
"""The role that everybody in a policy has."""

TWO_PERSON = frozenset({Predicate.DECISION, Predicate.WAIVER, Predicate.KEY_CHANGE})
MIN_PEOPLE = 2
MAX_SIGNERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One accountable person or office.

    Attributes:
        label: What the policy's owner calls it; unique in the policy.
        roles: Roles it may sign in; ``anyone`` is implied.
        keys: Its public keys; however many sign, it counts once.
    """

    label: str
    roles: tuple[str, ...]
    keys: tuple[PublicKey, ...]

    def can(self, role: str) -> bool:
        """Return whether the person may sign in ``role``; ``verify_quorum`` enforces it."""
        return role == ANYONE or role in self.roles

    def is_same_as(self, other: Person) -> bool:
        """Return whether both are one person: the same label, or a key in common."""
        return self.label == other.label or not set(self.keys).isdisjoint(other.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may sign what in one log.

    Attributes:
        origin: Name of the log it governs.
        version: From 1, one more with each policy of the log.
        people: At least two.
        quorum: For each kind of claim: role to how many different people in it must sign.
    """

    origin: str
    version: int
    people: tuple[Person, ...]
    quorum: Mapping[Predicate, Mapping[str, int]]

    def __post_init__(self) -> None:
        labels = [person.label for person in self.people]
        keys = [key for person in self.people for key in person.keys]
        if len(set(labels)) != len(labels) or len(set(keys)) != len(keys):
            raise LedgerError("two people of a policy share a label or a key")
        if not all(person.label and person.keys for person in self.people):
            raise LedgerError("each person of a policy has a label and a key")
        if self.version < 1 or not self.origin:
            raise LedgerError("a policy has an origin and a version from 1")
        for predicate, roles in self.quorum.items():
            _require_quorum(predicate, roles, self.people)

    def person(self, keyid: str) -> Person | None:
        """Return whose key has the id ``keyid``, if anybody's."""
        for person in self.people:
            if any(key.id == keyid for key in person.keys):
                return person
        return None

    def to_json(self) -> Mapping[str, Json]:
        """Return the policy as it is written and signed."""
        return {
            "origin": self.origin,
            "people": [
                {
                    "keys": [str(key) for key in person.keys],
                    "label": person.label,
                    "roles": list(person.roles),
                }
                for person in self.people
            ],
            "quorum": {kind.value: dict(roles) for kind, roles in self.quorum.items()},
            "schema": SCHEMA,
            "version": self.version,
        }


def parse_policy(value: Json) -> Policy:
    """Return the policy in plain ``value`` (from JSON or YAML).

    Raises:
        LedgerError: It is not a policy, cannot be met, or relaxes two-person control.
        LogError: A key is malformed.
    """
    try:
        policy = _read(cast("Mapping[str, Json]", value))
        same = canonical(policy.to_json()) == canonical(value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise LedgerError(
            f"this is not a policy ({type(error).__name__}: {error})",
            hint=f"it has schema ({SCHEMA}), origin, version, people and quorum",
        ) from error
    if not same:
        raise LedgerError("the policy has a key that is not known, or a value of a wrong type")
    return policy


def policy_claim(policy: Policy, *, made: datetime) -> Claim:
    """Return the claim that root keys sign to put ``policy`` in force."""
    body = policy.to_json()
    return Claim(
        predicate=Predicate.POLICY,
        change="",
        policy="",
        made=made,
        subjects={"policy.json": hashlib.sha256(canonical(body)).hexdigest()},
        body=body,
    )


def verify_quorum(predicate: Predicate, signers: Collection[Person], *, policy: Policy) -> None:
    """Verify that ``signers`` fill every role that ``policy`` asks for this kind of claim.

    One person fills one place only.

    Raises:
        SignatureError: The policy allows no such claim, or a place stays unfilled.
    """
    roles = policy.quorum.get(predicate)
    if roles is None:
        raise SignatureError(f"the policy provides for no {predicate} claim")
    if predicate in TWO_PERSON and len(signers) < MIN_PEOPLE:
        raise SignatureError(
            f"quorum: a {predicate} needs two different people, {len(signers)} signed"
        )
    places = [role for role in sorted(roles) for _ in range(roles[role])]
    missing = _unfilled(places, tuple(signers))
    if missing is not None:
        raise SignatureError(
            f"quorum: a {predicate} lacks a signature in the role {missing!r}",
            hint="each person counts for one role only",
        )


def _unfilled(places: Sequence[str], people: Sequence[Person]) -> str | None:
    """Return a role for which nobody is left, if any: bipartite matching, path by path."""
    taken: dict[int, int] = {}

    def fill(place: int, tried: set[int]) -> bool:
        for number, person in enumerate(people):
            if number in tried or not person.can(places[place]):
                continue
            tried.add(number)
            if number not in taken or fill(taken[number], tried):
                taken[number] = place
                return True
        return False

    for place, role in enumerate(places):
        if not fill(place, set()):
            return role
    return None


def _require_quorum(
    predicate: Predicate, roles: Mapping[str, int], people: tuple[Person, ...]
) -> None:
    if predicate is Predicate.POLICY:
        raise LedgerError("a policy is signed by root keys, not by a quorum")
    if not roles or any(count < 1 for count in roles.values()):
        raise LedgerError(f"the quorum of {predicate} asks for nobody")
    total = sum(roles.values())
    if total > MAX_SIGNERS or (predicate in TWO_PERSON and total < MIN_PEOPLE):
        raise LedgerError(
            f"the quorum of {predicate} is {total} people; it needs from {MIN_PEOPLE} to "
            f"{MAX_SIGNERS}"
        )
    places = [role for role in sorted(roles) for _ in range(roles[role])]
    missing = _unfilled(places, people)
    if missing is not None:
        raise LedgerError(f"too few people have the role {missing!r} that {predicate} needs")


def _read(value: Mapping[str, Json]) -> Policy:
    if value["schema"] != SCHEMA:
        raise LedgerError(f"the schema of a policy is {SCHEMA}")
    people = cast("Sequence[Mapping[str, Json]]", value["people"])
    quorum = cast("Mapping[str, Mapping[str, int]]", value["quorum"])
    return Policy(
        origin=_text(value["origin"]),
        version=_number(value["version"]),
        people=tuple(
            Person(
                label=_text(person["label"]),
                roles=tuple(_text(role) for role in cast("Sequence[Json]", person["roles"])),
                keys=tuple(
                    PublicKey.parse(key) for key in cast("Sequence[str]", person["keys"])
                ),
            )
            for person in people
        ),
        quorum={
            Predicate(kind): {role: _number(count) for role, count in roles.items()}
            for kind, roles in quorum.items()
        },
    )


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("text is expected")
    return value


def _number(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a whole number is expected")
    return value
