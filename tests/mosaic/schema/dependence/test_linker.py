"""A search with errors finds as often as drawing candidates says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.schema.dependence.linker import (
    false_identification_chance,
    link_chance,
)

RATES = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("gallery", "expected"), [(200, 0.181), (2_000, 0.865), (10_000, 0.99995)]
)
def test_false_identification_grows_with_the_gallery_as_published(
    gallery: int, expected: float
) -> None:
    # Daugman's examples for one false match in 1,000 comparisons, to the digits he gives.
    found = false_identification_chance(false_match=0.001, gallery=gallery)
    assert found == pytest.approx(expected, abs=0.001)


def test_the_chance_agrees_with_searches_that_are_drawn() -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    gallery, share, false_match, false_non_match, times = 200, 0.3, 0.02, 0.1, 200_000
    others = rng.binomial(gallery - 1, share * false_match, size=times)
    is_found = rng.random(times) >= false_non_match
    is_right = is_found & (rng.random(times) < 1.0 / (1 + others))
    found = link_chance(
        np.array([share]),
        false_match=false_match,
        false_non_match=false_non_match,
        gallery=gallery,
    )[0]
    assert found == pytest.approx(is_right.mean(), abs=0.005)


@given(RATES, RATES, RATES, st.integers(1, 10_000))
def test_errors_and_company_never_help(
    share: float, false_match: float, false_non_match: float, gallery: int
) -> None:
    def chance(f: float, g: float, n: int) -> float:
        return float(
            link_chance(np.array([share]), false_match=f, false_non_match=g, gallery=n)[0]
        )

    found = chance(false_match, false_non_match, gallery)
    assert 0 <= found <= 1
    assert found <= chance(false_match / 2, false_non_match, gallery) + 1e-12
    assert found <= chance(false_match, false_non_match / 2, gallery) + 1e-12
    assert chance(false_match, false_non_match, gallery + 1) <= found + 1e-12


@given(st.integers(0, 1_000_000))
def test_a_search_that_always_matches_returns_somebody_from_any_gallery(gallery: int) -> None:
    assert false_identification_chance(false_match=1.0, gallery=gallery) == float(gallery > 0)
