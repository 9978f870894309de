"""Distinct integers by sorting, which is faster than hashing when most of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["among", "distinct", "numbered"]


def distinct(keys: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the distinct keys in order."""
    ordered = np.sort(keys.astype(np.int64, copy=False), axis=None)
    fresh = np.ones(ordered.size, dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def numbered(keys: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct keys in order, and the place of each key among them."""
    found = distinct(keys)
    return found, np.searchsorted(found, keys)


def among(keys: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return which keys are among ``others``."""
    if others.size == 0:
        return np.zeros(keys.size, dtype=np.bool_)
    ordered = np.sort(others, axis=None)
    place = np.minimum(np.searchsorted(ordered, keys), ordered.size - 1)
    result: NDArray[np.bool_] = ordered[place] == keys
    return result
