"""Indexes answer who links to, holds, operates and supplies what; nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from counterseal.estate.relations import relations
from counterseal.testing.estates import estate_from
from counterseal.testing.strategies import estates

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

ESTATE = """\
organizations:
  - {id: dept, kind: owner}
  - {id: agency, kind: component, parent: dept}
  - {id: maker, kind: vendor}
  - {id: builder, kind: contractor}
  - {id: coder, kind: subcontractor}
zones: [{id: core, kind: on-premises, operator: agency}]
systems:
  - {id: idp, kind: identity-provider, zone: core, owner: dept}
  - {id: hub, kind: database, zone: core, owner: agency, operator: builder, vendor: maker,
     product: Hubware 3, authenticates-via: idp}
populations: [{id: people, size: 1000}]
holdings:
  - {id: cases, system: hub, copies: [idp], attributes: [name],
     populations: [{population: people, count: 20}]}
links: [{id: sync, from: idp, to: hub, kind: login, carries: [cases]}]
grants: [{id: clerks, organization: agency, role: clerk, system: hub, privilege: use}]
controls: [{id: accounts, control: AC-2, on: [hub, idp], state: partial}]
knowledge: [{id: plan, about: [hub], class: plan, held-by: [builder]}]
contracts:
  - {id: help, contractor: builder, client: agency, service: support,
     subcontractors: [{organization: unknown, subcontractors: [{organization: coder}]}]}
"""


def test_every_index_holds_what_the_estate_says() -> None:
    found = relations(estate_from(ESTATE))
    assert found.links_from == {"idp": ("sync",)}
    assert found.links_to == {"hub": ("sync",)}
    assert found.links_carrying == {"cases": ("sync",)}
    assert found.holdings_on == {"hub": ("cases",)}
    assert found.copies_on == {"idp": ("cases",)}
    assert found.grants_on == {"hub": ("clerks",)}
    assert found.grants_of == {"agency": ("clerks",)}
    assert found.controls_on == {"hub": ("accounts",), "idp": ("accounts",)}
    assert found.systems_in == {"core": ("hub", "idp")}
    assert found.systems_of == {"dept": ("idp",), "agency": ("hub",), "builder": ("hub",)}
    assert found.systems_from == {"maker": ("hub",)}
    assert found.systems_running == {"Hubware 3": ("hub",)}
    assert found.systems_behind == {"idp": ("hub",)}
    assert found.zones_of == {"agency": ("core",)}
    assert found.knowledge_about == {"hub": ("plan",)}
    assert found.knowledge_of == {"builder": ("plan",)}
    assert found.holdings_covering == {"people": ("cases",)}
    assert found.components == {"dept": ("agency",)}


def test_a_subcontractor_below_an_unknown_tier_is_under_the_contract() -> None:
    found = relations(estate_from(ESTATE))
    assert found.contracts_of == {"builder": ("help",), "coder": ("help",)}
    assert found.subcontractors == {"help": ("coder",)}


def test_the_chain_of_an_organization_ends_at_the_top() -> None:
    found = relations(estate_from(ESTATE))
    assert found.chain("agency") == ("agency", "dept")
    assert found.chain("maker") == ("maker",)


def test_systems_and_their_holdings_are_in_a_zone() -> None:
    found = relations(estate_from(ESTATE))
    assert found.zone_of == {"hub": "core", "idp": "core", "cases": "core", "core": "core"}


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(estates())
def test_each_link_stands_once_at_either_end(estate: Estate) -> None:
    found = relations(estate)
    for index, end in ((found.links_from, "from_"), (found.links_to, "to")):
        pairs = {(key, link) for key, links in index.items() for link in links}
        assert pairs == {(getattr(link, end), link.id) for link in estate.links.values()}
        assert sum(map(len, index.values())) == len(estate.links)
