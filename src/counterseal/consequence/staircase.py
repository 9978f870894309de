"""The area under a staircase of (years, people). Numba."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = ["area", "fall"]


@njit(cache=True, nogil=True)
def fall(years: Numbers, order: Whole, size: int) -> None:
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
def area(years: Numbers, people: Numbers, order: Whole, size: int) -> float:
    """Return the area under the staircase: so many people are usable for so many years.

    ``years`` and ``people`` (points,); ``order`` lists the points by falling years.
    """
    most, total = 0.0, 0.0
    for i in range(size):
        point = order[i]
        most = max(most, people[point])
        following = years[order[i + 1]] if i + 1 < size else 0.0
        total += most * (years[point] - following)
    return total
