"""Pictures stand alone: well formed, described, without script, the same bytes each time."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from counterseal.consequence.static import static_table
from counterseal.consequence.taken.curves import attribute_curves
from counterseal.report.drawing.axes import linear
from counterseal.report.pictures.gallery import gallery
from counterseal.report.pictures.survival import survival_picture
from counterseal.report.pictures.worth import WorthRow, people_picture, value_picture
from counterseal.testing.catalogs import catalog
from counterseal.workspace.packaged import example_folder
from counterseal.workspace.project import open_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.consequence.static import StaticTable

CURVES = {row.attribute.id: row for row in attribute_curves(catalog().attributes.values())}
SVG = "{http://www.w3.org/2000/svg}"
KEPT = ("survival-residential-address", "survival-password", "usable-years", "person-years")


def _harbour() -> StaticTable:
    project = open_project(example_folder("harbour"))
    return static_table(project.estate(catalog()), catalog())


GALLERY = gallery(_harbour())


def test_every_class_that_passes_has_a_picture_and_no_other() -> None:
    passing = {name for name, row in CURVES.items() if row.attribute.survival.points}
    assert set(GALLERY) == {f"survival-{name}.svg" for name in passing} | {
        "usable-years.svg",
        "person-years.svg",
    }


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_a_picture_is_described_and_holds_no_script_and_no_address(name: str) -> None:
    data = GALLERY[name]
    root = ET.fromstring(data)  # noqa: S314 - our own bytes
    assert root.tag == f"{SVG}svg"
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text
    assert described is not None
    assert described.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
    assert root.get("role") == "img"
    text = data.decode()
    assert "<script" not in text
    assert re.findall(r"(?:href|src|url\()", text) == []
    assert "prefers-color-scheme: dark" in text


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_nothing_is_drawn_beyond_the_sheet(name: str) -> None:
    root = ET.fromstring(GALLERY[name])  # noqa: S314 - our own bytes
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for one in root.iter(f"{SVG}text"):
        assert 0 <= float(one.get("x", "-1")) <= width
        assert 0 <= float(one.get("y", "-1")) <= height


@pytest.mark.parametrize("name", KEPT)
def test_a_picture_is_as_recorded(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.svg", GALLERY[f"{name}.svg"].decode())


def test_the_same_table_gives_the_same_bytes() -> None:
    assert gallery(_harbour()) == GALLERY


def test_the_address_shows_its_points_its_other_measurements_and_what_was_refused() -> None:
    root = ET.fromstring(survival_picture(CURVES["residential-address"]))  # noqa: S314 - ours
    looks = [one.get("class") for one in root.iter()]
    assert looks.count("c-after-dot") == 2
    assert looks.count("c-before-dot") == 2
    assert looks.count("c-before") == 3
    assert looks.count("c-after") == 1
    words = " ".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))
    assert "Exponential refused" in words
    assert "7.22 usable years" in words
    assert "11.8 usable years" in words


def test_the_line_goes_through_the_points_that_were_fitted() -> None:
    row = CURVES["employer"]
    root = ET.fromstring(survival_picture(row))  # noqa: S314 - our own bytes
    line = next(one for one in root.iter() if one.get("class") == "c-after")
    spots = [tuple(map(float, p.split(","))) for p in line.get("points", "").split()]
    across = linear(0.0, 25.0, start=64.0, end=590.0, ticks=())
    down = linear(0.0, 1.0, start=300.0, end=62.0, ticks=())
    for point in row.attribute.survival.points:
        x, y = across.at(point.years), down.at(point.share)
        nearest = min(spots, key=lambda spot: abs(spot[0] - x))
        assert nearest[1] == pytest.approx(y, abs=1.0)


def test_names_of_lines_stand_apart() -> None:
    root = ET.fromstring(survival_picture(CURVES["residential-address"]))  # noqa: S314 - ours
    heights = [
        float(one.get("y", "0"))
        for one in root.iter(f"{SVG}text")
        if float(one.get("x", "0")) == 600.0
    ]
    assert len(heights) == 4
    ordered = sorted(heights)
    assert all(b - a >= 14.9 for a, b in itertools.pairwise(ordered))


def test_markup_in_a_name_is_text() -> None:
    row = WorthRow(name="<b>&", kind="body", amounts=(1, 2, 3, 4), low=3, high=5)
    for picture in (value_picture([row]), people_picture([row])):
        root = ET.fromstring(picture)  # noqa: S314 - our own bytes
        assert "<b>&" in ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def test_an_estate_without_data_has_an_empty_picture() -> None:
    ET.fromstring(people_picture([]))  # noqa: S314 - our own bytes
