"""The decision picture is laid out once, nests, never overlaps, and groups what is many."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.report import scene
from counterseal.report.staging import COMFORTABLE, MOST_BOXES
from counterseal.report.union import State
from counterseal.testing.strategies import estates

if TYPE_CHECKING:
    from types import ModuleType

    from counterseal.canon import Json
    from counterseal.estate.estate import Estate
    from counterseal.report.scene import Scene


def review_of(path: list[str]) -> dict[str, Json]:
    """Return a review with a path over some elements, and a cut so that it may be shown."""
    return {
        "schema": "counterseal-review/1",
        "change": {"id": "x"},
        "verdict": {"word": "redesign"},
        "worst_path": [{"step": f"{key}#step", "element": key} for key in path],
        "cuts": [{"id": "c", "statement": "cut it"}],
    }


def laws(picture: Scene) -> None:
    """Check that boxes nest, that siblings keep apart, and that all lies in the picture."""
    places = {item.id: item.place for item in picture.items}
    for item in picture.items:
        assert item.place.x >= 0
        assert item.place.y >= 0
        assert item.place.right <= picture.width
        assert item.place.bottom <= picture.height
        if item.parent:
            assert places[item.parent].holds(item.place)
    for one, other in combinations(picture.items, 2):
        if one.level == other.level:
            assert not one.place.overlaps(other.place)


@pytest.mark.slow
@settings(max_examples=25)
@given(estates(), estates(), st.data())
def test_boxes_nest_and_siblings_keep_apart(
    before: Estate, after: Estate, data: st.DataObject
) -> None:
    known = sorted({*before.systems, *after.systems, *before.holdings, *after.links})
    path = data.draw(st.lists(st.sampled_from(known), max_size=5))
    laws(scene.build(before, after, review_of(path)))


def test_a_box_stands_where_it_stood_before(fiction: ModuleType) -> None:
    forth = scene.build(fiction.before(), fiction.after(), review_of([]))
    back = scene.build(fiction.after(), fiction.before(), review_of([]))
    assert {i.id: i.place for i in forth.items} == {i.id: i.place for i in back.items}


def test_states_are_those_of_the_change(fiction: ModuleType) -> None:
    picture = scene.build(fiction.before(), fiction.after(), fiction.document())
    states = {item.id: item.state for item in picture.items}
    assert states["search-hub"] is State.ADDED
    assert states["hub-index"] is State.ADDED
    assert states["crew-database"] is State.SAME
    jump = picture.item("admin-plane")
    assert jump is not None
    assert jump.state is State.CHANGED
    assert jump.notes == ("grant tessel-support changed",)


def test_only_the_change_and_the_path_are_lines(fiction: ModuleType) -> None:
    picture = scene.build(fiction.before(), fiction.after(), fiction.document())
    drawn = {line.id for line in picture.lines if line.id}
    assert drawn == {
        "hub-from-crew",
        "hub-from-cargo",
        "hub-from-cameras",
        "support-to-hub",
        "police-to-hub",
        "police-to-crew",
    }
    assert sum(pair.count for pair in picture.pairs) == 10


def test_every_line_finds_its_way_and_its_label_keeps_apart(fiction: ModuleType) -> None:
    picture = scene.build(fiction.before(), fiction.after(), fiction.document())
    assert all(line.route for line in picture.lines)
    spots = [line.badge for line in picture.lines if line.label]
    assert all(
        abs(a[0] - b[0]) > 18 or abs(a[1] - b[1]) > 18 for a, b in combinations(spots, 2)
    )


def test_the_path_enters_at_the_left_and_ends_at_the_target(fiction: ModuleType) -> None:
    picture = scene.build(fiction.before(), fiction.after(), fiction.document())
    first, target = picture.item("tessel-desk"), picture.item("hub-index")
    assert first is not None
    assert target is not None
    assert target.target
    assert first.place.right < target.place.x
    outside = picture.item("tessel")
    assert outside is not None
    assert outside.place.x == min(item.place.x for item in picture.items)
    assert first.hops == (1,)
    assert target.hops == (4,)


def test_a_path_without_a_cut_is_not_drawn(fiction: ModuleType) -> None:
    review = fiction.document() | {"cuts": []}
    picture = scene.build(fiction.before(), fiction.after(), review)
    assert not any(item.hops for item in picture.items)
    assert not any(line.kind in {"path", "entry"} for line in picture.lines)


def test_a_small_estate_is_shown_whole(fiction: ModuleType) -> None:
    picture = scene.build(fiction.before(), fiction.after(), fiction.document())
    assert not picture.grouped
    shown = {item.id for item in picture.items}
    assert fiction.after().systems.keys() <= shown


@pytest.mark.parametrize("systems", [210, 300])
def test_a_large_estate_is_grouped(systems: int, fiction: ModuleType) -> None:
    before, after, review = fiction.large(systems)
    picture = scene.build(before, after, review)
    laws(picture)
    assert picture.grouped
    assert len(picture.items) <= MOST_BOXES
    assert {"system-001", "system-002", "system-200", "system-201"} <= {
        item.id for item in picture.items
    }
    assert any(item.kind == "group" for item in picture.items)


def test_what_can_be_read_is_shown_before_what_can_be_fitted(fiction: ModuleType) -> None:
    before, after, review = fiction.large(300)
    assert len(scene.build(before, after, review).items) <= COMFORTABLE


@pytest.mark.slow
def test_a_change_of_everything_is_still_a_picture(fiction: ModuleType) -> None:
    before, _, review = fiction.large(300)
    nothing, _, _ = fiction.large(210)
    picture = scene.build(type(before)(), before, review)
    laws(picture)
    assert len(picture.items) <= MOST_BOXES
    assert nothing.systems


def test_a_path_that_begins_with_a_link_begins_at_its_near_end(fiction: ModuleType) -> None:
    review = fiction.document() | review_of(["support-to-hub", "hub-index"])
    picture = scene.build(fiction.before(), fiction.after(), review)
    entry = next(line for line in picture.lines if line.kind == "entry")
    path = next(line for line in picture.lines if line.kind == "path")
    assert entry.end == "tessel-desk"
    assert (path.start, path.end, path.label) == ("tessel-desk", "search-hub", "1")


def test_the_same_inputs_give_the_same_scene(fiction: ModuleType) -> None:
    one = scene.build(fiction.before(), fiction.after(), fiction.document())
    assert one == scene.build(fiction.before(), fiction.after(), fiction.document())
