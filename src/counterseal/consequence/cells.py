"""What is to be valued: which item brings what, of which durability, to which use of whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from counterseal.catalog.uses import Counts
from counterseal.consequence.arrays import GROUPS, Cells, Conjunctions
from counterseal.consequence.durability import by_durability, durabilities
from counterseal.consequence.tables import grid, survival_rows

if TYPE_CHECKING:
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.consequence.durability import Durability
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["Layout", "Part", "lay_out"]

Group = Mapping[str, int]
"""Rank of each attribute that meets a need, from 1 for the least durable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Conjunctions with the cells in which they can be met at all.

    Attributes:
        conjunctions, cells: For the kernel.
        rows: (item, population) of each row of ``cells``.
        relatives: Whether a cell counts relatives.
        points, levels, ranks: Sizes of scratch.
    """

    conjunctions: Conjunctions
    cells: Cells
    rows: tuple[tuple[str, str], ...]
    relatives: tuple[bool, ...]
    points: int
    levels: int
    ranks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """An estate as arrays.

    Attributes:
        items: Holding ids, then feed ids, each sorted.
        populations, uses: Ids, sorted.
        attributes: Classes that some item holds, sorted.
        curves: Durability of each curve.
        joint: One conjunction for each use.
        alone: One conjunction of a single attribute for each class.
    """

    items: tuple[str, ...]
    populations: tuple[str, ...]
    uses: tuple[str, ...]
    attributes: tuple[str, ...]
    curves: tuple[Durability, ...]
    joint: Part
    alone: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """One conjunction before it becomes arrays."""

    groups: tuple[Group, ...]
    curves: tuple[tuple[int, ...], ...]
    use: Use | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One cell: ranks of each item, open and pseudonymized."""

    conjunction: int
    population: int
    ranks: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]]
    relatives: bool


