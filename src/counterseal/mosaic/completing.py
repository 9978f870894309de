"""Which holdings complete a use together that none of them gives alone: minimal sets.

A set completes a use for a population when its holdings together have something for every need
of the use, and no part of the set has. That is a statement about attributes only; by which key
the set could be joined, and how well, stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

from counterseal.mosaic.joins import best_join

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding
    from counterseal.mosaic.joins import Join

__all__ = ["Completion", "completions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A minimal set of holdings that completes a use.

    Attributes:
        use, population: What, and of whom.
        items: Ids of holdings and feeds, sorted; two or more.
        brings: What each of them brings: needs of the use that it meets.
        joins: Keys that tie them together, best first, one fewer than there are items; fewer
            when some cannot be tied to the others at all.
        people: Most people about whom all of it can be: the least count; ``None`` when no count
            is known.
    """

    use: str
    population: str
    items: tuple[str, ...]
    brings: tuple[tuple[str, ...], ...]
    joins: tuple[Join, ...]
    people: float | None

    @property
    def is_tied(self) -> bool:
        """Whether keys tie all of them together."""
        return len(self.joins) == len(self.items) - 1

    @property
    def correct(self) -> tuple[float, float, float]:
        """Chance that all joins are right: at the low end, central, at the high end."""
        if not self.is_tied:
            return 0.0, 0.0, 0.0
        low, central, high = (prod(j.correct[end] for j in self.joins) for end in range(3))
        return low, central, high


def completions(
    estate: Estate,
    catalog: Catalog,
    *,
    uses: Collection[str] | None = None,
    among: Collection[str] | None = None,
    size: int = 2,
) -> Iterator[Completion]:
    """Yield every minimal set, by use, population, size and ids.

    Args:
        estate: The estate.
        catalog: Uses, attributes and keys.
        uses: Ids; ``None`` for all.
        among: Ids of which a set has at least one; ``None`` for any set.
        size: Most items of a set, at least 2. The work grows with the number of items about a
            population to this power.
    """
    direct = frozenset(row.id for row in catalog.attributes.values() if row.direct)
    about = _about(estate)
    for name, use in catalog.uses.items():
        if uses is not None and name not in uses:
            continue
        for population in sorted(estate.populations):
            if _concerns(use, estate, population):
                rows = {k: _met(use, v, direct) for k, v in about[population].items()}
                for items in _minimal(rows, len(use.groups), size, among):
                    yield _completion(estate, catalog, use, population, items, rows)


def _minimal(
    rows: Mapping[str, int], needs: int, size: int, among: Collection[str] | None
) -> Iterator[tuple[str, ...]]:
    """Yield minimal sets of two or more that meet all of ``needs`` (bits)."""
    every = (1 << needs) - 1
    useful = sorted(item for item, met in rows.items() if 0 < met < every)
    for many in range(2, size + 1):
        for items in combinations(useful, many):
            if among is not None and not set(items) & set(among):
                continue
            if _union(rows, items) == every and all(
                _union(rows, [one for one in items if one != left]) != every for left in items
            ):
                yield items


def _union(rows: Mapping[str, int], items: Sequence[str]) -> int:
    met = 0
    for item in items:
        met |= rows[item]
    return met


def _met(use: Use, item: Holding | Feed, direct: frozenset[str]) -> int:
    """Return which needs an item meets, a bit each; masked names do not count."""
    masked = getattr(item, "pseudonymized", None)
    hidden = direct if masked is not None and masked.value else frozenset[str]()
    visible = set(item.attributes) - hidden
    return sum(1 << n for n, group in enumerate(use.groups) if visible & set(group.any_of))


def _completion(  # noqa: PLR0917 - one row, from where it was found
    estate: Estate,
    catalog: Catalog,
    use: Use,
    population: str,
    items: tuple[str, ...],
    rows: Mapping[str, int],
) -> Completion:
    counts = [_count(estate, item, population) for item in items]
    known = [count for count in counts if count is not None]
    return Completion(
        use=use.id,
        population=population,
        items=items,
        brings=tuple(
            tuple(g.need for n, g in enumerate(use.groups) if rows[item] >> n & 1)
            for item in items
        ),
        joins=_tied(estate, catalog, items),
        people=min(known, default=None),
    )


def _tied(estate: Estate, catalog: Catalog, items: Sequence[str]) -> tuple[Join, ...]:
    """Return the best joins that tie the items into one (a maximum spanning tree)."""
    found = [
        join
        for left, right in combinations(items, 2)
        if (join := best_join(estate, catalog, left, right)) is not None
    ]
    group = {item: item for item in items}
    chosen = []
    for join in sorted(found, key=lambda j: (-j.correct[1], j.left, j.right)):
        left, right = group[join.left], group[join.right]
        if left != right:
            chosen.append(join)
            group = {k: left if v == right else v for k, v in group.items()}
    return tuple(chosen)


def _about(estate: Estate) -> Mapping[str, dict[str, Holding | Feed]]:
    sources: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    about: dict[str, dict[str, Holding | Feed]] = {name: {} for name in estate.populations}
    for key, item in sorted(sources.items()):
        for row in item.populations:
            about[row.population][key] = item
    return about


def _count(estate: Estate, item: str, population: str) -> float | None:
    sources: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    rows = [
        row.count.value for row in sources[item].populations if row.population == population
    ]
    known = [float(value) for value in rows if value is not None]
    return sum(known) if known else None


def _concerns(use: Use, estate: Estate, population: str) -> bool:
    flags = {flag.value for flag in estate.populations[population].flags}
    return not use.populations or bool(flags & set(use.populations))
