"""Which steps of two engines have the same local times, bit for bit.

A local time is a function of the seed, the id of the step, its own numbers in each epistemic
draw, the causes it requires, and the factors it shares; of nothing else in the graph. Where all
of these are equal, one engine may take the times that another has drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.sampling import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.reach.plan import Plan
    from counterseal.reach.program import Program

__all__ = ["Drawn", "alike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What decides the local times of one engine.

    Attributes:
        program: Its steps.
        plan: Its sampler, with the seed in its keys.
        table: Its products in every outer draw.
    """

    program: Program
    plan: Plan
    table: NDArray[np.float64]


def alike(mine: Drawn, other: Drawn) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the steps with equal local times in ``mine`` and in ``other``.

    Both must have the same seed and numbers of draws and lanes.
    """
    none = np.empty(0, dtype=np.int64)
    geometry = [(d.plan.tick_days, d.plan.tiles, d.plan.width) for d in (mine, other)]
    if geometry[0] != geometry[1]:
        return none, none
    place = other.program.index
    found = np.array([place.get(s.id, -1) for s in mine.program.steps], dtype=np.int64)
    rows = np.flatnonzero(found >= 0)
    pair = rows, found[rows]
    seen: dict[bytes, int] = {}
    numbers = [_numbered(drawn.table, seen) for drawn in (mine, other)]
    same = _same_numbers(mine, other, pair, numbers) & _same_needs(mine, other, pair, numbers)
    return pair[0][same], pair[1][same]


def _numbered(table: NDArray[np.float64], seen: dict[bytes, int]) -> NDArray[np.int64]:
    """Return a number for each row; equal numbers mean equal bits."""
    rows = [seen.setdefault(row.tobytes(), len(seen)) for row in table]
    return np.array(rows, dtype=np.int64)


def _same_numbers(
    mine: Drawn,
    other: Drawn,
    pair: tuple[NDArray[np.int64], NDArray[np.int64]],
    numbers: Sequence[NDArray[np.int64]],
) -> NDArray[np.bool_]:
    """Return where family, products, shared factors and the course of attempts are equal."""
    a, b = mine.plan, other.plan
    i, j = pair
    same = (a.family[i] == b.family[j]) & (a.loading[i] == b.loading[j])
    same &= (numbers[0][a.roles[:, i]] == numbers[1][b.roles[:, j]]).all(axis=0)
    names: dict[str, int] = {}
    factors = [_factors(drawn.program.latents, names) for drawn in (mine, other)]
    same &= factors[0][a.latent[i]] == factors[1][b.latent[j]]
    same &= factors[0][a.seen_by[i]] == factors[1][b.seen_by[j]]
    if (a.attempts, numbers[0][a.reentry]) != (b.attempts, numbers[1][b.reentry]):
        unseen: NDArray[np.bool_] = np.all(mine.table >= 1.0, axis=1)
        same &= unseen[a.roles[UNSEEN, i]]
    return np.asarray(same, dtype=np.bool_)


def _factors(latents: Iterable[str], names: dict[str, int]) -> NDArray[np.int64]:
    """Return a number for each factor; -1 (the last) for none."""
    found = [names.setdefault(name, len(names)) for name in latents]
    return np.array([*found, -1], dtype=np.int64)


def _same_needs(
    mine: Drawn,
    other: Drawn,
    pair: tuple[NDArray[np.int64], NDArray[np.int64]],
    numbers: Sequence[NDArray[np.int64]],
) -> NDArray[np.bool_]:
    """Return where the same causes are required, with the same chances."""
    one, two = _causes(mine, numbers[0]), _causes(other, numbers[1])
    left, right = mine.program.needs, other.program.needs
    same = [
        {one[cause] for cause in left[i]} == {two[cause] for cause in right[j]}
        for i, j in zip(pair[0].tolist(), pair[1].tolist(), strict=True)
    ]
    return np.array(same, dtype=np.bool_)


def _causes(drawn: Drawn, numbers: NDArray[np.int64]) -> Mapping[int, tuple[str, int, int]]:
    """Return what decides each cause: its id, its chance and how often it is drawn."""
    chances = numbers[drawn.plan.cause_rows].tolist()
    levels = drawn.plan.cause_level.tolist()
    rows = zip(drawn.program.causes, chances, levels, strict=True)
    return dict(enumerate(rows))
