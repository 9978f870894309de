"""Breadth against depth: equal exposure is a diagonal, and only what is known stands."""

from __future__ import annotations

import re
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.drawing.plane import ONLY_TWO, breadth_depth, dated
from counterseal.report.drawing.plot import Caption
from counterseal.report.sections import BreadthDepth

CAPTION = Caption(prefix="x", title="Title", description="Description")
HISTORY = [{"date": "2021-07-01", "title": "One"}, {"date": "2019-01-01", "title": "Two"}]


def section(*points: tuple[str, float, float], **more: object) -> BreadthDepth:
    rows = [{"label": label, "x": x, "y": y} for label, x, y in points]
    return BreadthDepth.model_validate({"points": rows, **more})


MOVE = (("before", log(1e5), log(20)), ("after", log(4e5), log(10)))


def spots(drawn: str, look: str) -> list[tuple[float, float]]:
    found = re.findall(rf'<circle class="c-{look}-dot" cx="([0-9.-]+)" cy="([0-9.-]+)"', drawn)
    return [(float(x), float(y)) for x, y in found]


def test_more_to_lose_is_to_the_right_and_less_that_keeps_it_is_down() -> None:
    drawn = breadth_depth(section(*MOVE), CAPTION)
    [before], [after] = spots(drawn, "before"), spots(drawn, "after")
    assert after[0] > before[0]
    assert after[1] > before[1]


@given(
    st.tuples(st.floats(0.1, 30), st.floats(0, 15)),
    st.tuples(st.floats(0.1, 30), st.floats(0, 15)),
)
def test_a_factor_is_as_long_in_breadth_as_in_depth(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    drawn = breadth_depth(section(("before", *one), ("after", *other)), CAPTION)
    diagonals = re.findall(
        r'<path class="c-iso" d="M([0-9.-]+) ([0-9.-]+)L([0-9.-]+) ([0-9.-]+)"', drawn
    )
    assert diagonals
    for corner in diagonals:
        x0, y0, x1, y1 = map(float, corner)
        assert x1 - x0 == pytest.approx(y0 - y1, abs=0.25)


@given(st.lists(st.tuples(st.floats(-5, 30), st.floats(0, 20)), min_size=1, max_size=4))
def test_every_state_lies_inside_the_plane(points: list[tuple[float, float]]) -> None:
    rows = [("after", x, y) for x, y in points]
    drawn = breadth_depth(section(*rows), CAPTION)
    found = spots(drawn, "after")
    assert len(found) == len(points)
    assert all(109 <= x <= 601 and 35 <= y <= 347 for x, y in found)
    placed = dict(zip(found, points, strict=True))
    assert [x for (x, _), _ in sorted(placed.items(), key=lambda pair: pair[1][0])] == sorted(
        x for x, _ in placed
    )


def test_the_way_from_before_to_after_has_a_head() -> None:
    assert "c-join-head" in breadth_depth(section(*MOVE), CAPTION)
    alone = breadth_depth(section(MOVE[1]), CAPTION)
    assert "c-join" not in alone
    near = section(MOVE[0], ("after", MOVE[0][1], MOVE[0][2]))
    assert "c-join-head" not in breadth_depth(near, CAPTION)


def test_earlier_changes_have_days_and_no_points() -> None:
    with_past = section(*MOVE, date="2026-10-05", history=HISTORY)
    drawn = breadth_depth(with_past, CAPTION)
    assert drawn.count('class="c-stroke"') == 2
    assert ONLY_TWO in drawn
    assert "2 changes were approved before" in drawn
    assert len(spots(drawn, "after")) == 2
    assert len(spots(drawn, "before")) == 1
    assert ">2019<" in drawn
    assert "this change" in drawn


def test_days_are_in_order_and_this_change_is_last_of_them() -> None:
    days = dated(section(*MOVE, date="2026-01-01", history=HISTORY))
    assert [day.year for day in days] == pytest.approx([2019.0, 2021.5, 2026.0], abs=0.01)
    assert [day.now for day in days] == [False, False, True]


def test_without_a_past_there_is_no_strip() -> None:
    assert ONLY_TWO not in breadth_depth(section(*MOVE, date="2026-10-05"), CAPTION)
    assert dated(section(*MOVE, history=[{"date": "once", "title": "Undated"}])) == ()


def test_one_change_of_one_day_is_a_strip_too() -> None:
    drawn = breadth_depth(section(*MOVE, history=HISTORY[1:]), CAPTION)
    assert "1 change was approved before" in drawn
    assert "this change" not in drawn


def test_a_share_of_everything_is_the_floor() -> None:
    drawn = breadth_depth(section(("after", 10.0, 0.0)), CAPTION)
    assert "all of it" in drawn
    assert f"1 in {exp(-1):.1f}" not in drawn
