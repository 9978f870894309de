"""No sequence of calls takes a change past a stage without a review of an earlier day."""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.estate.kinds import Stage
from counterseal.review.stages import (
    LONGEST_EMERGENCY_DAYS,
    Basis,
    Course,
    Emergency,
    StageError,
    assess,
    authorize,
    can_enter,
    enter,
    is_evaluated_at_design,
    record,
    violations,
)

START = dt.date(2026, 1, 1)
ORDER = list(Stage)
FRESH = {Stage.INTEGRATION, Stage.OPERATION}
Step: TypeAlias = tuple[str, Stage, int]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["assess", "enter", "record", "authorize"]),
        st.sampled_from(ORDER),
        st.integers(-3, 20),
    ),
    max_size=14,
)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def emergency(stage: Stage, *, granted: int, days: int = 10) -> Emergency:
    return Emergency(
        stage=stage,
        granted=day(granted),
        expires=day(granted + days),
        by="duty officer",
        reason="the old gateway failed",
    )


def take(course: Course, step: Step) -> Course:
    """Take a step relative to the last event; a refused one leaves the course as it was."""
    action, stage, gap = step
    on = (course.last or START) + dt.timedelta(days=gap)
    try:
        match action:
            case "assess":
                return assess(course, on=on)
            case "enter":
                return enter(course, stage, on=on)
            case "record":
                return record(course, stage, on=on)
            case _:
                return authorize(course, emergency(stage, granted=(on - START).days))
    except StageError:
        return course


def walk(steps: list[Step], *, without: frozenset[str] = frozenset()) -> list[Course]:
    courses = [Course()]
    for step in steps:
        if step[0] not in without:
            courses.append(take(courses[-1], step))
    return courses


@given(STEPS)
def test_a_course_goes_forward_in_stage_and_in_time(steps: list[Step]) -> None:
    course = walk(steps)[-1]
    ranks = [ORDER.index(entry.stage) for entry in course.entries]
    days = [entry.on for entry in course.entries]
    assert ranks == sorted(set(ranks))
    assert days == sorted(days)
    assert list(course.assessments) == sorted(course.assessments)


@given(STEPS)
def test_what_was_admitted_has_a_review_of_an_earlier_day_or_leave(steps: list[Step]) -> None:
    course = walk(steps, without=frozenset({"record"}))[-1]
    for entry in course.entries:
        reviewed = any(review < entry.on for review in course.assessments)
        leave = any(
            e.stage is entry.stage and e.granted <= entry.on <= e.expires
            for e in course.emergencies
        )
        assert entry.stage is Stage.NEED or reviewed or leave


@given(STEPS)
def test_a_pilot_is_left_and_a_change_retired_only_with_a_review_of_its_own(
    steps: list[Step],
) -> None:
    course = walk(steps, without=frozenset({"record", "authorize"}))[-1]
    for before, entry in zip(course.entries, course.entries[1:], strict=False):
        pilot = course.entered(Stage.PILOT)
        since = before.on if entry.stage is Stage.RETIREMENT else pilot
        if since is not None and entry.stage in FRESH | {Stage.RETIREMENT}:
            assert any(since < review < entry.on for review in course.assessments)


@given(STEPS)
def test_what_was_chosen_blind_can_never_be_shown_as_evaluated_at_design(
    steps: list[Step],
) -> None:
    blind = False
    for course in walk(steps):
        chosen = [e.on for e in course.entries if ORDER.index(e.stage) >= 3]
        blind = blind or (bool(chosen) and not any(d < chosen[0] for d in course.assessments))
        if blind:
            assert not is_evaluated_at_design(course)
            codes = {violation.code for violation in violations(course)}
            assert codes & {"assessed-after-selection", "never-assessed"}


@given(STEPS)
def test_a_course_that_was_only_admitted_and_had_no_emergency_has_no_violation(
    steps: list[Step],
) -> None:
    assert violations(walk(steps, without=frozenset({"record", "authorize"}))[-1]) == ()


@given(STEPS)
def test_what_was_recorded_without_ground_stays_a_violation_for_ever(steps: list[Step]) -> None:
    unreviewed: set[Stage] = set()
    for course in walk(steps):
        unreviewed |= {e.stage for e in course.entries if e.basis is Basis.UNREVIEWED}
        assert unreviewed <= {violation.stage for violation in violations(course)}


