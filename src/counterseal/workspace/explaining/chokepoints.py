"""What a target's reach hangs on: removals, every link, cut sets, the kind of weakness.

Each effect is the paired difference on the same draws, with and without. What is on no critical
tree of any trial has an effect of exactly zero there and is counted, not listed. Facts are
ranked by one pass over the same trials; those shown were set to both ends and run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.canon import significant
from counterseal.reach.explaining.clustered import share
from counterseal.reach.explaining.cutsets import cuts
from counterseal.reach.explaining.remedies import controls_of, footing, lost_under
from counterseal.reach.explaining.removal import removals
from counterseal.reach.explaining.sensitivity import confirm, sensitivities
from counterseal.reach.explaining.units import step_units
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
    from collections.abc import Callable, Sequence

    from counterseal.canon import Json
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.reach.draws import Draws
    from counterseal.reach.explaining.cutsets import Cuts
    from counterseal.reach.explaining.removal import Removal
    from counterseal.workspace.explaining.question import Question
    from counterseal.workspace.project import Project

__all__ = ["chokepoints_of"]

MOST_FACTS = 10
"""Facts that are confirmed by runs of their own."""

MOST_ELEMENTS = 12
"""Choke points whose controls are tried; each takes a rerun of what the controls touch."""

_HALF = 0.5
_PHASES = 6


def chokepoints_of(
    project: Project,
    catalog: Catalog,
    adversary: Adversary,
    target: str | None,
    *,
    draws: Draws,
    workers: int | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Json]:
    """Return choke points as a ``counterseal-chokepoints/1`` document.

    Raises:
        UsageError: Nothing has the id of the target.
    """
    done = iter(range(_PHASES))

    def after(row: Json) -> Json:
        """Say that another part is done."""
        advance(next(done) + 1, _PHASES)
        return row

    advance(0, _PHASES)
    question = ask(project, catalog, adversary, target, draws=draws, workers=workers)
    found, units = question.found, question.units
    elements = removals(found, units)
    ways = [name for name in units.names if name not in question.goal]
    outer, reached = np.arange(draws.outer), np.ones(found.reached, dtype=np.bool_)
    trials = np.full_like(outer, draws.lanes)
    return {
        "schema": "counterseal-chokepoints/1",
        **question.head(),
        "reached": after(shares(share(by_draw(found, reached), trials))),
        "footing": after(_footing(question, ways)),
        "elements": after(_elements(question, elements)),
        "without_effect": len(units.names) - sum(row.lost.hits > 0 for row in elements),
        "links": _links(question, elements),
        "steps": after(_steps(question)),
        "cuts": after(_cuts(cuts(found, units, ways))),
        "facts": after(_facts(question)),
        "limits": list(LIMITS),
    }


def _elements(question: Question, rows: Sequence[Removal]) -> list[Json]:
    """Return what has an effect, greatest first, but for what the target stands on."""
    shown = [row for row in rows if row.unit not in question.goal and row.lost.hits]
    return [_element(question, row) for row in shown[:MOST_ELEMENTS]]


def _element(question: Question, row: Removal) -> Json:
    controls = controls_of(question.found, row.unit)
    lost = lost_under(question.found, controls)
    reached = by_draw(question.found, np.ones_like(lost))
    undone = share(by_draw(question.found, lost), reached)
    by_controls = undone.estimate >= _HALF * row.lost.estimate
    return {
        **element_row(question, row.unit),
        "statement": closing(question.estate, row.unit),
        "critical": shares(row.critical),
        "undoes": shares(row.lost),
        "change": shares(row.change),
        "after": shares(row.after),
        "controls": len(controls),
        "controls_undo": shares(undone),
        "fix": "configuration" if by_controls else "architecture",
    }


def _footing(question: Question, ways: Sequence[str]) -> Json:
    found = footing(question.found, question.units, ways)
    return {
        "word": found.word if question.found.reached else "not reached",
        "remaining": shares(found.remaining),
        "controls": found.controls,
        "only": list(found.only),
    }


def _links(question: Question, elements: Sequence[Removal]) -> list[Json]:
    """Return every link and grant of the estate with what its removal changes."""
    effects = {row.unit: row for row in elements}
    outer, lanes = question.found.engine.draws.outer, question.found.engine.draws.lanes
    zero = np.zeros(outer, dtype=np.int64)
    none = share(zero, np.full(outer, lanes, dtype=np.int64))
    of_reached = share(
        zero, by_draw(question.found, np.ones(question.found.reached, dtype=bool))
    )
    rows = sorted(
        [*question.estate.links, *question.estate.grants],
        key=lambda name: (-effects[name].change.hits if name in effects else 0, name),
    )
    return [
        {
            **element_row(question, name),
            "undoes": shares(effects[name].lost if name in effects else of_reached),
            "change": shares(effects[name].change if name in effects else none),
            "decides": name in effects,
        }
        for name in rows
    ]


def _steps(question: Question) -> list[Json]:
    """Return the single steps whose removal undoes most."""
    rows = removals(question.found, step_units(question.found.engine.program))
    return [_step(question, row) for row in rows if row.lost.hits][:MOST_ELEMENTS]


def _step(question: Question, row: Removal) -> Json:
    step = question.step(row.unit)
    return {
        "step": step.id,
        "label": what_is_done(step),
        "technique": step.technique,
        **element_row(question, step.element),
        "undoes": shares(row.lost),
    }


def _facts(question: Question) -> list[Json]:
    """Return the facts that move the target most, each confirmed by runs at both ends."""
    rows = sensitivities(question.found)
    return [
        {
            "parameter": row.parameter,
            "label": question.graph.parameters[row.parameter].label,
            "grade": question.graph.parameters[row.parameter].grade.value,
            **_place_of_fact(question, row.parameter),
            "from": significant(row.start, digits=3),
            "to": significant(row.end, digits=3),
            "one_pass": significant(row.change, digits=2),
            "change": significant(checked.change, digits=2),
            "low": significant(checked.low, digits=2),
            "high": significant(checked.high, digits=2),
        }
        for row, checked in zip(
            rows, confirm(question.found, rows, most=MOST_FACTS), strict=False
        )
    ]


def _place_of_fact(question: Question, name: str) -> dict[str, Json]:
    place = question.graph.parameters[name].place
    if place is None:
        return {"file": None, "line": None, "column": None}
    return {"file": place.file, "line": place.line, "column": place.column}


def _cuts(found: Cuts) -> Json:
    return {
        "sets": [list(row) for row in found.sets],
        "total": found.total,
        "valid": "by structure" if found.by_structure else "on these draws",
        "reason": found.reason,
        "uncut": found.uncut,
    }
