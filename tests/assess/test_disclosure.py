"""Who comes to know what, through however many tiers, known or not."""

from __future__ import annotations

import pytest

from counterseal.assess.disclosure import disclosure, holders, unknown_tiers
from counterseal.testing.estates import estate_from

BASE = """
organizations:
  - {id: agency, kind: owner}
  - {id: planner, kind: contractor}
  - {id: drafter, kind: subcontractor}
zones:
  - {id: inside, kind: on-premises, operator: agency, baseline: moderate}
systems:
  - {id: register, kind: database, zone: inside, owner: agency, critical: true}
  - {id: canteen, kind: application, zone: inside, owner: agency}
knowledge:
  - {id: drawing, about: [register], class: configuration, held-by: [agency]}
  - {id: menu, about: [canteen], class: plan, held-by: [agency]}
  - {id: ranking, about: [canteen], class: criticality, held-by: [agency]}
"""
CONTRACT = """
contracts:
  - id: study
    contractor: planner
    client: agency
    service: planning
    knowledge: {knowledge}
    subcontractors: {below}
"""
TIERS = (
    "[{organization: drafter, subcontractors: ["
    "{organization: unknown, subcontractors: [{organization: unknown}]}]}]"
)


def test_the_same_estate_discloses_nothing() -> None:
    found = disclosure(estate_from(BASE), estate_from(BASE))
    assert found.pairs == ()
    assert found.items == found.critical_items == found.new_knowers == ()
    assert found.unknown_tiers == 0


def test_a_contract_tells_every_tier_below_it() -> None:
    after = estate_from(BASE, CONTRACT.format(knowledge="[drawing, menu]", below=TIERS))
    found = disclosure(estate_from(BASE), after)
    assert found.pairs == tuple(
        (item, who) for item in ("drawing", "menu") for who in ("drafter", "planner", "unknown")
    )
    assert found.items == ("drawing", "menu")
    assert found.new_knowers == ("drafter", "planner", "unknown")


def test_unknown_tiers_are_counted_at_every_depth() -> None:
    after = estate_from(BASE, CONTRACT.format(knowledge="[]", below=TIERS))
    assert unknown_tiers(after.contracts["study"]) == 2
    assert disclosure(estate_from(BASE), after).unknown_tiers == 2
    assert disclosure(after, after).unknown_tiers == 0


@pytest.mark.parametrize(
    ("item", "critical"), [("drawing", True), ("menu", False), ("ranking", True)]
)
def test_knowledge_is_critical_by_what_it_is_about_or_by_what_it_says(
    item: str, *, critical: bool
) -> None:
    after = estate_from(BASE, CONTRACT.format(knowledge=f"[{item}]", below="[]"))
    found = disclosure(estate_from(BASE), after)
    assert found.critical_items == ((item,) if critical else ())


def test_whoever_knew_something_before_is_no_new_knower() -> None:
    before = estate_from(
        BASE.replace(
            "class: plan, held-by: [agency]", "class: plan, held-by: [agency, planner]"
        )
    )
    after = estate_from(
        BASE.replace("held-by: [agency]", "held-by: [agency, planner]"),
    )
    found = disclosure(before, after)
    assert found.items == ("drawing", "ranking")
    assert found.new_knowers == ()
    assert ("menu", "planner") in holders(before)
