"""Class sizes agree with plain counting, whatever is missing, and obey laws of partitions."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InputError
from counterseal.mosaic.tables.classes import (
    MOST_PATTERNS,
    ClassSize,
    ClassSizes,
    measure,
    wildcard_query,
)
from counterseal.mosaic.tables.source import Missing
from counterseal.testing.tables import alike, compatible, held_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = tuple[str | None, ...]

COLUMNS = ("a", "b", "c")
VALUES = st.sampled_from(["x", "y", "", None])
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=25)


def sizes(
    rows: Sequence[Row],
    names: Sequence[str] = COLUMNS,
    missing: Missing = Missing.OWN_VALUE,
) -> ClassSizes:
    with held_rows(COLUMNS, data=rows) as sources:
        return measure(sources["data"], names, missing=missing)


def histogram(found: ClassSizes) -> dict[int, int]:
    return {row.size: row.records for row in found.rows}


@given(rows=ROWS)
def test_own_values_are_counted_as_by_comparing_all_pairs(rows: list[Row]) -> None:
    found = sizes(rows)
    assert histogram(found) == alike(rows)
    assert found.classes == len(set(rows))


@given(rows=ROWS)
def test_wildcards_are_counted_as_by_comparing_all_pairs(rows: list[Row]) -> None:
    found = sizes(rows, missing=Missing.WILDCARD)
    assert histogram(found) == compatible(rows)
    assert found.classes == len(set(rows))


@pytest.mark.slow
@given(rows=ROWS)
def test_wildcard_classes_are_at_least_as_large(rows: list[Row]) -> None:
    own, wild = sizes(rows), sizes(rows, missing=Missing.WILDCARD)
    assert all(wild.below(size) <= own.below(size) for size in range(2, 27))
    assert wild.correctness <= own.correctness + 1e-12


@pytest.mark.slow
@given(rows=ROWS, data=st.data())
def test_the_order_of_records_says_nothing(rows: list[Row], data: st.DataObject) -> None:
    other = data.draw(st.permutations(rows))
    for missing in Missing:
        assert sizes(rows, missing=missing) == sizes(other, missing=missing)


@pytest.mark.slow
@given(rows=ROWS)
def test_other_labels_say_nothing(rows: list[Row]) -> None:
    names = {"x": "y", "y": "'; DROP TABLE data; --", "": "x", None: None}
    other = [tuple(names[value] for value in row) for row in rows]
    for missing in Missing:
        assert sizes(rows, missing=missing) == sizes(other, missing=missing)


@pytest.mark.slow
@given(rows=ROWS)
def test_one_more_column_never_lowers_uniqueness_nor_correctness(rows: list[Row]) -> None:
    for missing in Missing:
        coarse = sizes(rows, COLUMNS[:2], missing)
        fine = sizes(rows, COLUMNS, missing)
        assert all(fine.below(size) >= coarse.below(size) for size in range(2, 27))
        assert fine.correctness >= coarse.correctness - 1e-12


@pytest.mark.slow
@given(rows=ROWS)
def test_coarser_values_never_raise_uniqueness(rows: list[Row]) -> None:
    coarse = [("x" if row[0] == "y" else row[0], *row[1:]) for row in rows]
    fewer, more = sizes(coarse), sizes(rows)
    assert all(fewer.below(size) <= more.below(size) for size in range(2, 27))
    assert fewer.entropy_bits <= more.entropy_bits + 1e-9


def test_all_alike_and_all_unique_are_the_ends() -> None:
    same = sizes([("x", "y", None)] * 16)
    assert (same.unique_share, same.correctness, same.entropy_bits) == (0.0, 1 / 16, 0.0)
    apart = sizes([(str(i), None, "") for i in range(16)])
    assert (apart.unique_share, apart.correctness, apart.entropy_bits) == (1.0, 1.0, 4.0)
    assert (apart.smallest, apart.share_below(3)) == (1, 1.0)


def test_measures_of_a_small_histogram_are_those_worked_by_hand() -> None:
    found = ClassSizes(
        quasi_identifiers=("a",),
        missing=Missing.OWN_VALUE,
        rows=(
            ClassSize(size=1, classes=2, records=2),
            ClassSize(size=2, classes=1, records=2),
            ClassSize(size=4, classes=1, records=4),
        ),
    )
    assert (found.records, found.classes, found.smallest, found.unique) == (8, 4, 1, 2)
    assert (found.unique_share, found.correctness) == (0.25, 0.5)
    assert [found.share_below(size) for size in (1, 2, 3, 5)] == [0.0, 0.25, 0.5, 1.0]
    assert found.entropy_bits == pytest.approx(2 / 8 * log2(8) + 2 / 8 * log2(4) + 4 / 8)


def test_a_wildcard_record_is_in_every_class_that_it_may_belong_to() -> None:
    rows: list[Row] = [("x", "1", ""), ("x", "2", ""), ("x", None, ""), (None, "1", "")]
    found = sizes(rows, missing=Missing.WILDCARD)
    # 1st: itself, 3rd, 4th; 2nd: itself, 3rd; 3rd: all; 4th: itself, 1st, 3rd
    assert histogram(found) == {2: 1, 3: 2, 4: 1}
    assert found.correctness == pytest.approx((1 / 2 + 2 / 3 + 1 / 4) / 4)


def test_a_table_without_records_is_refused() -> None:
    for missing in Missing:
        with pytest.raises(InputError, match="empty"):
            sizes([], missing=missing)


def test_too_many_patterns_of_missing_values_are_refused() -> None:
    with pytest.raises(InputError, match="patterns"):
        wildcard_query('"t"', ['"a"'] * 7, list(range(MOST_PATTERNS + 1)))


def test_sizes_out_of_order_are_no_histogram() -> None:
    row = ClassSize(size=2, classes=1, records=2)
    with pytest.raises(ValueError, match="ascending"):
        ClassSizes(quasi_identifiers=(), missing=Missing.OWN_VALUE, rows=(row, row))
