"""A fault of a record names place, expectation and finding, and quotes nothing personal."""

from __future__ import annotations

import pytest
from pydantic import Field, model_validator

from counterseal.documents.record import Day, Flag, Number, Record, Whole
from counterseal.documents.tree import parse
from counterseal.documents.validation import by_place, validate
from counterseal.documents.wording import describe, did_you_mean, listed, quotable
from counterseal.errors import Fault, InvalidDocumentError, Place
from counterseal.estate.kinds import Exposure


class Inner(Record):
    long_name: str
    share: Number = Field(default=0.0, ge=0, le=1)


class Outer(Record):
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=8)
    exposure: Exposure
    rows: tuple[Inner, ...] = ()
    flag: Flag = False
    count: Whole = 0
    day: Day | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Outer:
        if self.count > 5 and not self.flag:
            msg = "a count above 5 needs the flag"
            raise ValueError(msg)
        return self


GOOD = "id: a-b\nexposure: internal\n"

# text to add, code, place, words of the message or hint
FAULTS = [
    ("exposre: internal", "CS111", "3:1", "Did you mean 'exposure'?"),
    ("zzz: 1", "CS111", "3:1", "Known keys: id, exposure"),
    ("rows: [{long-name: b, long-nam: a}]", "CS111", "3:23", "Did you mean 'long-name'?"),
    ("rows: [{share: 0.1}]", "CS112", "3:8", "'long-name' is missing"),
    ("rows: [{long-name: 3}]", "CS113", "3:20", "Put it in quotes"),
    ("rows: [{long-name: x, share: 1.5}]", "CS115", "3:30", "at most 1; found 1.5"),
    ("rows: {a: 1}", "CS113", "3:7", "expected a list; found a mapping"),
    ("rows: [x]", "CS113", "3:8", "expected a mapping; found text"),
    ("flag: yes", "CS113", "3:7", "Write true or false"),
    ("flag: 1", "CS113", "3:7", "expected true or false; found 1"),
    ("count: '4'", "CS113", "3:8", "whole number; found text"),
    ("count: true", "CS113", "3:8", "found true"),
    ("count: 4.5", "CS113", "3:8", "whole number; found 4.5"),
    ("day: 5", "CS117", "3:6", "expected a date"),
    ("day: soon", "CS117", "3:6", "expected a date"),
    ("count: 9", "CS117", "1:1", "a count above 5 needs the flag"),
]


def faults_for(text: str) -> tuple[Fault, ...]:
    document = parse(text.encode(), file="f.yaml")
    with pytest.raises(InvalidDocumentError) as caught:
        validate(Outer, document.value, document=document)
    return caught.value.faults


@pytest.mark.parametrize(("line", "code", "at", "words"), FAULTS)
def test_a_fault_names_its_place_and_what_to_write(
    line: str, code: str, at: str, words: str
) -> None:
    (fault,) = faults_for(f"{GOOD}{line}\n")
    assert (fault.code, str(fault.place)) == (code, f"f.yaml:{at}")
    assert words in fault.message + " " + fault.hint


def test_an_unknown_word_of_a_vocabulary_suggests_the_likest() -> None:
    (fault,) = faults_for("id: a\nexposure: internat\n")
    assert fault.code == "CS114"
    assert "internet, partner, internal or isolated" in fault.message
    assert fault.hint == "Did you mean 'internet'?"


def test_a_malformed_id_is_rewritten_for_the_author() -> None:
    (fault,) = faults_for("id: A_b\nexposure: internal\n")
    assert fault.code == "CS116"
    assert fault.hint == "Write 'a-b'."


def test_all_faults_come_at_once_in_order_of_place() -> None:
    faults = faults_for("rows: [{}]\nflag: 3\nidd: x\n")
    assert [fault.code for fault in faults] == ["CS112", "CS112", "CS112", "CS113", "CS111"]
    assert faults == by_place(reversed(faults))


@pytest.mark.parametrize("secret", ["Jane Roe", "078-05-1120", "roe@example.org", "x" * 70])
@pytest.mark.parametrize("field", ["id", "exposure", "flag", "count", "day", "rows"])
def test_text_that_may_be_personal_is_never_quoted(field: str, secret: str) -> None:
    keys = {"id": "a", "exposure": "internal"} | {field: f"'{secret}'"}
    faults = faults_for("".join(f"{key}: {value}\n" for key, value in keys.items()))
    assert all(secret not in str(fault) for fault in faults)


def test_an_unknown_key_that_may_be_personal_is_not_quoted() -> None:
    (fault,) = faults_for(f"{GOOD}Jane Roe: 1\n")
    assert "Roe" not in str(fault)


def test_faults_without_a_place_come_last_and_none_comes_twice() -> None:
    here = Fault(code="CS1", message="x", place=Place(file="a", line=2, column=1))
    nowhere = Fault(code="CS0", message="y")
    assert by_place([nowhere, here, nowhere]) == (here, nowhere)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (3, "3"),
        (123456789, "a whole number"),
        (1e9 + 0.5, "a number"),
        ("", "empty text"),
        ("Jane", "text"),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_a_value_is_described_by_type(value: object, words: str) -> None:
    assert describe(value) == words


def test_only_single_plain_words_are_quoted() -> None:
    assert quotable("pass-register") == "'pass-register'"
    assert quotable("AC-6(1)") == "'AC-6(1)'"
    assert "roe" not in quotable("roe@example.org")
    assert "12345" not in quotable("id-12345")


def test_a_suggestion_is_given_only_when_something_is_like() -> None:
    assert did_you_mean("Sytems", ["systems", "zones"]) == "Did you mean 'systems'?"
    assert did_you_mean("xyz", ["systems", "zones"]) == ""


def test_a_long_list_is_cut_short() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b or c"
    assert listed([]) == ""
    assert listed(str(i) for i in range(20)).endswith("or one of 6 more")
