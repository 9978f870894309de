"""Sensitivity beside retention, keys and schemes; what nobody stated stays unknown."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from counterseal.consequence.taken.lifetime import (
    STILL_SENSITIVE,
    Outcome,
    lifetimes,
)
from counterseal.consequence.taken.ranges import Range
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.consequence.taken.lifetime import (
        Check,
        Lifetime,
    )
    from counterseal.consequence.taken.people import Subjects

    Build = Callable[..., Subjects]

PEOPLE = {"p": {"size": 1000}}


def _held(*attributes: str, **more: object) -> dict[str, object]:
    rows = [{"population": "p", "count": 100}]
    return {"attributes": list(attributes), "populations": rows, **more}


def _one(
    subjects: Build, *, of: tuple[str, ...] = ("email-address",), **more: object
) -> Lifetime:
    row, *_ = lifetimes(subjects(PEOPLE, {"h": _held(*of, **more)}))
    return row


def _check(row: Lifetime, name: str) -> Check:
    found = row.check(name)
    assert found is not None
    return found


def test_data_is_sensitive_until_a_tenth_of_it_is_left(subjects: Build) -> None:
    years = _one(subjects).sensitive.years
    survival = catalog().attributes["email-address"].survival
    assert survival.at(years.value) == pytest.approx(STILL_SENSITIVE)
    assert survival.at(years.low, place=0.0) == pytest.approx(STILL_SENSITIVE)


def test_the_longest_use_counts_with_the_best_class_of_each_need(subjects: Build) -> None:
    row = _one(subjects, of=("passport-number", "email-address", "phone-number"))
    assert row.sensitive.because == "Identify"
    years = row.sensitive.years.value
    curves = [catalog().attributes[a].survival for a in ("passport-number", "email-address")]
    assert curves[0].at(years) * curves[1].at(years) == pytest.approx(STILL_SENSITIVE)


def test_what_happened_stays_sensitive_for_ever(subjects: Build) -> None:
    row = _one(subjects, of=("asylum-claim",), **{"retention-years": 30})
    assert row.sensitive.years == Range(low=inf, value=inf, high=inf)
    assert _check(row, "retention").outcome is Outcome.SHORT


def test_curves_are_not_followed_beyond_forty_years(subjects: Build) -> None:
    years = _one(subjects, of=("face-image",)).sensitive.years
    assert (years.value, years.high) == (40, inf)


@pytest.mark.parametrize(
    ("retention", "outcome"), [(1, Outcome.SHORT), (10, Outcome.UNSURE), (60, Outcome.HOLDS)]
)
def test_retention_falls_short_where_data_outlives_it(
    subjects: Build, retention: float, outcome: Outcome
) -> None:
    row = _one(subjects, of=("tax-record",), **{"retention-years": retention})
    assert _check(row, "retention").outcome is outcome


def test_nothing_stated_is_unknown_and_not_fine(subjects: Build) -> None:
    row = _one(subjects)
    assert [check.outcome for check in row.checks] == [Outcome.UNKNOWN] * 3
    assert all(check.as_json()["gap"] is None for check in row.checks)


def test_harvest_now_decrypt_later_adds_migration_to_sensitivity(subjects: Build) -> None:
    encryption = {
        "scheme": "classical",
        "secure-years": 9,
        "migration-years": 4,
        "key-years": 2,
    }
    link = {"carries": ["h"], "encryption": encryption}
    built = subjects(PEOPLE, {"h": _held("email-address")}, {"wire": link})
    holding, wire = lifetimes(built)
    assert (holding.element, wire.element) == ("h", "wire")
    assert wire.is_link
    assert not holding.is_link
    gap = _check(wire, "scheme").gap
    assert gap is not None
    assert gap.value == pytest.approx(holding.sensitive.years.value + 4 - 9)
    assert _check(wire, "scheme").outcome is Outcome.SHORT
    key = _check(wire, "key").gap
    assert key is not None
    assert key.value == pytest.approx(holding.sensitive.years.value - 2)


def test_a_scheme_that_outlasts_migration_and_sensitivity_holds(subjects: Build) -> None:
    encryption = {"scheme": "post-quantum", "secure-years": 60, "migration-years": 1}
    row = _one(subjects, of=("password",), encryption=encryption)
    assert _check(row, "scheme").outcome is Outcome.HOLDS
    assert _check(row, "key").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("missing", ["secure-years", "migration-years"])
def test_half_of_what_is_needed_is_unknown(subjects: Build, missing: str) -> None:
    stated = {"scheme": "hybrid", "secure-years": 60, "migration-years": 1}
    stated[missing] = "unknown"
    row = _one(subjects, encryption=stated)
    assert _check(row, "scheme").outcome is Outcome.UNKNOWN


def test_what_is_not_encrypted_is_readable_at_once(subjects: Build) -> None:
    row = _one(subjects, encryption={"scheme": "none"})
    assert _check(row, "scheme").outcome is Outcome.SHORT
    assert _check(row, "scheme").gap == row.sensitive.years
    assert row.check("key") is None


def test_a_link_that_is_verified_gone_or_carries_no_data_has_no_row(subjects: Build) -> None:
    links = {
        "gone": {"carries": ["h"], "closed": "verified"},
        "paper": {"carries": ["h"], "closed": "on-paper"},
        "empty": {},
    }
    rows = lifetimes(subjects(PEOPLE, {"h": _held("name")}, links))
    assert [row.element for row in rows if row.is_link] == ["paper"]


def test_a_link_is_as_sensitive_as_the_longest_of_what_it_carries(subjects: Build) -> None:
    held = {"a": _held("password"), "b": _held("email-address")}
    *_, wire = lifetimes(subjects(PEOPLE, held, {"wire": {"carries": ["a", "b"]}}))
    assert wire.sensitive.because == "Email address"
