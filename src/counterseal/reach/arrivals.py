"""What an engine gives back: when the adversary arrives, and the state behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import UsageError
from counterseal.reach.sampling import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.reach.draws import Draws

__all__ = ["Arrivals", "State"]

_LAST_TICK = 65534


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """When the adversary arrives at some steps, in every trial.

    Attributes:
        steps: Ids, in the order of the rows.
        ticks: Shape (steps, trials), read-only; 65535 is never within the horizon.
        tick_days: Length of a tick.
        draws: Trial ``outer_index * draws.lanes + lane``.
    """

    steps: tuple[str, ...]
    ticks: NDArray[np.uint16] = field(repr=False)
    tick_days: float
    draws: Draws

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {step: row for row, step in enumerate(self.steps)}

    def row(self, step: str) -> NDArray[np.uint16]:
        """Return the ticks of one step, shape (trials,).

        Raises:
            UsageError: The step is not among ``steps``.
        """
        if step not in self._rows:
            raise UsageError(f"no arrivals of step {step} in this result")
        row: NDArray[np.uint16] = self.ticks[self._rows[step]]
        return row

    def days(self, step: str) -> NDArray[np.float32]:
        """Return arrival in days, shape (trials,); infinite for never."""
        return self._as_days(self.row(step))

    def matrix(self, steps: Sequence[str]) -> NDArray[np.float32]:
        """Return arrival in days, shape (len(steps), trials); never for an unknown step."""
        rows = np.array([self._rows.get(step, -1) for step in steps], dtype=np.int64)
        known = np.flatnonzero(rows >= 0)
        out = np.full((len(steps), self.draws.trials), np.inf, dtype=np.float32)
        out[known] = self._as_days(self.ticks[rows[known]])
        return out

    def reached(self, step: str, horizon_days: float) -> NDArray[np.bool_]:
        """Return in which trials the step is reached within ``horizon_days``, to the tick."""
        limit = min(np.floor(horizon_days / self.tick_days + 0.5), _LAST_TICK)
        within: NDArray[np.bool_] = self.row(step) <= np.uint16(limit)
        return within

    def _as_days(self, ticks: NDArray[np.uint16]) -> NDArray[np.float32]:
        days = (ticks * self.tick_days).astype(np.float32)
        days[ticks == NEVER] = np.inf
        return days


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Local times and arrivals of every step that matters, in a run of tiles.

    Attributes:
        first: Number of the first tile.
        x: Local times in ticks, shape (tiles, steps, width).
        t: Arrivals in ticks, of the same shape.
    """

    first: int
    x: NDArray[np.uint16]
    t: NDArray[np.uint16]
