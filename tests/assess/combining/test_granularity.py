"""How many classes of data are known together about one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.combining.granularity import Granularity, granularity
from counterseal.assess.side import model_of
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.assess.campaign import Campaign

ESTATE = """
organizations: [{{id: office, kind: owner, posture: low}}]
zones: [{{id: core, operator: office, kind: public}}]
populations: [{{id: residents, size: 1000, inside-share: 1}}]
systems:
  - {{id: s0, kind: database, zone: core, owner: office, operator: office, exposure: internet}}
  - {{id: s1, kind: database, zone: core, owner: office, operator: office, exposure: internet}}
holdings:
  - id: h0
    system: s0
    attributes: [{first}]
    pseudonymized: false
    populations: [{{population: residents, count: {count}}}]
  - id: h1
    system: s1
    attributes: [{second}]
    pseudonymized: false
    populations: [{{population: residents, count: {count}}}]
"""


def campaign_of(first: str, second: str, count: int = 1000) -> Campaign:
    estate = estate_from(ESTATE.format(first=first, second=second, count=count))
    draws = Draws(seed=2, outer=32, lanes=32)
    return (
        model_of(estate, catalog(), adversaries=["cyber-espionage"])
        .side(draws, workers=1)
        .campaigns[0]
    )


def profile(first: str, second: str, count: int = 1000) -> Granularity:
    return granularity(campaign_of(first, second, count), catalog(), "residents", seed=4)


def test_shares_are_a_distribution_and_the_same_seed_gives_it_again() -> None:
    campaign = campaign_of("name, birth-date", "name, birth-date, health")
    found = granularity(campaign, catalog(), "residents", seed=4)
    assert sum(found.shares) == pytest.approx(1.0)
    assert found == granularity(campaign, catalog(), "residents", seed=4)


def test_without_a_key_profiles_stay_as_full_as_the_fuller_holding() -> None:
    found = profile("name, health, financial", "plate-reads, vehicle-registration")
    assert found.shares[4] == found.shares[5] == 0.0
    assert found.shares[3] > 0.0


def test_with_a_key_some_profiles_hold_the_classes_of_both_but_not_all_do() -> None:
    campaign = campaign_of("name, birth-date, health", "name, birth-date, financial")
    found = granularity(campaign, catalog(), "residents", seed=4)
    both = (campaign.taken <= campaign.horizon_days).all(axis=0).mean()
    assert 0.0 < found.shares[4] < both
    assert found.shares[4] > 0.6 * both


def test_who_is_in_no_holding_has_no_profile() -> None:
    few = profile("name, birth-date", "name, birth-date", count=100)
    assert few.shares[0] > 0.75
    assert few.quantile(0.5) == 0
    assert few.mean < profile("name, birth-date", "name, birth-date").mean


def test_quantiles_count_people_and_not_trials() -> None:
    found = Granularity(population="residents", shares=(0.5, 0.4, 0.1))
    assert [found.quantile(share) for share in (0.5, 0.6, 0.9, 0.95)] == [0, 1, 1, 2]
