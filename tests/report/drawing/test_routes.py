"""Routes are right-angled, start and end at their boxes, and cross none."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.drawing.boxes import Placed
from counterseal.report.drawing.routes import grid

if TYPE_CHECKING:
    from counterseal.report.drawing.routes import Route


def crosses(route: Route, box: Placed) -> bool:
    """Whether any stretch runs through the inside of a box."""
    for (x0, y0), (x1, y1) in pairwise(route):
        across = max(x0, x1) > box.x and min(x0, x1) < box.right
        down = max(y0, y1) > box.y and min(y0, y1) < box.bottom
        if across and down:
            return True
    return False


@st.composite
def rooms(draw: st.DrawFn) -> list[Placed]:
    """Boxes on a loose grid, with gaps wide enough for lanes."""
    cells = [(c, r) for c in range(4) for r in range(4)]
    chosen = draw(st.lists(st.sampled_from(cells), min_size=2, max_size=12, unique=True))
    return [
        Placed(x=c * 160.0, y=r * 80.0, width=110.0, height=float(draw(st.integers(20, 50))))
        for c, r in chosen
    ]


@given(rooms())
def test_a_route_is_right_angled_and_crosses_no_box(boxes: list[Placed]) -> None:
    start, end = boxes[0], boxes[-1]
    route = grid(boxes, around=boxes, obstacles=boxes).route(start, end)
    assert route
    assert all(x0 == x1 or y0 == y1 for (x0, y0), (x1, y1) in pairwise(route))
    assert route[0][0] in {start.x, start.right}
    assert route[-1][0] in {end.x, end.right}
    assert not any(crosses(route, box) for box in boxes)


def test_a_second_route_keeps_off_the_first() -> None:
    boxes = [
        Placed(x=x, y=y, width=100.0, height=30.0) for x in (0.0, 300.0) for y in (0.0, 200.0)
    ]
    lanes = grid(boxes, around=boxes, obstacles=boxes)
    first, second = lanes.route(boxes[0], boxes[3]), lanes.route(boxes[0], boxes[3])
    assert set(pairwise(first)).isdisjoint(pairwise(second))


def test_a_box_that_is_walled_in_has_no_route() -> None:
    inner = Placed(x=100.0, y=100.0, width=50.0, height=30.0)
    far = Placed(x=500.0, y=100.0, width=50.0, height=30.0)
    wall = Placed(x=50.0, y=50.0, width=200.0, height=150.0)
    lanes = grid([inner, far], around=[inner, far], obstacles=[wall])
    assert lanes.route(inner, far) == ()
