"""Pictures of what combining adds: sizes say it, and words beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.pictures.combining import combining_pictures
from counterseal.report.pictures.fullness import at_least, fullness
from counterseal.report.pictures.matrix import Cell, matrix

if TYPE_CHECKING:
    from counterseal.canon import Json

SVG = "{http://www.w3.org/2000/svg}"
CELLS = (
    Cell(row=1, column=0, gain=0.1, bound=0.4, marked=False),
    Cell(row=2, column=0, gain=0.0, bound=0.1, marked=True),
)


def squares(data: bytes, look: str) -> list[float]:
    root = ET.fromstring(data)  # noqa: S314 - our own bytes
    return [
        float(one.get("width", "0")) * float(one.get("height", "0"))
        for one in root.iter(f"{SVG}rect")
        if one.get("class") == look
    ]


def test_areas_are_in_the_ratio_of_what_pairs_add() -> None:
    data = matrix(["one", "two", "three"], CELLS, title="pairs")
    large, small = squares(data, "m-bound")
    assert large / small == pytest.approx(4.0, rel=0.02)
    filled, empty = squares(data, "m-gain")
    assert large / filled == pytest.approx(4.0, rel=0.02)
    assert empty == 0.0
    assert len(squares(data, "m-mark")) == 1


def test_the_picture_says_in_words_what_it_shows() -> None:
    text = matrix(["one", "two", "three"], CELLS, title="pairs").decode()
    assert "one with two 10 %, at most 40 %" in text
    assert "one with three 0 %, at most 10 %, which neither has" in text
    assert "<script" not in text
    nothing = matrix(["one"], [], title="pairs").decode()
    assert "No pair adds anything" in nothing


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_at_least_never_rises_and_begins_with_all_who_have_any(
    shares: list[float],
) -> None:
    found = at_least(shares)
    assert list(found) == sorted(found, reverse=True)
    assert (found[0] if found else 0.0) == pytest.approx(sum(shares[1:]))


def test_both_lines_are_drawn_on_one_scale() -> None:
    data = fullness([0.5, 0.25, 0.25], [0.2, 0.1, 0.3, 0.4], title="profiles")
    root = ET.fromstring(data)  # noqa: S314 - our own bytes
    lines = {one.get("class"): one for one in root.iter(f"{SVG}polyline")}
    tops = {
        name: min(float(y) for y in re.findall(r",([\d.]+)", str(line.get("points"))))
        for name, line in lines.items()
    }
    assert tops["c-after"] < tops["c-before"]
    assert "before: 1 or more 50 %" in data.decode()


def test_a_document_gives_pairs_for_each_row_and_profiles_only_of_a_change() -> None:
    band: Json = {"median": 1.0, "low": 0.0, "high": 2.0}
    item = {"item": "a", "name": "A"}
    other = {"item": "b", "name": "B"}
    profile: Json = {"median": 1, "p90": 2, "mean": 1.0, "shares": [0.5, 0.5]}
    document: dict[str, Json] = {
        "combinations": [
            {
                "adversary": "who",
                "adversary_name": "Who",
                "use": "locate",
                "use_name": "Locate",
                "whole": {"median": 4.0, "low": 1.0, "high": 8.0},
                "shares": [item, other],
                "pairs": [
                    {
                        "left": [item],
                        "right": [other],
                        "gain": band,
                        "synergy": band,
                        "completes": True,
                    }
                ],
            }
        ],
        "profiles": [
            {
                "adversary": "who",
                "adversary_name": "Who",
                "population": "residents",
                "before": profile,
                "after": profile,
            },
            {
                "adversary": "who",
                "adversary_name": "Who",
                "population": "visitors",
                "before": None,
                "after": profile,
            },
        ],
    }
    files = combining_pictures(document)
    assert sorted(files) == ["pairs-who-locate.svg", "profiles-who-residents.svg"]
    assert "A with B 25 %, at most 25 %" in files["pairs-who-locate.svg"].decode()
