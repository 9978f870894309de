"""A table is a list of cited rows, unique by id."""

from __future__ import annotations

import pytest

from counterseal.catalog.rows import Row, rows
from counterseal.documents.tree import parse
from counterseal.errors import InvalidDocumentError


def _codes(data: bytes) -> list[str]:
    with pytest.raises(InvalidDocumentError) as caught:
        rows(parse(data, file="table.yaml"), table="table", model=Row)
    return [fault.code for fault in caught.value.faults]


def test_rows_come_sorted_by_id() -> None:
    data = b"table:\n  - {id: b, citations: [x]}\n  - {id: a, citations: [x]}\n"
    assert list(rows(parse(data, file="t"), table="table", model=Row)) == ["a", "b"]


def test_aliases_may_stand_beside_the_table() -> None:
    data = b"aliases: {c: &c [x]}\ntable: [{id: a, citations: *c}]\n"
    assert rows(parse(data, file="t"), table="table", model=Row)["a"].citations == ("x",)


def test_an_id_given_twice_is_refused() -> None:
    data = b"table:\n  - {id: a, citations: [x]}\n  - {id: a, citations: [x]}\n"
    assert _codes(data) == ["CS202"]


@pytest.mark.parametrize("data", [b"", b"[]", b"other: []", b"table: {}", b"table: []\nx: 1"])
def test_a_file_that_is_no_table_is_refused(data: bytes) -> None:
    assert _codes(data) == ["CS201"]


def test_all_faults_of_a_table_are_told_at_once() -> None:
    data = b"table:\n  - {id: a}\n  - {id: b, colour: red}\n  - {id: c, citations: [' ']}\n"
    codes = _codes(data)
    assert codes.count("CS203") == 2
    assert len(codes) >= 3
