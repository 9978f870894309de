"""k-map, delta-presence and membership agree with plain counting."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InputError
from counterseal.mosaic.tables.frames import measure
from counterseal.testing.tables import held_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.frames import Frame

    Row = tuple[str | None, ...]

COLUMNS = ("a", "b")
VALUES = st.sampled_from(["x", "y", "z", None])
ROWS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=30)


def joined(rows: Sequence[Row], people: Sequence[Row]) -> Frame:
    with held_rows(COLUMNS, data=rows, frame=people) as sources:
        return measure(sources["data"], sources["frame"], COLUMNS)


@given(rows=ROWS, people=ROWS)
def test_a_frame_is_joined_as_by_looking_each_record_up(
    rows: list[Row], people: list[Row]
) -> None:
    found, there = joined(rows, people), Counter(people)
    behind = [there[row] for row in rows]
    assert (found.records, found.people) == (len(rows), len(people))
    assert found.found == sum(n > 0 for n in behind)
    assert found.single == sum(n == 1 for n in behind)
    assert found.below(4) == sum(0 < n < 4 for n in behind)
    assert found.least == min((n for n in behind if n), default=None)
    assert found.correctness == pytest.approx(sum(1 / n for n in behind if n) / len(rows))


@given(people=ROWS, data=st.data())
def test_presence_is_the_share_of_each_class_that_is_in_the_table(
    people: list[Row], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.sampled_from(range(len(people))), unique=True, min_size=1))
    table = [people[i] for i in rows]
    found, mine, there = joined(table, people), Counter(table), Counter(people)
    shares = [mine[key] / n for key, n in there.items()]
    assert found.is_subset
    assert found.presence == pytest.approx((min(shares), max(shares)))
    assert found.certain == sum(n for key, n in there.items() if mine[key] == n)
    assert found.found == found.records


def test_disjoint_tables_have_nobody_in_common() -> None:
    found = joined([("x", "y")] * 3, [("z", None)] * 4)
    assert (found.found, found.correctness, found.least) == (0, 0.0, None)
    assert not found.is_subset


def test_an_empty_side_is_refused() -> None:
    for rows, people in (([], [("x", "y")]), ([("x", "y")], [])):
        with pytest.raises(InputError, match="empty"):
            joined(rows, people)
