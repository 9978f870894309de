"""People drawn from a model, with what each lacks and which holdings have a record of each.

One crowd serves every question about a schema, so that what is compared is compared on the same
people. Its strongest use is :meth:`Crowd.chance`: how often a link along a key is right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TYPE_CHECKING, Protocol

import numpy as np

from counterseal.mosaic.schema.dependence.linker import link_chance
from counterseal.mosaic.schema.dependence.model import build, draw, mass, uniforms
from counterseal.mosaic.schema.dependence.uniqueness import agreements, right_chance
from counterseal.mosaic.tables.source import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from counterseal.mosaic.schema.dependence.marginal import Marginal
    from counterseal.mosaic.schema.dependence.model import Model
    from counterseal.mosaic.schema.written.holdings import Linker, Schema

__all__ = ["Crowd", "Key", "Linking", "crowd_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What two holdings have in common, and in which form.

    Attributes:
        attributes: Ids of the attributes.
        coarse: Number of the coarser form, by attribute that is given coarsely.
    """

    attributes: frozenset[str]
    coarse: frozenset[tuple[str, int]] = frozenset()


class Linking(Protocol):
    """Drawn people, and how often links between their records are right."""

    @property
    def draws(self) -> int:
        """Number of people drawn."""

    @property
    def present(self) -> Mapping[str, NDArray[np.bool_]]:
        """Whether somebody has a record (draws,), by holding."""

    def chance(self, key: Key, records: float, /) -> NDArray[np.float64]:
        """Return how often a link along ``key`` among ``records`` is right, for each person."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crowd:
    """Drawn people, under one model.

    Attributes:
        model: What they are drawn from.
        marginals: Attributes by id, identifiers among them.
        linkers: Tools that compare with error, by attribute.
        people: Values of each attribute of the model (attributes, draws).
        absent: Whether somebody's value is missing (draws,), by attribute.
        present: Whether somebody has a record (draws,), by holding.
    """

    model: Model
    marginals: Mapping[str, Marginal]
    linkers: Mapping[str, Linker]
    people: NDArray[np.intp]
    absent: Mapping[str, NDArray[np.bool_]]
    present: Mapping[str, NDArray[np.bool_]]
    _chances: dict[tuple[Key, float], NDArray[np.float64]] = field(default_factory=dict)
    _shares: dict[Key, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def draws(self) -> int:
        """Number of people drawn."""
        return int(self.people.shape[1])

    def chance(self, key: Key, records: float, /) -> NDArray[np.float64]:
        """Return how often a link along ``key`` among ``records`` is right, for each person.

        A linker is used where it helps; what agrees exactly is always used. A missing value
        agrees with every value.
        """
        known = self._chances.get((key, records))
        if known is None:
            known = self._chance(key, records)
            self._chances[key, records] = known
        return known

    def _chance(self, key: Key, records: float) -> NDArray[np.float64]:
        linked = key.attributes & self.linkers.keys()
        exact = key.attributes - linked
        share = self.share(
            Key(
                attributes=exact,
                coarse=frozenset(one for one in key.coarse if one[0] in exact),
            )
        )
        best = right_chance(share, records) if exact else np.zeros(self.draws)
        for used in _subsets(sorted(linked)):
            false = float(np.prod([self.linkers[one].false_match for one in used]))
            found = float(np.prod([1.0 - self.linkers[one].false_non_match for one in used]))
            chance = link_chance(
                share, false_match=false, false_non_match=1.0 - found, gallery=records
            )
            best = np.maximum(best, chance)
        return best

    def share(self, key: Key) -> NDArray[np.float64]:
        """Return the share of the population that agrees with each person on ``key``."""
        known = self._shares.get(key)
        if known is None:
            known = self._share(key)
            self._shares[key] = known
        return known

    def _share(self, key: Key) -> NDArray[np.float64]:
        coarse = dict(key.coarse)
        names = sorted(key.attributes)
        own = [name for name in names if self.marginals[name].is_identifier]
        others = [name for name in self.model.ids if name in key.attributes]
        groups = {
            name: np.array(self.marginals[name].coarser[form].groups, dtype=np.intp)
            for name, form in coarse.items()
        }
        weights = agreements(
            {name: self.marginals[name].missing for name in others},
            policy=Missing.WILDCARD,
            absent=self.absent,
            draws=self.draws,
            groups=groups,
        )
        total = mass(self.model, self.people, weights)
        for name in own:
            total = total * np.where(self.absent[name], 1.0, self.marginals[name].missing)
        return total


def crowd_of(schema: Schema, *, seed: int, draws: int, with_pairs: bool) -> Crowd:
    """Draw people.

    The same numbers are used with and without pairs, whatever holdings there are.

    Args:
        schema: The population and its holdings.
        seed: Of every random number.
        draws: People drawn.
        with_pairs: Whether attributes depend on each other as the pairwise tables say.
    """
    model = build(schema.marginals, schema.pairs if with_pairs else ())
    width, every = len(model.ids), len(schema.marginals)
    numbers = _spread(uniforms(seed, width + every + len(schema.holdings), draws))
    lacking, covered = numbers[width : width + every], numbers[width + every :]
    return Crowd(
        model=model,
        marginals={one.id: one for one in schema.marginals},
        linkers={one.attribute: one for one in schema.linkers},
        people=draw(model, numbers[:width]),
        absent={
            one.id: row < one.missing
            for one, row in zip(schema.marginals, lacking, strict=True)
        },
        present={
            one.id: (covered[0] if schema.is_nested else row) < one.coverage
            for one, row in zip(schema.holdings, covered, strict=True)
        },
    )


def _spread(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers spread evenly over [0, 1) in each row, in the order that they had.

    So every share of a distribution, of missing values and of coverage is drawn all but exactly
    (Latin hypercube sampling: McKay, Beckman and Conover 1979, Technometrics 21(2):239-245).
    """
    ranks = np.argsort(np.argsort(numbers, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray((ranks + 0.5) / numbers.shape[1])


def _subsets(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield every subset but the empty one."""
    listed = list(names)
    return chain.from_iterable(combinations(listed, n) for n in range(1, len(listed) + 1))
