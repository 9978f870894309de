"""Every example loads, every change applies, and the README argues the expected verdicts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from pydantic import BaseModel

from counterseal.documents.evidence import Grade
from counterseal.estate import change, loading
from counterseal.estate.fact import Fact
from counterseal.estate.kinds import (
    ChangeKind,
    ControlState,
    KnowledgeClass,
    LinkKind,
    OrganizationKind,
    PopulationFlag,
    Privilege,
    ServiceKind,
    SystemKind,
    ZoneKind,
)
from counterseal.estate.patch import apply
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.estate.change import Change
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element, Subcontract

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("harbour", "meridian", "public-record")
VERDICTS = {"no objection", "conditions", "redesign", "refuse", "not evaluable"}
ATTRIBUTES = frozenset(catalog().attributes)


def _estate(name: str) -> Estate:
    folder = EXAMPLES / name / "estate"
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    return loading.parse(files, attributes=ATTRIBUTES)


def _changes(name: str) -> dict[str, Change]:
    paths = sorted((EXAMPLES / name / "changes").glob("*.yaml"))
    return {path.stem: change.parse(path.read_bytes(), file=path.name) for path in paths}


def _expected(name: str) -> Mapping[str, str]:
    content: Mapping[str, str] = yaml.safe_load((EXAMPLES / name / "expected.yaml").read_text())
    return content


@pytest.fixture(scope="module")
def estates() -> Mapping[str, Estate]:
    return {name: _estate(name) for name in NAMES}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_change_and_every_alternative_applies_and_changes_something(
    name: str, estates: Mapping[str, Estate]
) -> None:
    before = estates[name]
    for proposal in _changes(name).values():
        after = apply(before, proposal.patch, attributes=ATTRIBUTES)
        for other in proposal.alternatives:
            instead = apply(before, other.patch, attributes=ATTRIBUTES)
            assert len({before.digest, after.digest, instead.digest}) == 3, other.id
        assert not list(change.check_authority(proposal, after))


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_and_the_expected_verdicts_name_the_same_changes_and_words(
    name: str,
) -> None:
    text = (EXAMPLES / name / "README.md").read_text()
    table = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| ([a-z ]+) \|$", text, flags=re.MULTILINE))
    assert table == _expected(name)
    assert set(table.values()) <= VERDICTS
    assert {proposal.id for proposal in _changes(name).values()} == set(table)


@pytest.mark.parametrize("name", ["harbour", "meridian"])
def test_a_fictional_change_states_its_need_necessity_dates_and_a_narrower_form(
    name: str,
) -> None:
    for proposal in _changes(name).values():
        assert proposal.need
        assert proposal.necessity
        assert proposal.authority
        assert proposal.dates.assessed
        assert proposal.alternatives


@pytest.mark.parametrize("name", NAMES)
def test_every_stated_fact_of_an_example_has_a_source(
    name: str, estates: Mapping[str, Estate]
) -> None:
    bare = [
        f"{element.id}.{key}"
        for _, element in estates[name].elements()
        for key, fact in _facts(element)
        if not (fact.is_unknown or fact.source or element.source or _evidence(element))
    ]
    assert bare == []


def test_the_harbour_has_ten_elements_to_read_by_eye(estates: Mapping[str, Estate]) -> None:
    assert len(list(estates["harbour"].elements())) == 10


def test_meridian_has_the_sizes_the_article_calls_for(estates: Mapping[str, Estate]) -> None:
    meridian = estates["meridian"]
    assert len(meridian.systems) >= 60
    assert len(meridian.links) >= 100
    assert len(meridian.holdings) >= 40
    assert len(meridian.history) >= 10


@pytest.mark.parametrize(
    ("vocabulary", "kind", "field"),
    [
        (OrganizationKind, "organizations", "kind"),
        (ZoneKind, "zones", "kind"),
        (SystemKind, "systems", "kind"),
        (LinkKind, "links", "kind"),
        (Privilege, "grants", "privilege"),
        (KnowledgeClass, "knowledge", "class_"),
        (PopulationFlag, "populations", "flags"),
    ],
)
def test_meridian_uses_nearly_every_word_of_the_vocabulary(
    vocabulary: type, kind: str, field: str, estates: Mapping[str, Estate]
) -> None:
    used: set[object] = set()
    for element in estates["meridian"].of_kind(kind).values():
        value = getattr(element, field)
        used |= set(value) if isinstance(value, tuple) else {value}
    unused = set(vocabulary) - used  # type: ignore[call-overload]
    assert unused <= {SystemKind.FEED, SystemKind.NETWORK}


def test_meridian_mixes_grades_and_states_and_leaves_things_unknown(
    estates: Mapping[str, Estate],
) -> None:
    facts = [
        fact for _, element in estates["meridian"].elements() for _, fact in _facts(element)
    ]
    assert {fact.grade for fact in facts} == set(Grade)
    assert 0.1 < sum(fact.is_unknown for fact in facts) / len(facts) < 0.5
    states = [row.state.value for row in estates["meridian"].controls.values()]
    assert set(states) == {*ControlState, None}


def test_meridian_has_a_supply_chain_of_four_tiers_that_ends_in_an_unknown_one(
    estates: Mapping[str, Estate],
) -> None:
    contracts = estates["meridian"].contracts.values()
    assert {row.service for row in contracts} | {ServiceKind.PLANNING} == set(ServiceKind)
    deepest = max(
        (chain for row in contracts for chain in _chains(row.subcontractors, ())), key=len
    )
    assert len(deepest) + 1 >= 4
    assert deepest[-1] == "unknown"


def test_meridian_changes_cover_the_kinds_and_one_is_assessed_after_selection() -> None:
    changes = _changes("meridian")
    assert {row.kind for row in changes.values()} == set(ChangeKind)
    late = [
        row.id
        for row in changes.values()
        if row.dates.selected and row.dates.assessed and row.dates.assessed > row.dates.selected
    ]
    assert late == ["sponsor-portal-renewal"]


def test_the_hub_offers_the_very_silo_and_federated_forms_that_stand_beside_it() -> None:
    changes = _changes("meridian")
    offered = {row.id: row.patch.digest for row in changes["search-hub"].alternatives}
    assert offered["federated"] == changes["search-federated"].patch.digest
    assert offered["silo"] == changes["search-silo"].patch.digest


def test_the_planning_contract_confers_knowledge_and_neither_data_nor_access() -> None:
    added = _changes("meridian")["planning-contract"].patch.add
    assert not {"holdings", "grants", "feeds"} & set(added)
    assert not [link for link in added["links"] if getattr(link, "carries", ())]
    assert len(getattr(added["contracts"][0], "knowledge", ())) >= 5


def test_the_public_record_says_nothing_about_defences(estates: Mapping[str, Estate]) -> None:
    record = estates["public-record"]
    assert not record.controls
    assert not record.grants
    silent = {"posture", "baseline", "exposure", "authentication", "dormant_share", "lock"}
    stated = [
        f"{element.id}.{key}"
        for _, element in record.elements()
        for key, fact in _facts(element)
        if key in silent and not fact.is_unknown
    ]
    assert stated == []
    assert all(element.source for _, element in record.elements())


def _chains(rows: tuple[Subcontract, ...], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield from _chains(row.subcontractors, (*above, row.organization))
    if not rows:
        yield above


def _evidence(element: Element) -> str:
    return str(getattr(element, "evidence", ""))


def _facts(record: BaseModel) -> Iterator[tuple[str, Fact[object]]]:
    for key in type(record).model_fields:
        value = getattr(record, key)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Fact):
                yield key, item
            elif isinstance(item, BaseModel):
                yield from _facts(item)
