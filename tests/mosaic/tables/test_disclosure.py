"""Nothing that leaves is about fewer people than the minimum, nor is a difference of two."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import TooSmallError
from counterseal.mosaic.tables.classes import ClassSize, ClassSizes
from counterseal.mosaic.tables.disclosure import (
    MINIMUM,
    coarsened,
    disclosed,
    nested,
    released,
)
from counterseal.mosaic.tables.diversity import Diversity, DiversityRow
from counterseal.mosaic.tables.source import Missing

if TYPE_CHECKING:
    from counterseal.mosaic.tables.disclosure import (
        Release,
    )

COUNTS = st.dictionaries(st.integers(1, 40), st.integers(1, 30), min_size=1, max_size=12)


def histogram(counts: dict[int, int]) -> ClassSizes:
    return ClassSizes(
        quasi_identifiers=("a",),
        missing=Missing.OWN_VALUE,
        rows=tuple(
            ClassSize(size=size, classes=n, records=size * n)
            for size, n in sorted(counts.items())
        ),
    )


def people(release: Release) -> list[int]:
    """Every number of people that a release has, the total included."""
    total = sum(part.records for part in release.bins)
    known = [release.unique, *release.below.values(), total]
    return [n for n in known if n is not None] + [part.records for part in release.bins]


@given(COUNTS)
def test_no_small_count_follows_by_subtracting_two(counts: dict[int, int]) -> None:
    sizes = histogram(counts)
    if sizes.records < MINIMUM:
        with pytest.raises(TooSmallError):
            released(sizes)
        return
    release = released(sizes)
    ends = [0]
    for part in release.bins:
        ends.append(ends[-1] + part.records)
    assert all(b - a >= MINIMUM for a, b in pairwise(ends))
    known = [release.unique, *release.below.values()]
    assert all(n in ends for n in known if n is not None)
    assert min(filter(None, people(release))) >= MINIMUM


@given(COUNTS)
def test_bins_have_all_classes_and_records_in_order(counts: dict[int, int]) -> None:
    sizes = histogram(counts)
    bins = coarsened(sizes.rows, minimum=MINIMUM)
    assert sum(part.classes for part in bins) == sizes.classes
    assert sum(part.records for part in bins) == sizes.records
    assert all(part.low <= part.high for part in bins)
    assert all(a.high < b.low for a, b in pairwise(bins))


@given(COUNTS)
def test_what_is_released_is_true(counts: dict[int, int]) -> None:
    sizes = histogram(counts)
    if sizes.records >= MINIMUM:
        release = released(sizes)
        assert release.unique in {None, sizes.unique}
        assert all(n in {None, sizes.below(k)} for k, n in release.below.items())


def test_a_histogram_without_small_parts_is_told_whole() -> None:
    release = released(histogram({1: 11, 2: 6, 3: 4, 12: 1, 50: 2}))
    assert [(part.label, part.classes) for part in release.bins] == [
        ("1", 11),
        ("2", 6),
        ("3", 4),
        ("12", 1),
        ("50", 2),
    ]
    assert release.unique == 11
    assert dict(release.below) == {3: 23, 5: 35, 11: 35}


def test_few_uniques_are_withheld() -> None:
    release = released(histogram({1: 3, 2: 30, 4: 20, 20: 5}))
    assert release.unique is None
    assert release.bins[0].label != "1"


def test_uniques_stay_apart_where_a_small_part_can_grow_upwards() -> None:
    release = released(histogram({1: 5_000, 2: 3, 3: 10, 4: 12, 5: 20}))
    assert release.unique == 5_000
    assert release.below[3] is None


def test_a_bin_that_its_totals_would_fill_in_one_way_grows() -> None:
    # sizes 2 and 3 alone: classes and records are two equations for two unknowns
    first, *_ = coarsened(histogram({2: 3, 3: 4, 4: 30}).rows, minimum=MINIMUM)
    assert first.label == "2-4"
    (only,) = coarsened(histogram({1: 3, 2: 30}).rows, minimum=MINIMUM)
    assert only.label == "1-3"


@given(COUNTS)
def test_no_small_part_follows_from_classes_and_records(counts: dict[int, int]) -> None:
    sizes = histogram(counts)
    if sizes.records < MINIMUM:
        return
    for part in coarsened(sizes.rows, minimum=MINIMUM):
        inside = {s: n for s, n in counts.items() if part.low <= s <= part.high}
        small = [s for s, n in inside.items() if s * n < MINIMUM]
        if small and part.classes <= 6:
            ways = fillings(part.low, part.high, part.classes, part.records)
            for size in small:
                assert len({way.get(size, 0) for way in ways}) > 1


def fillings(low: int, high: int, classes: int, records: int) -> list[dict[int, int]]:
    """Return ways to have so many classes and records with sizes in a range."""
    if classes == 0 or low > high or not classes * low <= records <= classes * high:
        return [{}] if classes == records == 0 else []
    ways = []
    for n in range(min(classes, records // low) + 1):
        rest = fillings(low + 1, high, classes - n, records - n * low)
        ways += [{**way, low: n} for way in rest]
    return ways


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6).map(sorted))
def test_nested_counts_differ_by_nobody_or_by_enough(counts: list[int]) -> None:
    kept = nested(counts, minimum=MINIMUM)
    assert kept[-1] == counts[-1]
    assert all(n in {None, count} for n, count in zip(kept, counts, strict=True))
    known = sorted(n for n in kept[:-1] if n is not None)
    assert all(not 0 < b - a < MINIMUM for a, b in pairwise([0, *known]))
    assert all(not 0 < counts[-1] - n < MINIMUM for n in known)


def varied(*rows: tuple[int, int, bool, int]) -> Diversity:
    """Return diversity of rows of (size, kinds, told, classes)."""
    counts: dict[int, int] = {}
    for size, _, _, n in rows:
        counts[size] = counts.get(size, 0) + n
    return Diversity(
        sensitive="s",
        sizes=histogram(counts),
        rows=tuple(
            DiversityRow(
                size=size,
                kinds=kinds,
                told=told,
                classes=n,
                records=size * n,
                least_entropy=0.0,
            )
            for size, kinds, told, n in rows
        ),
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(1, 1, True, 20), (3, 2, False, 20), (3, 1, True, 10)], 50),
        ([(1, 1, True, 20), (3, 2, False, 20)], 20),
        ([(3, 2, False, 20), (3, 1, True, 2)], None),  # six people
        ([(3, 2, False, 2), (3, 1, True, 20)], None),  # all but six
        ([(1, 1, True, 20), (3, 2, False, 20), (3, 1, True, 2)], None),  # six beside uniques
        ([(3, 1, True, 20)], 60),
    ],
)
def test_disclosed_people_are_told_where_no_few_follow(
    rows: list[tuple[int, int, bool, int]], told: int | None
) -> None:
    found = varied(*rows)
    release = disclosed(found, released(found.sizes))
    assert (None if release is None else release.count) == told
