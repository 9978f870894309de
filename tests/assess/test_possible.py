"""A use needs every group of its attributes, on a population that it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.possible import Possibility, attained, contributing, needs_of
from counterseal.assess.side import model_of
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.assess.campaign import Campaign, Outcome
    from counterseal.assess.possible import Needs
    from counterseal.estate.estate import Estate

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
        assert items <= set(contributing(estate, catalog().uses[use])[population])


def test_contributors_are_sorted_and_only_those_with_something_needed() -> None:
    estate = estate_from(WORLD.format(one="query-log", two="name", whom="people"))
    found = contributing(estate, catalog().uses["identify"])["people"]
    assert found == ("two",)
    assert contributing(estate, catalog().uses["identify"])["others"] == ()


def reference(campaign: Campaign, outcome: Outcome, needs: Needs) -> frozenset[Possibility]:
    """Ask every trial of every need, one after another."""
    steps = {o.element: o.step for o in campaign.graph.objectives if o.kind == "exfiltrate"}
    found = set()
    for use, population, groups in needs:
        ready = np.ones(campaign.draws.trials, np.bool_)
        for items in groups:
            some = np.zeros_like(ready)
            for item in items:
                if (
                    item in steps
                    and f"fact:{item}.populations.{population}" not in outcome.absent
                ):
                    some |= outcome.arrivals.reached(steps[item], campaign.horizon_days)
            ready &= some
        if ready.any() and use in campaign.adversary.objectives.uses:
            found.add((use, population))
    return frozenset(
        Possibility(adversary=campaign.adversary.id, use=use, population=population)
        for use, population in found
    )


@pytest.mark.parametrize("outer", [9, 20, 40])
def test_attained_is_what_asking_every_trial_gives(harbour: Estate, outer: int) -> None:
    draws = Draws(seed=1, outer=outer, lanes=7)
    model = model_of(harbour, catalog())
    counts = [k for k in model.valuations["broker-buyer"].parameters if ".populations." in k]
    sizes = set()
    for campaign in model.side(draws, workers=1).campaigns:
        for gone in ([], counts[:1], counts):
            outcome = campaign.run(overrides=dict.fromkeys(gone, 0.0))
            expected = reference(campaign, outcome, model.needs)
            assert attained(campaign, outcome, model.needs) == expected
            sizes.add(len(expected))
    assert 0 in sizes
    assert len(sizes) > 1
