"""Predicted time from first access to the objective, one number for each campaign.

In each trial in which the objective is reached, its critical tree is walked: what set the
arrival, down to entries. First access is the earliest foothold on that tree, the objective is
reached when there is a session on its system or its data are read, whichever comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.reach.explaining.walking import visit
from counterseal.reach.sampling import NEVER
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.backtest.conversion import CaseEstate
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Engine
    from counterseal.reach.program import Links

__all__ = ["FOOTHOLDS", "Durations", "durations", "ends"]

FOOTHOLDS: Final = frozenset({"network", "exploit", "session", "control"})
"""Steps of organizations, zones and systems at which an intruder is inside something."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Durations:
    """Times of many campaigns, in whole days.

    Attributes:
        days: How many campaigns took 0, 1, 2, ... days; shape (days of the horizon + 1,).
        trials: Trials run.
        reached: Trials in which the objective was reached within the horizon.
        elsewhere: Those of them that had no foothold where the clock starts, and so no time.
    """

    days: NDArray[np.int64]
    trials: int
    reached: int
    elsewhere: int

    def __add__(self, other: Durations) -> Durations:
        """Return the times of both; their horizons must be equal."""
        return Durations(
            days=self.days + other.days,
            trials=self.trials + other.trials,
            reached=self.reached + other.reached,
            elsewhere=self.elsewhere + other.elsewhere,
        )


def ends(case: CaseEstate, estate: Estate, systems: Sequence[str]) -> tuple[str, ...]:
    """Return the steps at which the clock stops, for systems in ids of the case."""
    places = {case.ids[name] for name in systems}
    reads = [f"{row.id}#read" for row in estate.holdings.values() if row.system in places]
    return (*(f"{name}#session" for name in sorted(places)), *reads)


def durations(engine: Engine, estate: Estate, *, until: Sequence[str], since: str) -> Durations:
    """Return the times of the campaigns of ``engine``.

    Args:
        engine: What ran; ``until`` must be among its targets.
        estate: Of which its graph was made.
        until: Steps of which the first ends a campaign.
        since: Organization in whose environment the clock starts; empty for any.
    """
    index = engine.program.index
    targets = np.array([index[name] for name in until if name in index], dtype=np.int64)
    footholds = _footholds(engine, estate, since)
    lanes = np.diff(engine.layout.spans, axis=1)[:, 0]
    width = engine.layout.width
    found = np.full((engine.layout.tiles, width), -2, dtype=np.int32)
    for state in engine.states():
        here = slice(state.first, state.first + state.x.shape[0])
        h = np.full_like(state.t, NEVER)
        links = engine.program.links
        _walk(links, targets, footholds, lanes, state.first, state.x, state.t, h, found[here])
    timed = found[found >= 0]
    whole = np.floor(timed * engine.tick_days + 0.5).astype(np.int64)
    last = int(engine.graph.horizon_days) + 1
    return Durations(
        days=np.bincount(np.minimum(whole, last), minlength=last + 1),
        trials=engine.draws.trials,
        reached=int((found >= -1).sum()),
        elsewhere=int((found == -1).sum()),
    )


def _footholds(engine: Engine, estate: Estate, since: str) -> NDArray[np.uint8]:
    """Mark the steps at which an intruder is inside, of one organization or of any."""
    whose = {row.id: row.id for row in estate.organizations.values()}
    whose |= {row.id: row.operator for row in estate.zones.values()}
    whose |= {row.id: row.owner for row in estate.systems.values()}
    marks = np.zeros(len(engine.program.names), dtype=np.uint8)
    for row, name in enumerate(engine.program.names):
        element, _, step = name.partition("#")
        owner = whose.get(element)
        marks[row] = step in FOOTHOLDS and owner is not None and since in {"", owner}
    return marks


@njit
def _walk(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    targets: NDArray[np.int64],
    footholds: NDArray[np.uint8],
    lanes: NDArray[np.int64],
    first: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    found: NDArray[np.int32],
) -> None:
    """Write ticks from first foothold to the first target; -1 without one, -2 for never."""
    stack = np.empty(x.shape[1] + 1, dtype=np.int64)
    stamp = np.zeros(x.shape[1], dtype=np.int64)
    signature = np.zeros(x.shape[2], dtype=np.uint64)
    for slot in range(x.shape[0]):
        for lane in range(lanes[first + slot]):
            best, tick = _first(targets, t[slot], lane)
            if best < 0:
                continue
            state = (x[slot], t[slot], h[slot])
            mark = slot * x.shape[2] + lane + 1
            size = visit(links, best, lane, mark, state, stack, stamp, signature)
            start = -1
            for i in range(size):
                when = int(t[slot, stack[i], lane])
                if footholds[stack[i]] == 1 and (start < 0 or when < start):
                    start = when
            found[slot, lane] = -1 if start < 0 else tick - start


@njit
def _first(targets: NDArray[np.int64], t: NDArray[np.uint16], lane: int) -> tuple[int, int]:
    """Return which target is reached first in a trial, and when; -1 for none."""
    best, tick = -1, int(NEVER)
    for k in range(targets.size):
        when = int(t[targets[k], lane])
        if when < tick:
            best, tick = int(targets[k]), when
    return best, tick
