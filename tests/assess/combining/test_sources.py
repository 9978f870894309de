"""How much of the same sources an adversary holds, whatever form they are given in."""

from __future__ import annotations

import pytest

from counterseal.assess.combining.sources import seams_added, sources_held, sources_of
from counterseal.assess.side import model_of
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

BEFORE = """
organizations:
  - {id: office, kind: owner, posture: low}
  - {id: vendor, kind: contractor, posture: low}
zones:
  - {id: core, operator: office, kind: on-premises}
  - {id: cloud, operator: vendor, kind: public}
populations: [{id: residents, size: 1000, inside-share: 1}]
systems:
  - {id: s0, kind: database, zone: core, owner: office, operator: office, exposure: internal}
  - {id: s1, kind: database, zone: core, owner: office, operator: office, exposure: internal}
HUBSYSTEM
holdings:
  - id: h0
    system: s0
    attributes: [name]
    populations: &all [{population: residents, count: 500}]
  - {id: h1, system: s1, attributes: [health], populations: *all}
  - {id: other, system: s1, attributes: [health], populations: *all}
HUBHOLDING
"""
HUB = BEFORE.replace(
    "HUBSYSTEM",
    "  - {id: hub, kind: database, zone: cloud, owner: office, operator: vendor,"
    " exposure: internet}\n"
    "links:\n"
    "  - {id: l0, from: s0, to: hub, kind: replicate, carries: [h0]}\n"
    "  - {id: l1, from: s1, to: s0, kind: replicate, carries: [h1]}",
).replace(
    "HUBHOLDING",
    "  - {id: joined, system: hub, attributes: [name, health], derived-from: [h0, h1],"
    " populations: *all}",
)
PLAIN = BEFORE.replace("HUBSYSTEM", "").replace("HUBHOLDING", "")


def test_sources_are_what_a_form_copies_or_reads_and_nothing_else() -> None:
    before, hub = estate_from(PLAIN), estate_from(HUB)
    assert sources_of(before, [before, hub]) == ("h0", "h1")


def test_only_links_between_operators_are_seams() -> None:
    assert seams_added(estate_from(PLAIN), estate_from(HUB)) == ("l0",)


def test_a_copy_of_all_sources_is_held_as_a_whole() -> None:
    draws = Draws(seed=0, outer=16, lanes=32)
    who = ["cyber-espionage"]
    apart, central = (
        sources_held(
            model_of(estate_from(text), catalog(), adversaries=who)
            .side(draws, workers=1)
            .campaigns[0],
            ["h0", "h1"],
        )
        for text in (PLAIN, HUB)
    )
    assert central.every.median > apart.every.median
    assert central.expected.median >= apart.expected.median
    assert central.some.median >= central.every.median
    assert central.expected.median == pytest.approx(
        central.every.median + central.some.median, abs=0.2
    )
