"""A use needs every group of its attributes, on a population that it concerns."""

from __future__ import annotations

from counterseal.assess.possible import contributing_holdings, needs_of
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

WORLD = """
organizations:
  - {{id: agency, kind: owner}}
  - {{id: broker, kind: broker}}
zones:
  - {{id: inside, kind: on-premises, operator: agency, baseline: moderate}}
systems:
  - {{id: register, kind: database, zone: inside, owner: agency}}
populations:
  - {{id: people, size: 1000}}
  - {{id: others, size: 1000}}
holdings:
  - id: one
    system: register
    attributes: [{one}]
    populations: [{{population: people, count: 9}}]
feeds:
  - id: two
    broker: broker
    attributes: [{two}]
    populations: [{{population: {whom}, count: 9}}]
"""


def uses(one: str, two: str, whom: str = "people") -> set[tuple[str, str]]:
    estate = estate_from(WORLD.format(one=one, two=two, whom=whom))
    return {(use, population) for use, population, _ in needs_of(estate, catalog())}


def test_attributes_of_two_items_on_one_population_meet_a_use_together() -> None:
    assert ("locate", "people") in uses("name", "residential-address")


def test_the_same_attributes_on_two_populations_do_not() -> None:
    found = uses("name", "residential-address", whom="others")
    assert ("locate", "people") not in found
    assert ("locate", "others") not in found


def test_every_need_names_items_that_hold_it() -> None:
    text = WORLD.format(one="name", two="residential-address", whom="people")
    estate = estate_from(text)
    for use, population, groups in needs_of(estate, catalog()):
        assert all(groups)
        items = {item for group in groups for item in group}
        assert items <= set(contributing_holdings(estate, catalog().uses[use], population))


def test_contributors_are_sorted_and_only_those_with_something_needed() -> None:
    estate = estate_from(WORLD.format(one="query-log", two="name", whom="people"))
    found = contributing_holdings(estate, catalog().uses["identify"], "people")
    assert found == ("two",)
    assert contributing_holdings(estate, catalog().uses["identify"], "others") == ()
