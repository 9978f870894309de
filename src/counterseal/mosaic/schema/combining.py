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
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.mosaic.schema.crowd import Key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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


def combine(
    schema: Schema,
    crowd: Linking,
    offer: Offer,
    wanted: Collection[frozenset[str]] | None = None,
) -> dict[frozenset[str], SetOutcome]:
    """Return what sets of the organization's holdings give, by the ids in them.

    Args:
        schema: Holdings, coverage and what counts as sensitive.
        crowd: People drawn.
        offer: In which form attributes are given.
        wanted: The sets; every one where nothing is said.
    """
    groups = _Groups(schema, crowd, offer).all()
    return {
        members: _outcome(
            [group for group in groups if group.ours <= members], schema.people, crowd.draws
        )
        for members in (_all_sets(schema) if wanted is None else wanted)
    }


def _all_sets(schema: Schema) -> list[frozenset[str]]:
    ours = [one.id for one in schema.holdings if not one.is_adversarys]
    return [
        frozenset(name for i, name in enumerate(ours) if number >> i & 1)
        for number in range(1 << len(ours))
    ]


_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """Some holdings together.

    Attributes:
        held: Attributes that they have.
        learnt: Sensitive ones among them that the organization's give and the adversary lacks.
        ours: Ids of the organization's holdings.
        is_named: Whether one has names.
        coverage: That of the widest: who is in the others too is not known.
    """

    held: frozenset[str]
    learnt: frozenset[str]
    ours: frozenset[str]
    is_named: bool
    coverage: float

    def joined(self, other: _Set) -> _Set:
        """Return both together."""
        return _Set(
            held=self.held | other.held,
            learnt=self.learnt | other.learnt,
            ours=self.ours | other.ours,
            is_named=self.is_named or other.is_named,
            coverage=max(self.coverage, other.coverage),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """Holdings that were put together so that a named person is learnt about."""

    ours: frozenset[str]
    chance: NDArray[np.float64]


class _Groups:
    """Every way to put holdings together, by dynamic programming over their sets."""

    def __init__(self, schema: Schema, crowd: Linking, offer: Offer) -> None:
        self._schema, self._crowd, self._offer = schema, crowd, offer
        known = [a for one in schema.holdings if one.is_adversarys for a in one.attributes]
        self._new = schema.sensitive - frozenset(known)
        self._sets = [_Set(held=_NONE, learnt=_NONE, ours=_NONE, is_named=False, coverage=0.0)]
        for one in schema.holdings:
            held = frozenset(one.attributes)
            single = _Set(
                held=held if one.is_adversarys else held - offer.withheld,
                learnt=_NONE if one.is_adversarys else (held & self._new) - offer.withheld,
                ours=_NONE if one.is_adversarys else frozenset({one.id}),
                is_named=one.is_named,
                coverage=one.coverage,
            )
            self._sets += [some.joined(single) for some in self._sets]

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
            _Group(ours=self._sets[mask].ours, chance=chance)
            for mask, chance in best.items()
            if self._sets[mask].is_named and self._sets[mask].learnt
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
                common = self._sets[part].held & self._sets[other].held
                if common:
                    chance = self._crowd.chance(self._key(common), self._records(part, other))
                    value = best[part] * best[other] * chance
                    found = value if found is None else np.maximum(found, value)
            part = (part - 1) & mask
        return found

    def _key(self, common: frozenset[str]) -> Key:
        coarse = frozenset(one for one in self._offer.coarse if one[0] in common)
        return Key(attributes=common, coarse=coarse)

    def _records(self, part: int, other: int) -> float:
        """Return how many records are searched: those without names, if one side has names."""
        sides = self._sets[part], self._sets[other]
        nameless = [one.coverage for one in sides if not one.is_named]
        searched = nameless[0] if len(nameless) == 1 else max(one.coverage for one in sides)
        return max(1.0, searched * self._schema.people)


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
