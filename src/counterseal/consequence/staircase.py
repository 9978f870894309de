"""The area under a staircase of (years, people), and the lookup of usable years. Numba."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from counterseal.consequence.tables import (
    COARSE_STEPS,
    FINE_STEPS,
    FINE_YEARS,
    LIMIT_YEARS,
    MIDDLE_STEPS,
    MIDDLE_YEARS,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = ["area", "usable_years"]

_FINE = FINE_STEPS / FINE_YEARS
_MIDDLE = MIDDLE_STEPS / (MIDDLE_YEARS - FINE_YEARS)
_COARSE = COARSE_STEPS / (LIMIT_YEARS - MIDDLE_YEARS)
_MIDDLE_NODE = FINE_STEPS
_COARSE_NODE = FINE_STEPS + MIDDLE_STEPS
_LAST = FINE_STEPS + MIDDLE_STEPS + COARSE_STEPS


@njit(cache=True, nogil=True)
def usable_years(table: NDArray[np.float64], row: int, years: float) -> float:
    """Interpolate a row of cumulative tables at ``years`` in [0, LIMIT_YEARS]."""
    if years <= 0.0:
        return 0.0
    if years < FINE_YEARS:
        place, first = years * _FINE, 0
    elif years < MIDDLE_YEARS:
        place, first = (years - FINE_YEARS) * _MIDDLE, _MIDDLE_NODE
    else:
        place, first = (years - MIDDLE_YEARS) * _COARSE, _COARSE_NODE
    whole = int(place)
    node = first + whole
    if node >= _LAST:
        return float(table[row, _LAST])
    low = table[row, node]
    return float(low + (place - whole) * (table[row, node + 1] - low))


@njit(cache=True, nogil=True)
def _sort(years: Numbers, order: Whole, size: int) -> None:
    """Bring ``order`` (points) into falling ``years``, by Shell's method with gaps 13, 4, 1."""
    for gap in (13, 4, 1):
        for i in range(gap, size):
            point = order[i]
            j = i
            while j >= gap and years[order[j - gap]] < years[point]:
                order[j] = order[j - gap]
                j -= gap
            order[j] = point


@njit(cache=True, nogil=True)
def area(years: Numbers, people: Numbers, order: Whole, size: int, out: Numbers) -> None:
    """Write the areas under the staircases of lower, value and upper people into ``out``.

    ``years`` (points,), ``people`` (points, 3); ``order`` lists the points and is left sorted.
    """
    _sort(years, order, size)
    lower, value, upper = 0.0, 0.0, 0.0
    out[0], out[1], out[2] = 0.0, 0.0, 0.0
    for i in range(size):
        point = order[i]
        lower = max(lower, people[point, 0])
        value = max(value, people[point, 1])
        upper = max(upper, people[point, 2])
        step = years[point] - (years[order[i + 1]] if i + 1 < size else 0.0)
        out[0] += lower * step
        out[1] += value * step
        out[2] += upper * step
