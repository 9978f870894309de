"""Which steps of two engines have the same local times, to the bit, and how the graphs differ.

A local time is a function of the seed, the id of the step, its own numbers in each epistemic
draw, the causes it requires, and the factors it shares; of nothing else in the graph. Where all
of these are equal, one engine may take the times that another has drawn. Where the structure is
equal too, it may begin with the other's arrivals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.columns import items_of
from counterseal.attackgraph.distinct import among, distinct, numbered
from counterseal.reach.kernels.resettling import Edit
from counterseal.reach.sampling import UNSEEN
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from counterseal.reach.plan import Plan
    from counterseal.reach.program import Links, Program

__all__ = ["ALIKE", "Common", "Drawn", "alike", "common", "edit"]


ALIKE = 0.6
"""Share of steps with equal times from which another graph's arrivals are begun with."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The steps that two engines share by id.

    Attributes:
        mine, theirs: Their rows in each.
        same: Where local times are equal.
    """

    mine: NDArray[np.int64]
    theirs: NDArray[np.int64]
    same: NDArray[np.bool_]


def alike(mine: Drawn, other: Drawn) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the steps with equal local times in ``mine`` and in ``other``."""
    found = common(mine, other)
    return found.mine[found.same], found.theirs[found.same]


def common(mine: Drawn, other: Drawn) -> Common:
    """Return which steps both have, and which of them with equal local times.

    Both must have the same seed and numbers of draws and lanes.
    """
    none = np.empty(0, dtype=np.int64)
    settings = [(d.plan.tick_days, d.plan.layout) for d in (mine, other)]
    if settings[0] != settings[1]:
        return Common(mine=none, theirs=none, same=none.astype(np.bool_))
    place = other.program.index
    found = np.array([place.get(name, -1) for name in mine.program.names], dtype=np.int64)
    rows = np.flatnonzero(found >= 0)
    pair = rows, found[rows]
    same = _same_numbers(mine, other, pair) & _same_needs(mine, other, pair)
    return Common(mine=pair[0], theirs=pair[1], same=same)


def _equal(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    i: NDArray[np.integer],
    j: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """Return where row ``i`` of ``a`` has the bits of row ``j`` of ``b``."""
    pairs, place = numbered(i.astype(np.int64) * b.shape[0] + j)
    one, two = np.divmod(pairs, b.shape[0])
    same = np.empty(one.size, dtype=np.bool_)
    _same_rows(a.view(np.int64), b.view(np.int64), one, two, same)
    result: NDArray[np.bool_] = same[place]
    return result


@njit
def _same_rows(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    out: NDArray[np.bool_],
) -> None:
    """Write whether row ``one`` of ``a`` is row ``two`` of ``b``, pair by pair."""
    for k in range(out.size):
        differ = np.int64(0)
        for i in range(a.shape[1]):
            differ |= a[one[k], i] ^ b[two[k], i]
        out[k] = differ == 0


def _same_numbers(
    mine: Drawn, other: Drawn, pair: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Return where family, products, shared factors and the course of attempts are equal."""
    a, b = mine.plan, other.plan
    i, j = pair
    same = (a.family[i] == b.family[j]) & (a.loading[i] == b.loading[j])
    same &= _equal(mine.table, other.table, a.roles[:, i], b.roles[:, j]).all(axis=0)
    names: dict[str, int] = {}
    factors = [_factors(drawn.program.latents, names) for drawn in (mine, other)]
    same &= factors[0][a.latent[i]] == factors[1][b.latent[j]]
    same &= factors[0][a.seen_by[i]] == factors[1][b.seen_by[j]]
    delay = np.array([a.reentry]), np.array([b.reentry])
    if a.attempts != b.attempts or not _equal(mine.table, other.table, *delay).all():
        unseen: NDArray[np.bool_] = np.all(mine.table >= 1.0, axis=1)
        same &= unseen[a.roles[UNSEEN, i]]
    return np.asarray(same, dtype=np.bool_)


def _factors(latents: Iterable[str], names: dict[str, int]) -> NDArray[np.int64]:
    """Return a number for each factor; -1 (the last) for none."""
    found = [names.setdefault(name, len(names)) for name in latents]
    return np.array([*found, -1], dtype=np.int64)


def _same_needs(
    mine: Drawn, other: Drawn, pair: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Return where the same causes are required, with the same chances."""
    a, b = mine.plan, other.plan
    i, j = pair
    twins = _twins(mine, other)
    same = np.diff(a.need_row)[i] == np.diff(b.need_row)[j]
    places = np.flatnonzero(same)
    owner, left = items_of(a.need_row, i[places])
    _, right = items_of(b.need_row, j[places])
    ours, theirs = twins[a.need[left]], b.need[right].astype(np.int64)
    order, other_order = np.lexsort((ours, owner)), np.lexsort((theirs, owner))
    wrong = ours[order] != theirs[other_order]
    same[places[owner[wrong]]] = False
    return np.asarray(same, dtype=np.bool_)


def _twins(mine: Drawn, other: Drawn) -> NDArray[np.int64]:
    """Return the place in ``other`` of each cause with the same id, chance and level; or -1."""
    a, b = mine.plan, other.plan
    place = {cause: row for row, cause in enumerate(other.program.causes)}
    twins = np.array([place.get(cause, -1) for cause in mine.program.causes], dtype=np.int64)
    rows = np.flatnonzero(twins >= 0)
    found = twins[rows]
    same = _equal(mine.table, other.table, a.cause_rows[rows], b.cause_rows[found])
    same &= a.cause_level[rows] == b.cause_level[found]
    twins[rows[~same]] = -1
    return twins


def edit(mine: Links, other: Links, shared: Common) -> Edit:
    """Return how the graph of ``mine`` differs from that of ``other``."""
    i, j = shared.mine, shared.theirs
    place = np.full(mine.kind.size, -1, dtype=np.int64)
    place[i] = j
    added, cut, cut_parent = _edges(mine, other, shared, place)
    turned = mine.kind[i] != other.kind[j]
    turned |= (mine.entry[i] == 0) & (other.entry[j] == 1)
    lost = np.union1d(i[turned], added[(mine.kind[added] == 1) & (place[added] >= 0)])
    loose = (mine.kind[cut] == 0) & (mine.entry[cut] == 0) & ~np.isin(cut, lost)
    opened = i[(mine.entry[i] == 1) & (other.entry[j] == 0)]
    dirty = np.concatenate([added, cut, opened])
    return Edit(
        mine=i,
        theirs=j,
        new=np.flatnonzero(place < 0),
        times=i[~shared.same],
        their_times=j[~shared.same],
        lost=lost,
        cut=cut[loose],
        cut_parent=cut_parent[loose],
        dirty=distinct(dirty),
    )


def _edges(
    mine: Links, other: Links, shared: Common, place: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return children of new edges, and children and (in the other) parents of edges gone."""
    many = other.kind.size + 1
    back = np.full(other.kind.size, -1, dtype=np.int64)
    back[shared.theirs] = shared.mine
    child = np.repeat(np.arange(mine.kind.size, dtype=np.int64), np.diff(mine.parent_row))
    ours = child * many + place[mine.parent] + 1
    held = back[np.repeat(np.arange(many - 1, dtype=np.int64), np.diff(other.parent_row))]
    theirs = held * many + other.parent + 1
    added = child[~among(ours, theirs) | (place[mine.parent] < 0)]
    gone = ~among(theirs, ours) & (held >= 0)
    return distinct(added), held[gone], other.parent[gone].astype(np.int64)
