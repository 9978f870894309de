"""The distinct paths of an adversary to a target; none without what would cut it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.canon import significant
from counterseal.reach.explaining.clustered import share
from counterseal.reach.explaining.remedies import controls_of, lost_under
from counterseal.reach.explaining.removal import removals
from counterseal.reach.explaining.routes import routes
from counterseal.workspace.explaining.question import (
    LIMITS,
    ask,
    by_draw,
    closing,
    element_row,
    shares,
    what_is_done,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.canon import Json
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.reach.draws import Draws
    from counterseal.reach.explaining.removal import Removal
    from counterseal.reach.explaining.routes import Route
    from counterseal.workspace.explaining.question import Question
    from counterseal.workspace.project import Project

__all__ = ["paths_of"]


def paths_of(
    project: Project,
    catalog: Catalog,
    adversary: Adversary,
    target: str | None,
    *,
    k: int,
    draws: Draws,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return at most ``k`` distinct paths as a ``counterseal-paths/1`` document.

    Raises:
        UsageError: Nothing has the id of the target.
    """
    advance(0, 3)
    question = ask(project, catalog, adversary, target, draws=draws, workers=workers)
    advance(1, 3)
    effects = {row.unit: row for row in removals(question.found, question.units)}
    advance(2, 3)
    found = routes(question.found, k=k)
    return {
        "schema": "counterseal-paths/1",
        **question.head(),
        "reached": shares(found.reached),
        "ways": found.ways,
        "candidates": found.tried,
        "paths": [_path(question, path, effects) for path in found.paths],
        "limits": list(LIMITS),
    }


def _path(question: Question, path: Route, effects: Mapping[str, Removal]) -> Json:
    return {
        "open": shares(path.open),
        "quickest": shares(path.quickest),
        "covered": shares(path.covered),
        "steps": _steps(question, path),
        "cut": _cut(question, path, effects),
    }


def _steps(question: Question, path: Route) -> list[Json]:
    """Return the steps, without those that only pass the path on."""
    rows: list[Json] = []
    for number, taken in enumerate(path.steps):
        step = question.step(taken.step)
        last = number == len(path.steps) - 1
        if step.time.zero and not step.technique and not step.entry and not last:
            continue
        rows.append(
            {
                "step": step.id,
                "label": what_is_done(step),
                "technique": step.technique,
                "every_parent": len(taken.parents) > 1,
                "median_days": significant(taken.median_days, digits=2),
                **element_row(question, step.element),
            }
        )
    return rows


def _cut(question: Question, path: Route, effects: Mapping[str, Removal]) -> dict[str, Json]:
    """Return what on the path undoes most when taken away; the target's own ground comes last.

    Whatever it is, this path is then shut: all of its steps are needed.
    """
    ways = [name for name in path.elements if name not in question.goal]
    ground = [question.target.element]
    best = min(ways or ground, key=lambda name: (-effects[name].lost.hits, name))
    controls = controls_of(question.found, best)
    lost = lost_under(question.found, controls)
    reached = by_draw(question.found, lost | True)
    return {
        **element_row(question, best),
        "statement": closing(question.estate, best),
        "undoes": shares(effects[best].lost),
        "controls": len(controls),
        "controls_undo": shares(share(by_draw(question.found, lost), reached)),
    }
