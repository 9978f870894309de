"""Boxes never overlap, children lie inside, and the path runs from left to right."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.drawing.boxes import Box, Frame, Placed, Spacing, arrange

SPACING = Spacing(padding=10.0, between=20.0, rows=8.0, title=24.0)


@st.composite
def frames(draw: st.DrawFn, depth: int = 2, name: str = "f") -> Frame:
    """Frames of leaves and frames, some of them on the path."""
    count = draw(st.integers(1, 5))
    children: list[Box | Frame] = []
    for index in range(count):
        key = f"{name}{index}"
        if depth and draw(st.booleans()):
            children.append(draw(frames(depth=depth - 1, name=key)))
        else:
            children.append(
                Box(
                    id=key,
                    width=draw(st.integers(20, 200)),
                    height=draw(st.integers(10, 90)),
                    flow=draw(st.none() | st.integers(1, 9)),
                )
            )
    return Frame(
        id=f"{name}~",
        children=tuple(children),
        columns=draw(st.integers(1, 4)),
        spacing=SPACING,
        least_width=draw(st.sampled_from((0.0, 150.0))),
    )


def nested(frame: Frame) -> list[Frame]:
    inner = [child for child in frame.children if isinstance(child, Frame)]
    return [frame, *(deeper for child in inner for deeper in nested(child))]


@given(frames())
def test_children_lie_inside_and_do_not_overlap(root: Frame) -> None:
    places = arrange(root)
    for frame in nested(root):
        inside = [places[child.id] for child in frame.children]
        assert all(places[frame.id].holds(place) for place in inside)
        assert not any(a.overlaps(b) for a, b in combinations(inside, 2))
        assert all(place.y >= places[frame.id].y + SPACING.title for place in inside)


@given(frames())
def test_everything_is_placed_once_and_the_same_each_time(root: Frame) -> None:
    ids = {f.id for f in nested(root)} | {c.id for f in nested(root) for c in f.children}
    assert arrange(root).keys() == ids
    assert arrange(root) == arrange(root)


@given(st.integers(2, 6), st.integers(2, 4))
def test_the_path_never_goes_back_to_the_left(hops: int, columns: int) -> None:
    boxes = tuple(Box(id=f"b{n}", width=50, height=20, flow=n) for n in range(hops))
    places = arrange(Frame(id="r", children=boxes, columns=columns, spacing=SPACING))
    lefts = [places[f"b{n}"].x for n in range(hops)]
    assert lefts == sorted(lefts)
    assert lefts[0] < lefts[-1]


def test_boxes_that_only_touch_do_not_overlap() -> None:
    one = Placed(x=0, y=0, width=10, height=10)
    assert not one.overlaps(one.moved(10, 0))
    assert one.overlaps(one.moved(9, 0))
