"""Words of an encoder get a meaning by closed lists, never by what stands in brackets."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.backtest import wording
from counterseal.estate.kinds import ControlState, LinkKind, Privilege, SystemKind, ZoneKind
from counterseal.testing.catalogs import catalog


@pytest.mark.parametrize(
    ("rules", "text", "expected"),
    [
        (wording.SYSTEMS, "enterprise network", "network"),
        (wording.SYSTEMS, "Remote access for staff", "gateway"),
        (wording.SYSTEMS, "customer database", "database"),
        (wording.SYSTEMS, "file share mounted on hosts of the database", "file-share"),
        (wording.SYSTEMS, "work PC", "device-fleet"),
        (wording.SYSTEMS, "something else", None),
        (wording.LINKS, "application database", "query"),
        (wording.LINKS, "inter-agency network / shared service", "network"),
        (wording.LINKS, "data copy on removable media", "replicate"),
        (wording.LINKS, "planned transfer", "batch"),
        (wording.LINKS, "software distribution", "update"),
        (wording.PRIVILEGES, "physical maintenance access", "physical"),
        (wording.PRIVILEGES, "system integrator", "maintain"),
        (wording.PRIVILEGES, "contractor credentials", "use"),
        (wording.STATES, "present on paper", "partial"),
        (wording.STATES, "present", "implemented"),
        (wording.STATES, "expired", None),
        (wording.CONTROLS, "PIV for remote access", "IA-2(1)"),
        (wording.CONTROLS, "a certificate of somebody", None),
    ],
)
def test_the_earliest_word_that_a_rule_knows_decides(
    rules: wording.Rules, text: str, expected: str | None
) -> None:
    assert wording.first_match(rules, text) == expected


def test_remarks_in_brackets_are_where_hindsight_stands_and_are_dropped() -> None:
    assert wording.first_match(wording.LINKS, "something (admin account found)") is None
    assert wording.without_remarks("Network (flat) inside (old)") == "network inside"


def test_a_word_within_a_word_does_not_count() -> None:
    assert wording.first_match(wording.SYSTEMS, "upc codes") is None


def test_each_rule_that_matches_adds_its_attribute_class() -> None:
    assert wording.all_matches(wording.ATTRIBUTES, "identity number") == (
        "name",
        "government-identifier",
    )
    assert wording.all_matches(wording.ATTRIBUTES, "berth wishes") == ()


@pytest.mark.parametrize(
    ("rules", "known"),
    [
        (wording.SYSTEMS, set(SystemKind)),
        (wording.LINKS, set(LinkKind)),
        (wording.PRIVILEGES, set(Privilege)),
        (wording.STATES, set(ControlState)),
        (wording.ZONES, set(ZoneKind)),
        (wording.ATTRIBUTES, set(catalog().attributes)),
        (wording.CONTROLS, set(catalog().controls)),
    ],
)
def test_every_rule_means_something_that_estates_know(
    rules: wording.Rules, known: set[str]
) -> None:
    assert {meaning for _, meaning in rules} <= known


@pytest.mark.parametrize(
    "rules",
    [
        wording.SYSTEMS,
        wording.LINKS,
        wording.PRIVILEGES,
        wording.STATES,
        wording.ZONES,
        wording.ATTRIBUTES,
        wording.CONTROLS,
    ],
)
def test_the_page_lists_every_word_of_every_rule(rules: wording.Rules) -> None:
    page = (Path(__file__).parents[2] / "docs/backtest.md").read_text().lower()
    words = {word for alternatives, _ in rules for word in alternatives.split("|")}
    plain = {word.replace(" ?", " ").replace("-?", "-") for word in words}
    assert not {word for word in plain if word not in page}
