"""Value over time, for pictures, and the parameters of doubtful curves."""

from __future__ import annotations

import pytest

from counterseal.consequence.durability import by_durability, durabilities, value_over_time
from counterseal.documents.evidence import Grade
from counterseal.testing.catalogs import catalog


def test_value_over_time_gives_both_curves_at_every_horizon() -> None:
    attributes = catalog().attributes
    rows = value_over_time([attributes["password"], attributes["asylum-claim"]])
    assert [row.attribute for row in rows] == ["password", "asylum-claim"]
    assert rows[1].still_true == ((1.0, 1.0, 1.0),) * 4
    assert rows[1].person_years[3] == (25.0, 25.0, 25.0)
    assert rows[0].years == (1.0, 5.0, 10.0, 25.0)


def test_low_central_and_high_are_ordered_for_every_class() -> None:
    for row in value_over_time(catalog().attributes.values()):
        for low, central, high in (*row.still_true, *row.person_years):
            assert low <= central <= high


def test_classes_with_the_same_curve_share_one_parameter() -> None:
    lasting = durabilities(catalog())
    assert lasting["fingerprint"] is lasting["name"]
    assert lasting["fingerprint"].id == "survival:birth-date"


def test_a_certain_curve_has_no_parameter() -> None:
    assert durabilities(catalog())["asylum-claim"].parameter is None


@pytest.mark.parametrize(
    ("attribute", "grade"),
    [("employer", Grade.DOCUMENTED), ("phone-number", Grade.ELICITED)],
)
def test_a_parameter_is_graded_as_its_worst_point(attribute: str, grade: Grade) -> None:
    parameter = durabilities(catalog())[attribute].parameter
    assert parameter is not None
    assert parameter.grade is grade
    assert attribute in parameter.label


def test_the_least_durable_comes_first() -> None:
    lasting = durabilities(catalog())
    order = by_durability([lasting["name"], lasting["password"], lasting["employer"]])
    assert [durability.survival for durability in order] == [
        lasting[a].survival for a in ("password", "employer", "name")
    ]
