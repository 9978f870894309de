"""What a change gains an adversary, whose doing it is, and what withholding would save.

R(H|a) is the share of people whom adversary a singles out correctly with the holdings H beside
its own, and about whom it learns something sensitive that it did not have. The gain of a
change is R after less R before; the synergy of a set is R of all of it less the greatest R of
any of its holdings alone. Shapley shares (1953, Contributions to the Theory of Games II) split
R among holdings, or among attributes, so that they add up to it.

Every figure is a band: every link is at the lower end of its band, or every one at the upper
end, for both ends of every assumed shape; ends of differences are differences of ends. Giving
less never gains more, so the band of what is left is cut to that of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING, Final

from counterseal.mosaic.schema.band import Band, difference, hull
from counterseal.mosaic.schema.combining import Offer, combine
from counterseal.mosaic.schema.crowd import crowd_of
from counterseal.mosaic.schema.ends import AtEnd, Ends, Side
from counterseal.mosaic.schema.regime import variants
from counterseal.mosaic.schema.shapley import Value, shapley

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from counterseal.mosaic.schema.combining import SetOutcome
    from counterseal.mosaic.schema.shapley import Split
    from counterseal.mosaic.schema.written.holdings import Schema

__all__ = ["Reached", "Saving", "Step", "Study"]


EVERYTHING: Final = Offer()
"""All attributes, as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What one set of holdings gives the adversary.

    Attributes:
        share: R, as a share of the population.
        error: Greatest standard error of an end, from drawing people.
    """

    share: Band
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One holding more.

    Attributes:
        holding: Its id.
        share: R with it and all before it.
        added: What it adds to R: the slope of the curve of payoff.
    """

    holding: str
    share: Band
    added: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What it saves to give an attribute coarsely, or not at all.

    Attributes:
        attribute: Its id.
        form: Name of the coarser form; empty where the attribute is withheld.
        share: R that is left.
        saved: By how much R falls.
        bits: By how many bits people are better hidden, by the models.
    """

    attribute: str
    form: str
    share: Band
    saved: Band
    bits: Band


class Study:
    """Answers about one schema, all on the same drawn people."""

    def __init__(self, schema: Schema, *, seed: int, draws: int) -> None:
        """Draw people for each model and each end of the assumed shapes."""
        self.schema = schema
        self._ends = [
            Ends(
                schema=one,
                flat=crowd_of(one, seed=seed, draws=draws, with_pairs=False),
                tree=crowd_of(one, seed=seed, draws=draws, with_pairs=True)
                if one.pairs
                else None,
            )
            for one in variants(schema)
        ]
        self._seed = seed
        self._offers: dict[Offer, dict[frozenset[str], Reached]] = {}
        self._hidden: dict[Offer, dict[frozenset[str], Band]] = {}

    @property
    def players(self) -> tuple[str, ...]:
        """Attributes that the organization's holdings could withhold to some effect."""
        ours = {
            a for one in self.schema.holdings if not one.is_adversarys for a in one.attributes
        }
        uses = [a for one in self.schema.holdings for a in set(one.attributes)]
        return tuple(
            one.id
            for one in self.schema.marginals
            if one.id in ours and (uses.count(one.id) > 1 or one.id in self.schema.sensitive)
        )

    def reached(self, holdings: Iterable[str], offer: Offer = EVERYTHING) -> Reached:
        """Return what a set of the organization's holdings gives, by their ids."""
        return self._all(offer)[frozenset(holdings)]

    def gain(self) -> Band:
        """Return R after the change less R before it."""
        after, before = self.reached(self.schema.after), self.reached(self.schema.before)
        return difference(after.share, before.share)

    def bits(self) -> Band:
        """Return by how many bits the change narrows down who somebody is, by the models."""
        return difference(self._hiding(self.schema.before), self._hiding(self.schema.after))

    def synergy(self, holdings: Iterable[str]) -> Band:
        """Return R of a set of holdings less the greatest R of one of them alone."""
        members = frozenset(holdings)
        alone = [self.reached((one,)).share for one in sorted(members)]
        best = Band(
            low=max((one.low for one in alone), default=0.0),
            high=max((one.high for one in alone), default=0.0),
        )
        return difference(self.reached(members).share, best)

    def payoff(self) -> tuple[Step, ...]:
        """Return R as the holdings of after are joined one by one, always the best next one."""
        steps: list[Step] = []
        joined: tuple[str, ...] = ()
        while left := [one for one in self.schema.after if one not in joined]:
            found = {one: self.reached((*joined, one)).share for one in left}
            best = max(left, key=lambda one: (found[one].high, found[one].low))
            added = difference(found[best], self.reached(joined).share)
            steps.append(Step(holding=best, share=found[best], added=added))
            joined = (*joined, best)
        return tuple(steps)

    def holding_shares(self) -> Split:
        """Return the Shapley share of each holding that is there after the change, in R."""
        players = tuple(one for one in self.schema.after)
        return shapley(
            players, lambda those: _value(self.reached(those).share), seed=self._seed
        )

    def attribute_shares(self) -> Split:
        """Return the Shapley share of each attribute of the organization's holdings, in R."""
        players = self.players

        @cache
        def value(those: frozenset[str]) -> Value:
            return _value(self._given(Offer(withheld=frozenset(players) - those)).share)

        return shapley(players, value, seed=self._seed)

    def savings(self) -> tuple[Saving, ...]:
        """Return what withholding or coarsening each attribute saves, the most first."""
        found = []
        for name in self.players:
            found.append(self._saving(name, "", Offer(withheld=frozenset({name}))))
            for form, coarser in enumerate(self.schema.marginal(name).coarser):
                offer = Offer(coarse=frozenset({(name, form)}))
                found.append(self._saving(name, coarser.name, offer))
        return tuple(sorted(found, key=lambda one: (-one.saved.high, -one.saved.low)))

    def _saving(self, name: str, form: str, offer: Offer) -> Saving:
        full, left = self.reached(self.schema.after), self._given(offer)
        return Saving(
            attribute=name,
            form=form,
            share=left.share,
            saved=difference(full.share, left.share),
            bits=difference(
                self._hiding(self.schema.after, offer), self._hiding(self.schema.after)
            ),
        )

    def _given(self, offer: Offer) -> Reached:
        """Return what is reached after the change where less is given: never more than all."""
        full, found = (self.reached(self.schema.after, one) for one in (EVERYTHING, offer))
        low = min(found.share.low, full.share.low)
        high = max(low, min(found.share.high, full.share.high))
        return replace(found, share=Band(low=low, high=high))

    def _hiding(self, holdings: Iterable[str], offer: Offer = EVERYTHING) -> Band:
        """Return the mean of log2 of the people among whom one stays hidden, by the models."""
        if offer not in self._hidden:
            models = [
                combine(self.schema, crowd, offer, self._looked_at)
                for one in self._ends
                for crowd in (one.flat, one.tree)
                if crowd is not None
            ]
            self._hidden[offer] = {
                members: hull(
                    Band(low=bits, high=bits)
                    for bits in (found[members].log2_candidates for found in models)
                )
                for members in models[0]
            }
        return self._hidden[offer][frozenset(holdings)]

    @property
    def _looked_at(self) -> tuple[frozenset[str], ...]:
        """Sets that matter where something is withheld or counted in bits."""
        return frozenset(self.schema.before), frozenset(self.schema.after)

    def _all(self, offer: Offer) -> Mapping[frozenset[str], Reached]:
        if offer not in self._offers:
            wanted = None if offer == EVERYTHING else self._looked_at
            low, high = (
                [
                    combine(self.schema, AtEnd(ends=one, side=side), offer, wanted)
                    for one in self._ends
                ]
                for side in Side
            )
            self._offers[offer] = {
                members: _reached(
                    [found[members] for found in low], [found[members] for found in high]
                )
                for members in low[0]
            }
        return self._offers[offer]


def _reached(low: Sequence[SetOutcome], high: Sequence[SetOutcome]) -> Reached:
    return Reached(
        share=Band(low=min(one.share for one in low), high=max(one.share for one in high)),
        error=max(float(one.chance.std()) / sqrt(len(one.chance)) for one in (*low, *high)),
    )


def _value(band: Band) -> Value:
    return Value(low=band.low, high=band.high)
