"""Results of a valuation, worked out as far as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Exposure", "Trials"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Exposure:
    """Usable person-years given who reached what, when; means over the trials of a draw.

    Attributes:
        uses, populations, attributes: Row labels, sorted.
        horizons_years: Horizons of the tables.
        inside_share: (populations, draws) share of a population inside the jurisdiction.
        headline_years: Horizon of ``per_trial``.
        deferred_trials, deferred_people, deferred_attributes: Work out what is below when it is
            asked for; who does not ask does not pay.
    """

    uses: tuple[str, ...]
    populations: tuple[str, ...]
    attributes: tuple[str, ...]
    horizons_years: tuple[float, ...]
    inside_share: NDArray[np.float64]
    headline_years: float
    deferred_trials: Callable[[], NDArray[np.float64]] = field(repr=False)
    deferred_people: Callable[[], NDArray[np.float64]] = field(repr=False)
    deferred_attributes: Callable[[], NDArray[np.float64]] = field(repr=False)

    @cached_property
    def per_trial(self) -> NDArray[np.float64]:
        """(uses, trials) person-years over all populations, draw by draw."""
        return self.deferred_trials()

    @cached_property
    def _bounds(self) -> NDArray[np.float64]:
        return self.deferred_people()

    @property
    def person_years(self) -> NDArray[np.float64]:
        """(uses, populations, horizons, draws); of relatives, for a use that counts them."""
        years: NDArray[np.float64] = self._bounds[1]
        return years

    @property
    def lower(self) -> NDArray[np.float64]:
        """Person-years at the lower overlap bound, shaped as ``person_years``."""
        years: NDArray[np.float64] = self._bounds[0]
        return years

    @property
    def upper(self) -> NDArray[np.float64]:
        """Person-years at the upper overlap bound, shaped as ``person_years``."""
        years: NDArray[np.float64] = self._bounds[2]
        return years

    @cached_property
    def attribute_years(self) -> NDArray[np.float64]:
        """(attributes, horizons, draws), summed over populations."""
        return self.deferred_attributes()

    @property
    def inside(self) -> NDArray[np.float64]:
        """Person-years of people inside the jurisdiction, shaped as ``person_years``."""
        return self.person_years * self.inside_share[np.newaxis, :, np.newaxis, :]

    @property
    def outside(self) -> NDArray[np.float64]:
        """Person-years of people outside the jurisdiction, shaped as ``person_years``."""
        return self.person_years - self.inside


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """Arrival times (items, trials), draw by draw.

    Attributes:
        days: Infinite for never.
        lanes: Trials per draw.
        workers: Threads; results do not depend on it.
        known: The order in trials that are like these but for some, and the numbers of those.
    """

    days: NDArray[np.float32]
    lanes: int
    workers: int
    known: tuple[NDArray[np.int32], NDArray[np.int64]] | None = None

    @cached_property
    def order(self) -> NDArray[np.int32]:
        """(trials, items) items by time of arrival, equal times by number."""
        if self.known is None:
            return _order(self.days)
        order, moved = self.known
        found = order.copy()
        found[moved] = _order(self.days[:, moved])
        return found

    def changed(self, days: NDArray[np.float32], where: NDArray[np.bool_]) -> Trials:
        """Return other arrival times, which order items otherwise only in the trials marked."""
        return replace(self, days=days, known=(self.order, np.flatnonzero(where)))

    @property
    def draws(self) -> int:
        """Epistemic draws."""
        return int(self.days.shape[1]) // self.lanes

    def share_out(self, go: Callable[[int, int], None]) -> None:
        """Call ``go(first, last)`` over ranges of draws, each in a thread of its own."""
        shares = max(1, min(self.workers, self.draws))
        cuts = [self.draws * share // shares for share in range(shares + 1)]
        if shares == 1:
            go(0, self.draws)
            return
        with threads(shares) as pool:
            list(pool.map(go, cuts[:-1], cuts[1:]))


def _order(days: NDArray[np.float32]) -> NDArray[np.int32]:
    by_trial = np.ascontiguousarray(days.T)
    return np.argsort(by_trial, axis=1, kind="stable").astype(np.int32)
