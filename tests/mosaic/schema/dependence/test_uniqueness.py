"""Sums over cells, Monte Carlo and counting people agree on how many are singled out."""

from __future__ import annotations

from itertools import pairwise, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable, listed
from counterseal.mosaic.schema.dependence.model import build, draw, mass, uniforms
from counterseal.mosaic.schema.dependence.uniqueness import (
    LARGEST_TABLE,
    agreements,
    alone_chance,
    enumerated,
    right_chance,
    sampled,
)
from counterseal.mosaic.tables.source import Missing

weights = st.lists(st.integers(1, 20), min_size=2, max_size=5)


def _marginal(name: str, counts: list[int], missing: float = 0.0) -> Marginal:
    return Marginal(id=name, name=name, shares=listed(counts), missing=missing)


def _joint(rows: int, columns: int, seed: int) -> PairTable:
    cells = uniforms(seed, rows, columns) + 0.01
    cells /= cells.sum()
    return PairTable(first="a", second="b", shares=tuple(tuple(row) for row in cells.tolist()))


def _dependent(seed: int) -> tuple[list[Marginal], list[PairTable]]:
    """Return three attributes, of which the middle one depends on both others."""
    first = _joint(3, 4, seed)
    second = _joint(4, 3, seed + 1).array()
    second *= (first.array().sum(axis=0) / second.sum(axis=1))[:, None]
    pairs = [
        first,
        PairTable(first="b", second="c", shares=tuple(tuple(row) for row in second.tolist())),
    ]
    shares = (first.array().sum(axis=1), first.array().sum(axis=0), second.sum(axis=0))
    marginals = [
        Marginal(id=name, name=name, shares=tuple(one.tolist()))
        for name, one in zip("abc", shares, strict=True)
    ]
    return marginals, pairs


def test_a_birth_date_in_a_cell_of_55_people_is_alone_with_chance_86_in_100() -> None:
    day = np.array([1 / 365.25])
    assert alone_chance(day, 55)[0] == pytest.approx((1 - 1 / 365.25) ** 54)
    assert float(alone_chance(day, 55)[0]) == pytest.approx(0.862, abs=0.001)
    assert float(alone_chance(day, 150)[0]) == pytest.approx(0.665, abs=0.001)


@given(st.integers(1, 30), st.floats(1e-6, 1.0))
def test_the_chance_of_a_right_guess_is_the_mean_of_one_over_those_in_the_cell(
    people: int, share: float
) -> None:
    expected = sum(
        comb(people - 1, k) * share**k * (1 - share) ** (people - 1 - k) / (k + 1)
        for k in range(people)
    )
    assert right_chance(np.array([share]), people)[0] == pytest.approx(expected, rel=1e-9)


def test_a_cell_that_nobody_shares_is_always_guessed_right() -> None:
    assert right_chance(np.array([0.0]), 1e9)[0] == 1.0
    assert alone_chance(np.array([0.0]), 1e9)[0] == 1.0


@given(weights, weights, st.integers(2, 500))
def test_listed_cells_give_the_textbook_sums(one: list[int], other: list[int], n: int) -> None:
    marginals = [_marginal("a", one), _marginal("b", other)]
    found = enumerated(build(marginals), {"a": 0.0, "b": 0.0}, people=n)
    cells = [p * q for p, q in product(marginals[0].shares, marginals[1].shares)]
    assert found is not None
    assert found.unique.value == pytest.approx(sum(p * (1 - p) ** (n - 1) for p in cells))
    assert found.correct.value == pytest.approx(sum(1 - (1 - p) ** n for p in cells) / n)


@given(st.integers(0, 5_000), st.integers(2, 200))
@settings(max_examples=20, deadline=None)
def test_the_tree_gives_every_cell_the_product_along_its_edges(seed: int, n: int) -> None:
    marginals, pairs = _dependent(seed)
    model = build(marginals, pairs)
    found = enumerated(model, dict.fromkeys("abc", 0.0), people=n)
    first, second = pairs[0].array(), pairs[1].array()
    middle = first.sum(axis=0)
    joint = first[:, :, None] * second[None, :, :] / middle[None, :, None]
    assert found is not None
    assert joint.sum() == pytest.approx(1.0)
    assert found.unique.value == pytest.approx(float((joint * (1 - joint) ** (n - 1)).sum()))


