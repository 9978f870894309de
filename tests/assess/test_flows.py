"""What a change adds to access, data and copies is read off the two estates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.flows import flows, owner_of
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

BASE = """
organizations:
  - {id: agency, kind: owner}
  - {id: partner, kind: partner}
  - {id: broker, kind: broker}
zones:
  - {id: inside, kind: on-premises, operator: agency, baseline: moderate}
  - {id: outside, kind: partner, operator: partner, baseline: low}
systems:
  - {id: register, kind: database, zone: inside, owner: agency, critical: true}
  - {id: copy-store, kind: database, zone: outside, owner: partner}
  - {id: archive, kind: database, zone: inside, owner: agency}
populations:
  - {id: people, size: 1000, mission: true}
holdings:
  - id: records
    system: register
    attributes: [name]
    populations: [{population: people, count: 900}]
feeds:
  - {id: open-feed, broker: broker, attributes: [precise-location], buyers: anyone}
  - {id: secret-feed, broker: broker, attributes: [precise-location]}
  - {id: closed-feed, broker: broker, attributes: [precise-location], buyers: named}
"""


def added(text: str) -> Estate:
    return estate_from(BASE, text)


@pytest.fixture(scope="module")
def before() -> Estate:
    return estate_from(BASE)


def test_the_same_estate_adds_nothing(before: Estate) -> None:
    found = flows(before, estate_from(BASE))
    assert found.access == found.data == found.feeds == ()
    assert found.copies_beyond_recall == ()
    assert found.purchased == found.fleets == found.critical == ()
    assert found.cached_records == 0


def test_links_and_grants_are_access_and_name_the_critical_system_they_touch(
    before: Estate,
) -> None:
    after = added("""
        links: [{id: look, from: archive, to: register, kind: query}]
        grants: [{id: admins, organization: agency, role: admin, headcount: 2, system: register,
                  privilege: admin}]
        """)
    assert flows(before, after).access == ("admins", "look")
    assert flows(before, after).critical == ("register",)


def test_a_link_between_systems_that_are_not_critical_touches_nothing_critical(
    before: Estate,
) -> None:
    after = added("links: [{id: l, from: archive, to: copy-store, kind: query}]")
    assert flows(before, after).critical == ()


@pytest.mark.parametrize(
    ("link", "is_copy"),
    [
        ("to: copy-store, kind: replicate, carries: [records]", True),
        ("to: copy-store, kind: batch, carries: [records]", True),
        ("to: copy-store, kind: manual, carries: [records]", True),
        ("to: copy-store, kind: physical, carries: [records]", True),
        ("to: copy-store, kind: query, carries: [records]", False),
        ("to: copy-store, kind: replicate", False),
        ("to: archive, kind: replicate, carries: [records]", False),
    ],
)
def test_a_copy_beyond_recall_is_data_left_with_another_organization(
    before: Estate, link: str, *, is_copy: bool
) -> None:
    after = added(f"links: [{{id: flow, from: register, {link}}}]")
    expected = (("records", "copy-store"),) if is_copy else ()
    assert flows(before, after).copies_beyond_recall == expected


def test_a_new_copy_of_a_holding_with_another_organization_cannot_be_recalled(
    before: Estate,
) -> None:
    foreign = BASE.replace("attributes: [name]", "attributes: [name]\n    copies: [copy-store]")
    own = BASE.replace("attributes: [name]", "attributes: [name]\n    copies: [archive]")
    found = flows(before, estate_from(foreign)).copies_beyond_recall
    assert found == (("records", "copy-store"),)
    assert flows(before, estate_from(own)).copies_beyond_recall == ()
    kept = flows(estate_from(foreign), estate_from(foreign.replace("count: 900", "count: 800")))
    assert kept.copies_beyond_recall == ()


KEPT = """
holdings:
  - id: kept
    system: {system}
    attributes: [name]
    populations: [{{population: people, count: 900}}]
    {more}
