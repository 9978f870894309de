"""A share of trials with an interval that knows which trials belong together.

Trials of one epistemic draw share the facts of that draw, so they say less than as many
independent ones. The interval is Wilson's at the effective number of trials: the number of
independent trials whose mean would scatter as much as the draws' means do.

References:
    Korn and Graubard (1998), Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data, Survey Methodology 24(2):193-201.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Share", "share"]

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How often something happened, out of trials of some epistemic draws.

    Attributes:
        hits: Trials in which it did; ``0 <= hits <= trials``.
        trials: Trials that could have; 0 when there is none.
        low, high: 95 % interval; 0 to 1 when there is no trial.
    """

    hits: int
    trials: int
    low: float
    high: float

    @property
    def estimate(self) -> float:
        """The sample share, in [0, 1]; 0 when there is no trial."""
        return self.hits / self.trials if self.trials else 0.0


def share(hits: NDArray[np.int64], trials: NDArray[np.int64]) -> Share:
    """Return the share of ``hits`` in ``trials``, both counted per epistemic draw.

    Where all or none of the trials are hits the draws cannot say how alike their trials are;
    then each draw counts as one trial, which is the cautious end.

    Args:
        hits: Shape (outer,), each at most its ``trials``.
        trials: Shape (outer,).
    """
    total, found = int(trials.sum()), int(hits.sum())
    if total == 0:
        return Share(hits=0, trials=0, low=0.0, high=1.0)
    p = found / total
    used = int(np.count_nonzero(trials))
    effective = float(used)
    if 0.0 < p < 1.0 and used > 1:
        rest = hits - p * trials
        variance = float((rest * rest).sum()) * used / (used - 1) / total**2
        effective = min(float(total), p * (1.0 - p) / variance) if variance > 0.0 else total
    low, high = _wilson(p, max(effective, 1.0))
    return Share(hits=found, trials=total, low=low, high=high)


def _wilson(p: float, n: float) -> tuple[float, float]:
    weight = _Z95 * _Z95 / n
    centre = (p + weight / 2) / (1 + weight)
    half = sqrt(p * (1 - p) * weight + weight * weight / 4) / (1 + weight)
    return min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half))
