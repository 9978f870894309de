"""A combination is listed or drawn, and spans what is not known."""

from __future__ import annotations

import pytest

from counterseal.mosaic.schema.calibration import Regime
from counterseal.mosaic.schema.combination import measure
from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable, zipf
from counterseal.mosaic.schema.regime import regimes_of, variants
from counterseal.mosaic.schema.written.holdings import Schema
from counterseal.mosaic.tables.source import Missing

SEX = Marginal(id="sex", name="sex", shares=(0.5, 0.5))
AGE = Marginal(id="age", name="age", shares=zipf(60, 0.2), missing=0.1)
TOWN = Marginal(
    id="town",
    name="town",
    shares=zipf(40, 1.0),
    flattest=zipf(40, 0.5),
    steepest=zipf(40, 1.5),
)
FACE = Marginal(id="face", name="face", shares=())
PAIR = PairTable(
    first="sex",
    second="age",
    shares=tuple(tuple(0.5 * one for one in AGE.shares) for _ in range(2)),
)


def _schema(*marginals: Marginal, pairs: tuple[PairTable, ...] = ()) -> Schema:
    return Schema(
        title="t",
        population="p",
        people=2_000,
        marginals=marginals,
        sensitive=frozenset(),
        pairs=pairs,
    )


def test_few_cells_are_listed_and_have_no_error() -> None:
    found = measure(_schema(SEX, AGE), ("sex", "age"), seed=0, draws=10)
    assert found.independent[0].unique.error == 0.0
    assert found.tree == ()
    assert found.unique.low < found.independent[0].unique.value < found.unique.high


def test_a_shape_is_spanned_from_its_flattest_to_its_steepest() -> None:
    schema = _schema(TOWN, AGE)
    ends = [
        measure(_schema(one, AGE), ("town", "age"), seed=0, draws=10).unique
        for one in (
            Marginal(id="town", name="town", shares=TOWN.flattest),
            Marginal(id="town", name="town", shares=TOWN.steepest),
        )
    ]
    found = measure(schema, ("town", "age"), seed=0, draws=10).unique
    assert len(variants(schema)) == 2
    assert len(variants(_schema(SEX, AGE))) == 1
    assert found.low == min(one.low for one in ends)
    assert found.high == max(one.high for one in ends)
    assert found.width > max(one.width for one in ends)


def test_both_errors_are_spanned_where_only_some_pairs_are_known() -> None:
    some = _schema(SEX, AGE, TOWN, pairs=(PAIR,))
    assert regimes_of(some, ("sex", "age")) == (Regime.PAIRS,)
    assert regimes_of(some, ("sex", "town")) == (Regime.MARGINALS,)
    assert regimes_of(some, ("sex", "age", "town")) == (Regime.MARGINALS, Regime.PAIRS)
    assert regimes_of(some, ("sex",)) == (Regime.MARGINALS,)


def test_pairs_without_dependence_give_what_independence_gives() -> None:
    found = measure(_schema(SEX, AGE, pairs=(PAIR,)), ("sex", "age"), seed=0, draws=10)
    assert found.tree[0].unique.value == pytest.approx(found.independent[0].unique.value)
    assert found.bits == ()


def test_identifiers_are_left_out_of_a_combination() -> None:
    found = measure(_schema(SEX, FACE), ("sex", "face"), seed=0, draws=10)
    assert found.attributes == ("sex",)


def test_missing_values_are_their_own_or_anybodys() -> None:
    own, anybodys = (
        measure(_schema(SEX, AGE), ("sex", "age"), seed=0, draws=10, policy=policy)
        for policy in Missing
    )
    assert own.independent != anybodys.independent
    assert anybodys.correct.high < own.correct.high