@given(STEPS, st.sampled_from(ORDER), st.integers(-2, 40))
def test_asking_whether_a_stage_may_be_entered_agrees_with_entering_it(
    steps: list[Step], stage: Stage, gap: int
) -> None:
    course = walk(steps)[-1]
    on = (course.last or START) + dt.timedelta(days=gap)
    try:
        enter(course, stage, on=on)
    except StageError:
        assert not can_enter(course, stage, on=on)
    else:
        assert can_enter(course, stage, on=on)


@given(STEPS)
def test_no_call_changes_the_course_that_it_was_given(steps: list[Step]) -> None:
    courses = walk(steps)
    copies = [hash(course) for course in courses]
    walk(steps)
    assert [hash(course) for course in courses] == copies


def test_the_story_of_a_change_that_is_reviewed_in_time() -> None:
    course = enter(Course(), Stage.NEED, on=day(0))
    course = assess(course, on=day(5))
    for number, stage in enumerate(ORDER[1:5], start=10):
        course = enter(course, stage, on=day(number))
    with pytest.raises(StageError, match="may not enter operation"):
        enter(course, Stage.OPERATION, on=day(60))
    course = enter(assess(course, on=day(50)), Stage.OPERATION, on=day(60))
    with pytest.raises(StageError, match="may not enter retirement"):
        enter(course, Stage.RETIREMENT, on=day(900))
    course = enter(assess(course, on=day(890)), Stage.RETIREMENT, on=day(900))
    assert is_evaluated_at_design(course)
    assert violations(course) == ()


def test_a_review_of_the_same_day_is_not_a_review_before_it() -> None:
    course = assess(Course(), on=day(1))
    assert not can_enter(course, Stage.SELECTION, on=day(1))
    assert can_enter(course, Stage.SELECTION, on=day(2))


def test_a_review_cannot_be_dated_back() -> None:
    course = record(Course(), Stage.SELECTION, on=day(10))
    with pytest.raises(StageError, match="before the last event"):
        assess(course, on=day(9))


def test_a_pilot_that_silently_became_operation_is_named_as_such() -> None:
    course = enter(assess(Course(), on=day(0)), Stage.PILOT, on=day(1))
    course = record(course, Stage.OPERATION, on=day(90))
    (violation,) = violations(course)
    assert violation.code == "pilot-unreviewed"
    assert "there is no review between 2026-01-02 and that day" in violation.statement


def test_a_change_reviewed_only_after_selection_says_so_with_both_days() -> None:
    course = assess(record(Course(), Stage.SELECTION, on=day(0)), on=day(30))
    codes = [violation.code for violation in violations(course)]
    assert codes == ["assessed-after-selection", "stage-unreviewed"]
    assert "2026-01-01" in violations(course)[0].statement
    assert "2026-01-31" in violations(course)[0].statement


def test_an_emergency_admits_once_and_blocks_the_next_stage_when_it_runs_out() -> None:
    course = authorize(Course(), emergency(Stage.INTEGRATION, granted=0, days=10))
    assert not can_enter(course, Stage.OPERATION, on=day(1))
    course = enter(course, Stage.INTEGRATION, on=day(3))
    assert course.entries[-1].basis is Basis.EMERGENCY
    assert [v.code for v in violations(course, on=day(10))] == ["never-assessed"]
    overdue = [v.code for v in violations(course, on=day(11))]
    assert overdue == ["emergency-unreviewed", "never-assessed"]
    blocked = authorize(course, emergency(Stage.OPERATION, granted=11))
    assert not can_enter(blocked, Stage.OPERATION, on=day(12))
    reviewed = assess(course, on=day(12))
    assert can_enter(reviewed, Stage.OPERATION, on=day(13))


def test_an_emergency_never_makes_a_choice_evaluated_at_design() -> None:
    course = authorize(Course(), emergency(Stage.SELECTION, granted=0))
    course = assess(enter(course, Stage.SELECTION, on=day(1)), on=day(2))
    assert not is_evaluated_at_design(course)


@pytest.mark.parametrize("days", [-1, LONGEST_EMERGENCY_DAYS + 1])
def test_an_emergency_without_a_near_end_is_refused(days: int) -> None:
    with pytest.raises(StageError):
        emergency(Stage.PILOT, granted=0, days=days)


@pytest.mark.parametrize(("by", "reason"), [("", "fire"), ("duty officer", " ")])
def test_an_emergency_without_a_name_or_a_reason_is_refused(by: str, reason: str) -> None:
    with pytest.raises(StageError):
        Emergency(stage=Stage.PILOT, granted=day(0), expires=day(1), by=by, reason=reason)
