"""A band holds what the models say unless its errors lean, and widens with what is unknown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.schema.band import Band, difference, hull, widened
from counterseal.mosaic.schema.calibration import CALIBRATION, Calibration, Quantity, Regime

shares = st.floats(0.001, 0.999)
EVERY = [(quantity, regime) for quantity in Quantity for regime in Regime]


def _errors(low: float, high: float) -> dict[tuple[Quantity, Regime], Calibration]:
    one = Calibration(
        low=low,
        high=high,
        offset=1.0,
        slope=0.0,
        tables=1,
        cases=1,
        coverage=1.0,
        weakest=1.0,
        worst=1.0,
    )
    return dict.fromkeys(EVERY, one)


@given(shares, st.floats(0, 1), st.integers(1, 12), st.sampled_from(EVERY))
def test_ends_are_shares_in_order(
    share: float, part: float, attributes: int, key: tuple[Quantity, Regime]
) -> None:
    band = widened(
        independent=share,
        tree=share * part,
        attributes=attributes,
        quantity=key[0],
        regimes=[key[1]],
    )
    assert 0 <= band.low <= band.high <= 1


@given(shares, st.integers(1, 11))
def test_more_attributes_only_widen(share: float, attributes: int) -> None:
    for quantity, regime in EVERY:
        bands = [
            widened(
                independent=share,
                tree=share,
                attributes=attributes + more,
                quantity=quantity,
                regimes=[regime],
            )
            for more in (0, 1, 2)
        ]
        for fewer, wider in pairwise(bands):
            assert wider.low <= fewer.low
            assert wider.high >= fewer.high


def test_errors_are_moved_on_the_scale_of_log_odds() -> None:
    band = widened(
        independent=0.5,
        tree=0.5,
        attributes=1,
        quantity=Quantity.UNIQUE,
        regimes=[Regime.PAIRS],
        calibration=_errors(-1.0986122886681098, 1.0986122886681098),
    )
    assert (band.low, band.high) == pytest.approx((0.25, 0.75))


def test_without_attributes_there_is_nothing_to_err_about() -> None:
    band = widened(
        independent=0.3,
        tree=None,
        attributes=0,
        quantity=Quantity.CORRECT,
        regimes=[Regime.MARGINALS],
    )
    assert (band.low, band.high) == (0.3, 0.3)


def test_nobody_reached_stays_nobody() -> None:
    band = widened(
        independent=0.0,
        tree=0.0,
        attributes=2,
        quantity=Quantity.CORRECT,
        regimes=[Regime.PAIRS],
    )
    assert (band.low, band.high) == (0.0, 0.0)


@pytest.mark.parametrize("key", EVERY)
def test_every_calibration_says_on_what_it_was_measured_and_how_often_it_held(
    key: tuple[Quantity, Regime],
) -> None:
    one = CALIBRATION[key]
    assert one.low < 0 < one.high
    assert one.tables > 50
    assert 0.85 <= one.coverage <= 1
    assert 0 <= one.worst <= one.coverage


def test_differences_are_of_ends_and_hulls_hold_all() -> None:
    one, other = Band(low=0.1, high=0.5), Band(low=0.05, high=0.2)
    assert difference(one, other).low == pytest.approx(0.05)
    assert difference(one, other).high == pytest.approx(0.3)
    assert hull([one, other]) == Band(low=0.05, high=0.5)
    assert one.holds(0.3)
    assert not other.holds(0.3)
    assert one.width == pytest.approx(0.4)


def test_ends_in_the_wrong_order_are_no_band() -> None:
    with pytest.raises(ValueError, match="is none"):
        Band(low=0.2, high=0.1)
