"""Contrast, computed from the palette: what is read at 4.5, what is seen at 3."""

from __future__ import annotations

import pytest

from counterseal.report.palette import (
    CHIPS,
    MARK_PAIRS,
    TEXT_PAIRS,
    THEMES,
    contrast,
    declarations,
)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


def test_the_published_grey_is_at_the_threshold() -> None:
    # #767676 on white is the well-known lightest grey that passes: 4.54.
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_can_be_seen(theme: str, mark: str, ground: str) -> None:
    assert contrast(THEMES[theme][mark], THEMES[theme][ground]) >= 3


@pytest.mark.parametrize("word", CHIPS)
def test_chips_have_a_contrast_of_five(word: str) -> None:
    assert contrast(*CHIPS[word]) >= 5


def test_both_themes_name_the_same_colors() -> None:
    assert THEMES["light"].keys() == THEMES["dark"].keys()


def test_every_color_is_declared() -> None:
    assert all(f"--{name}: " in declarations("dark") for name in THEMES["dark"])
