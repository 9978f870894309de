"""Structural or incidental: can it be put right where it stands, or must something go?

A weakness is incidental as far as configuration can undo it: controls put in place on what is
there. It is structural as far as reach remains with every control in place; then only another
architecture helps, which is to take elements away, and a single one is enough only where all
routes go through it. Both are asked of the same draws as the reach itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.closure import possible
from counterseal.reach.explaining.clustered import share

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from counterseal.reach.explaining.clustered import Share
    from counterseal.reach.explaining.derivations import Derivations
    from counterseal.reach.explaining.units import Units

__all__ = ["Footing", "controls_of", "footing", "lost_under", "only_routes"]

_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What the reach of a target rests on.

    Attributes:
        remaining: Share of the trials that reach the target in which it is still reached with
            every control of the graph in place.
        controls: How many controls that puts in place, or further in place.
        only: Elements through which every route goes, whatever is drawn: without any one of
            them there is none. Where it is empty, no single removal is enough.
    """

    remaining: Share
    controls: int
    only: tuple[str, ...]

    @property
    def word(self) -> str:
        """``structural``, ``incidental``, or ``both`` where the interval has both halves."""
        if self.remaining.low > _HALF:
            return "structural"
        return "incidental" if self.remaining.high < _HALF else "both"


def footing(found: Derivations, units: Units, candidates: Collection[str]) -> Footing:
    """Return how much of a target's reach configuration leaves, and what all routes share.

    Args:
        found: The critical trees of the target.
        units: What can be removed, by name.
        candidates: Units to try for ``only``.
    """
    overrides = controls_of(found)
    lost = lost_under(found, overrides)
    outer = found.engine.draws.outer
    reached = np.bincount(found.draw, minlength=outer)
    return Footing(
        remaining=share(reached - np.bincount(found.draw[lost], minlength=outer), reached),
        controls=len(overrides),
        only=only_routes(found, units, candidates),
    )


def controls_of(found: Derivations, element: str | None = None) -> Mapping[str, float]:
    """Return the controls (of one element) that matter to the target, at their best values."""
    engine = found.engine
    known = [value for value in engine.program.values if isinstance(value, str)]
    parameters = (engine.graph.parameters[name] for name in known)
    return {
        p.id: p.better
        for p in parameters
        if p.id.startswith("control:")
        and p.better is not None
        and element in {None, p.element, p.id.rpartition("@")[2]}
    }


def lost_under(found: Derivations, overrides: Mapping[str, float]) -> NDArray[np.bool_]:
    """Return which of the trials that reach the target do not under ``overrides``."""
    arrivals = found.engine.run(overrides=overrides).row(found.target)
    lost: NDArray[np.bool_] = arrivals[found.trial] > found.limit
    return lost


def only_routes(
    found: Derivations, units: Units, candidates: Collection[str]
) -> tuple[str, ...]:
    """Return the candidates without which no route is left, whatever is drawn.

    One that is not on the critical tree of every trial is not such a one, so only those that
    are have to be tried.
    """
    engine = found.engine
    target = engine.program.index.get(found.target, -1)
    if target < 0:
        return ()
    links = engine.program.links
    parents = np.diff(links.parent_row)
    missing = np.where(links.kind == 1, parents, 1).astype(np.int32)
    only = []
    for name in sorted(set(candidates) & _always(found, units)):
        works = np.ones(parents.size, dtype=np.uint8)
        works[units.steps(name)] = 0
        able = possible(missing.copy(), links.entry, works, links.child_row, links.child)
        if not able[target]:
            only.append(name)
    return tuple(only)


def _always(found: Derivations, units: Units) -> set[str]:
    """Return the units on every tree."""
    kept: set[int] | None = None
    for number in np.unique(found.signature, return_index=True)[1]:
        steps = found.step[found.start[number] : found.start[number + 1]]
        here = {
            int(unit)
            for step in steps
            for unit in units.unit[units.unit_row[step] : units.unit_row[step + 1]]
        }
        kept = here if kept is None else kept & here
    return set(units.names) if kept is None else {units.names[unit] for unit in kept}
