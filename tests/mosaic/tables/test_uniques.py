"""Minimal sample uniques agree with the guide's example and with comparing every pair."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.errors import InputError, TooSmallError
from counterseal.mosaic.tables.source import Missing, Query, whole
from counterseal.mosaic.tables.suda import sets, weights
from counterseal.mosaic.tables.uniques import (
    blocks,
    flags,
    measure,
    missing_query,
    query,
)
from counterseal.testing.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.source import Source
    from counterseal.mosaic.tables.uniques import SpecialUniques

    Row = tuple[str | None, ...]

# SDC Practice Guide, "Calculating SUDA scores": ten records, their SUDA and DIS-SUDA scores.
GUIDE_COLUMNS = ("Residence", "Gender", "Education level", "Labor status")
GUIDE: list[Row] = [
    ("Urban", "Female", "Secondary incomplete", "Employed"),
    ("Urban", "Female", "Secondary incomplete", "Employed"),
    ("Urban", "Female", "Primary incomplete", "Non-LF"),
    ("Urban", "Male", "Secondary complete", "Employed"),
    ("Rural", "Female", "Secondary complete", "Unemployed"),
    ("Urban", "Male", "Secondary complete", "Employed"),
    ("Urban", "Female", "Primary complete", "Non-LF"),
    ("Urban", "Male", "Post-secondary", "Unemployed"),
    ("Urban", "Female", "Secondary incomplete", "Non-LF"),
    ("Urban", "Female", "Secondary incomplete", "Non-LF"),
]
GUIDE_SCORES = [0, 0, 6, 0, 12, 0, 6, 10, 0, 0]
GUIDE_DIS_SUDA = {0: 0.0, 6: 0.0051, 10: 0.0088, 12: 0.0107}

COLUMNS = ("a", "b", "c", "d")
VALUES = st.sampled_from(["x", "y", "z", "", None])
ROWS = st.lists(st.tuples(*[VALUES] * 4), min_size=2, max_size=14)


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory()


def minimal(rows: Sequence[Row], largest: int, missing: Missing) -> list[set[tuple[int, ...]]]:
    """Return the minimal sample uniques of each record, by comparing it with every other."""

    def alike(one: str | None, other: str | None) -> bool:
        is_wild = missing is Missing.WILDCARD and (one is None or other is None)
        return is_wild or one == other

    def alone(at: int, part: tuple[int, ...]) -> bool:
        return not any(
            all(alike(rows[at][i], row[i]) for i in part)
            for other, row in enumerate(rows)
            if other != at
        )

    parts = [
        p for size in range(1, largest + 1) for p in combinations(range(len(rows[0])), size)
    ]
    found = []
    for at in range(len(rows)):
        lone = [part for part in parts if alone(at, part)]
        found.append({p for p in lone if not any(set(q) < set(p) for q in lone)})
    return found


def scores(source: Source, names: Sequence[str], largest: int) -> list[tuple[Row, int]]:
    """Return each distinct record with its score, from the parts of the query."""
    weight = weights(len(names), largest)
    total = " + ".join(
        f"{weight[len(one) - 1]} * f.f{s}" for s, one in enumerate(sets(len(names), largest))
    )
    cells = ", ".join(f"k{i}.v" for i in range(len(names)))
    joins = " ".join(f"JOIN k{i} ON k{i}.code = n.c{i}" for i in range(len(names)))
    sql = (
        f"{flags(source, names, largest=largest)}\n"
        f"SELECT {cells}, COALESCE({total}, 0) FROM numbered AS n {joins} "
        "LEFT JOIN flagged AS f ON f.id = n.id"
    )
    rows = source.ask(Query(purpose="scores of records, for this test alone", sql=sql))
    return [(tuple(map(str, row[:-1])), whole(row[-1])) for row in rows]


def test_the_scores_of_the_guide_are_reproduced(memory: Memory) -> None:
    source = memory.table("guide", GUIDE_COLUMNS, GUIDE)
    found = dict(scores(source, GUIDE_COLUMNS, 3))
    assert [found[row] for row in GUIDE] == GUIDE_SCORES


def test_the_dis_suda_scores_of_the_guide_are_reproduced(memory: Memory) -> None:
    source = memory.table("guide", GUIDE_COLUMNS, GUIDE)
    found = measure(source, GUIDE_COLUMNS, minimum=1)
    bands = {band.low: band for band in found.bands}
    assert {score: band.records for score, band in bands.items()} == {0: 6, 6: 2, 10: 1, 12: 1}
    for score, published in GUIDE_DIS_SUDA.items():
        own = bands[score].dis_suda
        assert own is not None
        assert own == pytest.approx(published, abs=0.00005)  # the guide prints four digits


def test_attributes_of_the_guide_contribute_what_their_sets_weigh(memory: Memory) -> None:
    source = memory.table("guide", GUIDE_COLUMNS, GUIDE)
    found = measure(source, GUIDE_COLUMNS, minimum=1)
    total = sum(GUIDE_SCORES)
    own = {
        name: sum(
            weights(4, 3)[len(one) - 1]
            for record in minimal(GUIDE, 3, Missing.OWN_VALUE)
            for one in record
            if index in one
        )
        for index, name in enumerate(GUIDE_COLUMNS)
    }
    shares = {one.attribute: one.share for one in found.contributions}
    assert shares == {name: round(part / total, 3) for name, part in own.items()}


@pytest.mark.slow
@pytest.mark.parametrize("missing", list(Missing))
@pytest.mark.parametrize("largest", [1, 2, 3])
@settings(max_examples=50)
@given(rows=ROWS)
def test_sets_are_minimal_as_by_comparing_every_pair(
    memory: Memory, missing: Missing, largest: int, rows: list[Row]
) -> None:
    source = memory.table("data", COLUMNS, rows)
    wild: tuple[int, ...] = ()
    if missing is Missing.WILDCARD:
        counts = source.ask(missing_query(source, COLUMNS))[0]
        wild = tuple(i for i, count in enumerate(counts) if count)
    answer = source.ask(query(source, COLUMNS, largest=largest, wild=wild))
    own = minimal(rows, largest, missing)
    listed = sets(4, largest)
    sums = [sum(whole(row[largest + 5 + s]) for row in answer) for s in range(len(listed))]
    assert sums == [sum(one in record for record in own) for one in listed]
    touched = [sum(whole(row[largest + 1 + a]) for row in answer) for a in range(4)]
    assert touched == [sum(any(a in one for one in r) for r in own) for a in range(4)]
    spread = {tuple(map(whole, row[:largest])): whole(row[largest]) for row in answer}
    for sizes, count in spread.items():
        by_hand = [
            tuple(sum(len(p) == k for p in r) for k in range(1, largest + 1)) for r in own
        ]
        assert by_hand.count(sizes) == count
    assert sum(spread.values()) == sum(bool(record) for record in own)


@settings(max_examples=25)
@given(rows=ROWS, data=st.data())
def test_the_order_of_records_changes_nothing(
    memory: Memory, rows: list[Row], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert told(memory, rows) == told(memory, shuffled)


@settings(max_examples=25)
@given(rows=ROWS)
def test_other_names_for_values_change_nothing(memory: Memory, rows: list[Row]) -> None:
    named: list[Row] = [tuple(None if v is None else f"<{v}>" for v in row) for row in rows]
    assert told(memory, rows) == told(memory, named)


@settings(max_examples=25)
@given(rows=st.lists(st.tuples(*[VALUES] * 4), min_size=11, max_size=40))
def test_no_part_of_the_spread_is_a_small_group(memory: Memory, rows: list[Row]) -> None:
    found = told(memory, rows, minimum=11)
    assert all(band.records >= 11 for band in found.bands)
    assert sum(band.records for band in found.bands) == len(rows)
    ends = [end for band in found.bands for end in (band.low, band.high)]
    assert ends == sorted(ends)
    assert len({band.low for band in found.bands}) == len(found.bands)
    assert (
        found.special is None
        or found.special in {0, len(rows)}
        or (11 <= found.special <= len(rows) - 11)
    )


def test_a_wide_table_needs_more_than_one_word(memory: Memory) -> None:
    names = tuple(f"q{i}" for i in range(8))
    rows: list[Row] = [tuple(str((n * (i + 2)) % (i + 3)) for i in range(8)) for n in range(40)]
    source = memory.table("data", names, rows)
    answer = source.ask(query(source, names, largest=3))
    own = minimal(rows, 3, Missing.OWN_VALUE)
    sums = [sum(whole(row[3 + 1 + 8 + s]) for row in answer) for s in range(92)]
    assert sums == [sum(one in record for record in own) for one in sets(8, 3)]
    assert sum(sums[62:]) > 0


@pytest.mark.parametrize("attributes", range(2, 13))
def test_every_set_is_read_off_one_block(attributes: int) -> None:
    every = sets(attributes, min(3, attributes - 1))
    found = blocks(every, attributes)
    assert sorted(one for _, mine in found for one in mine) == sorted(every)
    assert all(set(one) <= set(block) for block, mine in found for one in mine)
    assert len(found) < len(every)


@pytest.mark.parametrize("names", [("a",), tuple(f"c{i}" for i in range(17))])
def test_too_few_and_too_many_columns_are_refused(
    memory: Memory, names: tuple[str, ...]
) -> None:
    source = memory.table("data", names, [tuple("x" for _ in names)] * 12)
    with pytest.raises(InputError, match="2 to"):
        measure(source, names)


@pytest.mark.parametrize("largest", [0, 4])
def test_sets_of_other_sizes_are_refused(memory: Memory, largest: int) -> None:
    source = memory.table("data", COLUMNS, [("x",) * 4])
    with pytest.raises(InputError):
        measure(source, COLUMNS, largest=largest)


def test_a_table_of_few_records_says_nothing(memory: Memory) -> None:
    source = memory.table("guide", GUIDE_COLUMNS, GUIDE)
    with pytest.raises(TooSmallError):
        measure(source, GUIDE_COLUMNS)
    with pytest.raises(InputError, match="fraction"):
        measure(source, GUIDE_COLUMNS, fraction=1.0)


def told(memory: Memory, rows: Sequence[Row], minimum: int = 1) -> SpecialUniques:
    return measure(memory.table("data", COLUMNS, rows), COLUMNS, minimum=minimum)
