"""A patch does what it says and nothing else, can be undone, and says why it does not fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.documents.evidence import Grade
from counterseal.errors import InvalidDocumentError
from counterseal.estate import change
from counterseal.estate.diff import diff
from counterseal.estate.estate import KINDS
from counterseal.estate.patch import Patch, apply, invert
from counterseal.testing.estates import ATTRIBUTES, estate_from
from counterseal.testing.strategies import estates, patches

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

ESTATE = """\
organizations: [{id: agency, kind: owner}]
zones: [{id: core, kind: on-premises, operator: agency, monitored-by: agency}]
systems:
  - {id: hub, kind: database, zone: core, owner: agency, exposure: internal}
  - {id: desk, kind: application, zone: core, owner: agency}
holdings: [{id: cases, system: hub, attributes: [name]}]
links: [{id: lookup, from: desk, to: hub, kind: query, carries: [cases]}]
"""
HEAD = "id: c\nkind: access\ntitle: T\nstage: need\ndefaults: {grade: elicited}\npatch:\n"

UNFIT = [
    ("  remove: [hubb]", "CS141", "7:12", "Did you mean 'hub'?"),
    (
        "  remove: [hub, lookup]",
        "CS143",
        "7:12",
        "still named by 'cases' in system (estate.yaml:6:32)",
    ),
    ("  remove: [desk]", "CS143", "7:12", "Remove 'lookup' too"),
    ("  remove: [lookup, lookup]", "CS139", "7:20", "named twice"),
    ("  set: {desc: {exposure: internet}}", "CS141", "7:15", "Did you mean 'desk'?"),
    ("  set: {desk: {exposur: internet}}", "CS144", "7:16", "Did you mean 'exposure'?"),
    ("  set: {desk: {id: other}}", "CS145", "7:20", "add it under its new id"),
    ("  set: {desk: {exposure: outside}}", "CS114", "7:26", "internet, partner"),
    ("  set: {desk: {critical: yes}}", "CS113", "7:26", "true or false"),
    ("  set: {desk: {zone: null}}", "CS112", "7:22", "'zone' is missing"),
    ("  set: {desk: {zone: hub}}", "CS123", "7:22", "expected a zone"),
    ("  set: {cases: {attributes: [nam]}}", "CS124", "7:30", "Did you mean 'name'?"),
    ("  set: {lookup: {to: desk}}", "CS133", "7:22", "another system"),
    (
        "  set: {lookup: {note: x}}\n  remove: [lookup]",
        "CS141",
        "7:17",
        "removed by the same patch",
    ),
    (
        "  add: {zones: [{id: hub, kind: field, operator: agency}]}",
        "CS142",
        "7:22",
        "already there (estate.yaml:4:5)",
    ),
    (
        "  add: {zones: [{id: z, kind: field, operator: nobody}]}",
        "CS122",
        "7:48",
        "nothing has the id 'nobody'",
    ),
    (
        "  add: {zones: [{id: z, kind: field, operator: agency}]}\n  set: {z: {note: x}}",
        "CS141",
        "8:12",
        "where it is added",
    ),
    (
        "  remove: [agency, core, hub, desk, cases, lookup]",
        "CS120",
        "7:11",
        "nothing would be left",
    ),
]


def patch_from(text: str) -> Patch:
    return change.parse((HEAD + text + "\n").encode(), file="c.yaml").patch


@pytest.mark.parametrize(("text", "code", "at", "words"), UNFIT)
def test_a_patch_that_does_not_fit_says_where_and_why(
    text: str, code: str, at: str, words: str
) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        apply(estate_from(ESTATE), patch_from(text), attributes=ATTRIBUTES)
    (fault,) = caught.value.faults
    assert (fault.code, str(fault.place)) == (code, f"c.yaml:{at}")
    assert words in f"{fault.message} {fault.hint}"


def test_all_faults_of_a_patch_come_at_once() -> None:
    patch = patch_from("  set: {desk: {exposur: x, critical: 3}, foo: {}}\n  remove: [bar]")
    with pytest.raises(InvalidDocumentError) as caught:
        apply(estate_from(ESTATE), patch, attributes=ATTRIBUTES)
    assert [fault.code for fault in caught.value.faults] == [
        "CS144",
        "CS113",
        "CS141",
        "CS141",
    ]


def test_a_set_field_takes_the_grade_and_the_place_of_the_change_file() -> None:
    before = estate_from(ESTATE)
    after = apply(
        before, patch_from("  set: {hub: {exposure: internet}}"), attributes=ATTRIBUTES
    )
    assert after.systems["hub"].exposure.value == "internet"
    assert after.systems["hub"].exposure.grade is Grade.ELICITED
    assert str(after.place("hub", "exposure")) == "c.yaml:7:25"
    assert str(after.place("hub", "kind")) == "estate.yaml:4:21"
    assert before.systems["hub"].exposure.value == "internal"


def test_an_added_element_has_its_place_in_the_change_file() -> None:
    text = "  add: {zones: [{id: annex, kind: field, operator: agency}]}"
    after = apply(estate_from(ESTATE), patch_from(text), attributes=ATTRIBUTES)
    assert str(after.place("annex", "operator")) == "c.yaml:7:52"
    assert list(after.zones) == ["annex", "core"]


def test_null_restores_the_default_of_a_field() -> None:
    before = estate_from(ESTATE)
    patch = patch_from("  set: {core: {monitored-by: null}, hub: {exposure: unknown}}")
    after = apply(before, patch, attributes=ATTRIBUTES)
    assert after.zones["core"].monitored_by is None
    assert after.systems["hub"].exposure.is_unknown


def test_what_a_patch_does_not_touch_is_the_same_object() -> None:
    before = estate_from(ESTATE)
    after = apply(before, patch_from("  set: {hub: {note: x}}"), attributes=ATTRIBUTES)
    assert after.systems["desk"] is before.systems["desk"]
    assert after.holdings is before.holdings


def test_elements_that_refer_to_each_other_go_together() -> None:
    patch = patch_from("  remove: [hub, cases, lookup]")
    after = apply(estate_from(ESTATE), patch, attributes=ATTRIBUTES)
    assert list(after.systems) == ["desk"]
    assert not after.holdings
    assert after.place("hub") is None


def test_a_reference_may_be_redirected_while_its_old_target_goes() -> None:
    patch = patch_from("  set: {cases: {system: desk}}\n  remove: [hub, lookup]")
    after = apply(estate_from(ESTATE), patch, attributes=ATTRIBUTES)
    assert after.holdings["cases"].system == "desk"


def test_a_patch_made_by_a_program_needs_no_places() -> None:
    before = estate_from(ESTATE)
    after = apply(before, Patch(set={"hub": {"exposure": "isolated"}}), attributes=ATTRIBUTES)
    assert after.systems["hub"].exposure.value == "isolated"
    with pytest.raises(InvalidDocumentError, match="does not fit 'hub'"):
        apply(before, Patch(set={"hub": {"exposure": 3}}), attributes=ATTRIBUTES)


def test_the_digest_of_a_patch_says_what_it_does_and_not_where_it_stands() -> None:
    patch = patch_from("  set: {hub: {exposure: internet}}")
    moved = patch_from("\n  set:\n    hub:\n      exposure: internet")
    assert patch.digest == moved.digest
    assert patch.digest != patch_from("  set: {hub: {exposure: partner}}").digest


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(estates(), st.data())
def test_the_inverse_of_a_patch_restores_the_digest(
    before: Estate, data: st.DataObject
) -> None:
    patch = data.draw(patches(before))
    content = json.dumps(before.as_json())
    after = apply(before, patch, attributes=ATTRIBUTES)
    back = apply(after, invert(before, patch), attributes=ATTRIBUTES)
    assert back == before
    assert back.digest == before.digest
    assert json.dumps(before.as_json()) == content


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(estates(), st.data())
def test_the_diff_mentions_exactly_what_the_patch_touched(
    before: Estate, data: st.DataObject
) -> None:
    patch = data.draw(patches(before))
    after = apply(before, patch, attributes=ATTRIBUTES)
    found = diff(before, after)
    assert {row.element for row in found.added} == {
        row.id for rows in patch.add.values() for row in rows
    }
    assert {row.element for row in found.removed} == set(patch.remove)
    touched = {(element, key) for element, keys in patch.set.items() for key in keys}
    changed = {(row.element, row.field) for row in found.changed}
    assert changed <= touched
    for element, key in touched - changed:
        name = key.replace("-", "_")
        assert getattr(after.systems[element], name) == getattr(before.systems[element], name)
    counted = sum(found.unchanged.values()) + len({element for element, _ in changed})
    assert counted == sum(len(before.of_kind(kind)) for kind in KINDS) - len(patch.remove)
