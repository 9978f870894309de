"""One concern of one adversary as stakes: a trial is one draw of everything, facts included.

Every trial has its own epistemic draw (one lane each), so an engine that takes a value per draw
takes a set of measures per trial. Parts of a use are populations, parts of integrity holdings,
parts of knowledge items; the largest are parts each, and the rest are one part.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.levels import last_tick
from counterseal.assess.mitigating.coarsening import with_versions
from counterseal.assess.mitigating.measures import Kind
from counterseal.assess.mitigating.searching.stakes import everywhere
from counterseal.assess.tampering.standing import Tampering
from counterseal.consequence.arrays import Cells
from counterseal.consequence.cells import Part
from counterseal.consequence.exposure import Trials
from counterseal.consequence.facts import count_id
from counterseal.consequence.standing import Standing
from counterseal.consequence.valuation import Valuation
from counterseal.errors import UsageError
from counterseal.reach.parameters import sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.levels import Concern
    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.attackgraph.model import Parameter
    from counterseal.catalog.catalog import Catalog
    from counterseal.consequence.arrays import Draws
    from counterseal.reach.engine import Arrivals

    Values = dict[str, NDArray[np.float64]]

__all__ = ["Sample"]

MOST_PARTS = 4
"""Parts of a use; more make the bound a little better and the search for it longer."""


@dataclass(frozen=True, kw_only=True)
class _Anchor:
    """A plan with its worth, from which those near it are worked out.

    Attributes:
        plan: The plan, the same in every trial.
        arrivals: Under it.
        held: Parameters of the valuation that it moves.
        drawn: Numbers per draw under it.
        standing: What it leaves.
    """

    plan: frozenset[int]
    arrivals: Arrivals
    held: frozenset[str]
    drawn: Draws
    standing: Standing


class Sample:
    """Stakes of one concern; see ``stakes.Stakes``."""

    def __init__(
        self,
        campaign: Campaign,
        concern: Concern,
        measures: Sequence[Countermeasure],
        *,
        catalog: Catalog,
        together: int | None = None,
    ) -> None:
        """Prepare; nothing is simulated before it is asked for.

        Args:
            campaign: The adversary, on draws of one lane each.
            concern: One of the adversary's.
            measures: What may be chosen.
            catalog: What the campaign's estate was compiled with.
            together: See ``coarsening.with_versions``.

        Raises:
            UsageError: The draws have more than one lane.
        """
        if campaign.draws.lanes != 1:
            raise UsageError("plans are searched for on draws of one lane each")
        self._campaign = campaign
        self._concern = concern
        self._measures = tuple(measures)
        estate, self._versions = with_versions(campaign.estate, measures, together=together)
        self._valuation = Valuation(estate, catalog) if self._versions else campaign.valuation
        self._anchored: _Anchor | None = None
        self._largest: list[list[int]] | None = None
        self._settings = tuple(
            () if one.kind is Kind.COARSEN else tuple(one.overrides.items()) for one in measures
        )

    @property
    def measures(self) -> int:
        """How many measures there are."""
        return len(self._measures)

    @property
    def trials(self) -> int:
        """How many trials there are."""
        return self._campaign.draws.trials

    def worth(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what is left, shape (parts, trials): see ``stakes.Stakes``."""
        held = self._held(chosen, self._facts, self._campaign.graph.parameters)
        return self._left(self._campaign.engine.run(values=held), chosen)

    def anchor(self, plan: Iterable[int]) -> None:
        """Be ready for plans near this one: see ``stakes.Stakes``."""
        key = frozenset(plan)
        if self._concern.family == "use" and key != self._near.plan:
            self._anchored = self._anchor_at(key)

    def _held(
        self,
        chosen: NDArray[np.bool_],
        sampled: Mapping[str, NDArray[np.float64]],
        parameters: Mapping[str, Parameter],
    ) -> Values:
        """Return the parameters that chosen measures move, with their value in each trial."""
        held: Values = {}
        for number in np.flatnonzero(chosen.any(axis=1)).tolist():
            taken = chosen[number]
            for key, target in self._settings[number]:
                if key in sampled:
                    better = np.maximum if target >= parameters[key].mode else np.minimum
                    value = held.get(key, sampled[key])
                    held[key] = np.where(taken, better(value, target), value)
        return held

    @cached_property
    def _facts(self) -> Mapping[str, NDArray[np.float64]]:
        """The parameters of the graph that a measure moves, without measures."""
        known = self._campaign.graph.parameters
        keys = {key for rows in self._settings for key, _ in rows if key in known}
        return sample({key: known[key] for key in sorted(keys)}, draws=self._campaign.draws)

    @property
    def _left(self) -> Callable[[Arrivals, NDArray[np.bool_]], NDArray[np.float64]]:
        families = {
            "use": self._used,
            "integrity": self._tampered,
            "knowledge": self._learnt,
        }
        return families[self._concern.family]

    # -- uses ---------------------------------------------------------------------------------

    def _used(self, arrivals: Arrivals, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        near = self._near
        values, held = self._people(chosen)
        every = {*held, *near.held}
        fresh, moved = self._valuation.sampler.patched(near.drawn, values, every)
        then = near.arrivals
        rows = (arrivals.ticks != then.ticks).any(axis=1)
        touched = {step for step, moves in zip(then.steps, rows, strict=True) if moves}
        items = [i for i, step in enumerate(self._steps) if step in touched]
        days = arrivals.matrix([self._steps[i] for i in items])
        again = near.standing.again(
            np.array(items, dtype=np.int64), days, drawn=fresh, moved=moved
        )
        return np.array(list(again.values())).reshape(len(again), self.trials)

    def _people(self, chosen: NDArray[np.bool_]) -> tuple[Values, Values]:
        """Return every number of the valuation under a choice, and those that it moves."""
        held = self._held(chosen, self._sampled, self._valuation.parameters)
        for holding, versions in self._by_holding.items():
            self._divide(holding, versions, chosen, held)
        return {**self._sampled, **held}, held

    def _divide(
        self,
        holding: str,
        versions: Sequence[tuple[str, frozenset[int]]],
        chosen: NDArray[np.bool_],
        held: Values,
    ) -> None:
        """Give the people of a holding to the version that exists in each trial."""
        numbers = sorted({number for _, when in versions for number in when})
        if not chosen[numbers].any():
            return
        token = f"fact:{holding}.pseudonymized"
        for population in self._campaign.estate.holdings[holding].populations:
            count = count_id(holding, population.population)
            people = held.get(count, self._sampled[count])
            for name, when in (*versions, (holding, frozenset[int]())):
                exists = np.all(
                    [chosen[number] == (number in when) for number in numbers], axis=0
                )
                held[count_id(name, population.population)] = np.where(exists, people, 0.0)
        for name, _ in versions:
            held[f"fact:{name}.pseudonymized"] = held.get(token, self._sampled[token])

    @cached_property
    def _by_holding(self) -> Mapping[str, list[tuple[str, frozenset[int]]]]:
        found: dict[str, list[tuple[str, frozenset[int]]]] = defaultdict(list)
        for version in self._versions:
            found[version.holding].append((version.id, version.when))
        return found

    @cached_property
    def _sampled(self) -> Mapping[str, NDArray[np.float64]]:
        """Every number of the valuation without measures: no version has people."""
        values = dict(sample(self._valuation.parameters, draws=self._campaign.draws))
        for version in self._versions:
            for population in self._campaign.estate.holdings[version.holding].populations:
                values[count_id(version.id, population.population)] = np.zeros(self.trials)
            token = f"fact:{version.holding}.pseudonymized"
            values[f"fact:{version.id}.pseudonymized"] = values[token]
        return values

    @cached_property
    def _drawn(self) -> Draws:
        return self._valuation.sampler.draws(self._sampled, self.trials)

    @property
    def _near(self) -> _Anchor:
        """What questions are answered from: nothing but speed depends on it."""
        return self._anchored or self._unmoved

    @cached_property
    def _unmoved(self) -> _Anchor:
        return self._anchor_at(frozenset())

    def _anchor_at(self, plan: frozenset[int]) -> _Anchor:
        chosen = everywhere(self, plan)
        values = self._held(chosen, self._facts, self._campaign.graph.parameters)
        arrivals = self._campaign.engine.run(values=values)
        people, held = self._people(chosen)
        drawn, _ = self._valuation.sampler.patched(self._drawn, people, held)
        return _Anchor(
            plan=plan,
            arrivals=arrivals,
            held=frozenset(held),
            drawn=drawn,
            standing=self._valued(self._parts, arrivals, drawn),
        )

    @cached_property
    def _steps(self) -> tuple[str, ...]:
        """The step at which each item of the valuation is held; empty where nobody goes."""
        objectives = self._campaign.graph.objectives
        steps = {o.element: o.step for o in objectives if o.kind == "exfiltrate"}
        holding_of = {version.id: version.holding for version in self._versions}
        return tuple(
            steps.get(holding_of.get(item, item), "") for item in self._valuation.items
        )

    @cached_property
    def _parts(self) -> Mapping[str, Part]:
        whole = self._valuation.sampler.layout.joint[self._concern.subject]
        cells = range(whole.cells.population.size)
        alone = {str(cell): _cells(whole, [cell]) for cell in cells}
        apart = self._valued(alone, self._campaign.engine.run(), self._drawn).per_trial
        groups = _grouped([float(apart[str(cell)].sum()) for cell in cells])
        return {str(g): _cells(whole, group) for g, group in enumerate(groups)}

    def _valued(self, parts: Mapping[str, Part], arrivals: Arrivals, drawn: Draws) -> Standing:
        days = arrivals.matrix(self._steps)
        return Standing(
            parts=parts,
            trials=Trials(days=days, lanes=1, workers=self._campaign.workers),
            drawn=drawn,
            horizon=self._campaign.horizon_years,
        )

    # -- integrity and knowledge --------------------------------------------------------------

    def _tampered(self, arrivals: Arrivals, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the person-years of false records of each holding."""
        drawn, held = self._people(chosen)
        fresh, _ = self._valuation.sampler.patched(self._drawn, drawn, held)
        versions = self._by_holding
        tampering = Tampering(
            estate=self._campaign.estate,
            graph=self._campaign.graph,
            adversary=self._campaign.adversary,
            steps=arrivals.steps,
        )
        years = tampering.years(arrivals, horizon_days=self._campaign.horizon_days)
        names = [[h, *(n for n, _ in versions.get(h, ()))] for h in tampering.holdings]
        rows = [
            self._valuation.people_in(some, fresh).sum(axis=0) * row
            for some, row in zip(names, years, strict=True)
        ]
        return self._together(rows)

    def _learnt(self, arrivals: Arrivals, _chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return which knowledge items are learnt within the horizon."""
        steps = [o.step for o in self._campaign.graph.objectives if o.kind == "learn"]
        return self._together([self._reached(arrivals, [step]) for step in steps])

    def _together(self, rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the largest rows of the first question, and the others as one."""
        if self._largest is None:
            self._largest = _grouped([float(row.sum()) for row in rows])
        parts = np.zeros((len(self._largest), self.trials))
        for part, group in enumerate(self._largest):
            for row in group:
                parts[part] += rows[row]
        return parts

    def _reached(self, arrivals: Arrivals, steps: Sequence[str]) -> NDArray[np.float64]:
        last = last_tick(arrivals, self._campaign.horizon_days)
        ticks = np.array([arrivals.row(step) for step in steps])
        return np.asarray((ticks <= last).any(axis=0), dtype=np.float64)


def _grouped(totals: Sequence[float]) -> list[list[int]]:
    """Return the numbers of the largest, each alone, and of all the others together."""
    ranked = sorted(range(len(totals)), key=lambda number: (-totals[number], number))
    small = sorted(ranked[MOST_PARTS - 1 :])
    return [[number] for number in ranked[: MOST_PARTS - 1]] + ([small] if small else [])


def _cells(part: Part, chosen: Sequence[int]) -> Part:
    """Return a part of a use with some of its cells alone."""
    cells = part.cells
    spans = [np.arange(cells.first[cell], cells.first[cell + 1]) for cell in chosen]
    rows = np.concatenate(spans)
    sizes = [span.size for span in spans]
    return Part(
        form=part.form,
        cells=Cells(
            population=cells.population[chosen],
            first=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
            item=cells.item[rows],
            number=cells.number[rows],
            plain=cells.plain[rows],
            masked=cells.masked[rows],
        ),
        relatives=part.relatives,
        items=part.items,
        points=part.points,
        levels=part.levels,
    )
