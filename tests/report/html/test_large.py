"""A page of a very large change can be loaded and read, and says what it leaves out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from counterseal.estate.diff import diff
from counterseal.estate.generator import generate
from counterseal.report import html, scene, text
from counterseal.report.html.listing import MOST_NAMES, MOST_ROWS, first, names
from counterseal.report.staging import COMFORTABLE

if TYPE_CHECKING:
    from types import ModuleType

    from counterseal.canon import Json
    from counterseal.estate.estate import Estate


def test_rows_that_are_left_out_are_counted() -> None:
    assert first(range(5), 3).rows == (0, 1, 2)
    assert first(range(5), 3).more == 2
    assert first(range(3), 3).more == 0
    assert not first([])


def test_names_that_are_left_out_are_counted() -> None:
    assert names(["a", "b"]) == "a, b"
    many = [f"e{n}" for n in range(MOST_NAMES + 1_500)]
    assert names(many).endswith("e11 and 1,500 more")


def crowded(fiction: ModuleType, before: Estate, after: Estate) -> dict[str, Json]:
    """Return a review in which everything changes and every list is long."""
    systems = sorted(after.systems)
    path = [systems[0], systems[-1], min(after.links), systems[-2], min(after.holdings)]
    found = diff(before, after)
    review: dict[str, Json] = fiction.document()
    review["change"] = {
        "id": "all",
        "differences": [row.as_json() for row in found.differences],
        "unchanged": dict(found.unchanged),
    }
    review["worst_path"] = [{"step": f"{key}#x", "element": key} for key in path]
    review["became_possible"] = [
        {"statement": f"Use {n}", "elements": systems[:900]} for n in range(900)
    ]
    review["conditions"] = [
        {"id": key, "statement": f"Close {key}.", "elements": systems[:900], "chosen": True}
        for key in systems[:900]
    ]
    review["flip"] = {
        "distance": 1,
        "facts": [{"parameter": f"fact:{key}.size", "element": key} for key in systems],
    }
    return review


@pytest.fixture(scope="module")
def sides() -> tuple[Estate, Estate]:
    """Return a small estate, and one of 2,000 systems and 20,000 links."""
    return generate(2, systems=20), generate(1, systems=2_000, links=20_000)


@pytest.fixture(scope="module")
def review(fiction: ModuleType, sides: tuple[Estate, Estate]) -> dict[str, Json]:
    """Return a review of a change from the one to the other."""
    return crowded(fiction, *sides)


@pytest.mark.slow
def test_a_page_of_everything_is_small_and_counts_the_rest(
    sides: tuple[Estate, Estate], review: dict[str, Json]
) -> None:
    page = html.render(review, scene.build(*sides, review))
    assert len(page) < 1_000_000
    differences = diff(*sides).differences
    said = page.decode()
    [changes] = re.findall(r'<section aria-labelledby="changes">.*?</section>', said, re.DOTALL)
    shown = changes.count("<tr>") - 1
    assert f"… and {len(differences) - shown:,} more: " in changes
    assert "links added" in changes
    assert "The first differences" in changes
    tables = re.findall(r"<tbody>.*?</tbody>", said, re.DOTALL)
    assert max(table.count("<tr>") for table in tables) <= 800
    assert "and 888 more" in said
    assert f"and {2_000 - MOST_ROWS:,} more" in said


@pytest.mark.slow
def test_a_picture_of_everything_can_be_read(
    sides: tuple[Estate, Estate], review: dict[str, Json]
) -> None:
    picture = scene.build(*sides, review)
    assert len(picture.items) <= COMFORTABLE
    assert picture.height < 2_000
    assert picture.left_out > 2_000
    assert all(item.place.right <= picture.width for item in picture.items)
    assert all(line.badge[0] + 20 <= picture.width for line in picture.lines)
    hops = {number for item in picture.items for number in item.hops}
    assert {1, 2, 4, 5} <= hops  # no box of the path is left out; hop 3 is a link
    said = html.render(review, picture).decode()
    assert f"{picture.left_out:,} boxes that the change touches are only counted" in said


@pytest.mark.slow
def test_the_text_of_everything_is_short(review: dict[str, Json]) -> None:
    assert len(text.render(review)) < 60_000


@pytest.mark.slow
def test_a_small_change_of_a_large_estate_leaves_nothing_out(
    sides: tuple[Estate, Estate], fiction: ModuleType
) -> None:
    after = sides[1]
    kinds = {kind: after.of_kind(kind) for kind in set(after.kind_of.values())}
    fewer = dict(sorted(after.links.items())[:-2])
    before = type(after)(**{**kinds, "links": fewer})  # type: ignore[arg-type]
    picture = scene.build(before, after, fiction.document())
    assert picture.left_out == 0
    assert len(picture.items) <= COMFORTABLE
