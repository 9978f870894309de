"""Epistemic draws follow their families, and belong to the id of the parameter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.documents.evidence import Grade
from counterseal.errors import GraphError
from counterseal.reach.draws import Draws
from counterseal.reach.parameters import sample

DRAWS = Draws(seed=3, outer=4_000, lanes=1)


def parameter(
    name: str,
    family: ParameterFamily,
    *,
    mode: float = 0.0,
    low: float = 0.0,
    high: float = 0.0,
) -> Parameter:
    return Parameter(id=name, family=family, mode=mode, low=low, high=high, grade=Grade.ASSUMED)


UNIFORM = parameter("u", ParameterFamily.UNIFORM, low=2.0, high=6.0)
TRIANGULAR = parameter("t", ParameterFamily.TRIANGULAR, low=1.0, mode=2.0, high=9.0)
LOGNORMAL = parameter("l", ParameterFamily.LOGNORMAL, low=2.0, mode=10.0, high=40.0)
BERNOULLI = parameter("b", ParameterFamily.BERNOULLI, mode=0.3)
Z95 = float(stats.norm.ppf(0.95))
LAWS = {
    UNIFORM: stats.uniform(2.0, 4.0),
    TRIANGULAR: stats.triang(1 / 8, 1.0, 8.0),
    LOGNORMAL: stats.lognorm(np.log(20.0) / 2 / Z95, scale=np.sqrt(80.0)),
}


@pytest.mark.parametrize("law", LAWS, ids=lambda p: str(p.family))
def test_draws_follow_the_family(law: Parameter) -> None:
    found = sample({law.id: law}, draws=DRAWS)[law.id]
    assert stats.kstest(found, LAWS[law].cdf).pvalue > 0.001


def test_the_range_of_a_lognormal_is_its_five_and_ninety_five_percent_quantiles() -> None:
    found = sample({"l": LOGNORMAL}, draws=DRAWS)["l"]
    assert abs((found < 2.0).mean() - 0.05) < 0.015
    assert abs((found > 40.0).mean() - 0.05) < 0.015


def test_a_bernoulli_parameter_is_one_as_often_as_it_says() -> None:
    found = sample({"b": BERNOULLI}, draws=DRAWS)["b"]
    assert set(found) == {0.0, 1.0}
    assert abs(found.mean() - 0.3) < 4 * np.sqrt(0.21 / 4_000)


def test_a_parameter_has_the_same_numbers_in_any_company_and_any_number_of_draws() -> None:
    alone = sample({"l": LOGNORMAL}, draws=DRAWS)["l"]
    company = sample(
        {"a": UNIFORM, "l": LOGNORMAL, "z": BERNOULLI}, draws=Draws(seed=3, outer=50, lanes=9)
    )["l"]
    assert np.array_equal(alone[:50], company)


def test_seed_zero_is_a_seed_like_any_other() -> None:
    zero = sample({"u": UNIFORM}, draws=Draws(seed=0, outer=50, lanes=1))["u"]
    one = sample({"u": UNIFORM}, draws=Draws(seed=1, outer=50, lanes=1))["u"]
    assert len(set(zero)) == 50
    assert not np.array_equal(zero, one)


def test_an_override_holds_in_every_draw_and_moves_nothing_else() -> None:
    both = {"u": UNIFORM, "t": TRIANGULAR}
    found = sample(both, draws=DRAWS, overrides={"u": 5.5, "unknown": 1.0})
    assert set(found["u"]) == {5.5}
    assert np.array_equal(found["t"], sample(both, draws=DRAWS)["t"])
    assert set(found) == {"u", "t"}


def test_no_parameters_are_no_samples() -> None:
    assert dict(sample({}, draws=DRAWS)) == {}


@given(st.floats(0.1, 10.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_narrowing_a_range_keeps_the_order_of_the_draws(
    low: float, narrower: float, up: float
) -> None:
    draws = Draws(seed=5, outer=40, lanes=1)
    wide = parameter("x", ParameterFamily.LOGNORMAL, low=low, mode=low, high=low + 10.0)
    tight = parameter(
        "x", ParameterFamily.LOGNORMAL, low=low + narrower, mode=low, high=low + 2.0 + up
    )
    first, second = (sample({"x": p}, draws=draws)["x"] for p in (wide, tight))
    assert np.array_equal(np.argsort(first), np.argsort(second))


@pytest.mark.parametrize(
    "wrong",
    [
        parameter("x", ParameterFamily.UNIFORM, low=2.0, high=1.0),
        parameter("x", ParameterFamily.TRIANGULAR, low=1.0, mode=0.5, high=2.0),
        parameter("x", ParameterFamily.LOGNORMAL, low=0.0, high=1.0),
        parameter("x", ParameterFamily.BERNOULLI, mode=1.5),
        parameter("x", ParameterFamily.POINT, mode=float("nan")),
    ],
    ids=lambda p: str(p.family),
)
def test_a_range_that_is_none_is_refused_by_name(wrong: Parameter) -> None:
    with pytest.raises(GraphError, match="parameter x"):
        sample({"x": wrong}, draws=DRAWS)


@pytest.mark.parametrize(
    "family", [ParameterFamily.TRIANGULAR, ParameterFamily.LOGNORMAL, ParameterFamily.UNIFORM]
)
def test_a_range_without_width_is_a_point(family: ParameterFamily) -> None:
    flat = parameter("x", family, low=3.0, mode=3.0, high=3.0)
    assert set(sample({"x": flat}, draws=Draws(seed=1, outer=9, lanes=1))["x"]) == {3.0}
