"""A statement has one spelling, in every JSON library."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog.statement import Statement, parse_statement

DIGEST = "ab" * 32
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet="abcXYZ_-", max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=9)


@given(
    st.dictionaries(names, st.just(DIGEST), max_size=4),
    st.dictionaries(st.text(alphabet="abc", max_size=3), plain, max_size=4),
)
def test_a_statement_survives_its_bytes(
    subjects: dict[str, str], predicate: dict[str, str]
) -> None:
    statement = Statement(
        subjects=subjects, predicate_type="https://example.com/p/v1", predicate=predicate
    )
    data = statement.render()
    assert parse_statement(data) == statement
    spelled = json.dumps(
        json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert spelled.encode() == data


@given(st.binary(max_size=60))
def test_any_bytes_as_a_statement_raise_our_error_only(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_statement(data)


def statement(**changed: object) -> bytes:
    value = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": {},
        "predicateType": "https://example.com/p/v1",
        "subject": [{"digest": {"sha256": DIGEST}, "name": "a"}],
    }
    return json.dumps({**value, **changed}, sort_keys=True, separators=(",", ":")).encode()


def test_the_example_that_the_refusals_vary_is_itself_accepted() -> None:
    assert parse_statement(statement()).subjects == {"a": DIGEST}


@pytest.mark.parametrize(
    "data",
    [
        statement(_type="https://in-toto.io/Statement/v0.1"),
        statement(extra=1),
        statement(predicate=[]),
        statement(predicateType=1),
        statement(subject={}),
        statement(subject=[{"name": "a"}]),
        statement(subject=[{"name": "a", "digest": {"sha256": "AB" * 32}}]),
        statement(subject=[{"name": "a", "digest": {"sha512": DIGEST}}]),
        statement(subject=[{"name": "a", "digest": {"sha256": DIGEST, "md5": "x"}}]),
        statement(subject=[{"name": n, "digest": {"sha256": DIGEST}} for n in "ba"]),
        statement(subject=[{"name": n, "digest": {"sha256": DIGEST}} for n in "aa"]),
        statement(predicate={"a": 0.5}),
        statement(predicate={"a": 2**53}),
        statement(predicate={"é": 1}),
        b" " + statement(),
        b"[]",
    ],
)
def test_what_has_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_statement(data)


def test_a_predicate_that_cannot_be_spelled_is_not_written() -> None:
    deep: list[object] = []
    for _ in range(70):
        deep = [deep]
    for predicate in ({"a": 2**60}, {"a": 0.5}, {"a": deep}, {"a": "\ud800"}):
        with pytest.raises(LogError):
            Statement(subjects={}, predicate_type="x", predicate=predicate).render()  # type: ignore[arg-type] # on purpose
