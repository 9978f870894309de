"""Of measurements of one table on any columns, no two counts of people differ by few."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import TooSmallError
from counterseal.mosaic.tables import diversity
from counterseal.mosaic.tables.classes import measure
from counterseal.mosaic.tables.disclosure import disclosed, released
from counterseal.mosaic.tables.releases import Group, Released, admitted, is_within
from counterseal.mosaic.tables.source import Missing
from counterseal.testing.tables import held_rows

if TYPE_CHECKING:
    Row = tuple[str | None, ...]

COLUMNS = ("a", "b", "c", "s")
VALUES = st.sampled_from(["x", "y", "z", None])
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES, VALUES), min_size=1, max_size=40)
MINIMUM = 4
QUERIES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(COLUMNS[:3]), unique=True, min_size=1),
        st.sampled_from(Missing),
    ),
    min_size=1,
    max_size=4,
)


def people(rows: list[Row], group: Group) -> set[int]:
    """Return which records a group has, by comparing all pairs."""
    places = [i for i, name in enumerate(COLUMNS) if name in group.columns]
    keys = [[row[i] for i in places] for row in rows]
    is_wild = group.missing is Missing.WILDCARD

    def agree(one: list[str | None], other: list[str | None]) -> bool:
        pairs = zip(one, other, strict=True)
        return all(a == b or (is_wild and None in (a, b)) for a, b in pairs)

    classes = [[j for j, key in enumerate(keys) if agree(key, own)] for own in keys]
    if group.told is not None:
        values = [{rows[j][3] for j in inside} for inside in classes]
        return {i for i, found in enumerate(values) if len(found) == 1 and None not in found}
    return {i for i, inside in enumerate(classes) if len(inside) < (group.below or 0)}


@pytest.mark.slow
@given(rows=ROWS, queries=QUERIES)
def test_no_two_counts_of_any_two_measurements_differ_by_few(
    rows: list[Row], queries: list[tuple[list[str], Missing]]
) -> None:
    kept: list[Released] = []
    with held_rows(COLUMNS, data=rows) as sources:
        for columns, missing in queries:
            sizes = measure(sources["data"], columns, missing=missing)
            try:
                release = released(sizes, minimum=MINIMUM, earlier=kept)
            except TooSmallError:
                return
            kept += release.counts
            varied = diversity.measure(sources["data"], columns, sensitive="s")
            plain = released(varied.sizes, minimum=MINIMUM)
            told = disclosed(varied, plain, earlier=kept)
            kept += [] if told is None else [told]
    for one, other in combinations(kept, 2):
        if is_within(one.group, other.group) or is_within(other.group, one.group):
            assert not 0 < abs(one.count - other.count) < MINIMUM
    assert all(len(people(rows, one.group)) == one.count for one in kept)


@given(rows=ROWS, data=st.data())
def test_what_is_within_by_definition_is_within_in_every_table(
    rows: list[Row], data: st.DataObject
) -> None:
    groups = st.builds(
        Group,
        columns=st.frozensets(st.sampled_from(COLUMNS[:3]), min_size=1),
        missing=st.sampled_from(Missing),
        below=st.integers(2, 6),
    )
    one, other = data.draw(groups), data.draw(groups)
    if is_within(one, other):
        assert people(rows, one) <= people(rows, other)


def test_the_first_that_is_asked_goes_before_the_later() -> None:
    groups = [Group(columns=frozenset({"a"}), below=size) for size in (2, 3, 5)]
    asked = [Released(group=g, count=n) for g, n in zip(groups, (20, 24, 40), strict=True)]
    assert [one.count for one in admitted(asked, [], minimum=11)] == [20, 40]
    earlier = [Released(group=Group(columns=frozenset({"a", "b"}), below=2), count=30)]
    assert [one.count for one in admitted(asked, earlier, minimum=11)] == [24, 40]
