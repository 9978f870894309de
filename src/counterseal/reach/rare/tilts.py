"""A tilt: the density, other than uniform, that one random input is drawn from.

Every input of the engine is a number in (0, 1) that is honestly uniform. So the density is the
likelihood ratio, exactly, whatever the sampler makes of the number. Tilts come in sets: a trial
takes one set, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import isclose
from typing import TYPE_CHECKING, Any

import numpy as np

from counterseal.reach.draws import Stream, keys
from counterseal.reach.kernels.bending import STRAIGHT, Bends

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from counterseal.reach.program import Program

__all__ = ["SHARE_LEFT_ALONE", "Kind", "Tilt", "TiltSet", "bends", "rows"]

SHARE_LEFT_ALONE = 0.1
"""Share of trials in which nothing is tilted; a weight is at most one over it."""

_MOST_DENSE = 1e30


class Kind(StrEnum):
    """What an input decides. All but facts make the target likelier when they are small."""

    WORKS = "works"
    TIME = "time"
    SEEN = "seen"
    CAUSE = "cause"
    FACTOR = "factor"
    FACT = "fact"


_STEP_KINDS = (Kind.WORKS, Kind.TIME, Kind.SEEN)  # in the order of the rows of ``Bends.steps``


@dataclass(frozen=True, slots=True, kw_only=True)
class Tilt:
    """One input and the density it is drawn from.

    Attributes:
        kind: What it decides.
        id: Of the step, cause, latent factor or parameter. Of a step, time and detection are
            those of the first attempt; later attempts are never tilted.
        odds: What the odds of yes are multiplied by, for what happens or not.
        edges: Where cells lie, from 0 to 1, rising, for a number; else empty.
        masses: Probability of each cell; they add up to 1.
        gain: How far the density is from uniform: its Kullback-Leibler divergence in nats,
            estimated from the pilot.
    """

    kind: Kind
    id: str
    odds: float = 1.0
    edges: tuple[float, ...] = ()
    masses: tuple[float, ...] = ()
    gain: float

    def __post_init__(self) -> None:
        if not (self.odds > 0.0 and (self.edges == () or self._is_density())):
            msg = f"odds {self.odds}, edges {self.edges} and masses {self.masses}: no density"
            raise ValueError(msg)

    def _is_density(self) -> bool:
        rising = all(a < b for a, b in pairwise(self.edges))
        ends = (self.edges[0], self.edges[-1]) == (0.0, 1.0)
        fits = len(self.masses) + 1 == len(self.edges) and min(self.masses) >= 0.0
        return rising and ends and fits and isclose(sum(self.masses), 1.0, abs_tol=1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class TiltSet:
    """The tilts of one way to the target.

    Attributes:
        share: Of the trials that are tilted at all, those that take this set; in (0, 1].
        tilts: Largest gain first.
    """

    share: float
    tilts: tuple[Tilt, ...]


def rows(sets: Sequence[TiltSet]) -> dict[tuple[Kind, str], int]:
    """Return the row of every input that some set tilts."""
    found: dict[tuple[Kind, str], int] = {}
    for one in sets:
        for tilt in one.tilts:
            found.setdefault((tilt.kind, tilt.id), len(found))
    return found


def bends(sets: Sequence[TiltSet], program: Program, *, seed: int) -> Bends | tuple[()]:
    """Return ``sets`` as the samplers take them."""
    place = rows(sets)
    if not place:
        return STRAIGHT
    steps = np.full((len(_STEP_KINDS), len(program.names)), -1, dtype=np.int32)
    causes = np.full(max(1, len(program.causes)), -1, dtype=np.int32)
    numbers = {name: number for number, name in enumerate(program.causes)}
    for (kind, name), row in place.items():
        if kind in _STEP_KINDS:
            steps[_STEP_KINDS.index(kind), program.index[name]] = row
        elif kind is Kind.CAUSE:
            causes[numbers[name]] = row
    tilts = [
        (k, place[tilt.kind, tilt.id], tilt) for k, s in enumerate(sets) for tilt in s.tilts
    ]
    shape = (len(sets), len(place), max(1, *(len(tilt.masses) for _, _, tilt in tilts)))
    return Bends(
        steps=steps,
        causes=causes,
        **_densities(tilts, shape),
        key=keys(Stream.MIXTURE, ["rare"], seed=seed)[0],
        shares=_shares(sets),
    )


def _shares(sets: Sequence[TiltSet]) -> NDArray[np.float64]:
    parts = np.array([one.share for one in sets])
    upto = SHARE_LEFT_ALONE + (1.0 - SHARE_LEFT_ALONE) * np.cumsum(parts) / parts.sum()
    upto[-1] = 1.0
    return np.concatenate([[SHARE_LEFT_ALONE], upto])


def _densities(
    tilts: Sequence[tuple[int, int, Tilt]], shape: tuple[int, int, int]
) -> dict[str, NDArray[Any]]:
    """Return the densities of each set and row; uniform where a set does not tilt the row."""
    sets, many, cells = shape
    tilted = np.zeros((sets, many), dtype=np.uint8)
    chosen = np.zeros(many, dtype=np.uint8)
    odds = np.ones((sets, many))
    edges, below = np.ones((2, sets, many, cells + 1))
    edges[:, :, 0] = below[:, :, 0] = 0.0
    densities = np.ones(shape)
    for k, row, tilt in tilts:
        tilted[k, row] = 1
        chosen[row] = not tilt.edges
        odds[k, row] = tilt.odds
        if tilt.edges:
            edges[k, row, : len(tilt.edges)] = tilt.edges
            for cell, (before, after, density) in enumerate(_cells(tilt)):
                below[k, row, cell : cell + 2] = before, after
                densities[k, row, cell] = density
    return {
        "tilted": tilted,
        "chosen": chosen,
        "odds": odds,
        "edges": edges,
        "below": below,
        "densities": densities,
    }


def _cells(tilt: Tilt) -> Iterator[tuple[float, float, float]]:
    """Yield the probability below and up to the end of each cell, and its density."""
    before = 0.0
    for cell, mass in enumerate(tilt.masses):
        after = 1.0 if cell == len(tilt.masses) - 1 else min(1.0, before + mass)
        width = tilt.edges[cell + 1] - tilt.edges[cell]
        yield before, after, min((after - before) / width, _MOST_DENSE)
        before = after
