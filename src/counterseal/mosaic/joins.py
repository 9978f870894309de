"""Which holdings of an estate can be joined, by what key, and how often to the right person.

Two holdings join when they are about the same people and each has what some key of the catalog
needs. A shared column name is no key, and no key is perfect: a match finds the right record
with the chance that ``correct_share`` gives, and takes an innocent for somebody with the chance
that ``false_identification_chance`` gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.mosaic.schema.dependence.linker import false_identification_chance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.keys import Key
    from counterseal.catalog.quantity import Quantity
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["Join", "best_join", "correct_share", "joins_between"]

LARGEST = 1e8
"""People in a holding that nobody has counted, where joining is to be thought hard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """One way to join two holdings or feeds.

    Attributes:
        left, right: Their ids.
        key: Id of the key of the catalog.
        name: What a reader calls it.
        gallery: People in the larger of the two, over all populations; ``None`` when no count
            of it is known.
        correct: Chance that a person who is in both is joined to the right record: at the low
            end of what is known of the key, central, and at the high end.
        innocent: Chance that a person who is in one of them only is joined to somebody else,
            likewise.
    """

    left: str
    right: str
    key: str
    name: str
    gallery: float | None
    correct: tuple[float, float, float]
    innocent: tuple[float, float, float]


def correct_share(*, found: float, false_match: float, shared: float, gallery: float) -> float:
    """Return the chance that a person in both holdings is joined to the right record.

    The right record is among the candidates with chance ``found``; others are there too, K of
    them, binomial over ``gallery - 1`` comparisons, and one candidate is picked at random, so
    that the chance is ``found * E[1 / (1 + K)] = found * (1 - (1 - f)^N) / (N f)``; and of the
    ``shared`` people for whom a value stands one is meant.

    Args:
        found: Share of true matches that are found, in [0, 1].
        false_match: Chance of a false match of one comparison, in [0, 1].
        shared: People for whom one value stands, at least 1.
        gallery: Records that are searched, N, at least 1.
    """
    return found * _picked(false_match, max(gallery, 1.0)) / shared


def _picked(false_match: float, gallery: float) -> float:
    """Return E[1 / (1 + K)] with K binomial over ``gallery - 1`` comparisons."""
    expected = gallery * false_match
    if expected <= 0.0:
        return 1.0
    return false_identification_chance(false_match=false_match, gallery=gallery) / expected


def joins_between(estate: Estate, catalog: Catalog, left: str, right: str) -> tuple[Join, ...]:
    """Return every way to join two holdings or feeds, the best first, by central chance.

    What names a person directly is of no use in a holding that is pseudonymized; where nobody
    has said whether it is, the low end of the chance is 0.

    Raises:
        KeyError: There is no such holding or feed.
    """
    one, other = _item(estate, left), _item(estate, right)
    if not _populations(one) & _populations(other):
        return ()
    direct = frozenset(row.id for row in catalog.attributes.values() if row.direct)
    gallery = _larger(one, other)
    found = []
    for key in catalog.keys.values():
        fit = max(_fits(one, other, key, direct), _fits(other, one, key, direct))
        if fit:
            found.append(_join(left, right, key, gallery, sure=fit == _SURE))
    return tuple(sorted(found, key=lambda join: (-join.correct[1], join.key)))


def best_join(estate: Estate, catalog: Catalog, left: str, right: str) -> Join | None:
    """Return the best way to join two holdings or feeds, if there is any."""
    return next(iter(joins_between(estate, catalog, left, right)), None)


_NEVER, _PERHAPS, _SURE = range(3)


def _fits(one: Holding | Feed, other: Holding | Feed, key: Key, direct: Collection[str]) -> int:
    return min(_has(one, key.left, direct), _has(other, key.other, direct))


def _has(item: Holding | Feed, needed: tuple[str, ...], direct: Collection[str]) -> int:
    """Return whether an item has all that is needed, in a form that can be compared."""
    if not set(needed) <= set(item.attributes):
        return _NEVER
    masked = getattr(item, "pseudonymized", None)
    if masked is None or not set(needed) & set(direct):
        return _SURE
    if masked.value is None:
        return _PERHAPS
    return _NEVER if masked.value else _SURE


def _join(left: str, right: str, key: Key, gallery: float | None, *, sure: bool) -> Join:
    ends = tuple(_ends(key, gallery))
    low, central, high = (
        correct_share(found=found, false_match=false, shared=shared, gallery=people)
        for found, false, shared, people in ends
    )
    best, usual, worst = (
        false_identification_chance(false_match=false, gallery=people)
        for _, false, _, people in reversed(ends)
    )
    return Join(
        left=left,
        right=right,
        key=key.id,
        name=key.name,
        gallery=gallery,
        correct=(low if sure else 0.0, central, high),
        innocent=(best, usual, worst),
    )


def _ends(key: Key, gallery: float | None) -> Iterator[tuple[float, float, float, float]]:
    """Yield (found, false match, shared, gallery): joining works least, centrally, most."""
    found, false, shared = (_spread(one) for one in (key.found, key.false_match, key.shared))
    most, least = (LARGEST, 1.0) if gallery is None else (gallery, gallery)
    yield found[0], false[2], shared[2], most
    yield found[1], false[1], shared[1], most
    yield found[2], false[0], shared[0], least


def _spread(one: Quantity) -> tuple[float, float, float]:
    low = one.value if one.low is None else one.low
    high = one.value if one.high is None else one.high
    return low, one.value, high


def _larger(one: Holding | Feed, other: Holding | Feed) -> float | None:
    sizes = [size for item in (one, other) if (size := _people(item)) is not None]
    return max(sizes, default=None)


def _people(item: Holding | Feed) -> float | None:
    known = [row.count.value for row in item.populations if row.count.value is not None]
    return float(sum(known)) if known else None


def _populations(item: Holding | Feed) -> frozenset[str]:
    return frozenset(row.population for row in item.populations)


def _item(estate: Estate, name: str) -> Holding | Feed:
    every: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    return every[name]
