"""Person-years of everything at once: those of the curves, rising, and in proportion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scipy.integrate import quad

from counterseal.consequence.taken.joint import joint_years
from counterseal.consequence.taken.together import SHARES
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.consequence.taken.people import Subjects

    Build = Callable[..., Subjects]

PEOPLE = {"p": {"size": {"value": 1000, "low": 900, "high": 1100}, "kin-extension": 2}}


def _row(attributes: list[str], count: object, **more: object) -> dict[str, object]:
    return {
        "attributes": attributes,
        "populations": [{"population": "p", "count": count}],
        **more,
    }


def test_one_holding_yields_people_times_the_product_of_its_curves(subjects: Build) -> None:
    one = subjects(PEOPLE, {"h": _row(["name", "residential-address"], 500)})
    found = joint_years(one.estate, one.catalog, shares=(1.0,))[1.0]["locate"]
    name, address = (catalog().attributes[a].survival for a in ("name", "residential-address"))

    def both(years: float, place: float) -> float:
        return name.at(years, place=place) * address.at(years, place=place)

    for until, years in found.items():
        for place, end in ((0.0, years.low), (0.5, years.value), (1.0, years.high)):
            expected = 500 * quad(both, 0, until, args=(place,))[0]
            assert end == pytest.approx(expected, rel=0.002)


def test_a_tenth_of_one_holding_is_a_tenth_of_its_years(subjects: Build) -> None:
    one = subjects(PEOPLE, {"h": _row(["name", "residential-address"], 500)})
    found = joint_years(one.estate, one.catalog, shares=SHARES)
    few, all_ = found[0.1]["locate"][25.0], found[1.0]["locate"][25.0]
    assert few.value == pytest.approx(0.1 * all_.value)
    assert few.low == pytest.approx(0.1 * all_.low)


def test_ranges_contain_their_value_and_rise_with_the_horizon(subjects: Build) -> None:
    held = {
        "a": _row(["name"], {"value": 800, "low": 700, "high": 900}),
        "b": _row(["residential-address"], 600),
    }
    one = subjects(PEOPLE, held)
    rows = list(joint_years(one.estate, one.catalog, shares=(1.0,))[1.0]["locate"].values())
    for row in rows:
        assert row.low <= row.value <= row.high
    assert [row.value for row in rows] == sorted(row.value for row in rows)


def test_bounds_agree_with_people_for_what_never_passes(subjects: Build) -> None:
    held = {"a": _row(["travel-history"], 800), "b": _row(["asylum-claim"], 600)}
    held |= {"c": _row(["name"], 1100)}
    one = subjects(PEOPLE, held)
    people = one.ready(one.catalog.uses["profile"]).counted
    years = joint_years(one.estate, one.catalog, shares=(1.0,))[1.0]["profile"][1.0]
    assert years.high == pytest.approx(people.high, rel=0.01)
    assert years.low == pytest.approx(people.low, rel=0.01)


def test_what_may_be_pseudonymized_yields_nothing_for_sure(subjects: Build) -> None:
    held = {"h": _row(["name", "residential-address"], 500, pseudonymized="unknown")}
    one = subjects(PEOPLE, held)
    years = joint_years(one.estate, one.catalog, shares=(1.0,))[1.0]["locate"][25.0]
    assert years.low == 0
    assert years.value > 0


def test_a_use_that_nothing_completes_is_left_out(subjects: Build) -> None:
    one = subjects(PEOPLE, {"h": _row(["password"], 500)})
    assert joint_years(one.estate, one.catalog, shares=(1.0,)) == {1.0: {}}
