"""Products of powers in every outer draw, a row of draws at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import exp, log, njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Products

__all__ = ["evaluate_rows"]

_TINY = 1e-300


@njit
def evaluate_rows(
    products: Products,
    rows: NDArray[np.int64],
    values: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write the products of ``rows`` to the rows of ``out``, one column per outer draw.

    A product with a factor of 0 or less is 0. The bits are those of ``special.power``, factor
    after factor from 1; no branch is inside a loop over draws, so that the loops are vectors.
    """
    factor = np.empty(values.shape[1])
    for k in range(rows.size):
        row = out[k]
        row[:] = 1.0
        for j in range(products.row[rows[k]], products.row[rows[k] + 1]):
            _power(values[products.base[j]], values[products.exponent[j]], factor)
            for i in range(row.size):
                row[i] = row[i] * factor[i] if factor[i] > 0.0 else 0.0


@njit
def _power(
    base: NDArray[np.float64], exponent: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Write base**exponent as the engine has it: 1 for exponent 0, else 0 for base <= 0."""
    plain = True
    for i in range(out.size):
        plain = plain and exponent[i] == 1.0
    if plain:
        for i in range(out.size):
            out[i] = base[i] if base[i] > _TINY else 0.0
        return
    for i in range(out.size):
        powered = exp(exponent[i] * log(max(base[i], _TINY)))
        powered = base[i] if exponent[i] == 1.0 else powered
        powered = powered if base[i] > _TINY else 0.0
        out[i] = 1.0 if exponent[i] == 0.0 else powered
