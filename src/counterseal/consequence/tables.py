"""Survival curves as tables, so that valuing needs only +, -, * and / (equal on any machine).

Values are computed with Python's ``math``, rounded to nine significant digits, and interpolated
linearly. The grid is fine near 0, where passwords die, and coarse where lives are counted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from counterseal.canon import significant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.catalog.survival import Curve

__all__ = ["LIMIT_YEARS", "NODES", "grid", "survival_rows"]

FINE_YEARS, FINE_STEPS = 0.0625, 96
MIDDLE_YEARS, MIDDLE_STEPS = 1.0, 60
LIMIT_YEARS, COARSE_STEPS = 40.0, 312
"""Horizons of valuation lie in (0, 40] years."""

NODES = FINE_STEPS + MIDDLE_STEPS + COARSE_STEPS + 1
_DIGITS = 9


def grid() -> NDArray[np.float64]:
    """Return the years of the nodes, shape ``(NODES,)``, from 0 to ``LIMIT_YEARS``."""
    fine = FINE_YEARS / FINE_STEPS * np.arange(FINE_STEPS)
    middle = FINE_YEARS + (MIDDLE_YEARS - FINE_YEARS) / MIDDLE_STEPS * np.arange(MIDDLE_STEPS)
    coarse = MIDDLE_YEARS + (LIMIT_YEARS - MIDDLE_YEARS) / COARSE_STEPS * np.arange(
        COARSE_STEPS + 1
    )
    return np.concatenate([fine, middle, coarse])


@lru_cache(maxsize=256)
def survival_rows(curves: tuple[Curve, ...]) -> NDArray[np.float64]:
    """Return curves on the grid, shape ``(len(curves), NODES)``, read-only."""
    years = grid().tolist()
    table = np.array([[significant(c.at(t), digits=_DIGITS) for t in years] for c in curves])
    table.setflags(write=False)
    return table
