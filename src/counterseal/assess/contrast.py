"""An estate before and after a change, ready to be compared under any "what if".

A "what if" is a set of overrides: parameter ids held at a value in every draw. A condition
holds parameters of the *after* estate only (the before is as it is); a falsified fact holds
the parameter in *both*, because a fact that is false is false in both. Campaigns that do not
know an overridden parameter are not run again, and rows they alone decide are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.comparison import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Outcome
    from counterseal.assess.comparison import Comparison
    from counterseal.assess.levels import Concern
    from counterseal.assess.possible import Possibility
    from counterseal.assess.side import Side
    from counterseal.reach.draws import Draws

__all__ = ["Contrast", "Contrasted"]

Levels = dict["Concern", "NDArray[np.float64]"]
NO_OVERRIDES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrasted:
    """Before against after, under one "what if".

    Attributes:
        rows: A comparison per concern, sorted by concern.
        possible: What became possible, sorted.
    """

    rows: Mapping[Concern, Comparison]
    possible: tuple[Possibility, ...]


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """Two sides on the same draws; the second may know fewer adversaries (an alternative)."""

    before: Side
    after: Side
    draws: Draws

    def compare(self, *, conditions: Mapping[str, float] = NO_OVERRIDES) -> Contrasted:
        """Compare before with after where after also meets ``conditions``."""
        return self._contrast(self.before.base, self.after.outcomes(conditions))

    def compare_if(self, facts: Mapping[str, float]) -> Contrasted:
        """Compare before with after where ``facts`` hold in both."""
        return self._contrast(self.before.outcomes(facts), self.after.outcomes(facts))

    @cached_property
    def _base(self) -> Contrasted:
        """Nothing overridden on either side."""
        return self._compared(self.before.base, self.after.base, {})

    def _contrast(self, before: tuple[Outcome, ...], after: tuple[Outcome, ...]) -> Contrasted:
        """Compare, keeping every row of the base whose levels are the base's own."""
        moved = any(
            outcome is not base
            for side, outcomes in ((self.before, before), (self.after, after))
            for base, outcome in zip(side.base, outcomes, strict=True)
        )
        return self._compared(before, after, self._base.rows) if moved else self._base

    def _compared(
        self,
        before: tuple[Outcome, ...],
        after: tuple[Outcome, ...],
        kept: Mapping[Concern, Comparison],
    ) -> Contrasted:
        known = {campaign.adversary.id for campaign in self.after.campaigns}
        old = {c: level for c, level in _levels(before).items() if c.adversary in known}
        new = _levels(after)
        first, second = _levels(self.before.base), _levels(self.after.base)
        nothing = np.zeros(self.draws.trials)
        rows = {
            concern: kept[concern]
            if concern in kept
            and old.get(concern) is first.get(concern)
            and new.get(concern) is second.get(concern)
            else compare(
                old.get(concern, nothing), new.get(concern, nothing), lanes=self.draws.lanes
            )
            for concern in sorted({*old, *new})
        }
        possible = self.after.attained(after) - self.before.attained(before)
        return Contrasted(rows=rows, possible=tuple(sorted(possible)))


def _levels(outcomes: tuple[Outcome, ...]) -> Levels:
    levels: Levels = {}
    for outcome in outcomes:
        levels |= outcome.levels
    return levels
