"""The chances of links at either end of their bands, person by person.

The band of a key is about the mean over people. At either end the log-odds of everybody are
moved alike, by as much as makes the mean that end: who is easy to single out stays so. A chain
of links is so widened once for each link.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.mosaic.schema.band import widened
from counterseal.mosaic.schema.calibration import Quantity
from counterseal.mosaic.schema.regime import regimes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.mosaic.schema.band import Band
    from counterseal.mosaic.schema.crowd import Crowd, Key
    from counterseal.mosaic.schema.written.holdings import Schema

__all__ = ["AtEnd", "Ends", "Side", "moved"]

_FARTHEST: Final = 40.0
"""Log-odds by which a chance is moved at most; beyond it everybody is at 0 or 1."""

_HALVINGS: Final = 40


class Side(StrEnum):
    """Which end of a band."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ends:
    """Two crowds of one schema, and the bands of links that they give together.

    Attributes:
        schema: The population and its pairs.
        flat: People under independence.
        tree: People under the tree of dependence; ``None`` where no pair is known.
    """

    schema: Schema
    flat: Crowd
    tree: Crowd | None
    _bands: dict[tuple[Key, float], Band] = field(default_factory=dict)
    _chances: dict[tuple[Key, float, Side], NDArray[np.float64]] = field(default_factory=dict)

    @property
    def base(self) -> Crowd:
        """The crowd whose people are used."""
        return self.tree or self.flat

    def band(self, key: Key, records: float) -> Band:
        """Return the band of how often a link along ``key`` is right, over all people."""
        if (key, records) not in self._bands:
            tree = None if self.tree is None else self.tree.chance(key, records)
            self._bands[key, records] = widened(
                independent=float(self.flat.chance(key, records).mean()),
                tree=None if tree is None else float(tree.mean()),
                attributes=len(key.attributes.intersection(self.flat.model.ids)),
                quantity=Quantity.CORRECT,
                regimes=regimes_of(self.schema, key.attributes),
            )
        return self._bands[key, records]

    def chance(self, key: Key, records: float, side: Side) -> NDArray[np.float64]:
        """Return the chances of a link at one end of its band, for each person."""
        found = self._chances.get((key, records, side))
        if found is None:
            band = self.band(key, records)
            found = moved(
                self.base.chance(key, records), band.low if side is Side.LOW else band.high
            )
            self._chances[key, records, side] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtEnd:
    """A crowd whose links are at one end of their bands.

    Attributes:
        ends: The bands.
        side: Which end.
    """

    ends: Ends
    side: Side

    @property
    def draws(self) -> int:
        """Number of people drawn."""
        return self.ends.base.draws

    @property
    def present(self) -> Mapping[str, NDArray[np.bool_]]:
        """Whether somebody has a record (draws,), by holding."""
        return self.ends.base.present

    def chance(self, key: Key, records: float, /) -> NDArray[np.float64]:
        """Return how often a link along ``key`` among ``records`` is right, for each person."""
        return self.ends.chance(key, records, self.side)


def moved(chances: NDArray[np.float64], mean: float) -> NDArray[np.float64]:
    """Return chances moved alike on the scale of log-odds until their mean is ``mean``.

    Chances of 0 and 1 stay where they are, and so do all where ``mean`` is theirs already.
    """
    low, high = -_FARTHEST, _FARTHEST
    if abs(float(chances.mean()) - mean) < _CLOSE:
        return chances
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if float(_moved(chances, middle).mean()) < mean:
            low = middle
        else:
            high = middle
    return _moved(chances, (low + high) / 2)


_CLOSE: Final = 1e-12


def _moved(chances: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """Return chances whose odds are multiplied by e to the power ``by``."""
    factor = float(np.exp(by))
    return np.asarray(chances * factor / (1.0 - chances + chances * factor))
