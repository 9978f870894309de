"""How far the verdict on a change hangs on the catalog's starting parameters."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from counterseal.canon import significant
from counterseal.review.gate import find
from counterseal.review.inputs import parse
from counterseal.review.searches.search import MOST_THREADS, judge_of
from counterseal.review.searches.starting import starting_effects, starting_parameters

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.review.inputs import Settings
    from counterseal.review.searches.search import Progress
    from counterseal.review.searches.starting import End, Starting
    from counterseal.workspace.project import Project

__all__ = ["sensitivity"]


def sensitivity(
    project: Project,
    change: Path,
    settings: Settings,
    *,
    most: int,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return the starting parameters of a review with what their ends do to its verdict.

    Args:
        project: Folder of the estate.
        change: File of the change.
        settings: Seed and numbers of draws; the parameters are tried on those of the searches.
        most: At most so many parameters: those on which most critical steps rest.
        workers: Threads; results do not depend on it.
        progress: Told about the stages of the review.
        advance: Told how many parameters are done, and of how many.

    Raises:
        InvalidDocumentError: An input is not valid, or the change does not fit the estate.
    """
    inputs = parse(project.inputs(change, settings))
    found = find(inputs, workers=workers, progress=progress)
    contrast = found.searched.contrast
    chosen, known = starting_parameters(contrast.after, found.objectives, most=most)
    judge = judge_of(inputs, found.searched.summary)
    rows = starting_effects(
        contrast,
        judge,
        chosen,
        workers=workers or MOST_THREADS,
        advance=lambda done: advance(done, len(chosen)),
    )
    concern = found.concern
    return {
        "schema": "counterseal-sensitivity/1",
        "change": found.proposal.change.id,
        "verdict": judge(contrast.compare()).word.value,
        "concern": None
        if concern is None
        else {
            "adversary": concern.adversary,
            "family": concern.family,
            "subject": concern.subject,
        },
        "trials": contrast.draws.trials,
        "known": known,
        "parameters": [_row(row) for row in rows],
    }


def _row(row: Starting) -> Json:
    one = row.parameter
    return {
        "id": one.id,
        "label": one.label,
        "grade": one.grade.value,
        "moves": row.moves,
        "low": _end(row.low),
        "high": _end(row.high),
    }


def _end(end: End) -> Json:
    return {
        "value": significant(end.value, digits=4),
        "verdict": end.word.value,
        "p_worse": significant(end.p_worse, digits=3),
        "ratio": significant(end.ratio, digits=4) if isfinite(end.ratio) else None,
    }
