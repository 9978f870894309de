"""Right-angled routes between boxes through the gaps, never across a box or a title.

A sparse grid of the lanes beside boxes and of the ports on their sides is searched for the
cheapest route (A*): length, bends and stretches that another route already uses all cost.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from counterseal.report.drawing.boxes import Placed

__all__ = ["Grid", "Point", "Route", "grid"]

Point = tuple[float, float]
Route = tuple[Point, ...]
Cell = tuple[int, int]

_BEND = 24.0
_SHARED = 90.0
_THROUGH = 2.5
_PORTS = (0.0, -8.0, 8.0)
_CLOSEST = 4.0
_BESIDE = 3.0
_STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where routes may run.

    Attributes:
        xs: Abscissas of the vertical lanes, sorted.
        ys: Ordinates of the horizontal lanes, sorted.
        open_right: Whether the stretch to the right of (x, y) is free; (xs, ys).
        open_down: Whether the stretch below (x, y) is free; (xs, ys).
        shared: Price of a stretch that another route uses.
        used: How many routes use a stretch already, by its two ends.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    open_right: NDArray[np.bool_]
    open_down: NDArray[np.bool_]
    shared: float = _SHARED
    used: dict[tuple[Cell, Cell], int] = field(default_factory=dict)

    def route(self, start: Placed, end: Placed, *, around: Sequence[Placed] = ()) -> Route:
        """Return the corners of the cheapest route from one box to the other, and keep it.

        Ways through the boxes ``around`` count double. The result is empty when there is no
        way through at all.
        """
        starts, ends = self._ports(start), self._ports(end)
        cells = self._search(starts, ends, self._inside(around))
        for one, other in pairwise(cells):
            key = (min(one, other), max(one, other))
            self.used[key] = self.used.get(key, 0) + 1
        return _corners([(self.xs[i], self.ys[j]) for i, j in cells])

    def _ports(self, box: Placed) -> tuple[Cell, ...]:
        middle = box.y + min(box.height, 30.0) / 2
        columns = [self.xs.index(x) for x in (box.x, box.right) if x in self.xs]
        rows = [self.ys.index(middle + p) for p in _PORTS if middle + p in self.ys]
        return tuple((i, j) for i in columns for j in rows)

    def _inside(self, boxes: Sequence[Placed]) -> NDArray[np.bool_]:
        """Mark the corners that lie in any of ``boxes``."""
        xs, ys = np.array(self.xs), np.array(self.ys)
        inside = np.zeros((len(xs), len(ys)), dtype=np.bool_)
        for box in boxes:
            across = (xs >= box.x) & (xs <= box.right)
            inside |= np.outer(across, (ys >= box.y) & (ys <= box.bottom))
        return inside

    def _search(
        self, starts: Sequence[Cell], ends: Sequence[Cell], slow: NDArray[np.bool_]
    ) -> list[Cell]:
        goals = frozenset(ends)
        if not goals:
            return []
        box = [f(c[k] for c in goals) for k in (0, 1) for f in (min, max)]
        left, right = self.xs[box[0]], self.xs[box[1]]
        top, bottom = self.ys[box[2]], self.ys[box[3]]

        def ahead(cell: Cell) -> float:
            x, y = self.xs[cell[0]], self.ys[cell[1]]
            return max(left - x, 0.0, x - right) + max(top - y, 0.0, y - bottom)

        best = {(cell, 0): 0.0 for cell in starts}
        came: dict[tuple[Cell, int], tuple[Cell, int]] = {}
        queue = [(ahead(cell), cell, 0) for cell in starts]
        heapq.heapify(queue)
        while queue:
            _, cell, way = heapq.heappop(queue)
            here = (cell, way)
            if cell in goals:
                return _unwind(came, here)
            for there, price in self._moves(cell, way):
                cost = best[here] + price * (_THROUGH if slow[there[0]] else 1.0)
                if cost < best.get(there, float("inf")):
                    best[there] = cost
                    came[there] = here
                    heapq.heappush(queue, (cost + ahead(there[0]), there[0], there[1]))
        return []

    def _moves(self, cell: Cell, way: int) -> Iterable[tuple[tuple[Cell, int], float]]:
        """Yield the neighbours with the way taken (1 across, 2 down) and the price."""
        i, j = cell
        for di, dj in _STEPS:
            a, b = i + di, j + dj
            if not (0 <= a < len(self.xs) and 0 <= b < len(self.ys)):
                continue
            low = (min(i, a), min(j, b))
            if not (self.open_right if di else self.open_down)[low]:
                continue
            new_way = 1 if di else 2
            price = abs(self.xs[a] - self.xs[i]) + abs(self.ys[b] - self.ys[j])
            price += _BEND if way not in (0, new_way) else 0.0
            price += self.shared * self.used.get((low, (max(i, a), max(j, b))), 0)
            yield ((a, b), new_way), price


def grid(
    ends: Iterable[Placed],
    *,
    around: Sequence[Placed],
    obstacles: Sequence[Placed],
    lanes: Sequence[float] = (11.0, 22.0),
    shared: float = _SHARED,
) -> Grid:
    """Return the grid of lanes beside the boxes ``around`` and of ports on the ``ends``.

    ``lanes`` are distances from the boxes. Routes cross no ``obstacles``, the ends themselves
    among them: a route starts and stops at their sides.
    """
    ends = list(ends)
    lanes_x = [v for b in around for d in lanes for v in (b.x - d, b.right + d)]
    lanes_y = [v for b in around for d in lanes for v in (b.y - d, b.bottom + d)]
    sides = {v for b in ends for v in (b.x, b.right)}
    middles = {b.y + min(b.height, 30.0) / 2 + p for b in ends for p in _PORTS}
    xs = tuple(sorted(sides | _spread(lanes_x, sides)))
    ys = tuple(sorted(middles | _spread(lanes_y, set())))
    right, down = _open(xs, ys, obstacles)
    return Grid(xs=xs, ys=ys, open_right=right, open_down=down, shared=shared)


def _spread(values: list[float], taken: set[float]) -> set[float]:
    """Thin out lanes that are closer than a few pixels to each other or to ``taken``."""
    kept: set[float] = set()
    last = float("-inf")
    for value in sorted(set(values)):
        near = any(abs(value - other) < _CLOSEST for other in taken)
        if value - last >= _CLOSEST and not near:
            kept.add(value)
            last = value
    return kept


def _open(
    xs: tuple[float, ...], ys: tuple[float, ...], obstacles: Sequence[Placed]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the stretches that no obstacle covers, nor runs along the side of."""
    across, along = np.array(xs), np.array(ys)
    right = np.ones((len(xs), len(ys)), dtype=np.bool_)
    down = np.ones_like(right)
    for box in obstacles:
        inside_x = (across > box.x - _BESIDE) & (across < box.right + _BESIDE)
        inside_y = (along > box.y - _BESIDE) & (along < box.bottom + _BESIDE)
        over_x = (np.append(across[1:], np.inf) > box.x) & (across < box.right)
        over_y = (np.append(along[1:], np.inf) > box.y) & (along < box.bottom)
        right[np.ix_(over_x, inside_y)] = False
        down[np.ix_(inside_x, over_y)] = False
    right[-1:, :] = False
    down[:, -1:] = False
    return right, down


def _unwind(
    came: dict[tuple[Cell, int], tuple[Cell, int]], last: tuple[Cell, int]
) -> list[Cell]:
    cells = [last[0]]
    while last in came:
        last = came[last]
        cells.append(last[0])
    return cells[::-1]


def _corners(points: list[Point]) -> Route:
    """Drop the points that lie on a straight stretch."""
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return ()
    kept = [points[0]]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        straight = before[0] == here[0] == after[0] or before[1] == here[1] == after[1]
        if not straight:
            kept.append(here)
    return (*kept, points[-1])
