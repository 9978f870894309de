"""Curves are fitted from data points and give the published worked numbers."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from counterseal.catalog.survival import CurveFamily, Survival, SurvivalPoint, fit
from counterseal.testing.catalogs import catalog

HORIZON = 25.0


def _years(attribute: str) -> float:
    return catalog().attributes[attribute].survival.integral(HORIZON)


def test_a_password_rotated_within_90_days_is_worth_at_most_0_36_person_years() -> None:
    assert 0.35 <= _years("password") <= 0.36


def test_an_employer_is_worth_6_7_person_years() -> None:
    assert _years("employer") == pytest.approx(6.7, abs=0.05)


def test_the_employer_curve_passes_through_both_published_tenure_figures() -> None:
    survival = catalog().attributes["employer"].survival
    assert survival.at(1.0) == pytest.approx(0.78, abs=1e-12)
    assert survival.at(3.9) == pytest.approx(0.50, abs=1e-12)


def test_an_address_is_worth_about_11_8_person_years_not_the_7_2_of_an_exponential() -> None:
    exponential = fit(CurveFamily.EXPONENTIAL, ((1.0, 0.875),))
    weibull = fit(CurveFamily.WEIBULL, ((1.0, 0.875), (5.0, 0.646)))
    assert quad(exponential.at, 0, HORIZON)[0] == pytest.approx(7.2, abs=0.05)
    assert quad(weibull.at, 0, HORIZON)[0] == pytest.approx(11.8, abs=0.05)
    assert _years("residential-address") == pytest.approx(11.8, abs=0.3)


def test_an_exponential_is_refused_where_two_horizons_contradict_it() -> None:
    with pytest.raises(ValueError, match="not exponential; use weibull"):
        fit(CurveFamily.EXPONENTIAL, ((1.0, 0.883), (5.0, 0.646)))


def test_a_fingerprint_at_35_is_worth_24_4_person_years_less_the_mortality_of_men() -> None:
    survival = catalog().attributes["fingerprint"].survival
    assert survival.integral(HORIZON) == pytest.approx(24.4, abs=0.25)
    assert survival.integral(HORIZON, place=1.0) == pytest.approx(24.4, abs=0.05)


def test_the_mortality_curve_meets_life_table_years_that_it_was_not_fitted_to() -> None:
    survival = catalog().attributes["fingerprint"].survival
    assert survival.at(20.0) == pytest.approx(0.94195, abs=0.002)


def test_an_asylum_claim_is_worth_25_person_years() -> None:
    assert _years("asylum-claim") == 25.0


def test_a_fingerprint_outlasts_a_password_about_seventy_times() -> None:
    assert _years("fingerprint") / _years("password") == pytest.approx(70, rel=0.05)


@pytest.mark.parametrize("attribute", sorted(catalog().attributes))
def test_every_curve_starts_at_one_and_never_rises(attribute: str) -> None:
    survival = catalog().attributes[attribute].survival
    for place in (0.0, 0.3, 0.5, 0.8, 1.0):
        values = [survival.at(years / 4, place=place) for years in range(161)]
        assert values[0] == 1.0
        assert all(a >= b >= 0.0 for a, b in pairwise(values))


@pytest.mark.parametrize("attribute", sorted(catalog().attributes))
def test_every_integral_agrees_with_adaptive_quadrature(attribute: str) -> None:
    survival = catalog().attributes[attribute].survival
    for years in (0.25, 1.0, 10.0, 25.0):
        for place in (0.2, 0.5, 0.9):
            cuts = [years * share for share in (1e-4, 1e-3, 0.01, 0.1)]
            expected = quad(
                lambda t, p=place: survival.at(t, place=p), 0, years, points=cuts, limit=400
            )[0]
            assert survival.integral(years, place=place) == pytest.approx(expected, abs=1e-7)


@given(
    attribute=st.sampled_from(sorted(catalog().attributes)),
    years=st.floats(0.0, 40.0),
    a=st.floats(0.0, 1.0),
    b=st.floats(0.0, 1.0),
)
def test_a_higher_place_never_lasts_shorter(
    attribute: str, years: float, a: float, b: float
) -> None:
    survival = catalog().attributes[attribute].survival
    low, high = sorted((a, b))
    assert survival.at(years, place=low) <= survival.at(years, place=high) + 1e-12


@given(shape=st.floats(0.3, 3.0), scale=st.floats(0.5, 30.0))
def test_weibull_is_recovered_from_two_of_its_points(shape: float, scale: float) -> None:
    near, far = 0.5 * scale, 1.5 * scale
    points = tuple((t, exp(-((t / scale) ** shape))) for t in (near, far))
    curve = fit(CurveFamily.WEIBULL, points)
    assert curve.b == pytest.approx(shape, rel=1e-6)
    assert curve.a == pytest.approx(scale, rel=1e-6)


@given(hazard=st.floats(1e-4, 5e-3), ageing=st.floats(0.03, 0.15))
def test_gompertz_is_recovered_from_two_of_its_points(hazard: float, ageing: float) -> None:
    points = tuple((t, exp(-(hazard / ageing) * (exp(ageing * t) - 1.0))) for t in (10.0, 25.0))
    curve = fit(CurveFamily.GOMPERTZ, points)
    assert curve.b == pytest.approx(ageing, rel=1e-6)
    assert curve.a == pytest.approx(hazard, rel=1e-6)


def test_an_exponential_through_one_point_has_its_rate() -> None:
    curve = fit(CurveFamily.EXPONENTIAL, ((2.0, 0.5),))
    assert 1.0 / curve.a == pytest.approx(log(2.0) / 2.0)


@pytest.mark.parametrize(
    ("family", "points", "reason"),
    [
        (CurveFamily.CONSTANT, ((1.0, 0.5),), "takes no points"),
        (CurveFamily.EXPONENTIAL, (), "at least 1"),
        (CurveFamily.WEIBULL, ((1.0, 0.5),), "at least 2"),
        (CurveFamily.WEIBULL, ((1.0, 0.5), (1.0, 0.4)), "two different horizons"),
        (CurveFamily.WEIBULL, ((1.0, 0.5), (2.0, 0.6)), "rises with the horizon"),
        (CurveFamily.GOMPERTZ, ((1.0, 0.9), (2.0, 0.89)), "not gompertz"),
        (CurveFamily.GOMPERTZ, ((1.0, 0.9), (2.0, 0.7), (3.0, 0.3)), "exactly two"),
    ],
)
def test_points_that_contradict_the_family_are_refused(
    family: CurveFamily, points: tuple[tuple[float, float], ...], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        fit(family, points)


def test_a_documented_point_needs_a_source() -> None:
    with pytest.raises(ValueError, match="needs a source"):
        SurvivalPoint.model_validate({"years": 1, "share": 0.5, "grade": "documented"})


def test_a_range_that_does_not_contain_the_share_is_refused() -> None:
    with pytest.raises(ValueError, match="outside its range"):
        SurvivalPoint(years=1, share=0.5, low=0.6)


def test_ranges_whose_curves_cross_are_refused() -> None:
    points = (
        SurvivalPoint(years=1, share=0.9, low=0.5, high=0.91),
        SurvivalPoint(years=25, share=0.1, low=0.0999, high=0.9),
    )
    with pytest.raises(ValueError, match="cross"):
        Survival(family=CurveFamily.WEIBULL, points=points)
