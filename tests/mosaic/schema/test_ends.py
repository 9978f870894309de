"""At an end of its band a link keeps who is easy to single out, and only its mean is moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.schema.ends import moved

chances = st.lists(st.floats(1e-6, 1 - 1e-6), min_size=2, max_size=20).map(np.array)


@given(chances, st.floats(1e-4, 1 - 1e-4))
def test_the_mean_is_what_was_asked_for(values: np.ndarray, mean: float) -> None:
    assert moved(values, mean).mean() == pytest.approx(mean, rel=1e-6)


@given(chances, st.floats(1e-4, 1 - 1e-4))
def test_the_order_of_people_stays(values: np.ndarray, mean: float) -> None:
    found = moved(values, mean)
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_who_is_certain_or_impossible_stays_so() -> None:
    found = moved(np.array([0.0, 0.5, 1.0]), 0.6)
    assert (found[0], found[2]) == (0.0, 1.0)
    assert found[1] == pytest.approx(0.8)


@given(chances)
def test_a_mean_that_is_there_already_moves_nobody(values: np.ndarray) -> None:
    assert (moved(values, float(values.mean())) == values).all()