def lay_out(estate: Estate, catalog: Catalog) -> Layout:
    """Lay out an estate for the kernel; deterministic, linear in items times uses."""
    holders: dict[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    items = (*sorted(estate.holdings), *sorted(estate.feeds))
    held = {a for holder in holders.values() for a in holder.attributes}
    attributes = tuple(sorted(held & set(catalog.attributes)))
    uses = tuple(sorted(catalog.uses))
    lasting = durabilities(catalog)
    curves = tuple(by_durability(lasting[attribute] for attribute in attributes))
    position = {durability.id: index for index, durability in enumerate(curves)}
    joint = [
        _need(
            [set(group.any_of) & set(attributes) for group in catalog.uses[use].groups],
            lasting,
            position,
            catalog.uses[use],
        )
        for use in uses
    ]
    alone = [_need([{attribute}], lasting, position) for attribute in attributes]
    direct = frozenset(a.id for a in catalog.attributes.values() if a.direct)
    return Layout(
        items=items,
        populations=tuple(sorted(estate.populations)),
        uses=uses,
        attributes=attributes,
        curves=curves,
        joint=_part(estate, items, joint, curves, direct),
        alone=_part(estate, items, alone, curves, direct),
    )


def _need(
    groups: list[set[str]],
    lasting: Mapping[str, Durability],
    position: Mapping[str, int],
    use: Use | None = None,
) -> _Need:
    orders = [by_durability(lasting[attribute] for attribute in group) for group in groups]
    ids = [[durability.id for durability in order] for order in orders]
    return _Need(
        groups=tuple(
            {a: order.index(lasting[a].id) + 1 for a in sorted(group)}
            for group, order in zip(groups, ids, strict=True)
        ),
        curves=tuple(tuple(position[name] for name in order) for order in ids),
        use=use,
    )


def _part(
    estate: Estate,
    items: tuple[str, ...],
    needs: list[_Need],
    curves: tuple[Durability, ...],
    direct: frozenset[str],
) -> Part:
    cells = _cells(estate, items, needs, direct)
    rows: list[tuple[str, str]] = []
    ranks: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    row_of = np.full((len(cells), len(items)), -1, np.int32)
    populations = sorted(estate.populations)
    for index, cell in enumerate(cells):
        for item, brought in cell.ranks.items():
            row_of[index, item] = len(rows)
            rows.append((items[item], populations[cell.population]))
            ranks.append(brought)
    return Part(
        conjunctions=_conjunctions(needs, curves),
        cells=Cells(
            conjunction=np.array([cell.conjunction for cell in cells], np.int64),
            population=np.array([cell.population for cell in cells], np.int64),
            row_of=row_of,
            plain=np.array([open_ for open_, _ in ranks], np.int64).reshape(-1, GROUPS),
            masked=np.array([masked for _, masked in ranks], np.int64).reshape(-1, GROUPS),
        ),
        rows=tuple(rows),
        relatives=tuple(cell.relatives for cell in cells),
        points=max((_most_points(cell) for cell in cells), default=1),
        levels=sum(_levels(need) for need in needs),
        ranks=max((len(order) for need in needs for order in need.curves), default=1),
    )


def _cells(
    estate: Estate, items: tuple[str, ...], needs: list[_Need], direct: frozenset[str]
) -> list[_Cell]:
    """Return the cells in which every group can be met by some item."""
    holders: dict[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    about: dict[str, set[int]] = {population: set() for population in estate.populations}
    for index, item in enumerate(items):
        for row in holders[item].populations:
            about[row.population].add(index)
    cells = []
    for c, need in enumerate(needs):
        brought = {
            i: _brings(holders[items[i]].attributes, need.groups, direct)
            for i in range(len(items))
        }
        for p, population in enumerate(sorted(estate.populations)):
            if need.use is not None and not _concerns(need.use, estate, population):
                continue
            ranks = {i: brought[i] for i in sorted(about[population]) if any(brought[i][0])}
            met = [any(r[0][g] for r in ranks.values()) for g in range(len(need.groups))]
            if all(met):
                kin = need.use is not None and need.use.counts is Counts.RELATIVES
                cells.append(_Cell(conjunction=c, population=p, ranks=ranks, relatives=kin))
    return cells


def _concerns(use: Use, estate: Estate, population: str) -> bool:
    flags = {flag.value for flag in estate.populations[population].flags}
    return not use.populations or bool(flags & set(use.populations))


def _brings(
    attributes: tuple[str, ...], groups: tuple[Group, ...], direct: frozenset[str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the best rank in each group, and the same without direct identifiers."""
    plain, masked = [0] * GROUPS, [0] * GROUPS
    for g, ranks in enumerate(groups):
        plain[g] = max((ranks.get(a, 0) for a in attributes), default=0)
        masked[g] = max((ranks.get(a, 0) for a in attributes if a not in direct), default=0)
    return tuple(plain), tuple(masked)


def _conjunctions(needs: list[_Need], curves: tuple[Durability, ...]) -> Conjunctions:
    widest = max((len(order) for need in needs for order in need.curves), default=1)
    ranks = np.zeros((len(needs), GROUPS), np.int64)
    curve = np.zeros((len(needs), GROUPS, max(widest, 1)), np.int64)
    offset = np.zeros(len(needs), np.int64)
    levels = 0
    for c, need in enumerate(needs):
        offset[c] = levels
        for g, order in enumerate(need.curves):
            ranks[c, g] = len(order)
            curve[c, g, : len(order)] = order
        levels += _levels(need)
    years = grid()
    rows = [survival_rows(durability.survival.curves) for durability in curves]
    return Conjunctions(
        groups=np.array([len(need.groups) for need in needs], np.int64),
        ranks=ranks,
        curve=curve,
        offset=offset,
        curves=np.array(rows) if rows else np.zeros((0, 3, years.size)),
        grid=years,
    )


def _levels(need: _Need) -> int:
    return prod(len(order) for order in need.curves)


def _most_points(cell: _Cell) -> int:
    """Return the most points a cell can have: levels that can occur, times items."""
    levels = 1
    for g in range(GROUPS):
        occurring = {ranks[g] for pair in cell.ranks.values() for ranks in pair} - {0}
        levels *= max(len(occurring), 1)
    return levels * len(cell.ranks)
