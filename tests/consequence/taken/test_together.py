"""Everything together: parts of the records, layers, own staff, drivers, structure."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import pytest

from counterseal.consequence.taken.holdings import holding_value
from counterseal.consequence.taken.ranges import Range
from counterseal.consequence.taken.structure import structural
from counterseal.consequence.taken.together import SHARES, taken_together

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.consequence.taken.people import Subjects
    from counterseal.consequence.taken.together import Together

    Build = Callable[..., Subjects]

PEOPLE = {"size": 1000, "inside-share": 0.5, "kin-extension": 2, "mission": True}
STAFF = {"size": 100, "flags": ["sensitive-access-staff"], "inside-share": 1}


def _row(attributes: list[str], *, of: str = "p", count: object = 800) -> dict[str, object]:
    return {"attributes": attributes, "populations": [{"population": of, "count": count}]}


def _together(subjects: Subjects) -> Together:
    return taken_together(subjects, [holding_value(subjects, item) for item in subjects.items])


def test_results_are_given_for_a_tenth_half_and_all_of_the_records(subjects: Build) -> None:
    one = subjects({"p": PEOPLE}, {"h": _row(["name", "residential-address"])})
    found = _together(one)
    assert tuple(found.ready) == SHARES == (0.1, 0.5, 1.0)
    located = [
        next(r for r in rows if r.use.id == "locate").counted.value
        for rows in found.ready.values()
    ]
    assert located == [80, 400, 800]


def test_a_use_that_no_holding_completes_alone_is_named(subjects: Build) -> None:
    held = {"a": _row(["name"]), "b": _row(["residential-address"])}
    assert _together(subjects({"p": PEOPLE}, held)).only_together == ("locate",)


def test_families_are_told_apart(subjects: Build) -> None:
    held = _row(["name", "employer", "financial", "phone-number", "nationality"])
    found = _together(subjects({"p": PEOPLE}, {"h": held}))
    families = {r.use.id: r.use.family.value for r in found.ready[1.0]}
    assert families["recruit"] == "recruitment"
    assert families["influence"] == "influence"
    assert families["coerce"] == "coercion"


def test_layers_are_covered_apart_and_together(subjects: Build) -> None:
    held = {
        "a": _row(["name"], count=900),
        "b": _row(["spouse-link"], count=800),
        "c": _row(["travel-history"], count=700),
    }
    (row,) = _together(subjects({"p": PEOPLE}, held)).covered
    assert {k: v.value for k, v in row.layers.items()} == {
        "identity": 900,
        "relationship": 800,
        "movement": 700,
    }
    assert (row.all_layers.low, row.all_layers.high) == (400, 700)
    assert (row.covered.low, row.covered.high) == (900, 1000)


def test_a_layer_that_nothing_covers_leaves_nobody_in_all(subjects: Build) -> None:
    (row,) = _together(subjects({"p": PEOPLE}, {"a": _row(["name"])})).covered
    assert row.layers["movement"].high == 0
    assert row.all_layers.high == 0


def test_people_of_whom_nobody_says_are_outside_the_mission(subjects: Build) -> None:
    populations = {"p": PEOPLE, "q": {"size": 50}, "r": {"size": 30, "mission": False}}
    held = {n: _row(["name"], of=n, count=20) for n in populations}
    assert _together(subjects(populations, held)).outside_mission.value == 40


def test_own_staff_are_subjects_too(subjects: Build) -> None:
    held = {
        "personnel": _row(["name", "employer", "work-site", "financial"], of="s", count=100),
        "cases": _row(["name", "employer", "financial"]),
    }
    one = subjects({"p": PEOPLE, "s": STAFF}, held)
    found = {ready.use.id: ready.counted.value for ready in _together(one).staff}
    assert found == {"coerce": 100, "recruit": 100, "map-structure": 100}
    assert set(holding_value(one, "personnel").staff) == set(found)
    assert holding_value(one, "cases").staff == {}


def test_copies_are_another_driver_than_volume(subjects: Build) -> None:
    places = [f"place-{number}" for number in range(11)]
    held = {
        "one": _row(["name"]),
        "twelve": {**_row(["name"]), "copies": places},
        "double": _row(["name"], count=400),
    }
    built = subjects({"p": PEOPLE}, held)
    one, twelve, double = (holding_value(built, name).spread for name in held)
    assert one.people == twelve.people
    assert one.distribution == Range(low=1, value=1, high=1)
    assert (twelve.distribution.low, twelve.distribution.high) == (1, 12)
    assert double.distribution == one.distribution
    assert one.people.value == 2 * double.people.value
    assert twelve.as_json()["ln_distribution"] == [0.0, pytest.approx(log(12), abs=1e-3)]


def test_staff_data_reveals_units_sites_and_capability(subjects: Build) -> None:
    attributes = ["employer", "occupation", "work-site", "associate-link"]
    one = subjects({"s": STAFF}, {"personnel": _row(attributes, of="s", count=100)})
    found = {row.inference.id: row for row in structural(one)}
    assert set(found) == {"units", "sites", "capability"}
    assert found["sites"].items == ("personnel",)
    assert found["sites"].people.value == 100


def test_data_about_others_reveals_no_units(subjects: Build) -> None:
    attributes = ["employer", "occupation", "work-site", "associate-link"]
    assert structural(subjects({"p": PEOPLE}, {"cases": _row(attributes)})) == ()


def test_what_is_looked_for_reveals_the_tempo_and_hiding_names_does_not_help(
    subjects: Build,
) -> None:
    held = {**_row(["query-log"]), "pseudonymized": True}
    (row,) = structural(subjects({"p": PEOPLE}, {"log": held}))
    assert (row.inference.id, row.disclosures) == ("tempo", 1)


def test_each_item_that_allows_an_inference_is_a_disclosure(subjects: Build) -> None:
    held = {name: _row(["query-log"]) for name in ("a", "b")}
    held |= {"c": _row(["name"])}
    (row,) = structural(subjects({"p": PEOPLE}, held))
    assert row.items == ("a", "b")
    assert row.disclosures == 2


def test_an_inference_from_a_join_counts_once(subjects: Build) -> None:
    held = {
        "a": _row(["employer"], of="s", count=90),
        "b": _row(["precise-location"], of="s", count=80),
    }
    (row,) = structural(subjects({"s": STAFF}, held))
    assert (row.items, row.disclosures) == ((), 1)
    assert (row.people.low, row.people.high) == (70, 80)
