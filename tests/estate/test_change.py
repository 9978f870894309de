"""A change file says what, why and when; it is checked as far as that needs no estate."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InvalidDocumentError
from counterseal.estate import change
from counterseal.estate.change import check_authority
from counterseal.estate.kinds import ChangeKind, Stage
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.estate.change import Change

CHANGE = """\
id: copy
kind: data-expansion
title: A nightly copy
sponsor: Head of operations
stage: requirement
need: Waiting time at the gate
authority: pass-law
necessity: Only yes or no is needed
dates: {proposed: 2026-09-01, selected: 2026-09-20, assessed: 2026-10-05}
patch:
  set: {hub: {exposure: internet}}
alternatives:
  - id: answer-only
    title: Ask about one pass at a time
    patch:
      remove: [lookup]
"""

RACE = "add: {grants: [{id: g, organization: o, role: r, system: s, privilege: use, race: x}]}"
WRONG = [
    ("stage: requirement", "stage: requirment", "CS114", "Did you mean 'requirement'?"),
    ("kind: data-expansion", "knd: access", "CS112", "'kind' is missing"),
    ("title: A nightly copy", "title: ''", "CS115", "at least this long: 1"),
    ("assessed: 2026-10-05", "awarded: 2026-09-01", "CS137", "is before selected"),
    ("assessed: 2026-10-05", "asessed: 2026-09-01", "CS111", "Did you mean 'assessed'?"),
    ("remove: [lookup]", "remove: lookup", "CS113", "in brackets"),
    ("remove: [lookup]", "delete: [lookup]", "CS111", "Known keys: add, set"),
    ("remove: [lookup]", "add: {link: []}", "CS111", "Did you mean 'links'?"),
    ("id: answer-only", "id: copy", "CS121", "given twice"),
    (
        "remove: [lookup]",
        RACE,
        "CS118",
        "origin, belief or family",
    ),
    ("need: Waiting", "need: 078-05-1120 and waiting", "CS110", "class of people"),
]


def parse(text: str) -> Change:
    return change.parse(text.encode(), file="c.yaml")


def test_a_change_is_read_with_its_alternatives() -> None:
    read = parse(CHANGE)
    assert (read.id, read.kind, read.stage) == (
        "copy",
        ChangeKind.DATA_EXPANSION,
        Stage.REQUIREMENT,
    )
    assert read.dates.assessed == dt.date(2026, 10, 5)
    assert read.patch.set == {"hub": {"exposure": "internet"}}
    assert [other.id for other in read.alternatives] == ["answer-only"]
    assert read.alternatives[0].patch.remove == ("lookup",)
    assert str(read.place("authority")) == "c.yaml:7:12"
    assert str(read.alternatives[0].patch.place("remove", 0)) == "c.yaml:16:16"


def test_a_change_assessed_after_selection_is_valid() -> None:
    read = parse(CHANGE)
    assert read.dates.selected is not None
    assert read.dates.assessed is not None
    assert read.dates.selected < read.dates.assessed


@pytest.mark.parametrize(("old", "new", "code", "words"), WRONG)
def test_a_wrong_change_is_named_with_its_line(
    old: str, new: str, code: str, words: str
) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(CHANGE.replace(old, new, 1))
    found = {fault.code: fault for fault in caught.value.faults}
    assert code in found
    place = found[code].place
    assert place is not None
    assert place.line == 1 + CHANGE[: CHANGE.index(old)].count("\n") or code == "CS112"
    assert words in f"{found[code].message} {found[code].hint}"
    assert "078" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]", "x"])
def test_an_empty_change_is_an_error(text: str) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(text)
    assert caught.value.faults


def test_the_digest_is_of_the_content_and_not_of_its_layout() -> None:
    spaced = CHANGE.replace("sponsor:", "\n# by whom\nsponsor:")
    assert parse(spaced).digest == parse(CHANGE).digest
    assert parse(CHANGE.replace("nightly", "weekly")).digest != parse(CHANGE).digest


def test_an_authority_must_be_one_of_the_estate() -> None:
    estate = estate_from("""
        organizations: [{id: o, kind: owner}]
        authorities: [{id: pass-law, purpose: p, legal-basis: Act 5}]
    """)
    assert not list(check_authority(parse(CHANGE), estate))
    wrong = parse(CHANGE.replace("authority: pass-law", "authority: pass-laws"))
    (fault,) = check_authority(wrong, estate)
    assert (fault.code, str(fault.place)) == ("CS122", "c.yaml:7:12")
    assert "pass-law" in fault.hint
    assert not list(check_authority(parse(CHANGE.replace("authority: pass-law\n", "")), estate))


@given(st.binary(max_size=150))
def test_arbitrary_bytes_give_a_change_or_our_error(data: bytes) -> None:
    assert is_change_or_faults(data)


@given(st.integers(0, len(CHANGE)), st.integers(0, 6), st.text(max_size=5))
def test_a_mutated_change_gives_a_change_or_our_error(at: int, cut: int, put: str) -> None:
    text = CHANGE[:at] + put + CHANGE[at + cut :]
    assert is_change_or_faults(text.encode("utf-8", errors="surrogatepass"))


def is_change_or_faults(data: bytes) -> bool:
    try:
        return bool(change.parse(data, file="c.yaml").id)
    except InvalidDocumentError as error:
        return bool(error.faults)
