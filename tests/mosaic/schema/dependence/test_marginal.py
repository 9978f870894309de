"""Distributions are shares; shapes fall as stated; coarser forms join neighbours."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.schema.dependence.marginal import Marginal, bins, listed, zipf


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any))
def test_counts_become_shares(counts: list[int]) -> None:
    shares = listed(counts)
    assert sum(shares) == pytest.approx(1.0)
    assert [share * sum(counts) for share in shares] == pytest.approx(counts)


@pytest.mark.parametrize("wrong", [[], [0, 0], [1, -1]])
def test_counts_that_are_none_are_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        listed(wrong)


@given(st.integers(1, 200), st.floats(0, 3))
def test_a_shape_falls_with_the_rank_and_sums_to_one(values: int, exponent: float) -> None:
    shares = zipf(values, exponent)
    assert sum(shares) == pytest.approx(1.0)
    assert all(a >= b for a, b in itertools.pairwise(shares))
    assert shares[0] / shares[-1] == pytest.approx(values**exponent)


def test_an_exponent_of_nothing_is_uniform() -> None:
    assert zipf(4, 0.0) == (0.25,) * 4


def test_bins_join_neighbours_and_keep_the_rest() -> None:
    assert bins(5, 2, name="pairs").groups == (0, 0, 1, 1, 2)


def test_ends_of_a_shape_replace_the_shares_and_known_shares_stay() -> None:
    town = Marginal(
        id="t", name="t", shares=(0.6, 0.4), flattest=(0.5, 0.5), steepest=(0.9, 0.1)
    )
    assert town.flattened().shares == (0.5, 0.5)
    assert town.steepened().shares == (0.9, 0.1)
    known = Marginal(id="k", name="k", shares=(0.6, 0.4))
    assert known.flattened() == known.steepened() == known
    assert (known.cardinality, known.is_identifier) == (2, False)
    face = Marginal(id="f", name="f", shares=())
    assert (face.cardinality, face.is_identifier) == (None, True)
