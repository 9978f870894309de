"""l-diversity and attribute disclosure agree with plain counting."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import exp, log
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InputError
from counterseal.mosaic.tables import classes
from counterseal.mosaic.tables.diversity import measure
from counterseal.mosaic.tables.source import Missing
from counterseal.testing.tables import held_rows

if TYPE_CHECKING:
    from counterseal.mosaic.tables.diversity import Diversity

    Row = tuple[str | None, ...]

COLUMNS = ("a", "b", "s")
VALUES = st.sampled_from(["x", "y", None])
ROWS = st.lists(
    st.tuples(VALUES, VALUES, st.sampled_from(["1", "2", "3", None])), min_size=1, max_size=30
)


def diversity(rows: list[Row]) -> Diversity:
    with held_rows(COLUMNS, data=rows) as sources:
        return measure(sources["data"], ["a", "b"], sensitive="s")


def by_class(rows: list[Row]) -> list[Counter[str | None]]:
    found: defaultdict[Row, Counter[str | None]] = defaultdict(Counter)
    for *key, value in rows:
        found[tuple(key)][value] += 1
    return list(found.values())


@given(rows=ROWS)
def test_diversity_is_that_of_plain_counting(rows: list[Row]) -> None:
    found, groups = diversity(rows), by_class(rows)
    told = [g for g in groups if len(g) == 1 and None not in g]
    entropies = [-sum(n / g.total() * log(n / g.total()) for n in g.values()) for g in groups]
    assert found.least == min(map(len, groups))
    assert found.least_entropy == pytest.approx(exp(min(entropies)))
    assert found.disclosed == sum(g.total() for g in told)
    assert found.disclosed_not_unique == sum(g.total() for g in told if g.total() > 1)
    assert found.share_below(2) == sum(g.total() for g in groups if len(g) == 1) / len(rows)


@given(rows=ROWS)
def test_wildcards_are_as_varied_as_the_records_they_agree_with(rows: list[Row]) -> None:
    def agree(one: Row, other: Row) -> bool:
        pairs = zip(one[:2], other[:2], strict=True)
        return all(a is None or b is None or a == b for a, b in pairs)

    met = [Counter(other[2] for other in rows if agree(row, other)) for row in rows]
    entropies = [-sum(n / m.total() * log(n / m.total()) for n in m.values()) for m in met]
    with held_rows(COLUMNS, data=rows) as sources:
        found = measure(sources["data"], ["a", "b"], sensitive="s", missing=Missing.WILDCARD)
        sizes = classes.measure(sources["data"], ["a", "b"], missing=Missing.WILDCARD)
    assert found.sizes == sizes
    assert found.least == min(map(len, met))
    assert found.least_entropy == pytest.approx(exp(min(entropies)))
    assert found.disclosed == sum(len(m) == 1 and None not in m for m in met)
    assert found.share_below(3) == pytest.approx(sum(len(m) < 3 for m in met) / len(rows))


@given(rows=ROWS)
def test_the_same_pass_counts_the_classes(rows: list[Row]) -> None:
    with held_rows(COLUMNS, data=rows) as sources:
        assert diversity(rows).sizes == classes.measure(sources["data"], ["a", "b"])


def test_a_class_of_missing_values_discloses_nothing() -> None:
    found = diversity([("x", "x", None)] * 3 + [("y", "y", "1")] * 2)
    assert (found.least, found.disclosed, found.disclosed_share) == (1, 2, 0.4)


def test_the_sensitive_attribute_cannot_be_a_quasi_identifier() -> None:
    with (
        held_rows(COLUMNS, data=[("x", "y", "1")]) as sources,
        pytest.raises(InputError, match="quasi-identifier too"),
    ):
        measure(sources["data"], ["a", "s"], sensitive="s")
