"""What a change gains an adversary, whose doing it is, and what withholding would save.

R(H|a) is the share of people whom adversary a singles out correctly with the holdings H beside
its own, and about whom it learns something sensitive that it did not have. The gain of a
change is R after less R before; the synergy of a set is R of all of it less the greatest R of
any of its holdings alone. Shapley shares (1953, Contributions to the Theory of Games II) split
R among holdings, or among attributes, so that they add up to it.

Every figure is a band: what independence and the tree say, widened by measured errors, at both
ends of every assumed shape; ends of differences are differences of ends. Giving less never
gains more, so a band is cut to that of whatever gives more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING, Final

from counterseal.mosaic.schema.band import Band, difference, hull, widened
from counterseal.mosaic.schema.calibration import Quantity, Regime
from counterseal.mosaic.schema.combining import Offer, combine
from counterseal.mosaic.schema.crowd import crowd_of
from counterseal.mosaic.schema.shapley import Value, shapley

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.mosaic.schema.combining import SetOutcome
    from counterseal.mosaic.schema.crowd import Crowd
    from counterseal.mosaic.schema.shapley import Split
    from counterseal.mosaic.schema.written.holdings import Schema

__all__ = ["Reached", "Saving", "Study", "regimes_of", "variants"]


EVERYTHING: Final = Offer()
"""All attributes, as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What one set of holdings gives the adversary.

    Attributes:
        share: R, as a share of the population.
        log2_candidates: Mean of log2 of the number of people among whom one stays hidden; the
            ends are those of the models and are not widened.
        error: Greatest standard error of the models' R, from drawing people.
    """

    share: Band
    log2_candidates: Band
    error: float


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


def variants(schema: Schema) -> tuple[Schema, ...]:
    """Return the schema at both ends of its assumed shapes, or as it is where it has none."""
    if not any(one.flattest for one in schema.marginals):
        return (schema,)
    flat = tuple(one.flattened() for one in schema.marginals)
    steep = tuple(one.steepened() for one in schema.marginals)
    return (replace(schema, marginals=flat), replace(schema, marginals=steep))


def regimes_of(schema: Schema, names: Iterable[str]) -> tuple[Regime, ...]:
    """Return which calibrations apply to a combination of attributes.

    Where some pairs are known and others not, both do.
    """
    known = {frozenset((one.first, one.second)) for one in schema.pairs}
    free = {one.id for one in schema.marginals if not one.is_identifier}
    listed = sorted(set(names) & free)
    pairs = {frozenset((a, b)) for i, a in enumerate(listed) for b in listed[i + 1 :]}
    if pairs and pairs <= known:
        return (Regime.PAIRS,)
    return (Regime.MARGINALS, Regime.PAIRS) if pairs & known else (Regime.MARGINALS,)


class Study:
    """Answers about one schema, all on the same drawn people."""

    def __init__(self, schema: Schema, *, seed: int, draws: int) -> None:
        """Draw people for each model and each end of the assumed shapes."""
        self.schema = schema
        self._crowds: list[tuple[Crowd, Crowd | None]] = [
            (
                crowd_of(one, seed=seed, draws=draws, with_pairs=False),
                crowd_of(one, seed=seed, draws=draws, with_pairs=True) if one.pairs else None,
            )
            for one in variants(schema)
        ]
        self._seed = seed
        self._offers: dict[Offer, dict[frozenset[str], Reached]] = {}

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
        after, before = self.reached(self.schema.after), self.reached(self.schema.before)
        return difference(before.log2_candidates, after.log2_candidates)

    def synergy(self, holdings: Iterable[str]) -> Band:
        """Return R of a set of holdings less the greatest R of one of them alone."""
        members = frozenset(holdings)
        alone = [self.reached((one,)).share for one in sorted(members)]
        best = Band(
            low=max((one.low for one in alone), default=0.0),
            high=max((one.high for one in alone), default=0.0),
        )
        return difference(self.reached(members).share, best)

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
            bits=difference(left.log2_candidates, full.log2_candidates),
        )

    def _given(self, offer: Offer) -> Reached:
        """Return what is reached after the change where less is given: never more than all."""
        full = self.reached(self.schema.after)
        return _cut(self.reached(self.schema.after, offer), full)

    def _all(self, offer: Offer) -> Mapping[frozenset[str], Reached]:
        if offer not in self._offers:
            pairs = [
                (
                    combine(self.schema, flat, offer),
                    combine(self.schema, tree, offer) if tree else None,
                )
                for flat, tree in self._crowds
            ]
            raw = {
                members: hull_of([self._one(members, flat, tree) for flat, tree in pairs])
                for members in pairs[0][0]
            }
            self._offers[offer] = _cut_to_supersets(raw)
        return self._offers[offer]

    def _one(
        self,
        members: frozenset[str],
        flat: Mapping[frozenset[str], SetOutcome],
        tree: Mapping[frozenset[str], SetOutcome] | None,
    ) -> Reached:
        one = flat[members]
        other = one if tree is None else tree[members]
        used = [h for h in self.schema.holdings if h.is_adversarys or h.id in members]
        shared = _shared(h.attributes for h in used)
        band = widened(
            independent=one.share,
            tree=None if tree is None else other.share,
            attributes=max(one.attributes, other.attributes),
            quantity=Quantity.CORRECT,
            regimes=regimes_of(self.schema, shared),
            links=max(one.links, other.links),
            ceiling=max(one.ceiling, other.ceiling),
        )
        hidden = sorted((one.log2_candidates, other.log2_candidates))
        errors = [float(o.chance.std()) / sqrt(len(o.chance)) for o in (one, other)]
        return Reached(
            share=band,
            log2_candidates=Band(low=hidden[0], high=hidden[1]),
            error=max(errors),
        )


def hull_of(found: list[Reached]) -> Reached:
    """Return what spans all of ``found``."""
    return Reached(
        share=hull(one.share for one in found),
        log2_candidates=hull(one.log2_candidates for one in found),
        error=max(one.error for one in found),
    )


def _cut_to_supersets(
    found: Mapping[frozenset[str], Reached],
) -> dict[frozenset[str], Reached]:
    cut = dict(found)
    for members in sorted(found, key=len, reverse=True):
        for more in found:
            if members < more and len(more) == len(members) + 1:
                cut[members] = _cut(cut[members], cut[more])
    return cut


def _cut(less: Reached, more: Reached) -> Reached:
    low, high = (
        min(less.share.low, more.share.low),
        min(less.share.high, more.share.high),
    )
    return replace(less, share=Band(low=low, high=max(low, high)))


def _shared(holdings: Iterable[tuple[str, ...]]) -> set[str]:
    """Return attributes that more than one holding has."""
    seen: set[str] = set()
    twice: set[str] = set()
    for attributes in holdings:
        twice |= seen & set(attributes)
        seen |= set(attributes)
    return twice


def _value(band: Band) -> Value:
    return Value(low=band.low, high=band.high)
