"""A diff names elements and fields, and says which way each edit points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from counterseal.estate.diff import Direction, diff
from counterseal.estate.patch import Patch, apply
from counterseal.testing.estates import ATTRIBUTES, estate_from
from counterseal.testing.strategies import estates

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

ESTATE = """\
organizations: [{id: agency, kind: owner}, {id: reseller, kind: broker}]
zones: [{id: core, kind: on-premises, operator: agency, baseline: low}]
systems:
  - {id: hub, kind: database, zone: core, owner: agency, exposure: internal}
  - {id: fleet, kind: device-fleet, zone: core, owner: agency, count: 40, lock: false}
populations: [{id: people, size: 1000}, {id: staff, size: 50}]
holdings:
  - id: cases
    system: hub
    attributes: [name, face-image]
    populations: [{population: people, count: 500}]
    retention-years: 5
grants:
  - {id: clerks, organization: agency, role: clerk, system: hub, privilege: use, headcount: 40}
links: [{id: sync, from: fleet, to: hub, kind: batch, authentication: password}]
controls: [{id: accounts, control: AC-2, on: [hub], state: partial}]
feeds: [{id: adtech, broker: reseller, attributes: [precise-location], buyers: domestic}]
contracts:
  - {id: help, contractor: reseller, client: agency, service: support,
     clauses: {flow-down: true}}
"""

LOWERS, RAISES, UNCLEAR = Direction.LOWERS, Direction.RAISES, Direction.UNCLEAR
SETTINGS = [
    ("accounts", "state", "implemented", LOWERS),
    ("accounts", "state", "absent", RAISES),
    ("accounts", "state", "unknown", UNCLEAR),
    ("accounts", "on", ["hub", "fleet"], LOWERS),
    ("hub", "exposure", "internet", RAISES),
    ("hub", "exposure", "isolated", LOWERS),
    ("hub", "name", "The hub", UNCLEAR),
    ("hub", "stage", "retirement", LOWERS),
    ("hub", "stage", "pilot", UNCLEAR),
    ("hub", "categorization", "low", RAISES),
    ("fleet", "lock", True, LOWERS),
    ("fleet", "count", 41, RAISES),
    ("core", "baseline", "high", LOWERS),
    ("core", "monitored-by", "agency", LOWERS),
    ("clerks", "headcount", 20, LOWERS),
    ("clerks", "headcount", "unknown", UNCLEAR),
    ("clerks", "mfa", True, LOWERS),
    ("clerks", "mfa", False, RAISES),
    ("sync", "authentication", "mutual-tls", LOWERS),
    ("cases", "attributes", ["name"], LOWERS),
    ("cases", "attributes", ["name", "iris"], UNCLEAR),
    ("cases", "attributes", ["name", "face-image", "iris"], RAISES),
    ("cases", "retention-years", 1.5, LOWERS),
    ("cases", "populations", [], LOWERS),
    ("cases", "populations", [{"population": "people", "count": 600}], RAISES),
    ("cases", "populations", [{"population": "staff", "count": 20}], UNCLEAR),
    ("cases", "searchable", True, RAISES),
    ("cases", "copies-verified", True, LOWERS),
    ("sync", "closed", "on-paper", LOWERS),
    ("sync", "closed", "verified", LOWERS),
    ("clerks", "closed", "verified", LOWERS),
    ("adtech", "buyers", "anyone", RAISES),
    ("help", "clauses", {"flow-down": False}, RAISES),
    ("help", "clauses", {"flow-down": True, "audit-right": True}, LOWERS),
    ("help", "clauses", {"flow-down": False, "audit-right": True}, UNCLEAR),
]


@pytest.mark.parametrize(("element", "key", "value", "direction"), SETTINGS)
def test_setting_a_field_points_the_way_its_safer_end_lies(
    element: str, key: str, value: object, direction: Direction
) -> None:
    before = estate_from(ESTATE)
    after = apply(before, Patch(set={element: {key: value}}), attributes=ATTRIBUTES)
    (row,) = diff(before, after).differences
    assert (row.element, row.field, row.direction) == (element, key, direction)


def test_undoing_an_edit_points_the_other_way() -> None:
    before = estate_from(ESTATE)
    opposite = {LOWERS: RAISES, RAISES: LOWERS, UNCLEAR: UNCLEAR}
    for element, key, value, direction in SETTINGS:
        after = apply(before, Patch(set={element: {key: value}}), attributes=ATTRIBUTES)
        (row,) = diff(after, before).differences
        assert row.direction is opposite[direction]


def test_whole_elements_point_by_what_they_are() -> None:
    before = estate_from(ESTATE)
    patch = Patch(remove=("accounts", "sync", "staff"))
    found = diff(before, apply(before, patch, attributes=ATTRIBUTES))
    assert {row.element: row.direction for row in found.removed} == {
        "accounts": RAISES,
        "sync": LOWERS,
        "staff": UNCLEAR,
    }
    assert [row.element for row in found.lowering] == ["sync"]


def test_a_difference_is_written_for_a_review() -> None:
    before = estate_from(ESTATE)
    after = apply(before, Patch(set={"hub": {"exposure": "internet"}}), attributes=ATTRIBUTES)
    assert diff(before, after).as_json() == [
        {
            "op": "set",
            "kind": "systems",
            "element": "hub",
            "name": "",
            "field": "exposure",
            "before": "internal",
            "after": "internet",
            "direction": "raises",
            "source": "estate.yaml:4:68",
        }
    ]


def test_an_element_that_changes_its_kind_is_removed_and_added() -> None:
    before = estate_from("organizations: [{id: a, kind: owner}, {id: b, kind: owner}]")
    after = estate_from("""
        organizations: [{id: a, kind: owner}]
        populations: [{id: b, size: 20}]
    """)
    found = diff(before, after)
    assert [(row.operation.value, row.kind) for row in found.differences] == [
        ("remove", "organizations"),
        ("add", "populations"),
    ]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(estates(), estates())
def test_a_diff_is_empty_exactly_when_the_content_is_the_same(a: Estate, b: Estate) -> None:
    assert not diff(a, a).differences
    assert bool(diff(a, b).differences) == (a.digest != b.digest)
    assert len(diff(a, b).differences) == len(diff(b, a).differences)
