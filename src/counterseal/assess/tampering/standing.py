"""For how long false records stand: person-years of records that say what is not so.

Of a holding, the longest time within the horizon for which one falsehood stands unnoticed, in
it or in anything that it is derived from or joined with; times the people whose records it
holds. What is noticed is taken to be put right at once, and is not done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from counterseal.assess.tampering.taint import sources_of
from counterseal.reach.sampling import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.catalog.adversaries import Adversary
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Arrivals

__all__ = ["DAYS_PER_YEAR", "Tampering", "last_tick"]

DAYS_PER_YEAR = 365.25


class _Falsehoods(NamedTuple):
    """Rows of arrivals, in compressed rows by holding; the last row stands for "never".

    Attributes:
        first: Where the falsehoods of each holding start; shape (holdings + 1,).
        begin: Row at which each begins.
        end: Row at which each is noticed; the row beyond the last where nobody notices.
    """

    first: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """What one adversary can make false in one estate.

    Attributes:
        estate: For what is downstream of what.
        graph: For the objectives.
        adversary: Whose; its profile names the aims.
        steps: Steps of the arrivals to come, in their order.
    """

    estate: Estate
    graph: AttackGraph
    adversary: Adversary
    steps: tuple[str, ...]

    @property
    def holdings(self) -> tuple[str, ...]:
        """Holdings of the estate, sorted: of any of them records may become false."""
        return tuple(self._sources)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Rows of arrivals on which any of it rests."""
        rows = np.concatenate([self._falsehoods.begin, self._falsehoods.end])
        return np.unique(rows[rows < len(self.steps)])

    def person_years(
        self, arrivals: Arrivals, people: NDArray[np.float64], *, horizon_days: float
    ) -> NDArray[np.float64]:
        """Return person-years of false records per trial, shape (trials,).

        Args:
            arrivals: Of ``steps``.
            people: Of each holding and draw, shape (holdings, draws).
            horizon_days: What is done after it does not count, nor what stands after it.
        """
        total = np.zeros(arrivals.draws.trials)
        last = last_tick(arrivals, horizon_days)
        years = arrivals.tick_days / DAYS_PER_YEAR
        lanes = arrivals.draws.lanes
        _add_person_years(
            np.ascontiguousarray(arrivals.ticks),
            last,
            years,
            self._falsehoods,
            people,
            lanes,
            total,
        )
        return total

    def years(self, arrivals: Arrivals, *, horizon_days: float) -> NDArray[np.float64]:
        """Return the years for which each holding says what is not so, (holdings, trials)."""
        found = np.zeros((len(self.holdings), arrivals.draws.trials))
        one = np.ones((1, 1))
        last = last_tick(arrivals, horizon_days)
        years = arrivals.tick_days / DAYS_PER_YEAR
        ticks = np.ascontiguousarray(arrivals.ticks)
        first, begin, end = self._falsehoods
        for holding, row in enumerate(found):
            some = slice(first[holding], first[holding + 1])
            part = _Falsehoods(
                np.array([0, begin[some].size], dtype=np.int64), begin[some], end[some]
            )
            _add_person_years(ticks, last, years, part, one, row.size, row)
        return found

    @cached_property
    def _sources(self) -> Mapping[str, tuple[str, ...]]:
        return sources_of(self.estate)

    @cached_property
    def _falsehoods(self) -> _Falsehoods:
        place = {step: row for row, step in enumerate(self.steps)}
        by_holding: dict[str, list[tuple[int, int]]] = {}
        wanted = self.adversary.objectives.integrity
        for objective in self.graph.objectives:
            if objective.kind in wanted:
                pair = (place[objective.step], place.get(objective.ends, len(self.steps)))
                by_holding.setdefault(objective.element, []).append(pair)
        rows = [
            [pair for source in sources for pair in by_holding.get(source, ())]
            for sources in self._sources.values()
        ]
        pairs = [pair for row in rows for pair in row]
        return _Falsehoods(
            first=np.cumsum([0, *map(len, rows)], dtype=np.int64),
            begin=np.array([begin for begin, _ in pairs], dtype=np.int64),
            end=np.array([end for _, end in pairs], dtype=np.int64),
        )


def last_tick(arrivals: Arrivals, horizon_days: float) -> np.uint16:
    """Return the last tick that counts as within a horizon, as ``Arrivals.reached`` does."""
    return np.uint16(min(np.floor(horizon_days / arrivals.tick_days + 0.5), NEVER - 1))


@njit(cache=True, nogil=True)
def _add_person_years(  # noqa: PLR0917 - numba compiles positional calls
    ticks: NDArray[np.uint16],
    last: np.uint16,
    tick_years: float,
    falsehoods: _Falsehoods,
    people: NDArray[np.float64],
    lanes: int,
    total: NDArray[np.float64],
) -> None:
    """Add the person-years of every holding to each trial."""
    for holding in range(falsehoods.first.size - 1):
        for trial in range(total.size):
            longest = np.int64(0)
            for k in range(falsehoods.first[holding], falsehoods.first[holding + 1]):
                begin = ticks[falsehoods.begin[k], trial]
                if begin > last:
                    continue
                end = last
                if falsehoods.end[k] < ticks.shape[0]:
                    end = min(last, ticks[falsehoods.end[k], trial])
                longest = max(longest, np.int64(end) - np.int64(begin))
            total[trial] += people[holding, trial // lanes] * (longest * tick_years)
