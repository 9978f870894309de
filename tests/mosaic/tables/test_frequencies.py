"""Weighted frequencies are those of the published example and of plain counting."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InputError
from counterseal.mosaic.tables.frequencies import measure
from counterseal.mosaic.tables.source import Query
from counterseal.testing.tables import held_rows

if TYPE_CHECKING:
    from counterseal.mosaic.tables.frequencies import Frequencies

    Row = tuple[str | None, ...]

COLUMNS = ("a", "b", "w")
VALUES = st.sampled_from(["x", "y", None])
ROWS = st.lists(
    st.tuples(VALUES, VALUES, st.integers(2, 400).map(lambda n: str(n / 2))),
    min_size=1,
    max_size=30,
)

WEIGHTS = (18, 45.5, 39, 17, 92, 8, 123.5, 51)
KEYS = (1, 2, 1, 3, 4, 4, 5, 1)
SAMPLE = (3, 1, 3, 1, 2, 2, 1, 3)
POPULATION = (108, 45.5, 108, 17, 100, 100, 123.5, 108)
"""The example of sdcMicro's freqCalc: weights, fk and Fk as published; keys fit to them."""


def frequencies(rows: list[Row]) -> Frequencies:
    with held_rows(COLUMNS, data=rows) as sources:
        return measure(sources["data"], ["a", "b"], weight="w")


def test_the_published_example_comes_out() -> None:
    rows: list[Row] = [(str(k), None, str(w)) for k, w in zip(KEYS, WEIGHTS, strict=True)]
    found = frequencies(rows)
    totals: defaultdict[int, float] = defaultdict(float)
    counts: Counter[int] = Counter()
    for fk, big in set(zip(SAMPLE, POPULATION, strict=True)):
        totals[fk] += big
        counts[fk] += 1
    assert {row.sample: row.classes for row in found.rows} == counts
    assert {row.sample: row.population for row in found.rows} == totals
    assert (found.records, found.population) == (8, 394.0)


def test_each_record_of_the_published_example_has_its_frequencies() -> None:
    rows: list[Row] = [
        (str(k), str(i), str(w)) for i, (k, w) in enumerate(zip(KEYS, WEIGHTS, strict=True))
    ]
    sql = """SELECT COUNT(*) OVER (PARTITION BY a),
        SUM(CAST(w AS DOUBLE)) OVER (PARTITION BY a) FROM data ORDER BY b"""
    with held_rows(COLUMNS, data=rows) as sources:
        found = sources["data"].ask(Query(purpose="fk and Fk", sql=sql))
    assert found == list(zip(SAMPLE, POPULATION, strict=True))


@given(rows=ROWS)
def test_risk_is_that_of_plain_counting(rows: list[Row]) -> None:
    groups: defaultdict[Row, list[float]] = defaultdict(list)
    for a, b, weight in rows:
        groups[a, b].append(float(weight or 0))
    total = 0.0
    for weights in groups.values():
        fk, p = len(weights), len(weights) / sum(weights)
        q = p / (1 - p) if p < 1 else 0.0
        risk = {1: -q * log(p), 2: q + q * q * log(p)}.get(fk, p / (fk - 1 + p))
        total += fk * (1 / fk if p >= 1 else risk)
    found = frequencies(rows)
    assert found.expected_share == pytest.approx(total / len(rows))
    assert found.population == pytest.approx(sum(sum(w) for w in groups.values()))
    assert found.sampling_fraction == pytest.approx(len(rows) / found.population)


@pytest.mark.parametrize("weight", ["0.5", "-1", None, "nan"])
def test_weights_below_one_or_missing_are_refused(weight: str | None) -> None:
    with pytest.raises(InputError, match="weights"):
        frequencies([("x", "y", "2"), ("x", "y", weight)])


def test_weights_that_are_no_numbers_are_refused_without_repeating_them() -> None:
    with pytest.raises(InputError, match="numbers") as caught:
        frequencies([("x", "y", "Ada Smith")])
    assert "Ada" not in caught.value.message + caught.value.hint


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        frequencies([])