@pytest.mark.parametrize("policy", list(Missing))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_drawn_people_agree_with_listed_cells(policy: Missing, seed: int) -> None:
    marginals, pairs = _dependent(seed)
    missing = {"a": 0.1, "b": 0.0, "c": 0.3}
    model = build(marginals, pairs)
    exact = enumerated(model, missing, people=40, policy=policy)
    drawn = sampled(model, missing, people=40, seed=seed, draws=20_000, policy=policy)
    assert exact is not None
    for quantity in ("unique", "correct"):
        one, other = getattr(exact, quantity), getattr(drawn, quantity)
        assert abs(one.value - other.value) < 5 * other.error
        assert 0 < other.error < 0.01


def test_the_sums_are_the_mean_over_populations_that_are_drawn_and_counted() -> None:
    marginals, pairs = _dependent(7)
    model = build(marginals, pairs)
    people, times = 30, 3_000
    drawn = draw(model, uniforms(5, 3, people * times)).reshape(3, times, people)
    codes = (drawn[0] * 4 + drawn[1]) * 3 + drawn[2]
    alone = right = 0.0
    for row in codes:
        sizes = np.bincount(row)
        alone += float((sizes == 1).sum()) / people / times
        right += float((sizes > 0).sum()) / people / times
    found = enumerated(model, dict.fromkeys("abc", 0.0), people=people)
    assert found is not None
    assert found.unique.value == pytest.approx(alone, abs=0.01)
    assert found.correct.value == pytest.approx(right, abs=0.01)


@given(st.integers(0, 5_000), st.data())
@settings(max_examples=30, deadline=None)
def test_the_share_of_a_partial_or_coarse_cell_is_the_sum_over_its_cells(
    seed: int, data: st.DataObject
) -> None:
    marginals, pairs = _dependent(seed)
    model = build(marginals, pairs)
    chosen = data.draw(st.sets(st.sampled_from("abc"), min_size=1))
    groups = {
        name: np.array([0] + [1] * (len(marginals["abc".index(name)].shares) - 1))
        for name in data.draw(st.sets(st.sampled_from(sorted(chosen))))
    }
    cells = np.array(list(product(range(3), range(4), range(3)))).T
    count = cells.shape[1]
    whole = agreements(
        dict.fromkeys("abc", 0.0), policy=Missing.WILDCARD, absent={}, draws=count
    )
    part = agreements(
        dict.fromkeys(sorted(chosen), 0.0),
        policy=Missing.WILDCARD,
        absent={},
        draws=count,
        groups=groups,
    )
    fine, found = mass(model, cells, whole), mass(model, cells, part)
    looked = np.array(
        [
            groups[name][row] if name in groups else row
            for name, row in zip("abc", cells, strict=True)
            if name in chosen
        ]
    )
    expected = [fine[(looked == looked[:, [i]]).all(axis=0)].sum() for i in range(count)]
    assert found == pytest.approx(np.array(expected))


@given(st.integers(0, 5_000), st.integers(2, 300))
@settings(max_examples=20, deadline=None)
def test_one_more_attribute_never_lowers_uniqueness(seed: int, n: int) -> None:
    marginals, pairs = _dependent(seed)
    for tables in ((), pairs):
        model = build(marginals, tables)
        steps = [
            enumerated(model, dict.fromkeys(names, 0.0), people=n)
            for names in ("a", "ab", "abc")
        ]
        values = [one.unique.value for one in steps if one is not None]
        assert len(values) == 3
        assert values == sorted(values) or max(a - b for a, b in pairwise(values)) < 1e-12


def test_a_missing_value_that_may_be_anybodys_singles_out_fewer() -> None:
    marginals = [_marginal("a", [5, 3, 2, 1], 0.2), _marginal("b", [2, 1, 1, 4], 0.0)]
    model = build(marginals)
    own, wildcard = (
        enumerated(model, {"a": 0.2, "b": 0.0}, people=25, policy=policy)
        for policy in (Missing.OWN_VALUE, Missing.WILDCARD)
    )
    assert own is not None
    assert wildcard is not None
    assert wildcard.unique.value < own.unique.value


def test_too_many_cells_are_not_listed() -> None:
    count = int(LARGEST_TABLE**0.5) + 1
    marginals = [_marginal(name, [1] * count) for name in "ab"]
    assert enumerated(build(marginals), {"a": 0.0, "b": 0.0}, people=5) is None


def test_the_same_seed_draws_the_same_people() -> None:
    model = build([_marginal("a", [1, 2, 3])])
    one, other = (draw(model, uniforms(9, 1, 50)) for _ in range(2))
    assert (one == other).all()
    assert (draw(model, uniforms(10, 1, 50)) != one).any()
