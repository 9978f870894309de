"""Each use is a conjunction that some data completes and some data does not."""

from __future__ import annotations

import pytest

from counterseal.catalog.uses import Counts, UseFamily
from counterseal.consequence.static import static_table
from counterseal.estate.estate import Estate
from counterseal.estate.records import Holding, Population
from counterseal.testing.catalogs import catalog

USES = sorted(catalog().uses)
EXPECTED = frozenset(
    {
        "identify",
        "locate",
        "profile",
        "coerce",
        "coerce-through-kin",
        "recruit",
        "influence",
        "impersonate",
        "map-structure",
        "expose-cover",
    }
)


def _estate(attributes: tuple[str, ...], *, flags: tuple[str, ...] = ()) -> Estate:
    people = Population.model_validate({"id": "people", "size": 1000, "flags": flags})
    data = Holding.model_validate(
        {
            "id": "data",
            "system": "store",
            "attributes": attributes,
            "populations": [{"population": "people", "count": 500}],
            "pseudonymized": False,
        }
    )
    return Estate(populations={"people": people}, holdings={"data": data})


def _completed(estate: Estate) -> set[str]:
    (row,) = static_table(estate, catalog()).holdings
    return set(row.uses)


def test_the_ten_uses_are_there() -> None:
    assert set(catalog().uses) == EXPECTED


@pytest.mark.parametrize("use", USES)
def test_every_use_is_cited(use: str) -> None:
    assert catalog().uses[use].citations


@pytest.mark.parametrize("use", USES)
def test_every_attribute_of_a_use_exists(use: str) -> None:
    for group in catalog().uses[use].groups:
        assert set(group.any_of) <= set(catalog().attributes)


@pytest.mark.parametrize("use", USES)
def test_one_attribute_of_every_group_enables_the_use(use: str) -> None:
    row = catalog().uses[use]
    attributes = tuple(group.any_of[0] for group in row.groups)
    assert use in _completed(_estate(attributes, flags=row.populations))


@pytest.mark.parametrize("use", USES)
def test_a_missing_group_disables_the_use(use: str) -> None:
    row = catalog().uses[use]
    missing = set(row.groups[-1].any_of)
    attributes = tuple(
        attribute
        for group in row.groups[:-1]
        for attribute in group.any_of
        if attribute not in missing
    )
    assert attributes
    assert use not in _completed(_estate(attributes, flags=row.populations))


@pytest.mark.parametrize("use", [u for u in USES if catalog().uses[u].populations])
def test_a_use_about_staff_does_not_count_the_public(use: str) -> None:
    attributes = tuple(a for group in catalog().uses[use].groups for a in group.any_of)
    assert use not in _completed(_estate(attributes))


def test_recruitment_influence_and_coercion_are_told_apart() -> None:
    families = {row.family for row in catalog().uses.values()}
    assert {UseFamily.RECRUITMENT, UseFamily.INFLUENCE, UseFamily.COERCION} <= families


def test_only_coercion_through_kin_counts_relatives() -> None:
    kin = {row.id for row in catalog().uses.values() if row.counts is Counts.RELATIVES}
    assert kin == {"coerce-through-kin"}
