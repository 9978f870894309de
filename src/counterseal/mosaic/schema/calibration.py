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
        low, high: The 5th and 95th percentile of the error in units of its scale, with every
            table counted alike; the scale is gap + offset + slope * (attributes - 1).
        offset: Scale of the error of one attribute.
        slope: How much each further attribute adds to it.
        tables: Tables on which they were measured.
        cases: Subsets of columns.
        coverage: Share of cases that the band held on tables left out of the measurement,
            every table counted alike.
        weakest: The same in the class of sizes and shares where it was least.
        worst: The same on the worst table.
    """

    low: float
    high: float
    offset: float
    slope: float
    tables: int
    cases: int
    coverage: float
    weakest: float
    worst: float


CALIBRATION: Final[Mapping[tuple[Quantity, Regime], Calibration]] = MappingProxyType(
    {
        (Quantity.UNIQUE, Regime.MARGINALS): Calibration(
            low=-1.524,
            high=0.131,
            offset=0.7,
            slope=0.2,
            tables=85,
            cases=2255,
            coverage=0.897,
            weakest=0.789,
            worst=0.000,
        ),
        (Quantity.UNIQUE, Regime.PAIRS): Calibration(
            low=-0.663,
            high=0.972,
            offset=0.1,
            slope=0.0,
            tables=85,
            cases=2350,
            coverage=0.897,
            weakest=0.796,
            worst=0.167,
        ),
        (Quantity.CORRECT, Regime.MARGINALS): Calibration(
            low=-1.036,
            high=0.057,
            offset=0.1,
            slope=0.4,
            tables=86,
            cases=2627,
            coverage=0.894,
            weakest=0.817,
            worst=0.000,
        ),
        (Quantity.CORRECT, Regime.PAIRS): Calibration(
            low=-0.554,
            high=0.997,
            offset=0.0,
            slope=0.02,
            tables=86,
            cases=2782,
            coverage=0.897,
            weakest=0.806,
            worst=0.340,
        ),
    }
)
