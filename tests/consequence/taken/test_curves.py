"""Worked numbers of one leaked value, computed from the catalog's own points."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

import pytest

from counterseal.catalog.survival import CurveFamily
from counterseal.consequence.taken.curves import attribute_curves, outlasts
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.consequence.taken.curves import AttributeCurve

CURVES = {row.attribute.id: row for row in attribute_curves(catalog().attributes.values())}
HORIZON = 25.0


def _years(name: str) -> float:
    return CURVES[name].usable[HORIZON].value


def _address() -> AttributeCurve:
    return CURVES["residential-address"]


def test_a_password_is_worth_at_most_0_36_person_years() -> None:
    assert 0.35 < _years("password") <= 0.36


def test_an_employer_is_worth_6_7_person_years() -> None:
    assert _years("employer") == pytest.approx(6.7, abs=0.05)


def test_an_address_is_7_2_years_as_an_exponential_and_11_8_as_a_weibull() -> None:
    contemporary = _address().attribute.survival.others[0]
    assert "2009-10" in contemporary.source
    exponential = next(
        one for one in _address().one_horizon if one.source == contemporary.source
    )
    weibull = next(one for one in _address().refits if one.source == contemporary.source)
    assert exponential.family is CurveFamily.EXPONENTIAL
    assert exponential.usable_years == pytest.approx(7.2, abs=0.05)
    assert weibull.family is CurveFamily.WEIBULL
    assert weibull.usable_years == pytest.approx(11.8, abs=0.05)


def test_an_exponential_agrees_with_its_closed_form() -> None:
    for one in _address().one_horizon:
        ((years, share),) = one.points
        rate = -log(share) / years
        assert one.usable_years == pytest.approx((1 - exp(-rate * HORIZON)) / rate, abs=1e-9)


def test_the_exponential_of_an_address_is_refused_with_both_rates() -> None:
    assert "not exponential" in _address().refused
    assert "0.0874 to 0.124" in _address().refused


def test_each_measurement_of_the_first_horizon_says_something_else() -> None:
    years = [one.usable_years for one in _address().one_horizon]
    assert len(years) == 3
    assert len({round(one, 2) for one in years}) == 3
    assert max(years) < _years("residential-address")


def test_a_fingerprint_is_worth_about_24_4_person_years() -> None:
    usable = CURVES["fingerprint"].usable[HORIZON]
    assert usable.low < 24.4
    assert usable.value == pytest.approx(24.4, abs=0.25)
    assert usable.high == pytest.approx(24.4, abs=0.05)


def test_a_fingerprint_outlasts_a_password_about_seventy_times() -> None:
    times = outlasts(catalog())
    assert times is not None
    assert times.value == pytest.approx(70, rel=0.05)
    assert times.value == pytest.approx(_years("fingerprint") / _years("password"))
    assert times.low < times.value < times.high


def test_an_asylum_claim_never_passes() -> None:
    assert _years("asylum-claim") == HORIZON
    assert CURVES["asylum-claim"].refused == ""


@pytest.mark.parametrize("name", sorted(CURVES))
def test_an_exponential_is_refused_exactly_where_rates_differ(name: str) -> None:
    points = CURVES[name].attribute.survival.points
    rates = [-log(point.share) / point.years for point in points]
    differ = bool(rates) and max(rates) > 1.15 * min(rates)
    assert bool(CURVES[name].refused) is differ
    assert bool(CURVES[name].one_horizon) is differ


def test_rows_are_in_order_of_what_passes_first() -> None:
    years = [row.usable[HORIZON].value for row in CURVES.values()]
    assert years == sorted(years)


def test_a_catalog_without_the_pair_has_no_ratio() -> None:
    assert outlasts(catalog(), lasting="stone tablet") is None


def test_the_json_row_says_points_reset_and_refusal() -> None:
    row = _address().as_json()
    assert row["exponential_refused"] == _address().refused
    assert isinstance(row["others"], list)
    assert len(row["others"]) == 2
    assert row["reset"] == {"by": "holder, by moving", "cost": "life-change"}
