"""What a joint reach set is worth: person-years by use, population and horizon. No score."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.consequence.cells import lay_out
from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.exposure import Exposure, Trials
from counterseal.consequence.facts import parameters_of
from counterseal.consequence.kernel import walk_alone, walk_bounds
from counterseal.consequence.sampled import Sampler
from counterseal.consequence.standing import Standing, room_for
from counterseal.consequence.tables import LIMIT_YEARS
from counterseal.consequence.years import nodes_for
from counterseal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import Parameter
    from counterseal.catalog.catalog import Catalog
    from counterseal.consequence.arrays import Draws
    from counterseal.consequence.cells import Part
    from counterseal.estate.estate import Estate

    Values = Mapping[str, NDArray[np.float64]]

__all__ = ["Exposure", "Valuation"]


class Valuation:
    """Values joint reach sets of one estate.

    Attributes:
        items: Holding ids, then feed ids, each sorted: the rows of arrival times.
        uses: Ids of the uses that are valued, sorted.
        parameters: Counts, sizes, shares, overlaps and survival places, by id.
        sampler: Turns values of parameters into arrays.
    """

    def __init__(self, estate: Estate, catalog: Catalog) -> None:
        """Lay out ``estate`` for every use; the work is linear in items times uses."""
        layout = lay_out(estate, catalog)
        curves = [curve.parameter for curve in layout.curves]
        doubtful = {parameter.id: parameter for parameter in curves if parameter is not None}
        parameters = {**parameters_of(estate), **doubtful}
        self._layout = layout
        self.items = layout.items
        self.uses = tuple(layout.joint)
        self.parameters: Mapping[str, Parameter] = MappingProxyType(
            dict(sorted(parameters.items()))
        )
        self.sampler = Sampler(layout=layout, parameters=self.parameters)

    def narrowed(self, uses: Collection[str]) -> Valuation:
        """Return the same valuation of some uses alone; the others cost time."""
        narrow = object.__new__(type(self))
        narrow.__dict__.update(self.__dict__)
        narrow.uses = tuple(use for use in self._layout.joint if use in uses)
        return narrow

    def people(self, holding: str, values: Values) -> NDArray[np.float64]:
        """Return the people that a holding or feed covers, per draw, over all populations.

        Counts are capped at the size of the population; populations are added, since classes
        of people are disjoint by definition.
        """
        drawn = self.sampler.draws(values, _draws(values))
        people: NDArray[np.float64] = self.people_in([holding], drawn)[0]
        return people

    def people_in(self, items: Sequence[str], drawn: Draws) -> NDArray[np.float64]:
        """Return what ``people`` gives for each of ``items``, shape (items, draws)."""
        people = np.zeros((len(items), drawn.amounts.shape[1]))
        for row, item in enumerate(items):
            for count in self._layout.counted[item]:
                people[row] += drawn.amounts[count]
        return people

    def standing(
        self,
        arrivals_days: NDArray[np.float32],
        drawn: Draws,
        *,
        lanes: int,
        headline_years: float,
        workers: int = 2,
    ) -> Standing:
        """Return the worth of joint reach sets at one horizon, ready for "what if"s.

        Args:
            arrivals_days: (items, trials) days until each item is held; inf = never.
            drawn: Numbers per draw, of ``sampler``.
            lanes: Trials per draw; trials = draws * lanes, draw by draw.
            headline_years: Horizon in (0, 40].
            workers: Threads that share the draws; results do not depend on it.

        Raises:
            UsageError: Shapes do not fit, or the horizon is out of range.
        """
        trials = self._trials(arrivals_days, lanes, workers)
        _check_horizons([headline_years])
        return Standing(parts=self._joint, trials=trials, drawn=drawn, horizon=headline_years)

    def exposure(
        self,
        arrivals_days: NDArray[np.float32],
        *,
        values: Values,
        lanes: int,
        horizons_years: Sequence[float] = HORIZONS_YEARS,
        headline_years: float | None = None,
        captured: float = 1.0,
        workers: int = 2,
    ) -> Exposure:
        """Return the exposure of joint reach sets.

        Args:
            arrivals_days: (items, trials) days until each item is held; inf = never.
            values: Value per draw, shape (draws,), by parameter id; a parameter that is not
                given has its mode.
            lanes: Trials per draw; trials = draws * lanes, draw by draw.
            horizons_years: Horizons in (0, 40].
            headline_years: Horizon of ``per_trial``; ``None``: the last of ``horizons_years``.
            captured: Share of the records of every item that is obtained, in (0, 1] (R68).
            workers: Threads that share the draws; results do not depend on it.

        Raises:
            UsageError: Shapes do not fit, or a horizon or share is out of range.
        """
        headline = float(horizons_years[-1] if headline_years is None else headline_years)
        horizons = np.array([float(horizon) for horizon in horizons_years])
        trials = self._trials(arrivals_days, lanes, workers)
        _check_horizons([*horizons.tolist(), headline])
        if not 0 < captured <= 1:
            raise UsageError(f"captured ({captured:g}) is no share in (0, 1]")
        drawn = self.sampler.draws(values, trials.draws, captured=captured)
        standing = Standing(parts=self._joint, trials=trials, drawn=drawn, horizon=headline)
        return Exposure(
            uses=self.uses,
            populations=self._layout.populations,
            attributes=self._layout.attributes,
            horizons_years=tuple(horizons.tolist()),
            inside_share=self.sampler.inside(values, trials.draws),
            headline_years=headline,
            deferred_trials=lambda: self._by_trial(standing),
            deferred_people=lambda: self._bounds(trials, horizons, drawn),
            deferred_attributes=lambda: self._by_attribute(trials, horizons, drawn),
        )

    @property
    def _joint(self) -> Mapping[str, Part]:
        return {use: self._layout.joint[use] for use in self.uses}

    def _trials(self, arrivals: NDArray[np.float32], lanes: int, workers: int) -> Trials:
        if arrivals.ndim != 2 or arrivals.shape[0] != len(self.items):  # noqa: PLR2004
            raise UsageError(
                f"expected arrivals of {len(self.items)} items, found shape {arrivals.shape}"
            )
        if lanes < 1 or arrivals.shape[1] % lanes:
            raise UsageError(f"{arrivals.shape[1]} trials do not make draws of {lanes} lanes")
        days = np.ascontiguousarray(arrivals, dtype=np.float32)
        return Trials(days=days, lanes=lanes, workers=workers)

    def _by_trial(self, standing: Standing) -> NDArray[np.float64]:
        """Return (uses, trials)."""
        rows = list(standing.per_trial.values())
        return np.array(rows).reshape(len(rows), standing.trials.days.shape[1])

    def _bounds(
        self, trials: Trials, horizons: NDArray[np.float64], drawn: Draws
    ) -> NDArray[np.float64]:
        """Return (bounds, uses, populations, horizons, draws)."""
        nodes, every = nodes_for(float(horizons.max())), trials.days.shape[0]
        shape = (3, horizons.size, trials.draws)
        worth = [np.zeros((p.cells.population.size, *shape)) for p in self._joint.values()]

        def go(first: int, last: int) -> None:
            for part, out in zip(self._joint.values(), worth, strict=True):
                walk_bounds(
                    part.form, part.cells, part.relatives, drawn, room_for(part, nodes, every),
                    np.empty((part.levels, nodes)), np.zeros(part.levels, np.bool_),
                    trials.days, trials.order, horizons, trials.lanes, first, last, out,
                )  # fmt: skip

        trials.share_out(go)
        populations = len(self._layout.populations)
        bounds = np.zeros((3, len(self.uses), populations, horizons.size, trials.draws))
        for row, (part, out) in enumerate(zip(self._joint.values(), worth, strict=True)):
            for cell, population in enumerate(part.cells.population):
                bounds[:, row, population] = out[cell] / trials.lanes
        return bounds

    def _by_attribute(
        self, trials: Trials, horizons: NDArray[np.float64], drawn: Draws
    ) -> NDArray[np.float64]:
        """Return (attributes, horizons, draws)."""
        nodes, alone = nodes_for(float(horizons.max())), self._layout.alone
        every = trials.days.shape[0]
        shape = (horizons.size, trials.draws)
        worth = [np.zeros((part.cells.population.size, *shape)) for part in alone]

        def go(first: int, last: int) -> None:
            for part, out in zip(alone, worth, strict=True):
                walk_alone(
                    part.form, part.cells, drawn, room_for(part, nodes, every),
                    np.empty(nodes), trials.days, trials.order, horizons, trials.lanes,
                    first, last, out,
                )  # fmt: skip

        trials.share_out(go)
        total = np.zeros((len(alone), *shape))
        for row, out in enumerate(worth):
            for cell in out:
                total[row] += cell / trials.lanes
        return total


def _check_horizons(horizons: Sequence[float]) -> None:
    if not all(0 < horizon <= LIMIT_YEARS for horizon in horizons):
        raise UsageError(f"a horizon lies outside (0, {LIMIT_YEARS:g}] years")


def _draws(values: Values) -> int:
    return next((int(np.asarray(value).shape[0]) for value in values.values()), 1)
