"""Text is measured before it is placed, and never runs out of its room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.drawing.glyphs import shorten, text_width, wrap


def test_widths_are_those_of_the_font() -> None:
    # DejaVu Sans: W 989, i 278 thousandths of an em; bold W 1103.
    assert text_width("Wi", 10) == pytest.approx(12.67)
    assert text_width("W", 10, bold=True) == pytest.approx(11.03)


def test_wide_characters_take_a_full_em() -> None:
    assert text_width("港", 12) == 12


@given(st.text(), st.floats(10, 300))
def test_shortened_text_fits(text: str, room: float) -> None:
    assert text_width(shorten(text, room, 12), 12) <= room


@given(st.text())
def test_text_that_fits_is_left_alone(text: str) -> None:
    assert shorten(text, text_width(text, 12), 12) == text


@given(st.text(), st.integers(1, 4), st.floats(20, 200))
def test_wrapped_lines_fit_and_are_few(text: str, lines: int, room: float) -> None:
    wrapped = wrap(text, room, 12, lines=lines)
    assert len(wrapped) <= lines
    assert all(text_width(line, 12) <= room for line in wrapped)
