"""What is to be valued: which items bring what, of which durability, for which use and population."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from counterseal.catalog.uses import Counts
from counterseal.consequence.durability import by_durability, durabilities
from counterseal.consequence.kernel import GROUPS, Cells, Conjunctions
from counterseal.consequence.tables import grid, survival_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.consequence.durability import Durability
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding, PopulationCount

__all__ = ["Layout", "lay_out"]

Groups = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The estate as arrays.

    Attributes:
        items: Holding ids, then feed ids, each sorted.
        populations: Population ids, sorted.
        uses, attributes: Conjunctions, in this order: the uses of the catalog, then every
            attribute class that some item holds.
        curves: Durability of each curve.
        conjunctions, cells: For the kernel.
        rows: (item, population) of each row of ``cells``.
        relatives: Cells that count relatives.
        most_items, most_points, levels, most_ranks: Sizes of scratch.
    """

    items: tuple[str, ...]
    populations: tuple[str, ...]
    uses: tuple[str, ...]
    attributes: tuple[str, ...]
    curves: tuple[Durability, ...]
    conjunctions: Conjunctions
    cells: Cells
    rows: tuple[tuple[str, str], ...]
    relatives: tuple[bool, ...]
    most_items: int
    most_points: int
    most_ranks: int
    levels: int


@dataclass(slots=True, kw_only=True)
class _Plan:
    """Rows collected before they become arrays."""

    conjunction: list[int]
    population: list[int]
    output: list[int]
    start: list[int]
    item: list[int]
    plain: list[list[int]]
    masked: list[list[int]]
    rows: list[tuple[str, str]]
    relatives: list[bool]


