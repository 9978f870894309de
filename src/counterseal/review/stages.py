"""The stages of a change, and what it takes to pass from one to the next.

A course is the dated record of one change: when it was assessed, which stages it entered and
on what basis. It holds these laws, whatever sequence of calls made it:

- It only goes forward, and nothing is entered into it with a date before its last one.
- ``enter`` admits a change to a stage only when a review of an earlier day stands behind it.
- A pilot is left, and a change retired, only with a review made since the stage before began.
- An emergency lets one stage be entered without review. It is recorded, it expires, and until
  its own review is made it blocks every further stage once it has expired.
- ``record`` writes down what happened without leave; that is a violation for ever.
- A change that was first reviewed on or after the day of selection was not evaluated at design,
  and no later call can make it so.

Days are the finest order of a course: two events of one day show no order, so a review of the
same day is not a review before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from counterseal.errors import CountersealError
from counterseal.estate.kinds import Stage

if TYPE_CHECKING:
    import datetime as dt

__all__ = [
    "LONGEST_EMERGENCY_DAYS",
    "Basis",
    "Course",
    "Emergency",
    "Entry",
    "StageError",
    "Violation",
    "assess",
    "authorize",
    "can_enter",
    "enter",
    "is_evaluated_at_design",
    "record",
    "violations",
]

LONGEST_EMERGENCY_DAYS: Final = 30
"""Longest life of an emergency authorization, in days; our own judgement."""

_RANK: Final = {stage: rank for rank, stage in enumerate(Stage)}
_FRESH: Final = frozenset({Stage.INTEGRATION, Stage.OPERATION})
"""Stages that a pilot turns into; they need a review of the pilot itself."""


class StageError(CountersealError):
    """A change may not pass to the stage, or its course would run backwards."""

    code = "CS281"


class Basis(StrEnum):
    """On what ground a stage was entered."""

    REVIEWED = "reviewed"
    EMERGENCY = "emergency"
    UNREVIEWED = "unreviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stage, the day on which the change entered it, and the ground."""

    stage: Stage
    on: dt.date
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """Leave to enter one stage without review, for a time.

    Attributes:
        stage: The stage that may be entered.
        granted: First day.
        expires: Last day; the review must be made by then.
        by: Role of the person who gave leave.
        reason: Why waiting would have been worse.
    """

    stage: Stage
    granted: dt.date
    expires: dt.date
    by: str
    reason: str

    def __post_init__(self) -> None:
        days = (self.expires - self.granted).days
        if not 0 <= days <= LONGEST_EMERGENCY_DAYS:
            message = f"an emergency lasts 0 to {LONGEST_EMERGENCY_DAYS} days, not {days}"
            raise StageError(message)
        if not (self.by.strip() and self.reason.strip()):
            raise StageError("an emergency names who gave leave, and why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happened to one change so far; build it with the functions of this module.

    Attributes:
        assessments: Days on which it was reviewed, in order.
        entries: Stages entered, in order.
        emergencies: Leave that was given, in order.
        last: Day of the last event, if there was one.
    """

    assessments: tuple[dt.date, ...] = ()
    entries: tuple[Entry, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    last: dt.date | None = None

    @property
    def stage(self) -> Stage:
        """The stage it is in; a change starts as a need."""
        return self.entries[-1].stage if self.entries else Stage.NEED

    def entered(self, stage: Stage) -> dt.date | None:
        """Return the day on which it entered ``stage``, if it did."""
        return next((entry.on for entry in self.entries if entry.stage is stage), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something that the gate would not have let pass.

    Attributes:
        code: ``stage-unreviewed``, ``pilot-unreviewed``, ``assessed-after-selection``,
            ``never-assessed`` or ``emergency-unreviewed``.
        stage: The stage concerned.
        statement: One sentence.
    """

    code: str
    stage: Stage
    statement: str


def assess(course: Course, *, on: dt.date) -> Course:
    """Add a review made on the day ``on``.

    Raises:
        StageError: The course already has a later event: a review cannot be dated back.
    """
    _require_order(course, on)
    return replace(course, assessments=(*course.assessments, on), last=on)


def authorize(course: Course, emergency: Emergency) -> Course:
    """Add leave to enter a stage without review.

    Raises:
        StageError: The course already has an event later than the first day of the leave.
    """
    _require_order(course, emergency.granted)
    emergencies = (*course.emergencies, emergency)
    return replace(course, emergencies=emergencies, last=emergency.granted)


def can_enter(course: Course, stage: Stage, *, on: dt.date) -> bool:
    """Whether ``enter`` would admit the change to ``stage`` on the day ``on``."""
    in_order = course.last is None or on >= course.last
    forward = _RANK[stage] > _RANK[course.stage] or (stage is Stage.NEED and not course.entries)
    return in_order and forward and _basis(course, stage, on) is not Basis.UNREVIEWED


def enter(course: Course, stage: Stage, *, on: dt.date) -> Course:
    """Admit the change to ``stage`` on the day ``on``; stages may be skipped, never repeated.

    Raises:
        StageError: No review, and no leave, stands behind it; or it would go back.
    """
    basis = _basis(course, stage, on)
    if basis is Basis.UNREVIEWED:
        raise StageError(
            f"the change may not enter {stage.value}: {_missing(course, stage)}",
            hint="review it first, or record an emergency that expires",
        )
    return _entered(course, Entry(stage=stage, on=on, basis=basis))


def record(course: Course, stage: Stage, *, on: dt.date) -> Course:
    """Write down that the change entered ``stage``, with leave or without.

    Raises:
        StageError: It would go back, in stage or in time.
    """
    return _entered(course, Entry(stage=stage, on=on, basis=_basis(course, stage, on)))


def is_evaluated_at_design(course: Course) -> bool:
    """Whether a review was made before the day of selection, or before there was one."""
    chosen = _chosen(course)
    return any(chosen is None or day < chosen.on for day in course.assessments)


def violations(course: Course, *, on: dt.date | None = None) -> tuple[Violation, ...]:
    """Return what the gate would not have let pass, in order of stage.

    Args:
        course: The record.
        on: The day of asking, for emergencies that ran out; without it, the last event's.
    """
    found = [
        Violation(
            code="pilot-unreviewed" if _leaves_pilot(course, entry) else "stage-unreviewed",
            stage=entry.stage,
            statement=f"The change entered {entry.stage.value} on {entry.on.isoformat()},"
            f" but {_missing(_until(course, entry), entry.stage)}.",
        )
        for entry in course.entries
        if entry.basis is Basis.UNREVIEWED
    ]
    found += [_late(course, chosen)] if (chosen := _chosen_blind(course)) else []
    found += [_overdue(item) for item in _expired(course, on or course.last)]
    return tuple(sorted(found, key=lambda item: (_RANK[item.stage], item.code)))


def _require_order(course: Course, on: dt.date) -> None:
    if course.last is not None and on < course.last:
        raise StageError(
            f"{on.isoformat()} is before the last event, of {course.last.isoformat()}",
            hint="what is recorded late carries the day on which it is recorded",
        )


def _entered(course: Course, entry: Entry) -> Course:
    _require_order(course, entry.on)
    first = entry.stage is Stage.NEED and not course.entries
    if not first and _RANK[entry.stage] <= _RANK[course.stage]:
        raise StageError(f"a change in {course.stage.value} does not go to {entry.stage.value}")
    return replace(course, entries=(*course.entries, entry), last=entry.on)


def _basis(course: Course, stage: Stage, on: dt.date) -> Basis:
    """Return the ground on which the change may enter ``stage`` on the day ``on``."""
    if stage is Stage.NEED:
        return Basis.REVIEWED
    since = _needed_since(course, stage)
    blocked = any(True for _ in _expired(course, on))
    reviewed = any(day < on and (since is None or day > since) for day in course.assessments)
    if reviewed and not blocked:
        return Basis.REVIEWED
    leave = (e for e in course.emergencies if e.stage is stage)
    if not blocked and any(e.granted <= on <= e.expires for e in leave):
        return Basis.EMERGENCY
    return Basis.UNREVIEWED


def _needed_since(course: Course, stage: Stage) -> dt.date | None:
    """Return the day after which the review for ``stage`` must have been made, if any."""
    if stage is Stage.RETIREMENT:
        return course.entries[-1].on if course.entries else None
    return course.entered(Stage.PILOT) if stage in _FRESH else None


def _missing(course: Course, stage: Stage) -> str:
    """Say what a change that may not enter ``stage`` lacks."""
    if not course.assessments:
        return "it was never reviewed before that day"
    since = _needed_since(course, stage)
    if since is not None:
        return f"there is no review between {since.isoformat()} and that day"
    return "there is no review before that day, or an emergency has run out unreviewed"


def _until(course: Course, entry: Entry) -> Course:
    """Return the course as it stood before ``entry``."""
    return replace(
        course,
        assessments=tuple(day for day in course.assessments if day < entry.on),
        entries=course.entries[: course.entries.index(entry)],
    )


def _leaves_pilot(course: Course, entry: Entry) -> bool:
    return entry.stage in _FRESH and course.entered(Stage.PILOT) is not None


def _chosen(course: Course) -> Entry | None:
    """Return the entry by which the choice was made: selection, or what skipped it."""
    made = (e for e in course.entries if _RANK[e.stage] >= _RANK[Stage.SELECTION])
    return next(made, None)


def _chosen_blind(course: Course) -> Entry | None:
    """Return the choice when no review was made before it."""
    return None if is_evaluated_at_design(course) else _chosen(course)


def _late(course: Course, chosen: Entry) -> Violation:
    day = chosen.on.isoformat()
    if not course.assessments:
        return Violation(
            code="never-assessed",
            stage=chosen.stage,
            statement=f"The choice was made on {day} and no review is on record.",
        )
    return Violation(
        code="assessed-after-selection",
        stage=chosen.stage,
        statement=f"The choice was made on {day}; the first review is of"
        f" {course.assessments[0].isoformat()}, so it was not evaluated at design.",
    )


def _expired(course: Course, on: dt.date | None) -> tuple[Emergency, ...]:
    """Return emergencies that were used, ran out before ``on`` and were never reviewed."""
    used = {e.stage: e.on for e in course.entries if e.basis is Basis.EMERGENCY}
    return tuple(
        item
        for item in course.emergencies
        if item.stage in used
        and item.granted <= used[item.stage] <= item.expires
        and on is not None
        and on > item.expires
        and not any(day >= used[item.stage] for day in course.assessments)
    )


def _overdue(emergency: Emergency) -> Violation:
    return Violation(
        code="emergency-unreviewed",
        stage=emergency.stage,
        statement=f"{emergency.stage.value.capitalize()} was entered in an emergency that ran"
        f" out on {emergency.expires.isoformat()}, and no review followed.",
    )
