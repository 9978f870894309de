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

from counterseal.assess.levels import DAYS_PER_YEAR, levels_of
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Arrivals
from counterseal.reach.parameters import sample
from counterseal.reach.sampling import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.assess.levels import Concern
    from counterseal.attackgraph.model import AttackGraph, Parameter
    from counterseal.catalog.adversaries import Adversary
    from counterseal.consequence.valuation import Exposure, Valuation
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Engine

__all__ = ["Campaign", "Outcome"]

NO_OVERRIDES: Mapping[str, float] = MappingProxyType({})

Values = dict[str, "NDArray[np.float64]"]


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
    """An adversary, an estate and the draws, ready to be run under overrides of facts."""

    adversary: Adversary
    estate: Estate
    graph: AttackGraph
    engine: Engine
    valuation: Valuation
    draws: Draws
    workers: int = 2

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every uncertain number of graph and valuation, by id."""
        return {**self.graph.parameters, **self.valuation.parameters}

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
        arrivals = self.engine.run()
        return Outcome(
            levels=self._levels(arrivals, self._sampled),
            arrivals=arrivals,
            absent=_absent(self._sampled),
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
        changed = np.ones(self.draws.trials, np.bool_) if held else self._changed(arrivals)
        if not changed.any():
            return self.base
        now = {**self._sampled, **held}
        return Outcome(
            levels=self._revalued(arrivals, now, changed),
            arrivals=arrivals,
            absent=_absent(now),
        )

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
        return self._exposure(self.base.arrivals, self._sampled)

    @cached_property
    def _sampled(self) -> Mapping[str, NDArray[np.float64]]:
        return sample(self.valuation.parameters, draws=self.draws)

    def _held(
        self,
        overrides: Mapping[str, float],
        values: Mapping[str, NDArray[np.float64]] | None,
    ) -> Values:
        """Return the valuation's parameters that are not at their sampled values."""
        known = self._sampled
        held = {k: v for k, v in (values or {}).items() if k in known}
        held |= {
            k: np.full(self.draws.outer, number)
            for k, number in overrides.items()
            if k in known
        }
        return {k: v for k, v in held.items() if not np.array_equal(v, known[k])}

    def _changed(self, arrivals: Arrivals) -> NDArray[np.bool_]:
        """Return the trials in which some arrival differs from the base."""
        base = self.engine.run()
        if arrivals is base:
            return np.zeros(self.draws.trials, np.bool_)
        differs: NDArray[np.bool_] = (arrivals.ticks != base.ticks).any(axis=0)
        return differs

    def _revalued(
        self, arrivals: Arrivals, values: Values, changed: NDArray[np.bool_]
    ) -> Mapping[Concern, NDArray[np.float64]]:
        """Return the base levels with those of the ``changed`` trials computed anew.

        Only epistemic draws with a changed trial are looked at, and in them a trial that is
        as before is left empty, because an empty trial costs nothing.
        """
        outer, lanes = self.draws.outer, self.draws.lanes
        draws = np.flatnonzero(changed.reshape(outer, lanes).any(axis=1))
        here = changed.reshape(outer, lanes)[draws].reshape(-1)
        ticks = arrivals.ticks.reshape(-1, outer, lanes)[:, draws].reshape(-1, here.size)
        some = Arrivals(
            steps=arrivals.steps,
            ticks=np.where(here, ticks, NEVER),
            tick_days=arrivals.tick_days,
            draws=Draws(seed=self.draws.seed, outer=int(draws.size), lanes=lanes),
        )
        fresh = self._levels(some, {key: value[draws] for key, value in values.items()})
        merged = {}
        for concern, level in self.base.levels.items():
            whole = level.copy()
            whole[changed] = fresh[concern][here]
            merged[concern] = whole
        return merged

    def _levels(
        self, arrivals: Arrivals, values: Mapping[str, NDArray[np.float64]]
    ) -> Mapping[Concern, NDArray[np.float64]]:
        return levels_of(
            self.adversary,
            self.graph,
            self.valuation,
            arrivals=arrivals,
            exposure=self._exposure(arrivals, values),
            values=values,
        )

    def _exposure(
        self, arrivals: Arrivals, values: Mapping[str, NDArray[np.float64]]
    ) -> Exposure:
        by_item = {o.element: o.step for o in self.graph.objectives if o.kind == "exfiltrate"}
        steps = [by_item.get(item, "") for item in self.valuation.items]
        return self.valuation.exposure(
            arrivals.matrix(steps),
            values=values,
            lanes=self.draws.lanes,
            headline_years=self.horizon_years,
            workers=self.workers,
        )


def _absent(values: Mapping[str, NDArray[np.float64]]) -> frozenset[str]:
    """Return the counts that are zero in every epistemic draw."""
    return frozenset(key for key, value in values.items() if not value.any())