def lay_out(estate: Estate, catalog: Catalog) -> Layout:
    """Lay out an estate for the kernel; deterministic, linear in items times uses."""
    holders: dict[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    items = (*sorted(estate.holdings), *sorted(estate.feeds))
    held = {a for item in items for a in holders[item].attributes if a in catalog.attributes}
    attributes = tuple(sorted(held))
    uses = tuple(sorted(catalog.uses))
    needs: list[Groups] = [
        tuple(frozenset(group.any_of) & held for group in catalog.uses[use].groups)
        for use in uses
    ]
    needs += [(frozenset({attribute}),) for attribute in attributes]
    lasting = durabilities(catalog)
    curves = by_durability(lasting[attribute] for attribute in attributes)
    ranked = [_ranked(groups, lasting) for groups in needs]
    plan = _plan(estate, catalog, items, uses, ranked)
    cells = _cells(plan)
    return Layout(
        items=items,
        populations=tuple(sorted(estate.populations)),
        uses=uses,
        attributes=attributes,
        curves=tuple(curves),
        conjunctions=_conjunctions(needs, lasting, curves),
        cells=cells,
        rows=tuple(plan.rows),
        relatives=tuple(plan.relatives),
        most_items=max((b - a for a, b in pairwise(plan.start)), default=0),
        most_points=_most_points(plan),
        most_ranks=max((len(_distinct(g, lasting)) for gs in needs for g in gs), default=1),
        levels=sum(_size(groups, lasting) for groups in needs),
    )


def _distinct(group: frozenset[str], lasting: Mapping[str, Durability]) -> list[Durability]:
    return by_durability(lasting[attribute] for attribute in group)


def _size(groups: Groups, lasting: Mapping[str, Durability]) -> int:
    return prod(len(_distinct(group, lasting)) for group in groups)


def _ranked(groups: Groups, lasting: Mapping[str, Durability]) -> list[dict[str, int]]:
    """Return the rank of each attribute in each group, from 1 for the least durable."""
    ranked = []
    for group in groups:
        order = [durability.id for durability in _distinct(group, lasting)]
        ranked.append({a: order.index(lasting[a].id) + 1 for a in group})
    return ranked


def _conjunctions(
    needs: list[Groups], lasting: Mapping[str, Durability], curves: list[Durability]
) -> Conjunctions:
    position = {durability.id: index for index, durability in enumerate(curves)}
    widest = max((len(_distinct(g, lasting)) for groups in needs for g in groups), default=1)
    ranks = np.zeros((len(needs), GROUPS), np.int64)
    curve = np.zeros((len(needs), GROUPS, max(widest, 1)), np.int64)
    offset = np.zeros(len(needs), np.int64)
    levels = 0
    for c, groups in enumerate(needs):
        offset[c] = levels
        for g, group in enumerate(groups):
            order = _distinct(group, lasting)
            ranks[c, g] = len(order)
            curve[c, g, : len(order)] = [position[durability.id] for durability in order]
        levels += _size(groups, lasting)
    rows = [survival_rows(durability.survival.curves) for durability in curves]
    years = grid()
    return Conjunctions(
        groups=np.array([len(groups) for groups in needs], np.int64),
        ranks=ranks,
        curve=curve,
        offset=offset,
        curves=np.array(rows) if rows else np.zeros((0, 3, years.size)),
        grid=years,
    )


def _plan(
    estate: Estate,
    catalog: Catalog,
    items: tuple[str, ...],
    uses: tuple[str, ...],
    ranked: list[list[dict[str, int]]],
) -> _Plan:
    plan = _Plan(
        conjunction=[],
        population=[],
        output=[],
        start=[0],
        item=[],
        plain=[],
        masked=[],
        rows=[],
        relatives=[],
    )
    direct = frozenset(a.id for a in catalog.attributes.values() if a.direct)
    holders: dict[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    about: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        for row in holders[item].populations:
            about.setdefault(row.population, []).append(index)
    for c, groups in enumerate(ranked):
        use = catalog.uses[uses[c]] if c < len(uses) else None
        for p, population in enumerate(sorted(estate.populations)):
            if use is not None and not _concerns(use, estate, population):
                continue
            bring = [
                (i, _brings(holders[items[i]].attributes, groups, direct))
                for i in sorted(set(about.get(population, ())))
            ]
            bring = [(i, ranks) for i, ranks in bring if any(ranks[0])]
            if all(any(ranks[0][g] for _, ranks in bring) for g in range(len(groups))):
                _add(plan, c, p, use, [(items[i], i, ranks) for i, ranks in bring], population)
    return plan


def _concerns(use: Use, estate: Estate, population: str) -> bool:
    flags = {flag.value for flag in estate.populations[population].flags}
    return not use.populations or bool(flags & set(use.populations))


def _brings(
    attributes: tuple[str, ...], groups: list[dict[str, int]], direct: frozenset[str]
) -> tuple[list[int], list[int]]:
    """Return the best rank in each group, and the same without direct identifiers."""
    plain, masked = [0] * GROUPS, [0] * GROUPS
    for g, ranks in enumerate(groups):
        for attribute in attributes:
            rank = ranks.get(attribute, 0)
            plain[g] = max(plain[g], rank)
            if attribute not in direct:
                masked[g] = max(masked[g], rank)
    return plain, masked


def _add(
    plan: _Plan,
    conjunction: int,
    position: int,
    use: Use | None,
    bring: list[tuple[str, int, tuple[list[int], list[int]]]],
    population: str,
) -> None:
    plan.conjunction.append(conjunction)
    plan.population.append(position)
    plan.output.append(-1 if use is None else conjunction)
    plan.relatives.append(use is not None and use.counts is Counts.RELATIVES)
    for item, index, (plain, masked) in bring:
        plan.item.append(index)
        plan.plain.append(plain)
        plan.masked.append(masked)
        plan.rows.append((item, population))
    plan.start.append(len(plan.item))


def _cells(plan: _Plan) -> Cells:
    return Cells(
        conjunction=np.array(plan.conjunction, np.int64),
        population=np.array(plan.population, np.int64),
        output=np.array(plan.output, np.int64),
        start=np.array(plan.start, np.int64),
        items=np.array(plan.item, np.int64),
        plain=np.array(plan.plain, np.int64).reshape(-1, GROUPS),
        masked=np.array(plan.masked, np.int64).reshape(-1, GROUPS),
    )


def _most_points(plan: _Plan) -> int:
    """Return the most points of any cell: levels that can occur, times items."""
    most = 1
    for a, b in pairwise(plan.start):
        levels = 1
        for g in range(GROUPS):
            ranks = {plan.plain[r][g] for r in range(a, b)} | {
                plan.masked[r][g] for r in range(a, b)
            }
            levels *= max(len(ranks - {0}), 1)
        most = max(most, levels * (b - a))
    return most
