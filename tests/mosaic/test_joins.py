"""Which holdings can be joined, by what, and how often to the right person."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.joins import (
    best_join,
    correct_share,
    joins_between,
)
from counterseal.mosaic.schema.dependence.linker import false_identification_chance
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

ESTATE = """
organizations: [{id: office, kind: owner}]
zones: [{id: core, operator: office, kind: on-premises}]
systems:
  - {id: one, kind: database, zone: core, owner: office, operator: office}
populations:
  - {id: residents, size: 1000000, inside-share: 1}
  - {id: visitors, size: 1000000, inside-share: 0}
holdings:
  - id: register
    system: one
    attributes: [name, birth-date, residential-address]
    populations: [{population: residents, count: 800000}]
    pseudonymized: false
  - id: benefits
    system: one
    attributes: [name, birth-date, financial]
    populations: [{population: residents, count: 200000}]
    pseudonymized: false
  - id: masked
    system: one
    attributes: [name, birth-date, health]
    populations: [{population: residents, count: 200000}]
    pseudonymized: true
  - id: unsaid
    system: one
    attributes: [name, birth-date, health]
    populations: [{population: residents, count: 200000}]
  - id: traces
    system: one
    attributes: [precise-location]
    populations: [{population: residents, count: 400000}]
    pseudonymized: true
  - id: crossings
    system: one
    attributes: [name, birth-date, travel-history]
    populations: [{population: visitors, count: 400000}]
    pseudonymized: false
"""


def test_a_right_join_is_picked_among_binomially_many_candidates() -> None:
    found, false, gallery = 0.9, 0.02, 40
    others = gallery - 1
    expected = found * sum(
        comb(others, k) * false**k * (1 - false) ** (others - k) / (1 + k)
        for k in range(others + 1)
    )
    now = correct_share(found=found, false_match=false, shared=1, gallery=gallery)
    assert now == pytest.approx(expected, rel=1e-12)


def test_a_search_of_twelve_million_faces_errs_three_times_in_a_thousand() -> None:
    """A false positive identification rate of 0.003 in 12 million is 2.5e-10 a comparison."""
    assert false_identification_chance(false_match=2.5e-10, gallery=12e6) == pytest.approx(
        0.003, rel=2e-3
    )


@given(
    found=st.floats(0, 1),
    false=st.floats(0, 1),
    shared=st.floats(1, 20),
    gallery=st.floats(1, 1e9),
    more=st.floats(1, 1e3),
)
def test_a_larger_gallery_never_makes_a_join_surer_nor_an_innocent_safer(
    found: float, false: float, shared: float, gallery: float, more: float
) -> None:
    small = correct_share(found=found, false_match=false, shared=shared, gallery=gallery)
    large = correct_share(found=found, false_match=false, shared=shared, gallery=gallery * more)
    assert 0.0 <= large <= small * (1 + 1e-9) <= found * (1 + 1e-9)
    few = false_identification_chance(false_match=false, gallery=gallery)
    assert few <= false_identification_chance(false_match=false, gallery=gallery * more) + 1e-12


def test_a_shared_column_that_is_no_key_joins_nothing() -> None:
    estate = estate_from(ESTATE.replace("[precise-location]", "[financial]"))
    assert joins_between(estate, catalog(), "traces", "benefits") == ()


def test_holdings_about_different_people_are_not_joined() -> None:
    assert joins_between(estate_from(ESTATE), catalog(), "register", "crossings") == ()


def test_the_better_key_comes_first_and_a_name_alone_is_worth_little() -> None:
    found = joins_between(estate_from(ESTATE), catalog(), "register", "benefits")
    assert [join.key for join in found] == ["name-birth-date", "name"]
    assert found[0].correct[1] > 0.8
    assert found[1].correct[1] < 0.05
    assert found[0].gallery == 800_000


def test_a_name_that_is_masked_joins_nothing_and_one_that_may_be_does_so_perhaps() -> None:
    estate = estate_from(ESTATE)
    assert best_join(estate, catalog(), "register", "masked") is None
    perhaps = best_join(estate, catalog(), "register", "unsaid")
    assert perhaps is not None
    assert perhaps.correct[0] == 0.0 < perhaps.correct[1]


def test_a_trace_is_tied_to_an_address_by_the_home_it_shows_from_either_side() -> None:
    estate = estate_from(ESTATE)
    there, back = (
        best_join(estate, catalog(), *pair)
        for pair in (("traces", "register"), ("register", "traces"))
    )
    assert there is not None
    assert back is not None
    assert there.key == back.key == "home-of-a-trace"
    assert there.correct == back.correct
    low, central, high = there.correct
    assert 0 < low < central < high < 1


def test_a_holding_that_nobody_counted_is_thought_hard_to_join_at_the_low_end() -> None:
    text = ESTATE.replace(
        "{population: residents, count: 800000}", "{population: residents, count: unknown}"
    )
    text = text.replace(
        "{population: residents, count: 200000}", "{population: residents, count: unknown}"
    )
    found = best_join(estate_from(text), catalog(), "register", "benefits")
    known = best_join(estate_from(ESTATE), catalog(), "register", "benefits")
    assert found is not None
    assert known is not None
    assert found.gallery is None
    assert found.correct[0] < known.correct[0]
    assert found.correct[2] >= known.correct[2]
