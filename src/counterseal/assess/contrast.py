"""An estate before and after a change, ready to be compared under any "what if".

A "what if" is a set of overrides: parameter ids held at a value in every draw. A condition
holds parameters of the *after* estate only (the before is as it is); a falsified fact holds
the parameter in *both*, because a fact that is false is false in both. Campaigns that do not
know an overridden parameter are not run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.campaign import prepare
from counterseal.assess.comparison import compare
from counterseal.assess.possible import became_possible
from counterseal.consequence.valuation import Valuation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign, Concern, Outcome
    from counterseal.assess.comparison import Comparison
    from counterseal.assess.possible import Possibility
    from counterseal.attackgraph.model import Parameter
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws

__all__ = ["Contrast", "Contrasted", "Side", "prepare_side"]

Levels = dict["Concern", "NDArray[np.float64]"]
NO_OVERRIDES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Side:
    """One estate with a campaign per adversary."""

    estate: Estate
    campaigns: tuple[Campaign, ...]

    @cached_property
    def base(self) -> tuple[Outcome, ...]:
        """The outcome of every campaign with nothing overridden."""
        return tuple(campaign.base for campaign in self.campaigns)

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every uncertain number of every campaign, by id."""
        merged: dict[str, Parameter] = {}
        for campaign in self.campaigns:
            merged |= campaign.parameters
        return merged

    def outcomes(self, overrides: Mapping[str, float] = NO_OVERRIDES) -> tuple[Outcome, ...]:
        """Return the outcome of every campaign under ``overrides``."""
        outcomes = []
        for campaign, base in zip(self.campaigns, self.base, strict=True):
            known = {k: v for k, v in overrides.items() if k in campaign.parameters}
            outcomes.append(campaign.run(overrides=known) if known else base)
        return tuple(outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrasted:
    """Before against after, under one "what if".

    Attributes:
        rows: A comparison per concern, sorted by concern.
        possible: What became possible.
    """

    rows: Mapping[Concern, Comparison]
    possible: tuple[Possibility, ...]


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """Two sides on the same draws."""

    before: Side
    after: Side
    draws: Draws

    def compare(self, *, conditions: Mapping[str, float] = NO_OVERRIDES) -> Contrasted:
        """Compare before with after where after also meets ``conditions``."""
        return self._contrast(self.before.base, self.after.outcomes(conditions), self.after)

    def compare_if(self, facts: Mapping[str, float]) -> Contrasted:
        """Compare before with after where ``facts`` hold in both."""
        after = self.after.outcomes(facts)
        return self._contrast(self.before.outcomes(facts), after, self.after)

    def compare_side(self, other: Side) -> Contrasted:
        """Compare before with another side (an alternative) on the same draws."""
        return self._contrast(self.before.base, other.base, other)

    @cached_property
    def _base(self) -> Contrasted:
        """Nothing overridden on either side."""
        return self._compared(self.before.base, self.after.base, self.after, {})

    def _contrast(
        self, before: tuple[Outcome, ...], after: tuple[Outcome, ...], side: Side
    ) -> Contrasted:
        """Compare, keeping every row of the base whose outcomes are the base's own."""
        if side is not self.after:
            return self._compared(before, after, side, {})
        same = {
            campaign.adversary.id
            for campaign, old, old_base, new, new_base in zip(
                side.campaigns, before, self.before.base, after, side.base, strict=True
            )
            if old is old_base and new is new_base
        }
        if len(same) == len(side.campaigns):
            return self._base
        kept = {c: row for c, row in self._base.rows.items() if c.adversary in same}
        return self._compared(before, after, side, kept)

    def _compared(
        self,
        before: tuple[Outcome, ...],
        after: tuple[Outcome, ...],
        side: Side,
        kept: Mapping[Concern, Comparison],
    ) -> Contrasted:
        old, new = _levels(before), _levels(after)
        nothing = np.zeros(self.draws.outer * self.draws.lanes)
        rows = {
            concern: kept[concern]
            if concern in kept
            else compare(
                old.get(concern, nothing), new.get(concern, nothing), lanes=self.draws.lanes
            )
            for concern in sorted({*old, *new})
        }
        return Contrasted(rows=rows, possible=became_possible(side.campaigns, before, after))


def _levels(outcomes: tuple[Outcome, ...]) -> Levels:
    levels: Levels = {}
    for outcome in outcomes:
        levels |= outcome.levels
    return levels


def prepare_side(
    estate: Estate,
    catalog: Catalog,
    *,
    draws: Draws,
    adversaries: Sequence[str] | None = None,
    workers: int | None = None,
) -> Side:
    """Prepare a campaign for every adversary of the catalog (or those named), by sorted id."""
    valuation = Valuation(estate, catalog)
    chosen = sorted(catalog.adversaries if adversaries is None else adversaries)
    return Side(
        estate=estate,
        campaigns=tuple(
            prepare(
                estate,
                catalog.adversaries[name],
                catalog,
                draws=draws,
                workers=workers,
                valuation=valuation,
            )
            for name in chosen
        ),
    )
