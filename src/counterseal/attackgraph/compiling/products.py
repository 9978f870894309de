"""Products under construction: values by row, and products of them, many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from counterseal.attackgraph.columns import Products

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Product

    Rows = NDArray[np.int32]

__all__ = ["EMPTY", "Fragments", "joined"]

EMPTY = 0
"""The number of the empty product, which is 1."""


class Fragments:
    """Parts of products, each with a number; the values they are made of, each with a row."""

    def __init__(self, known: Mapping[str | float, int] | None = None) -> None:
        """Start with the empty product; rows of ``known`` values are taken as they are."""
        self._known = known or {}
        self._values: dict[str | float, int] = {}
        self._made: dict[Product, int] = {(): EMPTY}
        self._counts: list[NDArray[np.int64]] = [np.zeros(1, dtype=np.int64)]
        self._base: list[NDArray[np.int32]] = []
        self._exponent: list[NDArray[np.int32]] = []
        self._size = 1

    @property
    def rows(self) -> Mapping[str | float, int]:
        """Row of each value that is not among the known ones."""
        return self._values

    def value(self, value: str | float) -> int:
        """Return the row of a parameter or a constant."""
        key = value if isinstance(value, str) else float(value)
        row = self._known.get(key)
        if row is None:
            row = self._values.setdefault(key, len(self._known) + len(self._values))
        return row

    def one(self, product: Product) -> int:
        """Return the number of one product."""
        if product not in self._made:
            base = [self.value(power.base) for power in product]
            exponent = [self.value(power.exponent) for power in product]
            self._counts.append(np.array([len(product)]))
            self._base.append(np.array(base, dtype=np.int32))
            self._exponent.append(np.array(exponent, dtype=np.int32))
            self._made[product] = self._size
            self._size += 1
        return self._made[product]

    def many(self, base: Sequence[int], exponent: Rows) -> Rows:
        """Return the numbers of products of the same bases, shape (n,).

        Args:
            base: Rows of k values.
            exponent: Rows of the exponents of each product, shape (n, k).
        """
        count, length = exponent.shape
        if length == 0:
            return np.full(count, EMPTY, dtype=np.int32)
        self._counts.append(np.full(count, length))
        self._base.append(np.tile(np.array(base, dtype=np.int32), count))
        self._exponent.append(exponent.reshape(-1).astype(np.int32))
        first, self._size = self._size, self._size + count
        return np.arange(first, self._size, dtype=np.int32)

    def encode(self) -> Products:
        """Return the products by number."""
        nothing = np.empty(0, dtype=np.int32)
        counts = np.concatenate(self._counts)
        return Products(
            row=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            base=np.concatenate([nothing, *self._base]),
            exponent=np.concatenate([nothing, *self._exponent]),
        )


@njit(cache=True, nogil=True)
def joined(one: Products, other: Products, left: Rows, right: Rows) -> Products:
    """Return the product of ``one[left[k]]`` and ``other[right[k]]`` for every k."""
    row = np.zeros(left.size + 1, dtype=np.int32)
    for k in range(left.size):
        size = one.row[left[k] + 1] - one.row[left[k]]
        row[k + 1] = row[k] + size + other.row[right[k] + 1] - other.row[right[k]]
    base = np.empty(row[-1], dtype=np.int32)
    exponent = np.empty(row[-1], dtype=np.int32)
    for k in range(left.size):
        place = row[k]
        for j in range(one.row[left[k]], one.row[left[k] + 1]):
            base[place], exponent[place] = one.base[j], one.exponent[j]
            place += 1
        for j in range(other.row[right[k]], other.row[right[k] + 1]):
            base[place], exponent[place] = other.base[j], other.exponent[j]
            place += 1
    return Products(row, base, exponent)
