"""Conditions are tried alone, grown into a set, and shrunk to what is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.assess.comparison import compare
from counterseal.assess.contrast import Contrasted
from counterseal.assess.levels import Concern
from counterseal.policy.verdict import Verdict, Word
from counterseal.review.judgement import Judgement, leading
from counterseal.review.searches.conditions import (
    LARGEST_SET,
    Candidate,
    merged,
    smallest_set,
    try_each,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.assess.contrast import Contrast

LEAD = Concern(adversary="a", family="use", subject="locate")


def verdict(word: Word, errors: int = 0) -> Verdict:
    return Verdict(
        word=word,
        decisive=(),
        others=(),
        errors=cast("Any", (None,) * errors),
        waived=(),
        rules_digest="",
    )


@dataclass
class World:
    """A contrast whose level after is 8 less what each condition takes away."""

    takes: Mapping[str, float]
    good: float

    def compare(self, *, conditions: Mapping[str, float] | None = None) -> Contrasted:
        level = 8.0 - sum(self.takes[key] for key in conditions or {})
        row = compare(np.ones(4), np.full(4, level), lanes=2)
        return Contrasted(rows={LEAD: row}, possible=())

    def judge(self, contrasted: Contrasted) -> Judgement:
        level = contrasted.rows[LEAD].mean_after
        word = Word.NO_OBJECTION if level <= self.good else Word.REDESIGN
        return Judgement(verdict=verdict(word), contrasted=contrasted)

    def candidates(self) -> list[Candidate]:
        return [
            Candidate(
                id=key, kind="control", elements=(key,), statement=key, overrides={key: 1.0}
            )
            for key in self.takes
        ]


def searched(takes: Mapping[str, float], good: float) -> tuple[list[str], list[str], Word]:
    world = World(takes, good)
    contrast = cast("Contrast", world)
    trials = try_each(contrast, world.judge, world.candidates())
    found = smallest_set(contrast, world.judge, trials)
    tried = [trial.candidate.id for trial in trials]
    return tried, [one.id for one in found.chosen], found.judgement.word


def test_each_is_tried_alone_and_the_best_stands_first() -> None:
    tried, _, _ = searched({"a": 1.0, "b": 3.0, "c": 2.0}, good=0.0)
    assert tried == ["b", "c", "a"]


def test_one_condition_that_suffices_is_enough() -> None:
    assert searched({"a": 1.0, "b": 3.0, "c": 2.0}, good=5.0)[1:] == (
        ["b"],
        Word.NO_OBJECTION,
    )


def test_a_set_is_found_where_no_single_one_suffices() -> None:
    assert searched({"a": 1.0, "b": 3.0, "c": 2.0}, good=3.0)[1:] == (
        ["b", "c"],
        Word.NO_OBJECTION,
    )


def test_a_set_that_changes_nothing_in_the_verdict_is_no_set() -> None:
    assert searched({"a": 1.0, "b": 1.0}, good=0.0)[1:] == ([], Word.REDESIGN)


def test_nothing_is_asked_of_what_nobody_objects_to() -> None:
    assert searched({"a": 1.0}, good=9.0)[1:] == ([], Word.NO_OBJECTION)


@given(
    st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 4), min_size=1),
    st.integers(0, 8),
)
def test_a_found_set_has_no_member_to_spare(takes: dict[str, int], good: int) -> None:
    world = World(takes, good)
    _, chosen, word = searched(takes, good)
    assert len(chosen) <= LARGEST_SET
    if chosen:
        assert word is Word.NO_OBJECTION
        for one in chosen:
            rest = {key: 1.0 for key in chosen if key != one}
            assert world.judge(world.compare(conditions=rest)).word is Word.REDESIGN
    else:
        best = sum(sorted(takes.values(), reverse=True)[:LARGEST_SET])
        assert good >= 8 or 8 - best > good


def test_no_set_of_conditions_is_compared_twice() -> None:
    asked: list[frozenset[str]] = []

    class Counting(World):
        def compare(self, *, conditions: Mapping[str, float] | None = None) -> Contrasted:
            asked.append(frozenset(conditions or {}))
            return super().compare(conditions=conditions)

    world = Counting({"a": 1.0, "b": 3.0, "c": 2.0, "d": 1.0}, good=2.0)
    contrast = cast("Contrast", world)
    trials = try_each(contrast, world.judge, world.candidates())
    found = smallest_set(contrast, world.judge, trials)
    assert len(found.chosen) == 3
    sets = [one for one in asked if one]
    assert len(sets) == len(set(sets))


def test_a_member_that_a_later_one_makes_needless_is_dropped() -> None:
    """Not additive: b alone suffices once a tie made a the first choice."""

    class Odd(World):
        def compare(self, *, conditions: Mapping[str, float] | None = None) -> Contrasted:
            chosen = set(conditions or {})
            level = {frozenset(): 8.0, frozenset("a"): 4.0, frozenset("b"): 5.0}.get(
                frozenset(chosen), 0.0
            )
            row = compare(np.ones(4), np.full(4, level), lanes=2)
            return Contrasted(rows={LEAD: row}, possible=())

    world = Odd({"a": 4.0, "b": 3.0, "c": 0.0}, good=0.5)
    contrast = cast("Contrast", world)
    trials = try_each(contrast, world.judge, world.candidates()[:2])
    found = smallest_set(contrast, world.judge, trials)
    assert [one.id for one in found.chosen] == ["a", "b"]
    assert merged(found.chosen) == {"a": 1.0, "b": 1.0}


def test_without_a_concern_trials_stay_in_order_and_no_set_is_sought() -> None:
    class Empty(World):
        def compare(self, *, conditions: Mapping[str, float] | None = None) -> Contrasted:
            del conditions
            return Contrasted(rows={}, possible=())

        def judge(self, contrasted: Contrasted) -> Judgement:
            return Judgement(verdict=verdict(Word.CONDITIONS), contrasted=contrasted)

    world = Empty({"b": 1.0, "a": 2.0}, good=0.0)
    contrast = cast("Contrast", world)
    done: list[int] = []
    trials = try_each(contrast, world.judge, world.candidates(), advance=done.append)
    assert [trial.candidate.id for trial in trials] == ["b", "a"]
    assert done == sorted(done)
    assert done[-1] == 2
    assert smallest_set(contrast, world.judge, trials).chosen == ()


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        (Word.NO_OBJECTION, 0),
        (Word.CONDITIONS, 1),
        (Word.REDESIGN, 2),
        (Word.REFUSE, 3),
        (Word.NOT_EVALUABLE, 4),
    ],
)
def test_words_are_ordered_by_how_much_they_object(word: Word, severity: int) -> None:
    judgement = Judgement(
        verdict=verdict(word, errors=2), contrasted=Contrasted(rows={}, possible=())
    )
    assert judgement.severity == severity
    assert judgement.objections == (severity, 2)


def test_the_leading_concern_is_the_surest_then_the_worst_then_the_first() -> None:
    def row(after: list[float]) -> Any:  # noqa: ANN401 - a Comparison
        return compare(np.ones(4), np.array(after), lanes=2)

    def concern(subject: str, family: str = "use") -> Concern:
        return Concern(adversary="a", family=family, subject=subject)

    sure, worse = row([2.0, 2, 2, 2]), row([9.0, 9, 1, 1])
    assert leading({concern("b"): worse, concern("c"): sure}) == concern("c")
    assert leading({concern("b"): sure, concern("a"): row([3.0] * 4)}) == concern("a")
    assert leading({concern("b"): sure, concern("a"): sure}) == concern("a")
    assert leading({concern("b", "integrity"): sure}) is None
    rows = {concern("b", "integrity"): sure}
    assert leading(rows, family="integrity") == concern("b", "integrity")
