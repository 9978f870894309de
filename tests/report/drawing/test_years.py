"""Value over the years is drawn on one scale, moved most first, and named where it ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.drawing.plot import Caption
from counterseal.report.drawing.years import change_of, highest, panel, ranked, rounded
from counterseal.report.sections import ValueLine

CAPTION = Caption(prefix="x", title="Title", description="Description")
YEARS = (1.0, 5.0, 10.0, 25.0)
AMOUNTS = st.lists(st.floats(0, 1e12), min_size=4, max_size=4)


def line(before: list[float], after: list[float], name: str = "iris") -> ValueLine:
    return ValueLine.model_validate(
        {"attribute": name, "years": YEARS, "before": before, "after": after}
    )


def ranged(median: float, low: float, high: float) -> dict[str, float]:
    return {"median": median, "low": low, "high": high}


def test_the_classes_that_change_most_come_first_and_the_unmoved_not_at_all() -> None:
    rows = [
        line([0, 0, 0, 9], [0, 0, 0, 9], "same"),
        line([0, 0, 0, 0], [1, 2, 3, 4], "little"),
        line([9, 9, 9, 90], [1, 2, 3, 4], "much"),
    ]
    assert [row.attribute for row in ranked(rows)] == ["much", "little"]


def test_a_line_without_an_end_does_not_count_as_moved() -> None:
    assert change_of(ValueLine.model_validate({"attribute": "iris", "years": YEARS})) == 0.0


@given(AMOUNTS, AMOUNTS)
def test_the_scale_reaches_above_everything_and_is_a_round_number(
    before: list[float], after: list[float]
) -> None:
    most = highest([line(before, after)])
    assert most >= max(*before, *after) * (1 - 1e-9)
    assert re.fullmatch(r"[125]0*", f"{most:.0f}") or most < 1


def test_the_scale_reaches_above_the_ranges_too() -> None:
    row = ValueLine.model_validate(
        {"attribute": "iris", "years": (25,), "before": [None], "after": [ranged(10, 2, 480)]}
    )
    assert highest([row]) == 500


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (11, "11"), (1234, "1.2k"), (895_000_000, "900M"), (1.14e9, "1.1bn")],
)
def test_values_have_two_digits(value: float, words: str) -> None:
    assert rounded(value) == words


def test_both_states_are_lines_with_a_mark_at_every_horizon_and_a_name_at_the_end() -> None:
    drawn = panel(line([1, 2, 3, 4], [10, 20, 30, 40]), CAPTION, most=50.0)
    for state in ("before", "after"):
        points = re.search(rf'<polyline class="c-{state}" points="([^"]*)"', drawn)
        assert points is not None
        assert len(points[1].split()) == 4
        assert drawn.count(f'class="c-{state}-dot"') == 4
    assert ">before 4<" in drawn
    assert ">after 40<" in drawn


def test_lines_rise_to_the_right_as_values_grow() -> None:
    drawn = panel(line([0, 0, 0, 0], [10, 20, 30, 40]), CAPTION, most=40.0)
    points = re.search(r'<polyline class="c-after" points="([^"]*)"', drawn)
    assert points is not None
    spots = [tuple(map(float, pair.split(","))) for pair in points[1].split()]
    assert spots == sorted(spots)
    heights = [y for _, y in spots]
    assert heights == sorted(heights, reverse=True)


@given(AMOUNTS, AMOUNTS)
def test_the_names_at_the_ends_never_touch(before: list[float], after: list[float]) -> None:
    row = line(before, after)
    drawn = panel(row, CAPTION, most=highest([row]))
    ends = re.findall(r'y="([0-9.-]+)" font-size="11">(?:before|after) ', drawn)
    assert len(ends) == 2
    assert abs(float(ends[0]) - float(ends[1])) >= 14.9


def test_ranges_are_shaded_where_they_are_known() -> None:
    row = ValueLine.model_validate(
        {
            "attribute": "iris",
            "years": (1, 25),
            "before": [ranged(1, 0, 2), ranged(3, 1, 9)],
            "after": [None, ranged(4, 2, 8)],
        }
    )
    drawn = panel(row, CAPTION, most=10.0)
    corners = dict(re.findall(r'<polygon class="c-(\w+)-band" points="([^"]*)"', drawn))
    assert len(corners["before"].split()) == 4
    assert len(corners["after"].split()) == 2


def test_a_state_without_any_value_has_no_name_at_its_end() -> None:
    row = ValueLine.model_validate({"attribute": "iris", "years": YEARS, "after": [1, 2, 3, 4]})
    drawn = panel(row, CAPTION, most=5.0)
    assert ">after 4<" in drawn
    assert ">before" not in drawn
