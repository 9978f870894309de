"""Names from outside are quoted whatever is in them, and only columns that exist are used."""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InputError
from counterseal.mosaic.tables.source import Query, chosen, literal, quoted, real, whole
from counterseal.testing.tables import held_rows

ODD = ('say "hi"', "a b", "a;b", "--", "ünï", "select", "a'b", "x]", "$1", "?", "%s", "a\\")


@pytest.mark.parametrize("name", ODD)
def test_a_column_of_any_name_is_measured(name: str) -> None:
    with held_rows([name, "other"], data=[("1", "2"), ("1", "3")]) as sources:
        source = sources["data"]
        (column,) = chosen(source, [name])
        sql = f"SELECT {column}, COUNT(*) FROM {source.relation} GROUP BY 1"
        assert source.ask(Query(purpose="", sql=sql)) == [("1", 2)]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_a_quoted_text_ends_where_it_should(text: str) -> None:
    for found, mark in ((quoted(text), '"'), (literal(text), "'")):
        assert found[0] == found[-1] == mark
        assert found[1:-1].replace(mark * 2, "") == text.replace(mark, "")


def test_names_that_cannot_be_quoted_are_refused() -> None:
    for name in ("", "a\0b"):
        with pytest.raises(InputError, match="name"):
            quoted(name)
    with pytest.raises(InputError, match="NUL"):
        literal("\0")


def test_a_missing_column_is_named_with_the_likeliest() -> None:
    with (
        held_rows(["age", "sex"], data=[("1", "2")]) as sources,
        pytest.raises(InputError, match="no column 'agee'") as caught,
    ):
        chosen(sources["data"], ["agee"])
    assert caught.value.hint == "Did you mean 'age'?"


def test_a_first_line_that_is_data_is_not_repeated() -> None:
    record = ["Ada Smith", "19701231", "ada@example.org"]
    with (
        held_rows(record, data=[("x", "y", "z")]) as sources,
        pytest.raises(InputError) as caught,
    ):
        chosen(sources["data"], ["ada smith 1970"])
    assert not any(part in caught.value.message + caught.value.hint for part in record)


def test_no_column_and_a_column_twice_are_refused() -> None:
    with held_rows(["age", "sex"], data=[("1", "2")]) as sources:
        with pytest.raises(InputError, match="no column is named"):
            chosen(sources["data"], [])
        with pytest.raises(InputError, match="twice"):
            chosen(sources["data"], ["age", "age"])


def test_cells_of_answers_are_numbers_or_nothing() -> None:
    assert (whole(None), whole(3), real(None), real(2.5)) == (0, 3, 0.0, 2.5)
    for turn in (whole, real):
        with pytest.raises(TypeError, match="expected a number"):
            turn("4")
