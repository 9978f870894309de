"""What successful campaigns rest on, in estates small enough to know the answer."""

from __future__ import annotations

import pytest

from counterseal.backtest.usage import usage
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

DRAWS = Draws(seed=5, outer=8, lanes=16)
ONE_WAY = """
organizations: [{id: home, kind: owner}, {id: lab, kind: vendor}]
zones:
  - {id: in, kind: on-premises, operator: home}
  - {id: out, kind: public, operator: home}
systems:
  - {id: front, kind: application, zone: out, owner: home, exposure: internet, vendor: lab}
  - {id: store, kind: database, zone: in, owner: home, exposure: isolated}
populations: [{id: folk, size: 1000}]
holdings:
  - {id: data, system: store, attributes: [name], populations: [{population: folk, count: 90}]}
links:
  - {id: one, from: front, to: store, kind: query, carries: [data]}
  - {id: idle, from: store, to: front, kind: update}
"""


def test_shares_lie_between_0_and_1_and_each_campaign_starts_somewhere() -> None:
    adversary = catalog().adversaries["cyber-espionage"]
    found = usage(estate_from(ONE_WAY), adversary, catalog(), draws=DRAWS)
    assert 0 < found.campaigns <= DRAWS.trials
    assert sum(found.bare_entry.values()) >= 1.0 - 1e-9
    for shares in (found.bare_entry, found.edge):
        assert all(0 <= share <= 1 + 1e-9 for share in shares.values())
    assert set(found.bare_entry) <= {"home", "lab", "front", "store"}


def test_the_edge_that_leads_to_the_data_is_used_more_than_the_one_back() -> None:
    adversary = catalog().adversaries["cyber-espionage"]
    found = usage(estate_from(ONE_WAY), adversary, catalog(), draws=DRAWS)
    assert found.edge["one"] > found.edge.get("idle", 0.0)


def test_a_start_in_a_network_is_shared_by_the_systems_that_stand_for_it() -> None:
    text = ONE_WAY.replace("kind: application, zone: out", "kind: network, zone: out")
    adversary = catalog().adversaries["cyber-espionage"]
    found = usage(estate_from(text), adversary, catalog(), draws=DRAWS)
    bare = found.bare_entry
    assert bare["home"] > 0
    assert found.entry["home"] == bare["home"]
    assert found.entry["front"] == pytest.approx(bare.get("front", 0.0) + bare["home"])


def test_an_estate_without_holdings_has_no_campaign() -> None:
    text = ONE_WAY[: ONE_WAY.index("populations")] + (
        "links: [{id: one, from: front, to: store, kind: network}]"
    )
    adversary = catalog().adversaries["cyber-espionage"]
    found = usage(estate_from(text), adversary, catalog(), draws=DRAWS)
    assert found.campaigns == 0
    assert not found.entry
    assert not found.edge
