"""A case becomes elements; what it does not say is unknown, what came later is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.case import parse
from counterseal.backtest.conversion import Controls, convert
from counterseal.estate.estate import Estate
from counterseal.estate.kinds import (
    ControlState,
    Exposure,
    LinkKind,
    OrganizationKind,
    Privilege,
)

if TYPE_CHECKING:
    from counterseal.backtest.case import Case
    from counterseal.backtest.conversion import CaseEstate


def estate_of(found: CaseEstate) -> Estate:
    return Estate.of_kinds(found.elements, places={})


@pytest.fixture(scope="module")
def found(case: Case) -> CaseEstate:
    return convert(case.before, parent="owner", controls=Controls.KNOWN_BEFORE)


@pytest.fixture(scope="module")
def estate(found: CaseEstate) -> Estate:
    return estate_of(found)


def test_the_organization_with_most_systems_is_a_component_of_the_owner(
    found: CaseEstate, estate: Estate
) -> None:
    assert found.lead == "case-office"
    kinds = {row.id: row.kind for row in estate.organizations.values()}
    assert kinds == {
        "case-office": OrganizationKind.COMPONENT,
        "case-tug-co": OrganizationKind.CONTRACTOR,
        "case-rope-co": OrganizationKind.SUBCONTRACTOR,
    }
    assert estate.organizations["case-office"].parent == "owner"


def test_exposure_that_nobody_stated_is_unknown(estate: Estate) -> None:
    exposures = {row.id: row.exposure.value for row in estate.systems.values()}
    assert exposures["case-desk"] is Exposure.INTERNET
    assert {exposures[name] for name in exposures if name != "case-desk"} == {None}


def test_an_edge_of_an_organization_is_a_grant_and_any_other_a_link(estate: Estate) -> None:
    assert set(estate.grants) == {"case-e1", "case-e5"}
    assert estate.grants["case-e5"].privilege is Privilege.PHYSICAL
    assert set(estate.links) == {"case-e2", "case-e3", "case-e4"}
    assert estate.links["case-e3"].kind is LinkKind.ADMIN


def test_a_remark_in_brackets_changes_nothing(estate: Estate) -> None:
    assert estate.links["case-e2"].kind is LinkKind.NETWORK


def test_authentication_is_read_only_from_a_text_that_says_nothing_else(estate: Estate) -> None:
    assert estate.grants["case-e1"].mfa.value is False
    assert estate.links["case-e4"].authentication.value is None
    assert estate.grants["case-e5"].mfa.value is None


def test_a_query_carries_the_data_of_its_far_end(estate: Estate) -> None:
    assert estate.links["case-e4"].carries == ("case-h-register",)
    assert estate.links["case-e3"].carries == ()


def test_controls_learnt_after_the_breach_are_dropped(case: Case, estate: Estate) -> None:
    assert [(row.control, row.on) for row in estate.controls.values()] == [
        ("IA-2(1)", ("case-desk",))
    ]
    late = estate_of(convert(case.before, parent="owner", controls=Controls.ALL))
    assert {(row.control, row.state.value) for row in late.controls.values()} == {
        ("IA-2(1)", ControlState.ABSENT),
        ("SC-7", ControlState.PARTIAL),
    }


def test_wordings_that_no_rule_knows_are_listed(found: CaseEstate) -> None:
    assert [(row.element, row.text) for row in found.unmatched] == [
        ("h_register", "berth wishes"),
        ("office", "harbour blessing"),
    ]


def test_a_subcontractor_stands_under_the_only_contractor(estate: Estate) -> None:
    (contract,) = estate.contracts.values()
    assert [row.organization for row in contract.subcontractors] == ["case-rope-co", "unknown"]
    assert contract.grants == ("case-e1",)


def test_each_thing_of_the_case_has_an_element(case: Case, found: CaseEstate) -> None:
    known = {row for kind in found.elements.values() for row in kind}
    assert set(found.ids.values()) <= known
    assert len(found.ids) == sum(
        map(len, (case.before.orgs, case.before.systems, case.before.trust, ("h",)))
    )


def test_a_holding_without_count_has_people_unknown(case: Case) -> None:
    (holding,) = case.before.holdings
    vague = case.before.model_copy(
        update={"holdings": (holding.model_copy(update={"count": None, "categories": ()}),)}
    )
    made = estate_of(convert(vague, parent="owner", controls=Controls.ALL))
    (row,) = made.holdings.values()
    assert row.populations[0].count.is_unknown
    assert row.attributes == ("name",)


def test_an_unknown_kind_of_organization_is_a_partner_and_listed(case: Case) -> None:
    orgs = tuple(
        row.model_copy(update={"kind": "guild"}) if row.id == "tug_co" else row
        for row in case.before.orgs
    )
    made = convert(
        case.before.model_copy(update={"orgs": orgs}), parent="owner", controls=Controls.ALL
    )
    assert estate_of(made).organizations["case-tug-co"].kind is OrganizationKind.PARTNER
    assert ("tug_co", "guild") in {(row.element, row.text) for row in made.unmatched}


def converted(pre_text: str, *rows: tuple[str, str]) -> tuple[CaseEstate, Estate]:
    """Convert the case of the tests with some of its text replaced."""
    for old, new in rows:
        assert old in pre_text
        pre_text = pre_text.replace(old, new)
    truth = b"case_id: harbour_office\n"
    (case,) = parse({"a.yaml": pre_text.encode()}, {"a.yaml": truth})
    made = convert(case.before, parent="owner", controls=Controls.ALL)
    return made, estate_of(made)


def test_an_edge_to_an_organization_ends_at_a_network_of_it(pre_text: str) -> None:
    made, estate = converted(pre_text, ("from: desk, to: register", "from: desk, to: tug_co"))
    assert estate.links[made.ids["e4"]].to == "case-crew-net"


def test_an_edge_between_organizations_is_a_grant_to_a_system_of_the_other(
    pre_text: str,
) -> None:
    made, estate = converted(pre_text, ("from: rope_co, to: desk", "from: rope_co, to: office"))
    grant = estate.grants[made.ids["e5"]]
    assert (grant.organization, grant.system) == ("case-rope-co", "case-lan")


def test_an_organization_without_a_system_gets_one_for_the_edges_that_end_at_it(
    pre_text: str,
) -> None:
    made, estate = converted(pre_text, ("from: desk, to: register", "from: desk, to: rope_co"))
    system = estate.systems[estate.links[made.ids["e4"]].to]
    assert (system.owner, system.kind) == ("case-rope-co", "network")
    assert system.exposure.value is None
    assert estate.zones[system.zone].operator == "case-rope-co"


def test_an_edge_to_where_it_begins_is_left_out_and_said(pre_text: str) -> None:
    made, estate = converted(pre_text, ("from: desk, to: register", "from: desk, to: desk"))
    assert made.ids["e4"] not in estate.links
    assert [row.element for row in made.unmatched if row.field == "to"] == ["e4"]


@pytest.mark.parametrize(
    ("count", "size"),
    [
        ("90000", 90000),
        ("9.0e4", 90000),
        ("3", 11),
        ("many", None),
        ("-4", None),
        ("true", None),
    ],
)
def test_a_count_that_is_no_number_of_people_is_unknown_and_said(
    pre_text: str, count: str, size: int | None
) -> None:
    made, estate = converted(pre_text, ("count: 90000", f"count: {count}"))
    (population,) = estate.populations.values()
    assert population.size.value == size
    assert [row.field for row in made.unmatched].count("count") == (size is None)


def test_exposure_in_words_is_unknown_and_said(pre_text: str) -> None:
    made, estate = converted(pre_text, ("internet_facing: true", "internet_facing: in part"))
    assert estate.systems["case-desk"].exposure.value is None
    assert ("desk", "in part") in {(row.element, row.text) for row in made.unmatched}


def test_a_control_on_something_else_is_left_out_and_said(pre_text: str) -> None:
    made, estate = converted(pre_text, ("applies_to: lan", "applies_to: the fence"))
    assert all("case-lan" not in row.on for row in estate.controls.values())
    assert "the fence" in {row.text for row in made.unmatched}
