"""Whom an adversary singles out, and learns something new about, with every set of holdings.

Holdings are put together pair by pair along what they have in common, in whatever order serves
best for each person; a link is right as often as a guess among those who agree. A chain of
links is right when each is. Somebody counts when a record with their name is linked to one
with a sensitive attribute that the adversary did not have. As the adversary may leave out any
holding, more holdings are never worse, and holdings with nothing in common add nothing.

An adversary who weighs all holdings at once instead of pair by pair can do a little better, so
this is a lower bound of the ideal attack under the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from counterseal.mosaic.schema.crowd import Key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.mosaic.schema.crowd import Linking
    from counterseal.mosaic.schema.written.holdings import Schema

__all__ = ["Offer", "SetOutcome", "combine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """In which form the organization's holdings give attributes.

    Attributes:
        withheld: Attributes that they do not give.
        coarse: Number of the coarser form, by attribute given coarsely.
    """

    withheld: frozenset[str] = frozenset()
    coarse: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetOutcome:
    """What one set of holdings gives, under one model.

    Attributes:
        chance: For each drawn person, the chance of being singled out and learnt about.
        share: Its mean: R, a share of the population.
        log2_candidates: Mean of log2 of the number of people among whom one stays hidden.
    """

    chance: NDArray[np.float64] = field(repr=False)
    share: float
    log2_candidates: float


def combine(schema: Schema, crowd: Linking, offer: Offer) -> dict[frozenset[str], SetOutcome]:
    """Return what every set of the organization's holdings gives, by the ids in it.

    Args:
        schema: Holdings, coverage and what counts as sensitive.
        crowd: People drawn.
        offer: In which form attributes are given.
    """
    ours = [one.id for one in schema.holdings if not one.is_adversarys]
    groups = _Groups(schema, crowd, offer).all()
    found: dict[frozenset[str], SetOutcome] = {}
    for number in range(1 << len(ours)):
        members = frozenset(name for i, name in enumerate(ours) if number >> i & 1)
        inside = [group for group in groups if group.ours <= members]
        found[members] = _outcome(inside, schema.people, crowd.draws)
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """Holdings that were put together so that a named person is learnt about."""

    ours: frozenset[str]
    chance: NDArray[np.float64]


class _Groups:
    """Every way to put holdings together, by dynamic programming over their sets."""

    def __init__(self, schema: Schema, crowd: Linking, offer: Offer) -> None:
        self._schema, self._crowd, self._offer = schema, crowd, offer
        self._attributes = [
            frozenset(one.attributes) - (frozenset() if one.is_adversarys else offer.withheld)
            for one in schema.holdings
        ]
        known = [a for one in schema.holdings if one.is_adversarys for a in one.attributes]
        self._new = schema.sensitive - frozenset(known)

    def all(self) -> list[_Group]:
        """Return the sets that name somebody and teach something new."""
        holdings = self._schema.holdings
        best = {
            1 << i: self._crowd.present[one.id].astype(np.float64)
            for i, one in enumerate(holdings)
        }
        for mask in range(1, 1 << len(holdings)):
            found = self._linked(mask, best)
            if found is not None:
                best[mask] = found
        return [
            _Group(ours=self._ours(mask), chance=chance)
            for mask, chance in best.items()
            if self._counts(mask)
        ]

    def _linked(
        self, mask: int, best: Mapping[int, NDArray[np.float64]]
    ) -> NDArray[np.float64] | None:
        """Return the best chance over the last link that makes ``mask`` whole."""
        lowest = mask & -mask
        found: NDArray[np.float64] | None = None
        part = (mask - 1) & mask
        while part:
            other = mask ^ part
            if part & lowest and part in best and other in best:
                common = self._held(part) & self._held(other)
                if common:
                    chance = self._crowd.chance(self._key(common), self._records(part, other))
                    value = best[part] * best[other] * chance
                    found = value if found is None else np.maximum(found, value)
            part = (part - 1) & mask
        return found

    def _key(self, common: frozenset[str]) -> Key:
        coarse = frozenset(one for one in self._offer.coarse if one[0] in common)
        return Key(attributes=common, coarse=coarse)

    def _held(self, mask: int) -> frozenset[str]:
        return frozenset().union(*(self._attributes[i] for i in _bits(mask)))

    def _records(self, part: int, other: int) -> float:
        """Return how many records are searched: those without names, if one side has names."""
        sizes = {one: self._covered(one) for one in (part, other)}
        nameless = [one for one in (part, other) if not self._is_named(one)]
        searched = sizes[nameless[0]] if len(nameless) == 1 else max(sizes.values())
        return max(1.0, searched * self._schema.people)

    def _covered(self, mask: int) -> float:
        """Return the coverage of the widest holding: who is in the others too is not known."""
        return max(self._schema.holdings[i].coverage for i in _bits(mask))

    def _is_named(self, mask: int) -> bool:
        return any(self._schema.holdings[i].is_named for i in _bits(mask))

    def _counts(self, mask: int) -> bool:
        ours = [i for i in _bits(mask) if not self._schema.holdings[i].is_adversarys]
        learnt = frozenset().union(*(self._attributes[i] for i in ours)) & self._new
        return self._is_named(mask) and bool(learnt)

    def _ours(self, mask: int) -> frozenset[str]:
        holdings = [self._schema.holdings[i] for i in _bits(mask)]
        return frozenset(one.id for one in holdings if not one.is_adversarys)


def _outcome(groups: Sequence[_Group], people: int, draws: int) -> SetOutcome:
    chance = np.zeros(draws)
    for group in groups:
        chance = np.maximum(chance, group.chance)
    hidden = 1.0 / np.maximum(chance, 1.0 / people)
    return SetOutcome(
        chance=chance,
        share=float(chance.mean()),
        log2_candidates=float(np.log2(hidden).mean()),
    )


def _bits(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]
