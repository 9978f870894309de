"""One adversary against one estate on one set of draws: what it could take, trial by trial.

This is where reach and consequence meet: the arrival times of a trial are handed to the
valuation *together*, so that what is stolen together is valued together. Nothing is drawn
here; the engines key their numbers by (seed, draw, stable id, trial). A what-if values anew
only the epistemic draws in which some arrival or some count differs from the base.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.joined import Joined
from counterseal.assess.levels import DAYS_PER_YEAR, Measured
from counterseal.reach.parameters import sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.levels import Concern
    from counterseal.attackgraph.model import AttackGraph, Parameter
    from counterseal.catalog.adversaries import Adversary
    from counterseal.consequence.valuation import Exposure, Valuation
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws
    from counterseal.reach.engine import Arrivals, Engine

    Values = Mapping[str, NDArray[np.float64]]

__all__ = ["Campaign", "Outcome"]

NO_OVERRIDES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one adversary attains.

    Attributes:
        levels: Level per trial, shape ``(outer * lanes,)``, by concern.
        arrivals: Arrival times of every objective.
        absent: Counts (parameter ids) that are held at zero.
    """

    levels: Mapping[Concern, NDArray[np.float64]]
    arrivals: Arrivals
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """An adversary, an estate and the draws, ready to be run under overrides of facts.

    Attributes:
        adversary, estate, graph: Who, against what, compiled.
        engine: Simulates the graph on the draws.
        valuation: Of what is taken.
        draws: Seed, epistemic draws, trials in each.
        workers: Threads of a valuation; results do not depend on it.
        wide: The same campaign on more draws, of which these are the first; what it knows
            already is not worked out again.
    """

    adversary: Adversary
    estate: Estate
    graph: AttackGraph
    engine: Engine
    valuation: Valuation
    draws: Draws
    workers: int = 2
    wide: Campaign | None = None

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every uncertain number of graph and valuation, by id."""
        return Joined((self.graph.parameters, self.valuation.parameters))

    @property
    def horizon_years(self) -> float:
        """Horizon of the headline, in years."""
        return self.adversary.horizon_years

    @property
    def horizon_days(self) -> float:
        """Horizon of the headline, in days."""
        return self.horizon_years * DAYS_PER_YEAR

    @cached_property
    def base(self) -> Outcome:
        """The outcome with nothing overridden."""
        return Outcome(
            levels=self._measured.levels,
            arrivals=self._measured.arrivals,
            absent=self._absent({}),
        )

    def run(
        self,
        *,
        overrides: Mapping[str, float] = NO_OVERRIDES,
        values: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> Outcome:
        """Return the outcome with some parameters held at a value.

        Args:
            overrides: Value by parameter id, in every draw.
            values: Values per draw, shape ``(outer,)``, by parameter id, in place of sampled
                ones (for variance shares); ``overrides`` wins.
        """
        arrivals = self.engine.run(overrides=overrides, values=values)
        held = self._held(overrides, values)
        if not held and self._same(arrivals):
            return self.base
        now = {**self._sampled, **held}
        return Outcome(
            levels=self._measured.again(arrivals, now, held.keys()),
            arrivals=arrivals,
            absent=self._absent(held),
        )

    def people_in(self, holdings: Sequence[str]) -> NDArray[np.float64]:
        """Return the people of some holdings in each draw, shape (holdings, draws)."""
        drawn = self.valuation.sampler.draws(self._sampled, self.draws.outer)
        return self.valuation.people_in(holdings, drawn)

    def held(self, outcome: Outcome) -> NDArray[np.uint64]:
        """Return the trials in which each item is held, a bit per trial: (items, words)."""
        reached = self._measured.items_held(outcome.arrivals)
        bits = np.zeros((reached.shape[0], -(-reached.shape[1] // 64) * 8), np.uint8)
        packed = np.packbits(reached, axis=1)
        bits[:, : packed.shape[1]] = packed
        return bits.view(np.uint64)

    @property
    def taken(self) -> NDArray[np.float32]:
        """(items, trials) days until each item of the valuation is held; inf = never."""
        return self._measured.arrivals_of_items

    @property
    def values(self) -> Values:
        """Value per draw of every parameter of the valuation."""
        return self._sampled

    def yield_of(self, use: str) -> float:
        """Return person-years of ``use`` if every item were taken at once.

        Facts are at their most likely value.
        """
        now = np.zeros((len(self.valuation.items), 1), dtype=np.float32)
        exposure = self.valuation.exposure(
            now, values={}, lanes=1, headline_years=self.horizon_years
        )
        if use not in exposure.uses:
            return 0.0
        return float(exposure.per_trial[exposure.uses.index(use), 0])

    def detail(self) -> Exposure:
        """Return the exposure of the base with every horizon, bound and attribute class."""
        measured = self._measured
        return self.valuation.exposure(
            measured.arrivals_of_items,
            values=self._sampled,
            lanes=self.draws.lanes,
            headline_years=self.horizon_years,
            workers=self.workers,
        )

    @cached_property
    def _measured(self) -> Measured:
        arrivals = self.engine.run()
        if self.wide is None:
            return self._under(arrivals, self._sampled)
        known = self.wide._measured  # noqa: SLF001 - a campaign like this one
        return known.first(arrivals, self._sampled, workers=self.workers)

    def _under(self, arrivals: Arrivals, values: Values) -> Measured:
        """Return every level worked out from the beginning."""
        return Measured(
            adversary=self.adversary,
            estate=self.estate,
            graph=self.graph,
            valuation=self.valuation,
            arrivals=arrivals,
            values=values,
            workers=self.workers,
        )

    @cached_property
    def _sampled(self) -> Mapping[str, NDArray[np.float64]]:
        if self.wide is not None:
            known = self.wide._sampled  # noqa: SLF001 - a campaign like this one
            return {name: value[: self.draws.outer] for name, value in known.items()}
        return sample(self.valuation.parameters, draws=self.draws)

    def _held(
        self,
        overrides: Mapping[str, float],
        values: Mapping[str, NDArray[np.float64]] | None,
    ) -> dict[str, NDArray[np.float64]]:
        """Return the valuation's parameters that are not at their sampled values."""
        known = self._sampled
        held = {k: v for k, v in (values or {}).items() if k in known}
        held |= {
            k: np.full(self.draws.outer, number)
            for k, number in overrides.items()
            if k in known
        }
        return {k: v for k, v in held.items() if not np.array_equal(v, known[k])}

    def _same(self, arrivals: Arrivals) -> bool:
        """Return whether every arrival is that of the base."""
        base = self._measured.arrivals
        return arrivals is base or np.array_equal(arrivals.ticks, base.ticks)

    def _absent(self, held: Values) -> frozenset[str]:
        """Return the counts that are zero in every epistemic draw."""
        now = frozenset(key for key, value in held.items() if not value.any())
        return (self._zeros - held.keys()) | now

    @cached_property
    def _zeros(self) -> frozenset[str]:
        return frozenset(key for key, value in self._sampled.items() if not value.any())
