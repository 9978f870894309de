"""Distinct integers by sorting, which is faster than hashing when most of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["distinct", "numbered"]


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
