"""Did the review come before the choice? What the dates of a change file show.

The file is laid out as a course (:mod:`counterseal.review.stages`) and asked for its
violations. What the dates cannot show counts as not shown: a choice without its date, or made
on the day of the review, is not a choice that a review preceded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.estate.kinds import Stage
from counterseal.review import stages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.estate.change import Change
    from counterseal.review.stages import Course

__all__ = ["Finding", "course_of", "findings", "precedence_fields"]

_STAGES: Final[Mapping[str, Stage]] = {
    "proposed": Stage.NEED,
    "required": Stage.REQUIREMENT,
    "solicited": Stage.SOLICITATION,
    "selected": Stage.SELECTION,
    "awarded": Stage.SELECTION,
    "piloted": Stage.PILOT,
    "integrated": Stage.INTEGRATION,
    "operated": Stage.OPERATION,
    "retired": Stage.RETIREMENT,
}
_RANK: Final = {stage: rank for rank, stage in enumerate(Stage)}
_LATE: Final = frozenset({"assessed-after-selection", "never-assessed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with the order of review and choice.

    Attributes:
        code: Stable word; the codes of ``stages.Violation`` and ``selection-undated``.
        statement: One sentence.
    """

    code: str
    statement: str


def course_of(change: Change) -> Course:
    """Return the course that the dates of ``change`` describe.

    Of two dates of one stage (selected, awarded) the earlier is when it was entered. Dates that
    run backwards from stage to stage are faults of the file and do not get here.
    """
    days = _days(change)
    named = [(days[name], stage) for name, stage in _STAGES.items() if name in days]
    entries = {stage: day for day, stage in sorted(named, reverse=True)}  # the earliest stays
    events = [(day, 0, stage) for stage, day in entries.items()]
    if "assessed" in days:
        events.append((days["assessed"], 1, Stage.NEED))
    course = stages.Course()
    for day, kind, stage in sorted(events, key=lambda event: (*event[:2], _RANK[event[2]])):
        if kind:
            course = stages.assess(course, on=day)
        elif not course.entries or _RANK[stage] > _RANK[course.stage]:
            course = stages.record(course, stage, on=day)
    return course


def findings(change: Change) -> tuple[Finding, ...]:
    """Return what is wrong with the order of review and choice, in order of stage."""
    return tuple(_findings(change))


def precedence_fields(change: Change) -> dict[str, Json]:
    """Return the ``precedence`` group of the assessment that rule cards read."""
    days = _days(change)
    codes = [finding.code for finding in _findings(change)]
    selected = min((days[n] for n in ("selected", "awarded") if n in days), default=None)
    assessed = days.get("assessed")
    undated = "selection-undated" in codes
    return {
        "violations": len(codes),
        "late": bool(_LATE & set(codes)),
        "assessed": assessed.isoformat() if assessed else "",
        "selected": None if undated else selected.isoformat() if selected else "",
    }


def _findings(change: Change) -> Iterator[Finding]:
    course = course_of(change)
    found = stages.violations(course)
    late = {item.stage for item in found if item.code in _LATE}
    for item in found:
        if item.code in _LATE or item.stage not in late:  # one finding for one omission
            yield Finding(code=item.code, statement=item.statement)
    chosen = any(_RANK[entry.stage] >= _RANK[Stage.SELECTION] for entry in course.entries)
    if _RANK[change.stage] >= _RANK[Stage.SELECTION] and not chosen:
        yield Finding(
            code="selection-undated",
            statement=f"The change is in {change.stage.value} and says no day of selection, so"
            " nothing shows that a review came before the choice.",
        )


def _days(change: Change) -> dict[str, dt.date]:
    """Return the dates that the file gives, by name."""
    named = ((name, getattr(change.dates, name)) for name in ("assessed", *_STAGES))
    return {name: day for name, day in named if day is not None}
