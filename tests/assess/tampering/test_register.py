"""Which records could be made false, for how long, and what would help most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.side import model_of
from counterseal.assess.tampering.register import helps, register
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.assess.campaign import Campaign
    from counterseal.estate.estate import Estate

WHO = "transnational-repression"
DRAWS = Draws(seed=0, outer=16, lanes=32)
DERIVED = """
add:
  systems:
    - id: index
      kind: search-layer
      zone: harbour-office
      owner: harbour-authority
      exposure: isolated
  holdings:
    - id: index-of-passes
      system: index
      attributes: [search-index]
      populations: [{population: pass-holders, count: 1000}]
      derived-from: [passes]
"""


def campaign_of(estate: Estate) -> Campaign:
    side = model_of(estate, catalog(), adversaries=[WHO]).side(DRAWS, workers=1)
    return side.campaigns[0]


@pytest.fixture(scope="module")
def campaign(patched: Callable[[str], Estate]) -> Campaign:
    return campaign_of(patched(DERIVED))


def test_what_stands_at_each_holding_sums_to_the_level_of_the_review(
    campaign: Campaign,
) -> None:
    years = [row.person_years for row in register(campaign, horizons_years=(1, 25))]
    [level] = [v for c, v in campaign.base.levels.items() if c.family == "integrity"]
    by_draw = level.reshape(DRAWS.outer, -1).mean(axis=1)
    assert max(y.high for y in years) <= np.quantile(by_draw, 0.95)
    assert sum(y.median for y in years) == pytest.approx(np.median(by_draw), rel=0.25)


def test_a_holding_that_can_only_be_tainted_is_listed_and_says_so(campaign: Campaign) -> None:
    rows = {row.holding: row for row in register(campaign, horizons_years=(1, 25))}
    assert set(rows) == {"passes", "index-of-passes"}
    assert {aim.kind for aim in rows["passes"].aims} == {"alter", "insert"}
    assert rows["index-of-passes"].years.median >= rows["passes"].years.median


def test_reach_grows_with_the_horizon_and_a_lag_is_a_range(campaign: Campaign) -> None:
    for row in register(campaign, horizons_years=(1, 3, 10, 25)):
        for aim in row.aims:
            medians = [aim.reach[years].median for years in (1, 3, 10, 25)]
            assert medians == sorted(medians)
            if aim.lag_days is not None:
                assert 0 <= aim.lag_days.low <= aim.lag_days.median <= aim.lag_days.high


def test_what_helps_is_what_a_what_if_takes_away(campaign: Campaign) -> None:
    found = helps(campaign, catalog(), ["pass-register", "passes"], most=4)
    assert found
    assert [one.less for one in found] == sorted((one.less for one in found), reverse=True)
    best = found[0]
    [before] = [v for c, v in campaign.base.levels.items() if c.family == "integrity"]
    held = campaign.run(overrides={f"control:{best.control}@{best.element}": 1.0})
    [after] = [v for c, v in held.levels.items() if c.family == "integrity"]
    assert best.less == pytest.approx(1 - after.mean() / before.mean())
    assert 0 < best.less <= 1
    assert {one.control for one in found} & {"SI-7", "AU-6", "AU-10"}


def test_where_nothing_can_be_made_false_nothing_helps(harbour: Estate) -> None:
    campaign = model_of(harbour, catalog(), adversaries=["cyber-espionage"]).side(
        DRAWS, workers=1
    )
    assert helps(campaign.campaigns[0], catalog(), ["pass-register"], most=3) == ()
    assert register(campaign.campaigns[0], horizons_years=(1,)) == ()
