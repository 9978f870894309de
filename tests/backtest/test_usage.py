"""What successful campaigns rest on, in estates small enough to know the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.usage import simulate, usage
from counterseal.reach.draws import Draws
from counterseal.reach.explaining.critical import explain
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.backtest.usage import Usage

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


def used(text: str) -> Usage:
    estate, adversary = estate_from(text), catalog().adversaries["cyber-espionage"]
    return usage(simulate(estate, adversary, catalog(), draws=DRAWS), estate)


def test_shares_lie_between_0_and_1_and_each_campaign_starts_somewhere() -> None:
    found = used(ONE_WAY)
    assert 0 < found.campaigns <= DRAWS.trials
    assert sum(found.bare_entry.values()) >= 1.0 - 1e-9
    for shares in (found.bare_entry, found.edge):
        assert all(0 <= share <= 1 + 1e-9 for share in shares.values())
    assert set(found.bare_entry) <= {"home", "lab", "front", "store"}


def test_shares_are_those_of_the_explanations_of_every_target() -> None:
    estate, adversary = estate_from(ONE_WAY), catalog().adversaries["cyber-espionage"]
    engine = simulate(estate, adversary, catalog(), draws=DRAWS)
    found = usage(engine, estate)
    rows = explain(engine, most=0)
    campaigns = sum(row.reached.hits for row in rows)
    assert found.campaigns == campaigns
    for edge in ("one", "idle"):
        shares = [
            sum(row.critical.get(step.id, 0.0) * row.reached.hits for row in rows) / campaigns
            for step in engine.graph.steps
            if step.element == edge
        ]
        assert found.edge.get(edge, 0.0) == pytest.approx(max(shares, default=0.0))


def test_steps_watched_besides_change_no_share() -> None:
    estate, adversary = estate_from(ONE_WAY), catalog().adversaries["cyber-espionage"]
    also = ("front#session", "store#session", "data#read", "nowhere#session")
    watched = simulate(estate, adversary, catalog(), draws=DRAWS, also=also)
    assert usage(watched, estate) == used(ONE_WAY)
    assert "nowhere#session" not in watched.program.targets


def test_the_edge_that_leads_to_the_data_is_used_more_than_the_one_back() -> None:
    found = used(ONE_WAY)
    assert found.edge["one"] > found.edge.get("idle", 0.0)


def test_a_start_in_a_network_is_shared_by_the_systems_that_stand_for_it() -> None:
    text = ONE_WAY.replace("kind: application, zone: out", "kind: network, zone: out")
    found = used(text)
    bare = found.bare_entry
    assert bare["home"] > 0
    assert found.entry["home"] == bare["home"]
    assert found.entry["front"] == pytest.approx(bare.get("front", 0.0) + bare["home"])


def test_an_estate_without_holdings_has_no_campaign() -> None:
    text = ONE_WAY[: ONE_WAY.index("populations")] + (
        "links: [{id: one, from: front, to: store, kind: network}]"
    )
    found = used(text)
    assert found.campaigns == 0
    assert not found.entry
    assert not found.edge
