"""Any split of files gives one estate; a wrong estate says all that is wrong, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.documents.evidence import Grade
from counterseal.errors import InvalidDocumentError
from counterseal.estate.dump import to_files
from counterseal.estate.estate import KINDS
from counterseal.estate.loading import parse
from counterseal.testing.estates import ATTRIBUTES, estate_from
from counterseal.testing.strategies import contents, estates

if TYPE_CHECKING:
    from counterseal.errors import Fault
    from counterseal.estate.estate import Estate

GOOD = """\
name: Calder
defaults: {grade: documented}
organizations:
  - {id: agency, kind: owner}
  - {id: maker, kind: vendor}
  - {id: reseller, kind: broker}
zones:
  - {id: core, kind: on-premises, operator: agency}
systems:
  - {id: hub, kind: search-layer, zone: core, owner: agency, exposure: internal}
  - {id: idp, kind: identity-provider, zone: core, owner: agency}
  - {id: phones, kind: device-fleet, zone: core, owner: agency, count: 40, lock: true}
populations:
  - {id: travellers, size: {value: 1000, low: 900, high: 1200, grade: measured}}
holdings:
  - {id: cases, system: hub, attributes: [name, face-image]}
links:
  - {id: lookup, from: phones, to: hub, kind: query, carries: [cases]}
grants:
  - {id: clerks, organization: agency, role: clerk, system: hub, privilege: use, mfa: true}
controls:
  - {id: accounts, control: AC-2, on: [hub], state: partial}
