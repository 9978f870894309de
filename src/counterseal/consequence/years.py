"""For how many years is a person usable? Cumulative tables by level, and their lookup. Numba.

Only + - * / and comparisons are used.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
from numba import njit

from counterseal.consequence.tables import (
    COARSE_STEPS,
    FINE_STEPS,
    FINE_YEARS,
    LIMIT_YEARS,
    MIDDLE_STEPS,
    MIDDLE_YEARS,
    NODES,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.consequence.arrays import Form

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = [
    "Kept",
    "fill",
    "kept",
    "least_survival",
    "node_of",
    "nodes_for",
    "share_of",
    "usable_years",
]

MOST_KEPT_BYTES = 2**27
"""Most memory of all kept tables together."""

_FINE = FINE_STEPS / FINE_YEARS
_MIDDLE = MIDDLE_STEPS / (MIDDLE_YEARS - FINE_YEARS)
_COARSE = COARSE_STEPS / (LIMIT_YEARS - MIDDLE_YEARS)
_MIDDLE_NODE = FINE_STEPS
_COARSE_NODE = FINE_STEPS + MIDDLE_STEPS
_LAST = NODES - 1


class Kept:
    """The usable years of every level of a form in every draw, filled as they are needed.

    Any number of threads may use one. Each fills what it does not find ready, with the same
    bytes as any other; that a level is ready is told by replacing ``ready``, after the table
    was written, so that who sees the one sees the other.

    Attributes:
        table: (draws, levels, nodes).
        ready: (draws, levels) what of it is filled; replaced, never written to.
    """

    __slots__ = ("__weakref__", "ready", "table")

    def __init__(self, *, draws: int, levels: int, nodes: int) -> None:
        """Allocate; memory that is not filled costs nothing."""
        self.table = np.empty((draws, levels, nodes))
        self.ready = np.zeros((draws, levels), np.bool_)

    def tell(self, ready: NDArray[np.bool_]) -> None:
        """Note what else is ready."""
        self.ready = self.ready | ready


_alive: WeakValueDictionary[bytes, Kept] = WeakValueDictionary()


def kept(form: Form, places: NDArray[np.float64], *, levels: int, nodes: int) -> Kept | None:
    """Return the usable years of every level at ``places`` (curves, draws).

    Equal forms share one table while anybody holds it: adversaries of one estate, and the
    estate before and after a change. ``None`` when it does not fit ``MOST_KEPT_BYTES``.
    """
    curves = np.unique(form.curve)
    draws = places.shape[1]
    mark = sha256(f"{draws} {levels} {nodes}".encode())
    for part in (form.ranks, form.curve, curves, form.curves[curves], places[curves]):
        mark.update(np.ascontiguousarray(part).tobytes())
    key = mark.digest()
    known = _alive.get(key)
    if known is not None:
        return known
    used = sum(one.table.nbytes for one in tuple(_alive.values()))
    if used + draws * levels * nodes * 8 > MOST_KEPT_BYTES:
        return None
    made = _alive[key] = Kept(draws=draws, levels=levels, nodes=nodes)
    return made


def nodes_for(horizon: float) -> int:
    """Return how many nodes a lookup of up to ``horizon`` years reads."""
    return min(int(node_of(horizon)) + 2, NODES)


@njit(cache=True, nogil=True)
def node_of(years: float) -> int:
    """Return the node at or below ``years``; -1 for none left."""
    if years <= 0.0:
        return -1
    if years < FINE_YEARS:
        return int(years * _FINE)
    if years < MIDDLE_YEARS:
        return _MIDDLE_NODE + int((years - FINE_YEARS) * _MIDDLE)
    return min(_COARSE_NODE + int((years - MIDDLE_YEARS) * _COARSE), _LAST)


@njit(cache=True, nogil=True)
def share_of(years: float) -> float:
    """Return the place of ``years`` between its node and the next, in [0, 1)."""
    if years < FINE_YEARS:
        place = years * _FINE
    elif years < MIDDLE_YEARS:
        place = (years - FINE_YEARS) * _MIDDLE
    else:
        place = (years - MIDDLE_YEARS) * _COARSE
    return place - int(place)


@njit(cache=True, nogil=True)
def usable_years(table: Numbers, years: float) -> float:
    """Interpolate a cumulative table (nodes,) at ``years`` in [0, LIMIT_YEARS]."""
    node, last = node_of(years), table.size - 1
    if node < 0:
        return 0.0
    if node >= last:
        return float(table[last])
    return float(table[node] + share_of(years) * (table[node + 1] - table[node]))


@njit(cache=True, nogil=True)
def least_survival(form: Form, places: Numbers, draw: int, least: Numbers) -> None:
    """Write the least survival from each durability up to ``least`` (groups, ranks, nodes)."""
    nodes = least.shape[2]
    for group in range(form.ranks.size):
        for rank in range(form.ranks[group] - 1, -1, -1):
            curve = form.curve[group, rank]
            out = least[group, rank]
            low, middle, high = form.curves[curve]
            place = 2.0 * places[curve, draw]
            if place <= 1.0:
                for node in range(nodes):
                    out[node] = min(1.0, low[node] + (middle[node] - low[node]) * place)
            else:
                place -= 1.0
                for node in range(nodes):
                    out[node] = min(1.0, middle[node] + (high[node] - middle[node]) * place)
            if rank + 1 < form.ranks[group]:
                above = least[group, rank + 1]
                for node in range(nodes):
                    out[node] = min(above[node], out[node])


@njit(cache=True, nogil=True)
def fill(
    grid: Numbers, least: NDArray[np.float64], level: Whole, product: Numbers, years: Numbers
) -> None:
    """Write the cumulative usable years of ``level`` to ``years`` (nodes,), by trapezoids.

    ``product`` (nodes,) is scratch, so that ``years`` never has anything but final numbers.
    """
    nodes = years.size
    first = least[0, level[0] - 1]
    for node in range(nodes):
        product[node] = first[node]
    for group in range(1, level.size):
        other = least[group, level[group] - 1]
        for node in range(nodes):
            product[node] *= other[node]
    product[0] = 1.0
    total = 0.0
    years[0] = 0.0
    for node in range(1, nodes):
        step = grid[node] - grid[node - 1]
        total += step * (product[node - 1] + product[node]) * 0.5
        years[node] = total
