"""Rows of one table to rows of another, without a copy in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from counterseal.reach.special import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["copy_rows"]

T = TypeVar("T", np.uint16, np.float64)


@njit
def copy_rows(
    source: NDArray[T], theirs: NDArray[np.int64], out: NDArray[T], mine: NDArray[np.int64]
) -> None:
    """Write the rows ``theirs`` of ``source`` to the rows ``mine`` of ``out``, tile by tile.

    Both have the shape (tiles, rows, width); only as many rows as ``mine`` has are copied.
    """
    for tile in range(out.shape[0]):
        for k in range(mine.size):
            out[tile, mine[k], :] = source[tile, theirs[k]]
