"""Nested boxes: leaves in columns, columns in boxes, boxes in boxes; nothing overlaps.

Children that lie on the path are spread over the columns in the order of the path, so that it
enters at the left and ends at the right; the others fill the shortest column. The layout is a
pure function of sizes, order and ids.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "Frame", "Placed", "Spacing", "arrange", "fit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """Distances inside a frame, in pixels: around, between columns, between rows, the title."""

    padding: float
    between: float
    rows: float
    title: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A leaf of a given size; ``flow`` is its first place on the path, or None."""

    id: str
    width: float
    height: float
    flow: int | None = None

    @property
    def last(self) -> int | None:
        """Its last place on the path."""
        return self.flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A box around others, arranged in up to ``columns`` columns."""

    id: str
    children: tuple[Box | Frame, ...]
    columns: int
    spacing: Spacing
    least_width: float = 0.0

    @property
    def flow(self) -> int | None:
        """First place on the path of anything inside, or None."""
        return min((c.flow for c in self.children if c.flow is not None), default=None)

    @property
    def last(self) -> int | None:
        """Last place on the path of anything inside, or None."""
        return max((c.last for c in self.children if c.last is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a box is: left, top, width and height in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The bottom edge."""
        return self.y + self.height

    def moved(self, dx: float, dy: float) -> Placed:
        """Return the same box elsewhere."""
        return Placed(x=self.x + dx, y=self.y + dy, width=self.width, height=self.height)

    def overlaps(self, other: Placed) -> bool:
        """Whether the two share any area."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def holds(self, other: Placed) -> bool:
        """Whether ``other`` lies inside."""
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom


def arrange(root: Frame) -> dict[str, Placed]:
    """Return the place of the root (at 0, 0) and of everything in it, by id."""
    placed = _arrange(root)
    return dict(sorted(placed.items()))


def fit(candidates: list[Frame], *, width: float, height: float) -> dict[str, Placed]:
    """Return the arrangement that needs the least enlargement of ``width`` by ``height``."""
    arranged = [(frame.id, arrange(frame)) for frame in candidates]

    def cost(pair: tuple[str, dict[str, Placed]]) -> float:
        root = pair[1][pair[0]]
        area = root.width * root.height / (width * height)
        return max(root.width / width, 1.0) * 8 + max(root.height / height, 0.6) + area

    return min(arranged, key=cost)[1]


def _arrange(frame: Frame) -> dict[str, Placed]:
    inner = {child.id: _sized(child) for child in frame.children}
    sizes = {key: boxes[key] for key, boxes in inner.items()}
    space = frame.spacing
    result: dict[str, Placed] = {}
    x, bottom = space.padding, space.title
    for column in _columns(frame, sizes):
        widest = max(sizes[child.id].width for child in column)
        y = space.title
        for child in column:
            for key, box in inner[child.id].items():
                place = box.moved(x, y)
                stretched = widest if key == child.id else box.width
                result[key] = Placed(x=place.x, y=place.y, width=stretched, height=box.height)
            y += sizes[child.id].height + space.rows
        bottom = max(bottom, y - space.rows)
        x += widest + space.between
    across = max(x - space.between + space.padding, frame.least_width)
    down = bottom + space.padding
    result[frame.id] = Placed(x=0.0, y=0.0, width=across, height=down)
    return result


def _sized(child: Box | Frame) -> dict[str, Placed]:
    if isinstance(child, Frame):
        return _arrange(child)
    return {child.id: Placed(x=0.0, y=0.0, width=child.width, height=child.height)}


def _columns(frame: Frame, sizes: dict[str, Placed]) -> list[list[Box | Frame]]:
    """Share the children out: the path in its order, then the tallest where there is room."""
    count = max(1, min(frame.columns, len(frame.children)))
    columns: list[list[Box | Frame]] = [[] for _ in range(count)]
    heights = [0.0] * count
    on_path = sorted((c for c in frame.children if c.flow is not None), key=_flow_key)
    for index, child in enumerate(on_path):
        column = _column_of(index, len(on_path), count)
        columns[column].append(child)
        heights[column] += sizes[child.id].height + frame.spacing.rows
    others = [c for c in frame.children if c.flow is None]
    for child in sorted(others, key=lambda c: (-sizes[c.id].height, c.id)):
        column = heights.index(min(heights))
        columns[column].append(child)
        heights[column] += sizes[child.id].height + frame.spacing.rows
    return [column for column in columns if column]


def _flow_key(child: Box | Frame) -> tuple[int, int, str]:
    return (child.last or 0, child.flow or 0, child.id)


def _column_of(index: int, total: int, count: int) -> int:
    """Spread ``total`` steps over ``count`` columns from the first to the last."""
    if total == 1:
        return 0
    return round(index * (count - 1) / (total - 1))