"""

CIRCLE = (
    "contracts: [{id: c, contractor: maker, client: agency, service: support, "
    "subcontractors: [{organization: reseller, subcontractors: [{organization: maker}]}]}]"
)
BACKWARDS = (
    "contracts: [{id: c, contractor: maker, client: agency, service: support, "
    "starts: 2024-01-01, ends: 2023-01-01}]"
)

# What is wrong, the line that is added to or replaced in GOOD, then: code, line:column, and
# words that the message and its hint must have.
WRONG = [
    ("unknown kind", "sytems:\n  - {id: x}", "CS111", "23:1", "Did you mean 'systems'?"),
    ("kind that is no list", "feeds: {a: 1}", "CS113", "23:8", "Start each element with"),
    ("blank kind", "feeds:", "CS113", "23:7", "expected a list; found nothing"),
    ("element that is text", "feeds: [adtech]", "CS113", "23:9", "expected a mapping"),
    (
        "unknown key",
        "feeds: [{id: f, broker: reseller, attributes: [name], buyer: anyone}]",
        "CS111",
        "23:55",
        "Did you mean 'buyers'?",
    ),
    (
        "missing key",
        "zones2: 1",
        "CS111",
        "23:1",
        "Did you mean 'zones'?",
    ),
    (
        "unknown reference",
        "history: [{id: h, date: 2020-01-02, kind: access, title: t, added: [hubb]}]",
        "CS122",
        "23:69",
        "Did you mean 'hub'?",
    ),
    (
        "reference of another kind",
        "knowledge: [{id: k, about: [hub], class: plan, held-by: [hub]}]",
        "CS123",
        "23:58",
        "expected an organization; 'hub' is a system",
    ),
    (
        "unknown attribute class",
        "feeds: [{id: f, broker: reseller, attributes: [face-imag]}]",
        "CS124",
        "23:48",
        "Did you mean 'face-image'?",
    ),
    (
        "no attribute class",
        "feeds: [{id: f, broker: reseller, attributes: []}]",
        "CS131",
        "23:47",
        "untyped",
    ),
    (
        "broker that is none",
        "feeds: [{id: f, broker: agency, attributes: [name]}]",
        "CS136",
        "23:25",
        "of the kind broker",
    ),
    (
        "duplicate id over kinds",
        "authorities: [{id: hub, purpose: p, legal-basis: Act 5}]",
        "CS121",
        "23:20",
        "first at estate.yaml:10:10",
    ),
    (
        "id that is malformed",
        "authorities: [{id: My Act, purpose: p, legal-basis: Act 5}]",
        "CS116",
        "23:20",
        "lower-case words",
    ),
    (
        "subcontract circle",
        CIRCLE,
        "CS134",
        "23:148",
        "already above in the chain",
    ),
    (
        "contract that ends first",
        BACKWARDS,
        "CS137",
        "23:100",
        "ends before it starts",
    ),
    (
        "contract with oneself",
        "contracts: [{id: c, contractor: agency, client: agency, service: support}]",
        "CS133",
        "23:33",
        "same organization",
    ),
    (
        "history without a day",
        "history: [{id: h, date: soon, kind: access, title: t}]",
        "CS117",
        "23:25",
        "expected a date",
    ),
    ("reading what is no day", "history: 2021-02-30", "CS106", "23:10", "must exist"),
    ("key given twice", "name: Again", "CS103", "23:1", "first at line 1"),
    ("person", "feeds: [{first_name: A, last_name: B}]", "CS110", "23:9", "class of people"),
]
REPLACED = [
    ("zone: core, owner: agency, exp", "zone: cor, owner: agency, exp", "CS122", "core"),
    ("size: {value: 1000", "size: {value: 50", "CS117", "below low"),
    ("low: 900", "low: 9000", "CS117", "low (9000) is above high (1200)"),
    ("{value: 1000, low: 900, high: 1200, grade: measured}", "10", "CS115", "at least 11"),
    ("exposure: internal", "exposure: inernal", "CS114", "Did you mean 'internal'?"),
    ("exposure: internal", "exposure: null", "CS113", "a fact may be 'unknown'"),
    ("exposure: internal", "exposure: {value: , grade: measured}", "CS117", "never blank"),
    (
        "exposure: internal",
        "exposure: {value: internal, sourc: x}",
        "CS111",
        "Did you mean 'source'?",
    ),
    ("exposure: internal", "count: 4", "CS132", "kind: device-fleet"),
    ("exposure: internal", "authenticates-via: phones", "CS136", "identity-provider"),
    ("mfa: true", "mfa: yes", "CS113", "Write true or false"),
    ("mfa: true", "nationality: Utopia", "CS118", "origin, belief or family of staff"),
    ("mfa: true", "headcount: -1", "CS115", "at least 0"),
    ("mfa: true", "headcount: 4.5", "CS113", "whole number"),
    ("mfa: true", "dormant-share: 40", "CS115", "at most 1; found 40"),
    ("mfa: true", "expiry: 12", "CS117", "expected a date"),
    ("from: phones", "from: hub", "CS133", "another system"),
    ("from: phones", "from: agency", "CS123", "'agency' is an organization"),
    ("control: AC-2", "control: ac2", "CS116", "SP 800-53"),
    ("on: [hub]", "on: [hub, hub]", "CS139", "named 2 times"),
    ("on: [hub]", "on: []", "CS131", "on no element"),
    ("state: partial", "state: done", "CS114", "implemented"),
    ("kind: vendor", "kind: vendor, parent: maker", "CS134", "own parent"),
    (
        "kind: vendor",
        "kind: vendor, owners: [{entity: A, share: 0.6}, {entity: B, share: 0.7}]",
        "CS135",
        "1.3",
    ),
    ("face-image]", "face-image], copies: [hub]", "CS133", "own system"),
    (
        "face-image]",
        "face-image], populations: [{population: travellers, count: 5000}]",
        "CS138",
        "more members",
    ),
    ("defaults: {grade: documented}", "defaults: {grade: sure}", "CS114", "documented"),
    ("name: Calder", "name: 7", "CS113", "expected text"),
]


def faults_of(*texts: str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidDocumentError) as caught:
        estate_from(*texts)
    return caught.value.faults


@pytest.mark.parametrize(
    ("line", "code", "at", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_wrong_line_is_named_with_place_and_cure(
    line: str, code: str, at: str, words: str
) -> None:
    (fault,) = faults_of(GOOD.rstrip() + f"\n{line}\n")
    assert (fault.code, str(fault.place)) == (code, f"estate.yaml:{at}")
    assert words in f"{fault.message} {fault.hint}"
    assert fault.hint or code == "CS117"


@pytest.mark.parametrize(("old", "new", "code", "words"), REPLACED)
def test_a_wrong_value_is_named_with_place_and_cure(
    old: str, new: str, code: str, words: str
) -> None:
    text = GOOD.replace(old, new, 1)
    line = 1 + GOOD[: GOOD.index(old)].count("\n")
    (fault,) = faults_of(text)
    assert fault.code == code
    assert fault.place is not None
    assert fault.place.line == line
    assert words in f"{fault.message} {fault.hint}"


def test_the_good_estate_is_good() -> None:
    estate = estate_from(GOOD)
    assert estate.name == "Calder"
    assert {kind: len(estate.of_kind(kind)) for kind in KINDS if estate.of_kind(kind)} == {
        "organizations": 3,
        "zones": 1,
        "systems": 3,
        "populations": 1,
        "holdings": 1,
        "links": 1,
        "grants": 1,
        "controls": 1,
    }


def test_a_short_fact_has_the_grade_of_its_file_and_a_long_one_its_own() -> None:
    estate = estate_from(GOOD)
    assert estate.systems["hub"].exposure.grade is Grade.DOCUMENTED
    assert estate.populations["travellers"].size.grade is Grade.MEASURED
    assert estate.systems["hub"].critical.is_unknown
    assert estate.systems["hub"].critical.grade is Grade.ASSUMED
    undeclared = estate_from(GOOD.replace("defaults: {grade: documented}\n", ""))
    assert undeclared.systems["hub"].exposure.grade is Grade.ASSUMED


def test_every_element_and_field_has_its_place() -> None:
    estate = estate_from(GOOD)
    assert str(estate.place("hub")) == "estate.yaml:10:5"
    assert str(estate.place("hub", "exposure")) == "estate.yaml:10:72"
    assert str(estate.places["travellers", "size.low"]) == "estate.yaml:14:47"
    assert estate.place("hub", "critical") == estate.place("hub")
    assert estate.place("nobody") is None
    assert len(dict(estate.places)) == len(estate.places) > 40


@pytest.mark.parametrize("files", [{}, {"a.yaml": b""}, {"a.yaml": b"name: x\n"}])
def test_an_estate_without_elements_is_an_error(files: dict[str, bytes]) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(files, attributes=ATTRIBUTES)
    (fault,) = caught.value.faults
    assert fault.code == "CS120"
    assert "init" in fault.hint


def test_a_file_that_is_no_mapping_is_an_error() -> None:
    (fault,) = faults_of("- id: hub\n")
    assert fault.code == "CS113"
    assert "organizations" in fault.hint


def test_all_faults_of_all_files_come_at_once_in_order_of_place() -> None:
    second = "zones: [{id: core, kind: fild, operator: nobody}]\nsytems: []\n"
    faults = faults_of(GOOD.replace("from: phones", "from: phone"), second, "a: [\n")
    assert [fault.code for fault in faults] == ["CS122", "CS121", "CS114", "CS111", "CS102"]
    places = [str(fault.place) for fault in faults]
    assert places[0] == "estate.yaml:18:24"
    assert places[1].startswith("estate2.yaml:1:")
    assert places[-1].startswith("estate3.yaml:")


def test_two_names_of_one_estate_are_refused() -> None:
    (fault,) = faults_of(GOOD, "name: Other\n")
    assert fault.code == "CS125"
    assert "estate.yaml:1:7" in fault.message


def test_a_person_in_one_file_does_not_hide_the_faults_of_another() -> None:
    codes = {fault.code for fault in faults_of(GOOD, "x: [{ssn: 078-05-1120}]", "y: 1")}
    assert codes == {"CS110", "CS111"}


def test_two_statements_of_one_control_on_one_element_are_refused() -> None:
    extra = "controls: [{id: again, control: AC-2, on: [idp, hub], state: absent}]"
    (fault,) = faults_of(GOOD, extra)
    assert fault.code == "CS139"
    assert "'accounts'" in fault.message


def test_a_subcontractor_may_be_unknown_at_any_tier() -> None:
    contract = """
    contracts:
      - id: support
        contractor: maker
        client: agency
        service: support
        subcontractors: [{organization: unknown, subcontractors: [{organization: unknown}]}]
    """
    assert "support" in estate_from(GOOD, contract).contracts


def test_many_bad_references_are_reported_without_comparing_them_all() -> None:
    rows = "".join(
        f"  - {{id: s-{i}, kind: database, zone: zone-{i}, owner: agency}}\n"
        for i in range(1000)
    )
    faults = faults_of(GOOD, f"systems:\n{rows}")
    assert len(faults) == 1000


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(contents(), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_split_or_order(
    rows: dict[str, list[dict[str, object]]], order: object
) -> None:
    whole = parse({"e.json": json.dumps(rows).encode()}, attributes=ATTRIBUTES)
    shuffle = order.shuffle  # type: ignore[attr-defined] # hypothesis gives a Random
    singles = [{kind: [row]} for kind, items in rows.items() for row in items]
    shuffle(singles)
    files = {f"{i}.yaml": json.dumps(part).encode() for i, part in enumerate(singles)}
    split = parse(files, attributes=ATTRIBUTES)
    assert split == whole
    assert split.digest == whole.digest
    assert all(list(split.of_kind(kind)) == sorted(split.of_kind(kind)) for kind in KINDS)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(estates())
def test_loading_what_was_dumped_is_the_identity(estate: Estate) -> None:
    from_files = parse(to_files(estate), attributes=ATTRIBUTES)
    from_json = parse({"e.json": json.dumps(estate.as_json()).encode()}, attributes=ATTRIBUTES)
    assert from_files == from_json == estate
    assert from_files.digest == from_json.digest == estate.digest


@given(contents(), st.data())
@settings(max_examples=200, deadline=None)
@pytest.mark.slow
def test_a_mutated_estate_gives_an_estate_or_our_error(
    rows: dict[str, list[dict[str, object]]], data: st.DataObject
) -> None:
    text = yaml.safe_dump(rows)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 8)))
    patched = text[:start] + data.draw(st.text(max_size=6)) + text[end:]
    try:
        encoded = patched.encode()
    except UnicodeEncodeError:
        return
    assert is_estate_or_faults(encoded)


@given(st.binary(max_size=120))
def test_arbitrary_bytes_give_an_estate_or_our_error(data: bytes) -> None:
    assert is_estate_or_faults(data)


def is_estate_or_faults(data: bytes) -> bool:
    try:
        estate = parse({"e.yaml": data}, attributes=ATTRIBUTES)
    except InvalidDocumentError as error:
        return bool(error.faults)
    return any(True for _ in estate.elements())


@pytest.mark.slow
def test_twenty_thousand_systems_load() -> None:
    rows = "".join(
        f"  - {{id: s-{i}, kind: database, zone: core, owner: agency, exposure: internal}}\n"
        for i in range(20_000)
    )
    estate = estate_from(GOOD, f"systems:\n{rows}")
    assert len(estate.systems) == 20_003


@pytest.mark.parametrize("folder", ["harbour", "meridian"])
def test_an_example_loads(folder: str) -> None:
    files = sorted((Path(__file__).parents[2] / "examples" / folder / "estate").glob("*.yaml"))
    estate = parse({path.name: path.read_bytes() for path in files}, attributes=ATTRIBUTES)
    assert estate.systems
