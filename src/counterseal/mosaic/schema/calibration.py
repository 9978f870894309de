"""How far the models were off on public tables, where the truth can be counted.

Measured by ``benchmarks/mosaic_bands.py``; decision 25 says on what and how.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CALIBRATION", "Calibration", "Quantity", "Regime"]


class Quantity(StrEnum):
    """Which share is estimated."""

    UNIQUE = "unique"
    CORRECT = "correct"


class Regime(StrEnum):
    """What is known beside single distributions."""

    MARGINALS = "marginals"
    PAIRS = "pairs"

    @property
    def uses_pairs(self) -> bool:
        """Whether the tree of dependence is the centre."""
        return self is Regime.PAIRS


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Errors on public tables, on the scale of log-odds.

    Attributes:
        low, high: The 5th and 95th percentile of (truth - centre) / (gap + offset), with every
            table counted alike.
        offset: What stands in for the gap where the models agree.
        tables: Tables on which they were measured.
        cases: Subsets of columns.
        coverage: Share of cases that the band held on tables left out of the measurement,
            every table counted alike.
        worst: Share of cases held on the worst of them.
    """

    low: float
    high: float
    offset: float
    tables: int
    cases: int
    coverage: float
    worst: float


CALIBRATION: Final[Mapping[tuple[Quantity, Regime], Calibration]] = MappingProxyType(
    {
        (Quantity.UNIQUE, Regime.MARGINALS): Calibration(
            low=-3.433,
            high=0.427,
            offset=1.0,
            tables=86,
            cases=3042,
            coverage=0.899,
            worst=0.333,
        ),
        (Quantity.UNIQUE, Regime.PAIRS): Calibration(
            low=-0.167,
            high=0.304,
            offset=2.0,
            tables=86,
            cases=3042,
            coverage=0.897,
            worst=0.273,
        ),
        (Quantity.CORRECT, Regime.MARGINALS): Calibration(
            low=-2.99,
            high=0.0686,
            offset=1.0,
            tables=86,
            cases=3042,
            coverage=0.898,
            worst=0.429,
        ),
        (Quantity.CORRECT, Regime.PAIRS): Calibration(
            low=-0.07,
            high=0.143,
            offset=2.0,
            tables=86,
            cases=3042,
            coverage=0.899,
            worst=0.152,
        ),
    }
)
