"""Lines fit the width, tables keep every word, and terminals are not driven by text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.lines import Page, clean, columns_of, shown_width, to_ascii

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=8).map(
    " ".join
)


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1), st.integers(40, 160))
def test_a_table_stays_within_its_width_and_keeps_every_word(
    rows: list[list[str]], width: int
) -> None:
    lines = Page(width=width).table(("first", "second", "third"), rows)
    assert all(shown_width(line) <= width for line in lines)
    written = " ".join(lines).replace(":", " ").split()
    expected = [word for row in rows for cell in row for word in cell.split()]
    assert all(written.count(word) >= expected.count(word) for word in set(expected))


@given(WORDS, st.integers(40, 100))
def test_wrapped_text_stays_within_its_width(words: str, width: int) -> None:
    assert all(len(line) <= width for line in Page(width=width).wrapped(words, first="  - "))


def test_columns_that_cannot_fit_are_refused() -> None:
    assert columns_of([["a" * 30, "b" * 30]], room=40) == []


@given(st.text())
def test_control_characters_never_reach_the_terminal(text: str) -> None:
    assert all(c.isprintable() or c == "\u00a0" or c.isspace() for c in clean(text))
    assert "\x1b" not in clean("a\x1b[31mb" + text)
    assert "\n" not in clean(text)


@given(st.text())
def test_the_ascii_form_is_ascii(text: str) -> None:
    assert to_ascii(text).isascii()


@pytest.mark.parametrize(("sign", "plain"), [("●", "(*)"), ("■", "[#]"), ("→", "->")])
def test_signs_have_an_ascii_form(sign: str, plain: str) -> None:
    assert to_ascii(sign) == plain


def test_colour_is_only_written_where_it_is_on() -> None:
    assert Page(colour=False).ink("a", "bad") == "a"
    assert Page(colour=True).ink("a", "bad") == "\033[1;31ma\033[0m"
