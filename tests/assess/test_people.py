"""People are counted by class, between bounds, and what nobody knows widens the bounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.assess.people import (
    Coverage,
    added_coverage,
    coverage,
    newly_covered,
    outside_mission,
)
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

WORLD = """
organizations:
  - {id: agency, kind: owner}
  - {id: broker, kind: broker}
zones:
  - {id: inside, kind: on-premises, operator: agency, baseline: moderate}
systems:
  - {id: register, kind: database, zone: inside, owner: agency}
  - {id: archive, kind: database, zone: inside, owner: agency}
populations:
  - {id: applicants, size: 1000, mission: true}
  - {id: public, size: 5000, mission: false}
  - {id: visitors, size: 2000}
  - {id: strangers, size: unknown}
"""


def world(*holdings: str) -> Estate:
    rows = "\n".join(f"  - {{system: register, attributes: [name], {row}}}" for row in holdings)
    return estate_from(WORLD, f"holdings:\n{rows}") if holdings else estate_from(WORLD)


def held(name: str, population: str, count: object) -> str:
    return f"id: {name}, populations: [{{population: {population}, count: {count}}}]"


def test_distinct_people_lie_between_the_largest_count_and_the_capped_sum() -> None:
    estate = world(held("a", "applicants", 700), held("b", "applicants", 400))
    assert coverage(estate) == {
        "applicants": Coverage(population="applicants", low=700, high=1000)
    }


@given(st.lists(st.integers(min_value=0, max_value=900), min_size=1, max_size=4))
def test_the_bounds_are_in_order_and_within_the_population(counts: list[int]) -> None:
    estate = world(*(held(f"h{i}", "applicants", n) for i, n in enumerate(counts)))
    row = coverage(estate)["applicants"]
    assert max(counts) == row.low <= row.high == min(sum(counts), 1000)


RANGED = "{value: 500, low: 400, high: 650}"


def test_the_low_bound_is_made_of_low_ends_and_the_high_bound_of_high_ends() -> None:
    one = world(held("a", "applicants", RANGED))
    assert coverage(one)["applicants"] == Coverage(population="applicants", low=400, high=650)
    two = world(
        held("a", "public", RANGED), held("b", "public", "{value: 450, low: 420, high: 460}")
    )
    assert coverage(two)["public"] == Coverage(population="public", low=420, high=1110)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        ("{value: 500, low: 400}", 400, 500),
        ("{value: 500, high: 650}", 500, 650),
        ("{value: 900, high: 1200}", 900, 1000),
        ("{value: unknown, low: 40}", 40, 1000),
        ("{value: unknown, high: 60}", 0, 60),
    ],
)
def test_an_end_that_is_not_stated_is_the_value_and_no_end_exceeds_the_population(
    count: str, low: float, high: float
) -> None:
    row = coverage(world(held("a", "applicants", count)))["applicants"]
    assert (row.low, row.high) == (low, high)


def test_the_most_that_a_population_may_be_caps_the_bounds() -> None:
    sized = WORLD.replace("size: 1000,", "size: {value: 1000, low: 800, high: 1300},")
    rows = f"{held('a', 'applicants', 900)}", f"{held('b', 'applicants', 900)}"
    text = "\n".join(f"  - {{system: register, attributes: [name], {row}}}" for row in rows)
    row = coverage(estate_from(sized, f"holdings:\n{text}"))["applicants"]
    assert (row.low, row.high) == (900, 1300)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[int, int, int]:
    """Return low, value and high of a count, in order."""
    value = draw(st.integers(min_value=0, max_value=1000))
    low = draw(st.integers(min_value=0, max_value=value))
    return low, value, draw(st.integers(min_value=value, max_value=1500))


@given(st.lists(ranges(), min_size=1, max_size=4))
def test_the_bounds_hold_what_the_stated_values_alone_would_give(
    counts: list[tuple[int, int, int]],
) -> None:
    said = [f"{{value: {value}, low: {low}, high: {high}}}" for low, value, high in counts]
    ranged = world(*(held(f"h{i}", "applicants", n) for i, n in enumerate(said)))
    plain = world(*(held(f"h{i}", "applicants", n[1]) for i, n in enumerate(counts)))
    wide, narrow = coverage(ranged)["applicants"], coverage(plain)["applicants"]
    assert 0 <= wide.low <= narrow.low <= narrow.high <= wide.high <= 1000


def test_an_unknown_count_adds_nothing_below_and_everybody_above() -> None:
    row = coverage(world(held("a", "applicants", "unknown")))["applicants"]
    assert (row.low, row.high) == (0, 1000)


def test_an_unknown_count_of_a_population_of_unknown_size_has_no_bound() -> None:
    row = coverage(world(held("a", "strangers", "unknown")))["strangers"]
    assert row.low == 0
    assert math.isinf(row.high)


def test_a_feed_covers_people_as_a_holding_does() -> None:
    feed = """
        feeds:
          - id: trails
            broker: broker
            attributes: [precise-location]
            populations: [{population: public, count: 4000}]
        """
    after = estate_from(WORLD, feed)
    assert coverage(after)["public"].high == 4000
    assert added_coverage(estate_from(WORLD), after)["public"].high == 4000
    assert coverage(after, items=[]) == {}


@pytest.mark.parametrize(
    ("old", "new", "grew"),
    [
        (held("a", "public", 100), held("a", "public", 100), False),
        (held("a", "public", 100), held("a", "public", 90), False),
        (held("a", "public", 100), held("a", "public", 101), True),
        (held("a", "public", 100), held("a", "public", "unknown"), True),
        (held("a", "public", "unknown"), held("a", "public", 100), False),
        (held("a", "public", 500), held("a", "public", RANGED), True),
        (held("a", "public", RANGED), held("a", "public", 500), False),
        (held("a", "public", RANGED), held("a", "public", 600), True),
        (held("a", "public", 100), held("b", "public", 100), True),
        (held("a", "public", 100), held("a", "visitors", 100), True),
        (held("a", "public", 100), held("a", "public", 100) + ", copies: [archive]", True),
        (held("a", "public", 100) + ", copies: [archive]", held("a", "public", 100), False),
    ],
)
def test_people_are_added_by_items_that_are_new_or_may_have_grown(
    old: str, new: str, *, grew: bool
) -> None:
    assert bool(added_coverage(world(old), world(new))) is grew
    more = grew and "copies" not in new
    assert bool(newly_covered(world(old), world(new))) is more


def test_a_new_attribute_adds_the_people_it_is_about() -> None:
    before = world(held("a", "public", 100))
    row = held("a", "public", 100)
    text = f"holdings: [{{system: register, attributes: [name, iris], {row}}}]"
    after = estate_from(WORLD, text)
    assert added_coverage(before, after)["public"].high == 100
    assert newly_covered(before, after) == {}


def test_whoever_is_not_known_to_belong_to_the_mission_counts_as_outside() -> None:
    estate = world(
        held("a", "applicants", 10), held("b", "public", 200), held("c", "visitors", "unknown")
    )
    assert outside_mission(estate, coverage(estate)) == 200 + 2000
