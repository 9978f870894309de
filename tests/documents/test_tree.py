"""A document becomes plain values with places, or one of our errors with a place."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.documents.scalars import LARGEST_INTEGER
from counterseal.documents.tree import Limits, parse
from counterseal.errors import InvalidDocumentError, Place

if TYPE_CHECKING:
    from counterseal.documents.tree import Document

# YAML 1.2.2, chapter 10.3.2 (core schema), and the traps of YAML 1.1 that it closed.
SCALARS = [
    ("null", None),
    ("~", None),
    ("", None),
    ("true", True),
    ("FALSE", False),
    ("0", 0),
    ("-19", -19),
    ("0o14", 12),
    ("0xC", 12),
    ("685.23", 685.23),
    ("+12e03", 12000.0),
    ("-2E+05", -200000.0),
    (".5", 0.5),
    ("2001-12-14", dt.date(2001, 12, 14)),
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("off", "off"),
    ("0123", "0123"),
    ("1_000", "1_000"),
    ("12:30:45", "12:30:45"),
    ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"),
    ("'12'", "12"),
    ('"true"', "true"),
    ("!!str 12", "12"),
    ("! 12", "12"),
    ("!!int '3'", 3),
    ("-", [None]),
    ("Norway", "Norway"),
]

FAULTY = [
    (b"a:\n\t- b\n", "CS102", 2, 1, "tabs"),
    (b"a: [1, 2\n", "CS102", 2, 1, "did not find expected"),
    (b'a: "b', "CS102", 1, 4, "unexpected end"),
    (b"a: b: c\n", "CS102", 1, 5, "not allowed in this context"),
    (b"a: 1\nb: 2\na: 3\n", "CS103", 3, 1, "first at line 1, column 1"),
    (b'{"a": 1, "a": 2}', "CS103", 1, 10, "'a' is given twice"),
    (b"a: *b\n", "CS105", 1, 4, "without an anchor"),
    (b"a: &x [*x]\n", "CS105", 1, 8, "without an anchor"),
    (b"a: !!python/object:os.system x\n", "CS105", 1, 4, "tag"),
    (b"a: !!binary aGVsbG8=\n", "CS105", 1, 4, "tag"),
    (b"a: !!set {b}\n", "CS105", 1, 4, "tag"),
    (b"<<: {a: 1}\n", "CS105", 1, 1, "merge keys"),
    (b"? [a]\n: 1\n", "CS105", 1, 3, "expected a key"),
    (b"x: &k a\n*k : 1\n", "CS105", 2, 1, "expected a key"),
    (b"a: 1\n---\nb: 2\n", "CS105", 2, 1, "second one"),
    (b"a: .nan\n", "CS106", 1, 4, "finite"),
    (b"a: 1e999\n", "CS106", 1, 4, "finite"),
    (b"a: 9007199254740992\n", "CS106", 1, 4, "2**53"),
    (b"a: 2021-02-30\n", "CS106", 1, 4, "must exist"),
    (b"a: \x00b\n", "CS101", 1, 4, "U+0000"),
    (b"a: b\n\x1b[31m\n", "CS101", 2, 1, "U+001B"),
    (b"a: caf\xe9\n", "CS101", 1, 7, "UTF-8"),
    ("a: b\n".encode("utf-16"), "CS101", 1, 1, "UTF-16"),
    (b"[" * 41 + b"]" * 41, "CS104", 1, 41, "deeper than 40"),
]


def refusal(data: bytes, *, limits: Limits | None = None) -> InvalidDocumentError:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(data, file="f.yaml", limits=limits or Limits())
    return caught.value


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_scalar_means_what_the_core_schema_says(text: str, value: object) -> None:
    read = parse(text.encode(), file="f.yaml").value
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("data", "code", "line", "column", "words"), FAULTY)
def test_a_faulty_document_is_refused_at_its_place(
    data: bytes, code: str, line: int, column: int, words: str
) -> None:
    fault = refusal(data).faults[0]
    assert fault.code == code
    assert fault.place == Place(file="f.yaml", line=line, column=column)
    assert words in fault.message + fault.hint


def test_every_value_and_key_has_its_place() -> None:
    document = parse(b"a:\n  - b: 1\n    c: [x, y]\n", file="f.yaml")
    assert str(document.place(("a", 0, "b"))) == "f.yaml:2:8"
    assert str(document.place(("a", 0, "c", 1))) == "f.yaml:3:12"
    assert str(document.key_place(("a", 0, "c"))) == "f.yaml:3:5"
    assert dict(document.places)["a", 0, "c"] == document.place(("a", 0, "c"))
    assert len(document.places) == 7


def test_a_path_that_is_not_there_has_the_place_of_its_nearest_ancestor() -> None:
    document = parse(b"a:\n  b: 1\n", file="f.yaml")
    assert document.place(("a", "missing", 3)) == document.place(("a",))
    assert ("a", "missing") not in document.places
    with pytest.raises(KeyError):
        document.at(("a", "missing"))


def test_a_byte_order_mark_does_not_move_places() -> None:
    document = parse(b"\xef\xbb\xbfa: 1\n", file="f.yaml")
    assert document.value == {"a": 1}
    assert str(document.place(("a",))) == "f.yaml:1:4"


def test_an_empty_file_holds_nothing() -> None:
    for data in (b"", b"   \n", b"# only a comment\n"):
        assert parse(data, file="f.yaml").value is None


def test_keys_are_text_as_written() -> None:
    assert parse(b"no: 1\n2021: 2\ntrue: 3\n", file="f.yaml").value == {
        "no": 1,
        "2021": 2,
        "true": 3,
    }


def test_an_alias_counts_as_if_it_were_written_out() -> None:
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    fault = refusal("\n".join(bomb).encode()).faults[0]
    assert fault.code == "CS104"
    assert "aliases" in fault.hint


def test_a_file_beyond_the_size_limit_is_not_parsed() -> None:
    fault = refusal(b"a: " + b"x" * 100, limits=Limits(size_bytes=50)).faults[0]
    assert fault.code == "CS104"
    assert "103 bytes" in fault.message


def test_all_flaws_of_a_file_come_at_once_and_no_value_is_quoted() -> None:
    error = refusal(b"a: 2021-02-30\nb: 1\nb: secret-value\nc: .inf\n")
    assert [fault.code for fault in error.faults] == ["CS106", "CS103", "CS106"]
    assert "secret-value" not in str(error)


def test_a_duplicate_key_that_may_be_personal_is_not_quoted() -> None:
    error = refusal(b"jane.roe@example.org: 1\njane.roe@example.org: 2\n")
    assert "jane" not in str(error)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_categories=["Cc"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc-é ", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_json_reads_as_json(value: object) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    assert parse(data, file="f.json").value == json.loads(data)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_a_document_or_our_error(data: bytes) -> None:
    assert outcome(data)


def outcome(data: bytes) -> Document | tuple[Place, ...]:
    try:
        return parse(data, file="f.yaml")
    except InvalidDocumentError as error:
        return tuple(fault.place for fault in error.faults if fault.place)


@given(st.text("ab:-[]{},&*!|>'\"#%@`? \n\t0~<", max_size=60))
def test_arbitrary_yaml_gives_places_within_the_file(text: str) -> None:
    lines = text.count("\n") + 2
    read = outcome(text.encode())
    places = read if isinstance(read, tuple) else tuple(read.places.values())
    assert places
    assert all(1 <= place.line <= lines for place in places)
