"""What would undo or reduce it? Conditions tried on the very same draws (question 6).

A candidate is an override of the changed estate: a control brought to "implemented" on an
element, a link that is not opened, a holding that is not kept. Every candidate is tried
alone; sets are grown greedily and then shrunk, and the method is said beside the result.
Measures that reduce what can be lost stand before measures that add controls (R63).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.many import each
from counterseal.review.judgement import foremost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from counterseal.assess.contrast import Contrast, Contrasted
    from counterseal.assess.levels import Concern
    from counterseal.review.judgement import Judge, Judgement

__all__ = ["Candidate", "ConditionSet", "Trial", "merged", "smallest_set", "try_each"]

LARGEST_SET = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that could be required.

    Attributes:
        id: Stable id, ``control:AC-2@case-db`` for instance.
        kind: ``narrow``, ``remove-link`` or ``control``.
        elements: Elements that it is about.
        statement: The requirement in plain words.
        overrides: What holds when it is met, by parameter id.
        enforceable: Whether the organization can see to it, by its own order or by contract;
            what only a partner can do is tried and shown, but no verdict rests on it.
    """

    id: str
    kind: str
    elements: tuple[str, ...]
    statement: str
    overrides: Mapping[str, float]
    enforceable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One candidate, tried alone: what the gate would then say."""

    candidate: Candidate
    judgement: Judgement

    def rank(self, concern: Concern) -> tuple[int, int, float, str]:
        """Order of merit: verdict, rules that object, level after at ``concern``, then id."""
        level = self.judgement.contrasted.rows[concern].mean_after
        return (*self.judgement.objections, level, self.candidate.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSet:
    """A set of candidates that together give a better verdict; empty when none was found."""

    chosen: tuple[Candidate, ...]
    judgement: Judgement


def try_each(
    contrast: Contrast,
    judge: Judge,
    candidates: Sequence[Candidate],
    *,
    workers: int = 1,
    advance: Callable[[int], None] = lambda _done: None,
) -> tuple[Trial, ...]:
    """Return every candidate tried alone, best first by the leading concern of the change."""
    concern = foremost(contrast.compare().rows)

    def compared(candidate: Candidate) -> Contrasted:
        return contrast.compare(conditions=candidate.overrides)

    trials = []
    results = each(compared, candidates, workers=workers)
    for number, (candidate, result) in enumerate(zip(candidates, results, strict=True)):
        trials.append(Trial(candidate=candidate, judgement=judge(result)))
        advance(number + 1)
    if concern is None:
        return tuple(trials)
    return tuple(sorted(trials, key=lambda trial: trial.rank(concern)))


def smallest_set(
    contrast: Contrast,
    judge: Judge,
    trials: Sequence[Trial],
    *,
    pool: int = 4,
    workers: int = 1,
) -> ConditionSet:
    """Grow a set greedily, then drop what it does not need.

    Each round adds the best of the ``pool`` next candidates (in the order of merit they have
    alone). A set is better when the verdict is milder, or as mild with fewer rules objecting.
    Stops when a round brings nothing, or at four members. The result is locally minimal: no
    member can be dropped without making it worse; a smaller set of others may exist.
    """
    base = judge(contrast.compare())
    concern = foremost(base.contrasted.rows)
    best = ConditionSet(chosen=(), judgement=base)
    if concern is None:
        return best
    tried = _Tried(contrast, judge, trials, workers=workers)
    remaining = [trial.candidate for trial in trials if trial.candidate.enforceable]
    while remaining and best.judgement.severity > 0 and len(best.chosen) < LARGEST_SET:
        sets = [(*best.chosen, one) for one in remaining[:pool]]
        pick = min(tried.each(sets), key=lambda one: _merit(one, concern))
        if _merit(pick, concern) >= _merit(best, concern):
            break
        best = pick
        remaining = [one for one in remaining if one not in best.chosen]
    if best.judgement.objections >= base.objections:
        return ConditionSet(chosen=(), judgement=base)
    return _shrink(tried, best)


def merged(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return the overrides of several candidates together."""
    overrides: dict[str, float] = {}
    for candidate in candidates:
        overrides |= candidate.overrides
    return overrides


class _Tried:
    """Sets of candidates tried together; a set is tried once, whatever its order."""

    def __init__(
        self, contrast: Contrast, judge: Judge, trials: Sequence[Trial], *, workers: int
    ) -> None:
        self._contrast = contrast
        self._judge = judge
        self._workers = workers
        self._known = {frozenset({one.candidate.id}): one.judgement for one in trials}

    def each(self, sets: Sequence[tuple[Candidate, ...]]) -> list[ConditionSet]:
        """Return every set with its judgement."""
        keys = [frozenset(one.id for one in chosen) for chosen in sets]
        new = [i for i, key in enumerate(keys) if key not in self._known]

        def compared(place: int) -> Contrasted:
            return self._contrast.compare(conditions=merged(sets[place]))

        results = each(compared, new, workers=self._workers)
        for place, result in zip(new, results, strict=True):
            self._known[keys[place]] = self._judge(result)
        return [
            ConditionSet(chosen=chosen, judgement=self._known[key])
            for chosen, key in zip(sets, keys, strict=True)
        ]


def _merit(found: ConditionSet, concern: Concern) -> tuple[int, int, float]:
    level = found.judgement.contrasted.rows[concern].mean_after
    return (*found.judgement.objections, level)


def _shrink(tried: _Tried, found: ConditionSet) -> ConditionSet:
    best = found
    for candidate in found.chosen:
        fewer = tuple(one for one in best.chosen if one is not candidate)
        if not fewer:
            continue
        [without] = tried.each([fewer])
        if without.judgement.objections <= best.judgement.objections:
            best = without
    return best
