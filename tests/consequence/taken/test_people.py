"""People are told apart by place, counted through relatives, and never in small cells."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterseal.consequence.taken.people import people_json
from counterseal.consequence.taken.ranges import Range
from counterseal.consequence.valuation import Valuation
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.consequence.taken.people import Subjects

    Held = dict[str, tuple[int, set[str]]]

LOCATE, KIN = catalog().uses["locate"], catalog().uses["coerce-through-kin"]
PEOPLE = {
    "size": 1000,
    "inside-share": {"value": 0.7, "low": 0.6, "high": 0.8},
    "kin-extension": {"value": 3, "low": 2, "high": 5},
}


def _covers(count: object, *attributes: str, **more: object) -> dict[str, object]:
    rows = [{"population": "p", "count": count}]
    return {"attributes": list(attributes), "populations": rows, **more}


def test_members_are_told_apart_by_place(subjects: Callable[..., Subjects]) -> None:
    one = subjects({"p": PEOPLE}, {"h": _covers(500, "name", "residential-address")})
    people = one.ready(LOCATE).people
    assert people.members == Range(low=500, value=500, high=500)
    assert people.inside == Range(low=300, value=350, high=400)
    ends = (people.outside.low, people.outside.value, people.outside.high)
    assert ends == pytest.approx((100, 150, 200))
    assert people.relatives.high == 0


def test_an_unknown_place_may_be_anywhere(subjects: Callable[..., Subjects]) -> None:
    people = {"size": 1000}
    one = subjects({"p": people}, {"h": _covers(500, "name", "residential-address")})
    inside = one.ready(LOCATE).people.inside
    assert (inside.low, inside.high) == (0, 500)


def test_relatives_are_counted_beside_their_members(subjects: Callable[..., Subjects]) -> None:
    held = _covers(500, "name", "parent-child-link", "nationality")
    ready = subjects({"p": PEOPLE}, {"h": held}).ready(KIN)
    assert ready.counts_relatives
    assert ready.counted == Range(low=1000, value=1500, high=2500)
    assert ready.people.members.value == 500


def test_a_tenth_of_the_records_completes_a_use_for_a_tenth_of_one_holding(
    subjects: Callable[..., Subjects],
) -> None:
    one = subjects({"p": PEOPLE}, {"h": _covers(500, "name", "residential-address")})
    assert one.ready(LOCATE, captured=0.1).counted == Range(low=50, value=50, high=50)


def test_a_tenth_of_two_holdings_may_have_nobody_in_common(
    subjects: Callable[..., Subjects],
) -> None:
    held = {"a": _covers(900, "name"), "b": _covers(900, "residential-address")}
    one = subjects({"p": PEOPLE}, held)
    assert one.ready(LOCATE).counted == Range(low=800, value=850, high=900)
    part = one.ready(LOCATE, captured=0.1).counted
    assert (part.low, part.high) == (0, 90)


@pytest.mark.parametrize("captured", [0.1, 0.5, 1.0])
def test_people_agree_with_the_valuation_of_everything_at_once(
    subjects: Callable[..., Subjects], captured: float
) -> None:
    held = {
        "a": _covers(900, "name", "travel-history"),
        "b": _covers(700, "immigration-history"),
        "c": _covers(400, "travel-history", "asylum-claim", "government-identifier"),
    }
    one = subjects({"p": PEOPLE}, held)
    valuation = Valuation(one.estate, one.catalog)
    exposure = valuation.exposure(
        np.zeros((3, 1), np.float32), values={}, lanes=1, captured=captured
    )
    row = exposure.uses.index("profile")
    moment = exposure.person_years[row, 0, 0, 0]
    found = one.ready(one.catalog.uses["profile"], captured=captured).counted
    low, high = (bound[row, 0, 0, 0] for bound in (exposure.lower, exposure.upper))
    assert low <= moment <= high
    assert (found.low, found.high) == pytest.approx((low, high), rel=0.01)


def test_who_may_be_pseudonymized_is_not_surely_ready(
    subjects: Callable[..., Subjects],
) -> None:
    held = _covers(500, "name", "residential-address", pseudonymized="unknown")
    found = subjects({"p": PEOPLE}, {"h": held}).ready(LOCATE).counted
    assert (found.low, found.value, found.high) == (0, 500, 500)


def test_a_use_is_limited_to_its_populations(subjects: Callable[..., Subjects]) -> None:
    held = {"h": _covers(500, "employer", "work-site")}
    use = catalog().uses["map-structure"]
    assert subjects({"p": PEOPLE}, held).ready(use).counted.high == 0
    staff = {**PEOPLE, "flags": ["sensitive-access-staff"]}
    assert subjects({"p": staff}, held).ready(use).counted.value == 500


def test_more_records_never_reach_fewer(subjects: Callable[..., Subjects]) -> None:
    held = {"a": _covers(900, "name"), "b": _covers(800, "residential-address")}
    one = subjects({"p": PEOPLE}, held)
    rows = [one.ready(LOCATE, captured=share / 10).counted for share in range(1, 11)]
    for less, more in itertools.pairwise(rows):
        assert less.low <= more.low
        assert less.value <= more.value
        assert less.high <= more.high


CLASSES = ["name", "passport-number", "residential-address", "travel-history", "health"]
HELD = st.dictionaries(
    st.sampled_from("abcde"),
    st.tuples(st.integers(11, 1000), st.sets(st.sampled_from(CLASSES), min_size=1)),
    min_size=2,
)


def _ready(subjects: Callable[..., Subjects], held: Held) -> dict[str, Range]:
    rows = {name: _covers(count, *sorted(classes)) for name, (count, classes) in held.items()}
    one = subjects({"p": PEOPLE}, rows)
    return {use.id: one.ready(use).counted for use in one.catalog.uses.values()}


@given(held=HELD, data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_more_holding_or_class_never_readies_fewer(
    subjects: Callable[..., Subjects], held: Held, data: st.DataObject
) -> None:
    dropped = data.draw(st.sampled_from(sorted(held)))
    fewer = {name: row for name, row in held.items() if name != dropped}
    count, classes = held[dropped]
    poorer = held | {dropped: (count, {min(classes)})}
    most = _ready(subjects, held)
    for less in (_ready(subjects, fewer), _ready(subjects, poorer)):
        for use, people in less.items():
            assert people.low <= most[use].low
            assert people.high <= most[use].high


@given(held=HELD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_of_holdings_do_not_matter(subjects: Callable[..., Subjects], held: Held) -> None:
    renamed = {f"z{9 - ord(name) % 9}{name}": row for name, row in reversed(held.items())}
    assert _ready(subjects, held) == _ready(subjects, renamed)


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        (Range(low=3, value=5, high=10), {"low": 0.0, "value": None, "high": 11.0}),
        (Range(low=3, value=50, high=100), {"low": 0.0, "value": 50.0, "high": 100.0}),
        (Range(low=0, value=0, high=0), {"low": 0.0, "value": 0.0, "high": 0.0}),
        (Range(low=11, value=11, high=11), {"low": 11.0, "value": 11.0, "high": 11.0}),
    ],
)
def test_a_small_cell_is_not_told(people: Range, shown: dict[str, object]) -> None:
    assert people_json(people) == shown
