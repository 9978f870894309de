"""What is to be valued: which item brings what, of which durability, to which use of whom.

Nothing here depends on an adversary: one layout serves every valuation of an estate.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from counterseal.catalog.uses import Counts
from counterseal.consequence.arrays import Cells, Form
from counterseal.consequence.durability import by_durability, durabilities
from counterseal.consequence.tables import grid, survival_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.consequence.durability import Durability
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["Layout", "Part", "lay_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A use, or a single attribute class, with the cells in which it can be met at all.

    Attributes:
        form, cells: For the kernel.
        relatives: Whether relatives are counted.
        items, points, levels: Sizes of scratch: items and points of a cell, levels.
    """

    form: Form
    cells: Cells
    relatives: bool
    items: int
    points: int
    levels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """An estate as arrays.

    Attributes:
        items: Holding ids, then feed ids, each sorted.
        populations: Ids, sorted.
        attributes: Classes that some item holds, sorted.
        curves: Durability of each curve.
        counts: (item, population) of every count of people, item by item.
        counted: Positions in ``counts`` of each item.
        joint: A part for each use of the catalog, sorted by id.
        alone: A part for each class of ``attributes``.
    """

    items: tuple[str, ...]
    populations: tuple[str, ...]
    attributes: tuple[str, ...]
    curves: tuple[Durability, ...]
    counts: tuple[tuple[str, str], ...]
    counted: Mapping[str, tuple[int, ...]]
    joint: Mapping[str, Part]
    alone: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What all parts of a layout have in common.

    Attributes:
        direct: Classes that name a person.
        lasting: Durability of every class.
        curves: Every curve, by durability.
        survival: (curves, 3, nodes).
        years: (nodes,).
        sorts: Distinct sets of classes that items have.
        sort_of: (items,) position in ``sorts``.
        about: Per population the items about it, and their counts.
    """

    direct: frozenset[str]
    lasting: Mapping[str, Durability]
    curves: tuple[Durability, ...]
    survival: NDArray[np.float64]
    years: NDArray[np.float64]
    sorts: tuple[tuple[str, ...], ...]
    sort_of: NDArray[np.int64]
    about: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]


def lay_out(estate: Estate, catalog: Catalog) -> Layout:
    """Lay out an estate for the kernel; deterministic, linear in items times uses."""
    holders: dict[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    items = (*sorted(estate.holdings), *sorted(estate.feeds))
    held = {a for holder in holders.values() for a in holder.attributes}
    attributes = tuple(sorted(held & set(catalog.attributes)))
    counts = dict.fromkeys(
        (item, row.population) for item in items for row in holders[item].populations
    )
    position = {count: index for index, count in enumerate(counts)}
    ground = _ground(estate, catalog, items, attributes, position)
    everyone = range(len(ground.about))
    joint = {}
    for name, use in sorted(catalog.uses.items()):
        groups = [set(group.any_of) & set(attributes) for group in use.groups]
        concerned = [
            place
            for place, population in enumerate(sorted(estate.populations))
            if _concerns(use, estate, population)
        ]
        kin = use.counts is Counts.RELATIVES
        joint[name] = _part(ground, groups, concerned, relatives=kin)
    return Layout(
        items=items,
        populations=tuple(sorted(estate.populations)),
        attributes=attributes,
        curves=ground.curves,
        counts=tuple(counts),
        counted={
            item: tuple(position[item, row.population] for row in holders[item].populations)
            for item in items
        },
        joint=joint,
        alone=tuple(_part(ground, [{a}], everyone, relatives=False) for a in attributes),
    )


def _ground(
    estate: Estate,
    catalog: Catalog,
    items: Sequence[str],
    attributes: Collection[str],
    position: Mapping[tuple[str, str], int],
) -> _Ground:
    holders: dict[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    lasting = durabilities(catalog)
    curves = tuple(by_durability(lasting[attribute] for attribute in attributes))
    sorts = dict.fromkeys(holders[item].attributes for item in items)
    number = {sort: index for index, sort in enumerate(sorts)}
    place = {item: index for index, item in enumerate(items)}
    about: dict[str, list[tuple[int, int]]] = {name: [] for name in sorted(estate.populations)}
    for (item, population), count in position.items():
        about[population].append((place[item], count))
    years = grid()
    rows = [survival_rows(durability.survival.curves) for durability in curves]
    pairs = [np.array(rows, np.int64).reshape(-1, 2) for rows in about.values()]
    return _Ground(
        direct=frozenset(a.id for a in catalog.attributes.values() if a.direct),
        lasting=lasting,
        curves=curves,
        survival=np.array(rows) if rows else np.zeros((0, 3, years.size)),
        years=years,
        sorts=tuple(sorts),
        sort_of=np.array([number[holders[item].attributes] for item in items], np.int64),
        about=tuple((pair[:, 0].copy(), pair[:, 1].copy()) for pair in pairs),
    )


def _concerns(use: Use, estate: Estate, population: str) -> bool:
    flags = {flag.value for flag in estate.populations[population].flags}
    return not use.populations or bool(flags & set(use.populations))


def _part(
    ground: _Ground, groups: Sequence[set[str]], populations: Sequence[int], *, relatives: bool
) -> Part:
    """Return a use with the cells in which every group can be met by some item."""
    orders = [by_durability(ground.lasting[one] for one in group) for group in groups]
    plain, masked = (
        _brought(ground, groups, orders, without=hidden)
        for hidden in (frozenset[str](), ground.direct)
    )
    found, items, counts = [], [], []
    for population in populations:
        about, numbers = ground.about[population]
        ranks = plain[ground.sort_of[about]]
        helps = ranks.any(axis=1)
        if about.size and ranks.any(axis=0).all():
            found.append(population)
            items.append(about[helps])
            counts.append(numbers[helps])
    sizes = [rows.size for rows in items]
    every = np.concatenate(items) if items else np.zeros(0, np.int64)
    cells = Cells(
        population=np.array(found, np.int64),
        first=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
        item=every,
        number=np.concatenate(counts) if counts else np.zeros(0, np.int64),
        plain=plain[ground.sort_of[every]],
        masked=masked[ground.sort_of[every]],
    )
    return Part(
        form=_form(ground, orders),
        cells=cells,
        relatives=relatives,
        items=max(sizes, default=0),
        points=max((_most_points(cells, cell) for cell in range(len(found))), default=1),
        levels=prod(len(order) for order in orders),
    )


def _brought(
    ground: _Ground,
    groups: Sequence[set[str]],
    orders: Sequence[Sequence[Durability]],
    *,
    without: frozenset[str],
) -> NDArray[np.int64]:
    """Return the best rank that each sort of item brings to each group; 0 for none."""
    brought = np.zeros((len(ground.sorts), len(groups)), np.int64)
    for g, (group, order) in enumerate(zip(groups, orders, strict=True)):
        rank = {durability.id: index + 1 for index, durability in enumerate(order)}
        for row, sort in enumerate(ground.sorts):
            known = (
                rank[ground.lasting[a].id] for a in sort if a in group and a not in without
            )
            brought[row, g] = max(known, default=0)
    return brought


def _form(ground: _Ground, orders: Sequence[Sequence[Durability]]) -> Form:
    position = {durability.id: index for index, durability in enumerate(ground.curves)}
    curve = np.zeros((len(orders), max((len(order) for order in orders), default=1)), np.int64)
    for g, order in enumerate(orders):
        curve[g, : len(order)] = [position[durability.id] for durability in order]
    return Form(
        ranks=np.array([len(order) for order in orders], np.int64),
        curve=curve,
        curves=ground.survival,
        grid=ground.years,
    )


def _most_points(cells: Cells, cell: int) -> int:
    """Return the most points a cell can have: levels that can occur, times items."""
    rows = slice(cells.first[cell], cells.first[cell + 1])
    levels = 1
    for g in range(cells.plain.shape[1]):
        occurring = {*cells.plain[rows, g].tolist(), *cells.masked[rows, g].tolist()} - {0}
        levels *= max(len(occurring), 1)
    return levels * int(rows.stop - rows.start)
