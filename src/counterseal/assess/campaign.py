"""One adversary against one estate on one set of draws: what it could take, trial by trial.

This is where reach and consequence meet: the arrival times of a trial are handed to the
valuation *together*, so that what is stolen together is valued together. Nothing is drawn
here; the engines key their numbers by (seed, draw, stable id, trial).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.compile import compile_graph
from counterseal.consequence.valuation import Valuation
from counterseal.reach.engine import Engine
from counterseal.reach.parameters import sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph, Parameter
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.consequence.valuation import Exposure
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws
    from counterseal.reach.engine import Arrivals

__all__ = ["Campaign", "Concern", "Outcome", "prepare"]

NO_OVERRIDES: Mapping[str, float] = MappingProxyType({})
DAYS_PER_YEAR = 365.25
INTEGRITY_KINDS = ("alter", "insert", "suppress")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Concern:
    """Something a change may make worse for one adversary.

    ``family`` is ``use`` (``subject`` is a use of the catalog; level in person-years),
    ``integrity`` (level in people whose records can be changed) or ``knowledge`` (level in
    items learnt).
    """

    adversary: str
    family: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one adversary attains, per concern and trial.

    Attributes:
        levels: Level per trial, shape ``(outer * lanes,)``, by concern.
        exposure: Person-years by use, population and horizon.
        arrivals: Arrival times of every objective.
    """

    levels: Mapping[Concern, NDArray[np.float64]]
    exposure: Exposure
    arrivals: Arrivals


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """An adversary, an estate and the draws, ready to be run under overrides of facts."""

    adversary: Adversary
    estate: Estate
    graph: AttackGraph
    engine: Engine
    valuation: Valuation
    draws: Draws

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every uncertain number of graph and valuation, by id."""
        return {**self.graph.parameters, **self.valuation.parameters}

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
        held = {*overrides, *(values or ())}
        if held.isdisjoint(self.valuation.parameters) and self._is_base(arrivals):
            return self.base
        sampled = dict(self._sampled)
        for name, value in (values or {}).items():
            if name in sampled:
                sampled[name] = value
        for name, number in overrides.items():
            if name in sampled:
                sampled[name] = np.full(self.draws.outer, number)
        return self._outcome(arrivals, sampled)

    @cached_property
    def base(self) -> Outcome:
        """The outcome with nothing overridden."""
        return self._outcome(self.engine.run(), self._sampled)

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

    def detail(self, outcome: Outcome) -> Exposure:
        """Return the exposure of an outcome with every horizon, bound and attribute class."""
        return outcome.exposure

    @property
    def horizon_years(self) -> float:
        """Horizon of the headline, in years."""
        return self.adversary.horizon_years

    @property
    def horizon_days(self) -> float:
        """Horizon of the headline, in days."""
        return self.horizon_years * DAYS_PER_YEAR

    @cached_property
    def _sampled(self) -> Mapping[str, NDArray[np.float64]]:
        return sample(self.valuation.parameters, draws=self.draws)

    def _is_base(self, arrivals: Arrivals) -> bool:
        base = self.engine.run()
        return arrivals is base or np.array_equal(arrivals.ticks, base.ticks)

    def _outcome(
        self, arrivals: Arrivals, sampled: Mapping[str, NDArray[np.float64]]
    ) -> Outcome:
        exposure = self.valuation.exposure(
            self._item_days(arrivals),
            values=sampled,
            lanes=self.draws.lanes,
            headline_years=self.horizon_years,
        )
        return Outcome(
            levels=self._levels(arrivals, exposure, sampled),
            exposure=exposure,
            arrivals=arrivals,
        )

    def _item_days(self, arrivals: Arrivals) -> NDArray[np.float32]:
        by_item = {o.element: o.step for o in self.graph.objectives if o.kind == "exfiltrate"}
        trials = self.draws.outer * self.draws.lanes
        never = np.full(trials, np.inf, dtype=np.float32)
        rows = [
            arrivals.days(by_item[item]) if item in by_item else never
            for item in self.valuation.items
        ]
        return np.stack(rows) if rows else np.empty((0, trials), dtype=np.float32)

    def _levels(
        self,
        arrivals: Arrivals,
        exposure: Exposure,
        sampled: Mapping[str, NDArray[np.float64]],
    ) -> Mapping[Concern, NDArray[np.float64]]:
        levels: dict[Concern, NDArray[np.float64]] = {}
        wanted = set(self.adversary.objectives.uses)
        for row, use in enumerate(exposure.uses):
            if use in wanted:
                levels[self._concern("use", use)] = exposure.per_trial[row]
        if self.adversary.objectives.integrity:
            levels[self._concern("integrity", "records")] = self._tampered(arrivals, sampled)
        if self.adversary.objectives.knowledge:
            levels[self._concern("knowledge", "items")] = self._learnt(arrivals)
        return levels

    def _concern(self, family: str, subject: str) -> Concern:
        return Concern(adversary=self.adversary.id, family=family, subject=subject)

    def _reached(self, arrivals: Arrivals, step: str) -> NDArray[np.bool_]:
        return arrivals.reached(step, horizon_days=self.horizon_days)

    def _tampered(
        self, arrivals: Arrivals, sampled: Mapping[str, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """People whose records can be altered, inserted or suppressed, per trial."""
        total = np.zeros(self.draws.outer * self.draws.lanes)
        steps: dict[str, list[str]] = {}
        for objective in self.graph.objectives:
            if objective.kind in self.adversary.objectives.integrity:
                steps.setdefault(objective.element, []).append(objective.step)
        for holding, its_steps in sorted(steps.items()):
            reached = np.zeros(total.shape, dtype=np.bool_)
            for step in its_steps:
                reached |= self._reached(arrivals, step)
            people = np.repeat(self.valuation.people(holding, sampled), self.draws.lanes)
            total += np.where(reached, people, 0.0)
        return total

    def _learnt(self, arrivals: Arrivals) -> NDArray[np.float64]:
        total = np.zeros(self.draws.outer * self.draws.lanes)
        for objective in self.graph.objectives:
            if objective.kind == "learn":
                total += self._reached(arrivals, objective.step)
        return total


def prepare(
    estate: Estate,
    adversary: Adversary,
    catalog: Catalog,
    *,
    draws: Draws,
    workers: int | None = None,
    valuation: Valuation | None = None,
) -> Campaign:
    """Compile and sample one campaign; ``valuation`` may be shared between adversaries."""
    graph = compile_graph(estate, adversary, catalog)
    return Campaign(
        adversary=adversary,
        estate=estate,
        graph=graph,
        engine=Engine(graph, draws=draws, workers=workers),
        valuation=valuation or Valuation(estate, catalog),
        draws=draws,
    )
