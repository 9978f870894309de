"""A share between two ends, and never one number: how far models without the data are off.

From single distributions alone uniqueness is overstated, and two models need not have the truth
between them. So what the models say is widened on the scale of log-odds by errors that were
measured on public tables, where the truth can be counted. With x the log-odds under the tree
(or under independence where no pair is known), g how much higher independence puts them and k
the number of attributes, the scale of the error is s = g + a + b (k - 1), and the truth lies
between x + low s and x + high s in nine cases of ten. The figures are in ``calibration``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Final

from counterseal.mosaic.schema.calibration import CALIBRATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.mosaic.schema.calibration import Calibration, Quantity, Regime

__all__ = ["Band", "difference", "hull", "widened"]

_SMALLEST: Final = 1e-9
"""Shares are kept this far from 0 and 1 on the scale of log-odds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Two ends between which a number is thought to lie.

    Attributes:
        low: Lower end.
        high: Upper end; at least ``low``.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            msg = f"a band from {self.low} to {self.high} is none"
            raise ValueError(msg)

    @property
    def width(self) -> float:
        """How far the ends are apart."""
        return self.high - self.low

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies in it."""
        return self.low <= value <= self.high


def hull(bands: Iterable[Band]) -> Band:
    """Return the smallest band that holds all of ``bands``, of which there is at least one."""
    every = list(bands)
    return Band(low=min(one.low for one in every), high=max(one.high for one in every))


def difference(after: Band, before: Band) -> Band:
    """Return after less before, end by end: both err alike, for the people are the same."""
    ends = (after.low - before.low, after.high - before.high)
    return Band(low=min(ends), high=max(ends))


def widened(
    *,
    independent: float,
    tree: float | None,
    attributes: int,
    quantity: Quantity,
    regimes: Iterable[Regime],
    calibration: Mapping[tuple[Quantity, Regime], Calibration] = CALIBRATION,
) -> Band:
    """Return the band of a share from what the models say.

    Args:
        independent: The share under independence.
        tree: The share under the tree of dependence; ``None`` where no pair is known.
        attributes: How many attributes are combined, identifiers not counted; where there are
            none, nothing errs and the share stays as it is.
        quantity: What the share is.
        regimes: Which calibrations apply; the band spans all of them.
        calibration: Measured errors.
    """
    if independent <= 0.0 or not attributes:
        return Band(low=independent, high=independent)
    flat = _odds(independent)
    bands = []
    for regime in regimes:
        centre = flat if tree is None or not regime.uses_pairs else _odds(tree)
        gap = abs(flat - centre)
        errors = calibration[quantity, regime]
        scale = gap + errors.offset + errors.slope * max(attributes - 1, 0)
        ends = (centre + errors.low * scale, centre + errors.high * scale)
        bands.append(Band(low=_share(ends[0]), high=_share(ends[1])))
    return hull(bands)


def _odds(share: float) -> float:
    inner = min(max(share, _SMALLEST), 1.0 - _SMALLEST)
    return log(inner / (1.0 - inner))


def _share(odds: float) -> float:
    return 1.0 / (1.0 + exp(-odds)) if odds > 0 else exp(odds) / (1.0 + exp(odds))
