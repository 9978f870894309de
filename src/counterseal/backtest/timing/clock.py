"""The recorded figure, and which clock it was read from. A reader of the truth, for scoring.

``durations_days.access_to_objective`` runs from the first access to the first access to the
objective, and not to detection. What it was counted from stands in ``dates.initial_access``:
the step of the path with that date says in whose environment the clock starts, and the model's
clock starts there too. Where the step has somebody of the case at its beginning and comes
first, no intruder started the clock, and the figure is shown but not counted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.backtest.scoring import owners_of

if TYPE_CHECKING:
    from counterseal.backtest.case import Case, TruthStep

__all__ = ["Recorded", "recorded"]

INSIDE = "the recorded path begins with somebody of the case, not with an intruder's access"
NO_FIGURE = "no figure from first access to the objective is recorded"
NO_TARGET = "the objective names nothing of the case, and the case has no holding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a case records of time to objective, in ids of the case.

    Attributes:
        days: The recorded figure; ``None`` where there is none.
        since: Organization in whose environment the clock starts; empty for anywhere.
        until: Systems on which the clock stops, whichever is reached first.
        is_label: Whether the objective is only a label, so that every holding of the case
            counts as one.
        reason: Why the case is not counted; empty where it is.
    """

    days: float | None
    since: str
    until: tuple[str, ...]
    is_label: bool
    reason: str

    @property
    def counts(self) -> bool:
        """Whether foretold and recorded are the same kind of time."""
        return not self.reason


def recorded(case: Case) -> Recorded:
    """Return what ``case`` records."""
    days, (until, is_label) = _days(case), _until(case)
    start = _start(case)
    owners = owners_of(case.before)
    reason = ""
    if days is None:
        reason = NO_FIGURE
    elif not until:
        reason = NO_TARGET
    elif start is not None and start is case.truth.path[0] and start.from_ in owners:
        reason = INSIDE
    return Recorded(
        days=days,
        since=owners.get(start.to, "") if start is not None else "",
        until=until,
        is_label=is_label,
        reason=reason,
    )


def _days(case: Case) -> float | None:
    """Return the figure where it is a number of days, which is never negative."""
    found = case.truth.durations_days.get("access_to_objective")
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if 0 <= found < float("inf") else None


def _until(case: Case) -> tuple[tuple[str, ...], bool]:
    """Return the systems of the objective; those of every holding where it is a label."""
    before, truth = case.before, case.truth
    named = [row.system for row in before.holdings if row.id in truth.objective_holdings]
    named += [row.system for row in before.holdings if row.id == truth.objective]
    named += [row.id for row in before.systems if row.id == truth.objective]
    if named:
        return tuple(dict.fromkeys(named)), False
    return tuple(dict.fromkeys(row.system for row in before.holdings)), True


def _start(case: Case) -> TruthStep | None:
    """Return the step at which the clock starts: that of the date, else the first."""
    day = _day(case.truth.dates.get("initial_access"))
    dated = [step for step in case.truth.path if day and _day(step.date) == day]
    return next(iter(dated or case.truth.path), None)


def _day(value: object) -> str:
    """Return a date as ISO text, whichever way it was written; empty for anything else."""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return value.strip()[:10] if isinstance(value, str) else ""
