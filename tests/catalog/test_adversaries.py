"""Profiles differ in how they come in and in what they want, and say what their numbers are."""

from __future__ import annotations

from itertools import combinations
from math import sqrt

import pytest

from counterseal.catalog.adversaries import Adversary, CompulsionReach, EntryVector, TimeClass
from counterseal.documents.evidence import Grade
from counterseal.testing.catalogs import catalog

PROFILES = sorted(catalog().adversaries)
EXPECTED = frozenset(
    {
        "cyber-espionage",
        "humint-enabled",
        "transnational-repression",
        "influence-manipulation",
        "broker-buyer",
    }
)


def _wilson(hits: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    share = hits / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    half = spread / (1 + z * z / trials)
    return centre - half, centre + half


def test_the_five_profiles_are_there() -> None:
    assert set(PROFILES) == EXPECTED


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_and_every_vector_is_cited(profile: str) -> None:
    adversary = catalog().adversaries[profile]
    assert adversary.citations
    assert all(vector.citations for vector in adversary.vectors)


@pytest.mark.parametrize(("one", "other"), list(combinations(PROFILES, 2)))
def test_no_two_profiles_are_the_same(one: str, other: str) -> None:
    a, b = catalog().adversaries[one], catalog().adversaries[other]
    assert {v.id for v in a.vectors} != {v.id for v in b.vectors}
    assert set(a.objectives.uses) != set(b.objectives.uses)


@pytest.mark.parametrize("profile", PROFILES)
def test_documented_capabilities_are_wilson_intervals_of_their_counts(profile: str) -> None:
    for vector in catalog().adversaries[profile].vectors:
        capability = vector.capability
        if capability.grade is not Grade.DOCUMENTED:
            continue
        hits, trials = map(int, _counts(capability.source))
        low, high = _wilson(hits, trials)
        assert capability.value == pytest.approx(hits / trials, abs=0.01)
        assert capability.low == pytest.approx(low, abs=0.01)
        assert capability.high == pytest.approx(high, abs=0.01)


def _counts(source: str) -> list[str]:
    return next(word for word in source.split() if "/" in word).split("/")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_rate_is_elicited_and_spans_more_than_a_factor_of_ten(profile: str) -> None:
    for vector in catalog().adversaries[profile].vectors:
        rate = vector.rate_per_year
        if rate is not None:
            assert rate.grade is Grade.ELICITED
            assert rate.low is not None
            assert rate.high is not None
            assert rate.high / rate.low > 10


def test_every_entry_vector_is_used_by_some_profile() -> None:
    used = {v.id for adversary in catalog().adversaries.values() for v in adversary.vectors}
    assert used == set(EntryVector)


def test_compulsion_reaches_entities_of_other_jurisdictions_only() -> None:
    for adversary in catalog().adversaries.values():
        uses_law = adversary.vector(EntryVector.LEGAL_COMPULSION) is not None
        assert uses_law == (adversary.compulsion is CompulsionReach.FOREIGN_JURISDICTIONS)


def _profile(**changes: object) -> dict[str, object]:
    return {
        "id": "x",
        "name": "x",
        "description": "x",
        "vectors": [{"id": "remote", "time-class": "easy"}],
        "reentry-days": {"value": 1},
        "objectives": {},
        **changes,
    }


def test_a_shift_moves_one_class_at_most() -> None:
    assert Adversary.model_validate(_profile(shift={"hard": -1})).shift[TimeClass.HARD] == -1
    with pytest.raises(ValueError, match="greater than or equal to -1"):
        Adversary.model_validate(_profile(shift={"hard": -2}))


def test_a_vector_has_either_a_class_or_a_rate() -> None:
    for vector in (
        {"id": "remote"},
        {"id": "remote", "time-class": "easy", "rate-per-year": {"value": 1}},
    ):
        with pytest.raises(ValueError, match="either a time-class or a rate-per-year"):
            Adversary.model_validate(_profile(vectors=[vector]))


def test_a_capability_is_a_probability() -> None:
    vector = {"id": "remote", "time-class": "easy", "capability": {"value": 1.5}}
    with pytest.raises(ValueError, match="not a probability"):
        Adversary.model_validate(_profile(vectors=[vector]))


def test_a_vector_given_twice_is_refused() -> None:
    vector = {"id": "remote", "time-class": "easy"}
    with pytest.raises(ValueError, match="given twice"):
        Adversary.model_validate(_profile(vectors=[vector, vector]))