"""


@pytest.mark.parametrize(
    ("more", "is_copy"),
    [
        ("origin: {mode: copy, source: records}", True),
        ("origin: {mode: query, source: records}", True),
        ("derived-from: [records]", True),
        ("derived-from: [records, theirs]", True),
        ("origin: {mode: derived}", True),
        ("", True),
        ("origin: {mode: collected}", False),
        ("origin: {mode: copy, source: theirs}", False),
        ("origin: {mode: purchase, source: open-feed}", False),
        ("derived-from: [theirs]\n    origin: {mode: purchase, source: open-feed}", False),
    ],
)
def test_a_new_holding_with_another_organization_is_a_copy_unless_it_is_of_its_own_account(
    more: str, *, is_copy: bool
) -> None:
    theirs = KEPT.format(system="copy-store", more="origin: {mode: collected}").replace(
        "kept", "theirs"
    )
    old, new = (
        estate_from(BASE, theirs),
        estate_from(BASE, theirs, KEPT.format(system="copy-store", more=more)),
    )
    expected = (("kept", "copy-store"),) if is_copy else ()
    assert flows(old, new).copies_beyond_recall == expected


def test_a_new_holding_with_the_owner_itself_can_be_recalled(before: Estate) -> None:
    after = added(KEPT.format(system="archive", more="origin: {mode: copy, source: records}"))
    assert flows(before, after).copies_beyond_recall == ()


def test_a_copy_is_counted_once_however_often_it_is_spoken_of(before: Estate) -> None:
    link = "links: [{id: f, from: register, to: copy-store, kind: batch, carries: [records]}]"
    landed = KEPT.format(system="copy-store", more="origin: {mode: copy, source: records}")
    named = BASE.replace("attributes: [name]", "attributes: [name]\n    copies: [copy-store]")
    once = (("records", "copy-store"),)
    assert flows(before, added(link)).copies_beyond_recall == once
    assert flows(before, estate_from(named, link, landed)).copies_beyond_recall == once
    told = flows(estate_from(BASE, link), estate_from(named, link, landed))
    assert told.copies_beyond_recall == ()


@pytest.mark.parametrize("kind", ["partner", "contractor", "broker", "foreign-partner"])
@pytest.mark.parametrize(
    ("zone", "operator", "is_copy"),
    [
        ("outside", "", True),
        ("outside", "operator: partner", True),
        ("outside", "operator: agency", False),
        ("inside", "operator: partner", False),
    ],
)
def test_a_system_that_another_runs_in_its_own_network_is_its_own(
    kind: str, zone: str, operator: str, *, is_copy: bool
) -> None:
    base = BASE.replace("{id: partner, kind: partner}", f"{{id: partner, kind: {kind}}}")
    paper = f"{{id: paper, kind: database, zone: {zone}, owner: agency, {operator}}}"
    data = KEPT.format(system="paper", more="")
    assert flows(
        estate_from(base), estate_from(base, f"systems: [{paper}]", data)
    ).copies_beyond_recall == ((("kept", "paper"),) if is_copy else ())


def test_data_that_a_change_hands_over_with_their_system_cannot_be_recalled(
    before: Estate,
) -> None:
    moved = BASE.replace("system: register", "system: copy-store")
    sold = BASE.replace(
        "zone: inside, owner: agency, critical: true", "zone: outside, owner: partner"
    )
    assert flows(before, estate_from(moved)).copies_beyond_recall == (
        ("records", "copy-store"),
    )
    assert flows(before, estate_from(sold)).copies_beyond_recall == (("records", "register"),)


def test_what_two_copies_say_of_each_other_ends(before: Estate) -> None:
    ring = """
        holdings:
          - {id: a, system: copy-store, attributes: [name], derived-from: [b]}
          - {id: b, system: copy-store, attributes: [name], derived-from: [a]}
        """
    found = flows(before, added(ring)).copies_beyond_recall
    assert found == (("a", "copy-store"), ("b", "copy-store"))


@pytest.mark.parametrize(
    ("feed", "joined"), [("open-feed", True), ("secret-feed", True), ("closed-feed", False)]
)
def test_taking_from_a_feed_that_others_can_buy_joins_it(
    before: Estate, feed: str, *, joined: bool
) -> None:
    expected = (feed,) if joined else ()
    link = added(f"links: [{{id: l, from: archive, to: {feed}, kind: purchase}}]")
    assert flows(before, link).feeds == expected
    holding = added(f"""
        holdings:
          - id: trails
            system: archive
            attributes: [precise-location]
            populations: []
            origin: {{mode: purchase, source: {feed}}}
        """)
    assert flows(before, holding).feeds == expected
    assert flows(before, holding).purchased == ("trails",)
    assert flows(before, holding).data == ("trails",)


def test_a_new_feed_that_nobody_knows_the_buyers_of_counts_as_open(before: Estate) -> None:
    after = added("feeds: [{id: plates, broker: broker, attributes: [plate-reads]}]")
    assert flows(before, after).feeds == ("plates",)
    assert flows(before, after).data == ("plates",)


FLEET = "systems: [{{id: phones, kind: device-fleet, zone: inside, owner: agency{more}}}]"


@pytest.mark.parametrize(
    ("more", "most"),
    [
        (", cached-records: 40", 40),
        (", cached-records: 0", 0),
        (", cached-records: unknown", None),
        ("", None),
    ],
)
def test_what_a_device_keeps_is_unknown_unless_somebody_said_so(
    before: Estate, more: str, most: int | None
) -> None:
    found = flows(before, added(FLEET.format(more=more)))
    assert found.fleets == ("phones",)
    assert found.cached_records == most


def test_one_unknown_fleet_makes_the_most_records_unknown(before: Estate) -> None:
    after = estate_from(
        BASE,
        FLEET.format(more=", cached-records: 40"),
        FLEET.format(more="").replace("phones", "cameras"),
    )
    assert flows(before, after).cached_records is None


def test_an_owner_is_whoever_owns_operates_or_sells(before: Estate) -> None:
    assert owner_of(before, "copy-store") == "partner"
    assert owner_of(before, "inside") == "agency"
    assert owner_of(before, "open-feed") == "broker"
    assert owner_of(before, "agency") == "agency"
