"""What is compared: levels per trial of every concern of one adversary.

A use is measured in person-years, integrity in person-years of records that say what is not
so, and knowledge in items learnt; the three are never added to each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.tampering.standing import DAYS_PER_YEAR, Tampering, last_tick
from counterseal.reach.cutting import first_trials

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.catalog.adversaries import Adversary
    from counterseal.consequence.arrays import Draws
    from counterseal.consequence.standing import Standing
    from counterseal.consequence.valuation import Valuation
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Arrivals

    Values = Mapping[str, NDArray[np.float64]]

__all__ = ["DAYS_PER_YEAR", "Concern", "Levels", "Measured", "last_tick"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Concern:
    """Something a change may make worse for one adversary.

    ``family`` is ``use`` (``subject`` is a use of the catalog; level in person-years),
    ``integrity`` (level in person-years of false records) or ``knowledge`` (level in items
    learnt).
    """

    adversary: str
    family: str
    subject: str


Levels = dict[Concern, "NDArray[np.float64]"]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Levels of one adversary under some arrivals, and again where a "what if" moves them.

    Attributes:
        adversary: Whose concerns.
        estate: For what rests on what.
        graph: For its objectives.
        valuation: For uses, and for the people behind a holding.
        arrivals: Of every objective.
        values: Value per draw of the valuation's parameters.
        workers: Threads; results do not depend on it.
        known: What the items taken are worth, if it is known.
    """

    adversary: Adversary
    estate: Estate
    graph: AttackGraph
    valuation: Valuation
    arrivals: Arrivals
    values: Values
    workers: int = 2
    known: Standing | None = None

    @property
    def horizon_days(self) -> float:
        """Horizon of the levels, in days."""
        return self.adversary.horizon_years * DAYS_PER_YEAR

    @cached_property
    def levels(self) -> Levels:
        """The level of every concern, each of shape ``(trials,)``."""
        levels = {self._use(use): level for use, level in self._standing.per_trial.items()}
        if self.adversary.objectives.integrity:
            levels[self._integrity] = self._tampered(self.arrivals, self._people)
        if self.adversary.objectives.knowledge:
            levels[self._knowledge] = self._learnt(self.arrivals)
        return levels

    def again(self, arrivals: Arrivals, values: Values, held: Collection[str]) -> Levels:
        """Return the levels under other arrivals or values, as new ones would be to the bit.

        A level that is the same in every trial is the array of ``levels`` itself.

        Args:
            arrivals: Of the same objectives in the same trials.
            values: Value per draw of every parameter of the valuation.
            held: Ids of those that differ.
        """
        rows = (arrivals.ticks != self.arrivals.ticks).any(axis=1)
        drawn, moved = self.valuation.sampler.patched(self._drawn, values, held)
        levels = dict(self.levels)
        items = np.flatnonzero(np.append(rows, False)[self._item_rows])
        days = arrivals.matrix([self._item_steps[item] for item in items])
        fresh = self._standing.again(items, days, drawn=drawn, moved=moved)
        levels |= {self._use(use): level for use, level in fresh.items()}
        if self._integrity in levels:
            people = self._people
            if moved.amounts is not None:
                people = self.valuation.people_in(self._tampering.holdings, drawn)
            if moved.amounts is not None or rows[self._tampering.rows].any():
                levels[self._integrity] = self._tampered(arrivals, people)
        if self._knowledge in levels and rows[self._learn_rows].any():
            levels[self._knowledge] = self._learnt(arrivals)
        return levels

    def first(self, arrivals: Arrivals, values: Values, *, workers: int) -> Measured:
        """Return what this says of fewer draws and trials, without valuing them again.

        Args:
            arrivals: Of the same objectives in the first trials of the first draws.
            values: Value per draw of the valuation's parameters, of the first draws.
            workers: Threads.
        """
        draws = arrivals.draws
        picked = first_trials(self.arrivals.draws, draws)
        return replace(
            self,
            arrivals=arrivals,
            values=values,
            workers=workers,
            known=self._standing.first(picked, draws.lanes),
        )

    def _use(self, use: str) -> Concern:
        return Concern(adversary=self.adversary.id, family="use", subject=use)

    @property
    def _integrity(self) -> Concern:
        return Concern(adversary=self.adversary.id, family="integrity", subject="records")

    @property
    def _knowledge(self) -> Concern:
        return Concern(adversary=self.adversary.id, family="knowledge", subject="items")

    @property
    def arrivals_of_items(self) -> NDArray[np.float32]:
        """(items, trials) days until each item of the valuation is held; inf = never."""
        return self.arrivals.matrix(self._item_steps)

    def items_held(self, arrivals: Arrivals) -> NDArray[np.bool_]:
        """Return in which trials each item is held within the horizon, (items, trials)."""
        wanted = np.flatnonzero(self._item_rows >= 0)
        held = np.zeros((self._item_rows.size, arrivals.draws.trials), np.bool_)
        ticks = arrivals.ticks[self._item_rows[wanted]]
        held[wanted] = ticks <= last_tick(arrivals, self.horizon_days)
        return held

    @cached_property
    def _standing(self) -> Standing:
        if self.known is not None:
            return self.known
        wanted = self.valuation.narrowed(self.adversary.objectives.uses)
        return wanted.standing(
            self.arrivals_of_items,
            self._drawn,
            lanes=self.arrivals.draws.lanes,
            headline_years=self.adversary.horizon_years,
            workers=self.workers,
        )

    @cached_property
    def _drawn(self) -> Draws:
        return self.valuation.sampler.draws(self.values, self.arrivals.draws.outer)

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {step: row for row, step in enumerate(self.arrivals.steps)}

    @cached_property
    def _item_steps(self) -> tuple[str, ...]:
        """The step at which each item is held; empty where nobody goes for it."""
        by_item = {o.element: o.step for o in self.graph.objectives if o.kind == "exfiltrate"}
        return tuple(by_item.get(item, "") for item in self.valuation.items)

    @cached_property
    def _item_rows(self) -> NDArray[np.int64]:
        """Row of the arrivals of each item; -1 for none."""
        return np.array([self._rows.get(step, -1) for step in self._item_steps], np.int64)

    @cached_property
    def _learn_rows(self) -> NDArray[np.int64]:
        steps = [o.step for o in self.graph.objectives if o.kind == "learn"]
        return np.array([self._rows[step] for step in steps], np.int64)

    def _learnt(self, arrivals: Arrivals) -> NDArray[np.float64]:
        """Return the items learnt within the horizon, per trial."""
        reached = arrivals.ticks[self._learn_rows] <= last_tick(arrivals, self.horizon_days)
        learnt: NDArray[np.float64] = reached.sum(axis=0, dtype=np.float64)
        return learnt

    @cached_property
    def _tampering(self) -> Tampering:
        return Tampering(
            estate=self.estate,
            graph=self.graph,
            adversary=self.adversary,
            steps=self.arrivals.steps,
        )

    @cached_property
    def _people(self) -> NDArray[np.float64]:
        """(holdings, draws) people of each holding whose records may become false."""
        return self.valuation.people_in(self._tampering.holdings, self._drawn)

    def _tampered(self, arrivals: Arrivals, people: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the person-years of false records, per trial."""
        return self._tampering.person_years(arrivals, people, horizon_days=self.horizon_days)
