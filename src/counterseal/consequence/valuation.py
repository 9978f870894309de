"""What a joint reach set is worth: person-years by use, population and horizon. No score."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.consequence import facts
from counterseal.consequence.arrays import Draws, space
from counterseal.consequence.cells import lay_out
from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.exposure import Exposure, Trials
from counterseal.consequence.kernel import walk, walk_alone
from counterseal.consequence.tables import LIMIT_YEARS, NODES
from counterseal.documents.evidence import Grade
from counterseal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.catalog.catalog import Catalog
    from counterseal.consequence.arrays import Space
    from counterseal.consequence.cells import Part
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import PopulationCount

__all__ = ["Exposure", "Valuation"]


class Valuation:
    """Values joint reach sets of one estate.

    Attributes:
        items: Holding ids, then feed ids, each sorted: the rows of arrival times.
        parameters: Counts, sizes, shares, overlaps and survival places, by id.
    """

    def __init__(self, estate: Estate, catalog: Catalog) -> None:
        """Lay out ``estate``; the work is linear in items times uses."""
        self._estate = estate
        self._layout = lay_out(estate, catalog)
        self.items = self._layout.items
        self.parameters: Mapping[str, Parameter] = MappingProxyType(
            dict(sorted(self._collect().items()))
        )

    def people(
        self, holding: str, values: Mapping[str, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Return the people that a holding or feed covers, per draw, over all populations.

        Counts are capped at the size of the population; populations are added, since classes
        of people are disjoint by definition.
        """
        draws = _draws(values)
        total = np.zeros(draws)
        for row in self._counts(holding):
            size = self._value(f"fact:{row.population}.size", values, draws)
            count = self._value(_count_id(holding, row.population), values, draws)
            total += np.minimum(count, size)
        return total

    def exposure(
        self,
        arrivals_days: NDArray[np.float32],
        *,
        values: Mapping[str, NDArray[np.float64]],
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
        horizons = [float(horizon) for horizon in horizons_years]
        self._check(arrivals_days, lanes, [*horizons, headline], captured)
        draws = arrivals_days.shape[1] // lanes
        layout = self._layout
        trials = Trials(
            days=np.ascontiguousarray(arrivals_days, dtype=np.float32),
            lanes=lanes,
            workers=workers,
        )
        joint = self._sampled(layout.joint, values, draws, captured)
        _, by_trial = self._walked(trials, np.array([headline]), joint)

        def person_years() -> NDArray[np.float64]:
            return self._walked(trials, np.array(horizons), joint)[0]

        def attribute_years() -> NDArray[np.float64]:
            alone = self._sampled(layout.alone, values, draws, captured)
            return self._by_attribute(trials, np.array(horizons), alone)

        return Exposure(
            uses=layout.uses,
            populations=layout.populations,
            attributes=layout.attributes,
            horizons_years=tuple(horizons),
            inside_share=self._inside(values, draws),
            headline_years=headline,
            per_trial=by_trial,
            deferred_people=person_years,
            deferred_attributes=attribute_years,
        )

    def _check(
        self, arrivals: NDArray[np.float32], lanes: int, horizons: list[float], captured: float
    ) -> None:
        if arrivals.ndim != 2 or arrivals.shape[0] != len(self.items):  # noqa: PLR2004
            raise UsageError(
                f"expected arrivals of {len(self.items)} items, found shape {arrivals.shape}"
            )
        if lanes < 1 or arrivals.shape[1] % lanes:
            raise UsageError(f"{arrivals.shape[1]} trials do not make draws of {lanes} lanes")
        if not all(0 < horizon <= LIMIT_YEARS for horizon in horizons):
            raise UsageError(f"a horizon lies outside (0, {LIMIT_YEARS:g}] years")
        if not 0 < captured <= 1:
            raise UsageError(f"captured ({captured:g}) is no share in (0, 1]")

    def _walked(
        self, trials: Trials, horizons: NDArray[np.float64], sampled: Draws
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (bounds, uses, populations, horizons, draws) and (uses, trials)."""
        part, draws = self._layout.joint, trials.draws
        cells = part.cells
        by_draw = np.zeros((len(part.relatives), 3, horizons.size, draws))
        by_trial = np.zeros((len(self._layout.uses), trials.days.shape[1]))

        def go(first: int, last: int) -> None:
            room, days, lanes = self._space(part), trials.days, trials.lanes
            walk(
                part.conjunctions, cells, sampled, room, days, lanes, first, last, horizons,
                by_draw, by_trial,
            )  # fmt: skip

        if by_draw.size:
            trials.share_out(go)
        uses, populations = len(self._layout.uses), len(self._layout.populations)
        bounds = np.zeros((3, uses, populations, horizons.size, draws))
        for cell in range(by_draw.shape[0]):
            mean = by_draw[cell] / trials.lanes
            bounds[:, cells.conjunction[cell], cells.population[cell]] = mean
        return bounds, by_trial

    def _by_attribute(
        self, trials: Trials, horizons: NDArray[np.float64], sampled: Draws
    ) -> NDArray[np.float64]:
        part = self._layout.alone
        by_draw = np.zeros((len(part.relatives), horizons.size, trials.draws))
        total = np.zeros((len(self._layout.attributes), horizons.size, trials.draws))

        def go(first: int, last: int) -> None:
            room, days, lanes = self._space(part), trials.days, trials.lanes
            walk_alone(
                part.conjunctions, part.cells, sampled, room, days, lanes, first, last,
                horizons, by_draw,
            )  # fmt: skip

        if by_draw.size:
            trials.share_out(go)
        for cell in range(by_draw.shape[0]):
            total[part.cells.conjunction[cell]] += by_draw[cell] / trials.lanes
        return total

    def _inside(
        self, values: Mapping[str, NDArray[np.float64]], draws: int
    ) -> NDArray[np.float64]:
        rows = [
            self._value(f"fact:{population}.inside-share", values, draws)
            for population in self._layout.populations
        ]
        return _stacked(rows, draws)

    def _space(self, part: Part) -> Space:
        return space(
            items=len(self.items),
            conjunctions=part.conjunctions.groups.size,
            ranks=part.ranks,
            points=part.points,
            levels=part.levels,
            nodes=NODES,
        )

    def _sampled(
        self, part: Part, values: Mapping[str, NDArray[np.float64]], draws: int, captured: float
    ) -> Draws:
        layout = self._layout
        sizes = {p: self._value(f"fact:{p}.size", values, draws) for p in layout.populations}
        kin = {
            p: self._value(f"fact:{p}.kin-extension", values, draws) for p in layout.populations
        }
        counted = zip(part.cells.population, part.relatives, strict=True)
        return Draws(
            amounts=_stacked(
                [
                    np.minimum(self._value(_count_id(item, p), values, draws), sizes[p])
                    * captured
                    for item, p in part.rows
                ],
                draws,
            ),
            hidden=self._stack(
                [f"fact:{i}.pseudonymized" for i in layout.items], values, draws
            ),
            totals=_stacked(list(sizes.values()), draws),
            overlaps=self._stack([f"overlap:{p}" for p in layout.populations], values, draws),
            factors=_stacked(
                [
                    kin[layout.populations[p]] if relatives else np.ones(draws)
                    for p, relatives in counted
                ],
                draws,
            ),
            places=self._stack([curve.id for curve in layout.curves], values, draws),
        )

    def _stack(
        self, ids: list[str], values: Mapping[str, NDArray[np.float64]], draws: int
    ) -> NDArray[np.float64]:
        return _stacked([self._value(one, values, draws) for one in ids], draws)

    def _value(
        self, parameter: str, values: Mapping[str, NDArray[np.float64]], draws: int
    ) -> NDArray[np.float64]:
        """Return the draws of a parameter; a constant for a certain curve, or a feed's fact."""
        if parameter in values:
            return np.asarray(values[parameter], dtype=np.float64)
        known = self.parameters.get(parameter)
        mode = known.mode if known else (0.5 if parameter.startswith("survival:") else 0.0)
        return np.full(draws, mode)

    def _counts(self, item: str) -> tuple[PopulationCount, ...]:
        holdings, feeds = self._estate.holdings, self._estate.feeds
        return (holdings[item] if item in holdings else feeds[item]).populations

    def _collect(self) -> dict[str, Parameter]:
        curves = [curve.parameter for curve in self._layout.curves]
        doubtful = [parameter for parameter in curves if parameter is not None]
        every = (*self._population_parameters(), *self._item_parameters(), *doubtful)
        return {parameter.id: parameter for parameter in every}

    def _population_parameters(self) -> Iterator[Parameter]:
        largest = self._largest_counts()
        for population in self._estate.populations.values():
            size = population.size
            base = self._about(population.id, "size", f"people in {population.id}")
            least = largest.get(population.id, 0.0)
            yield facts.count(size, base, least=least, most=facts.LARGEST_POPULATION)
            base = self._about(
                population.id, "inside-share", f"share of {population.id} inside", better=None
            )
            yield facts.share(population.inside_share, base)
            base = self._about(
                population.id, "kin-extension", f"relatives per member of {population.id}"
            )
            yield facts.relatives(population.kin_extension, base)
            yield Parameter(
                id=f"overlap:{population.id}",
                family=ParameterFamily.UNIFORM,
                mode=0.5,
                low=0.0,
                high=1.0,
                grade=Grade.ASSUMED,
                source="overlap bounds",
                element=population.id,
                label=f"overlap of holdings about {population.id}, between its bounds",
                better=0.0,
            )

    def _item_parameters(self) -> Iterator[Parameter]:
        populations = self._estate.populations
        for holding in self._estate.holdings.values():
            base = self._about(
                holding.id, "pseudonymized", f"{holding.id} is pseudonymized", better=1.0
            )
            yield facts.flag(holding.pseudonymized, base)
        for item in self.items:
            for row in self._counts(item):
                size = populations[row.population].size
                most = size.high or size.value or facts.LARGEST_POPULATION
                base = self._about(
                    item,
                    f"populations.{row.population}",
                    f"people of {row.population} in {item}",
                    written="populations",
                )
                yield facts.count(row.count, base, most=float(most))

    def _about(
        self,
        element: str,
        field: str,
        label: str,
        *,
        better: float | None = 0.0,
        written: str = "",
    ) -> Parameter:
        place = self._estate.place(element, written or field)
        return facts.about(
            element=element, field=field, better=better, label=label, place=place
        )

    def _largest_counts(self) -> dict[str, float]:
        largest: dict[str, float] = {}
        for item in self.items:
            for row in self._counts(item):
                known = float(row.count.value or 0)
                largest[row.population] = max(largest.get(row.population, 0.0), known)
        return largest


def _count_id(item: str, population: str) -> str:
    return f"fact:{item}.populations.{population}"


def _draws(values: Mapping[str, NDArray[np.float64]]) -> int:
    return next((int(np.asarray(value).shape[0]) for value in values.values()), 1)


def _stacked(rows: list[NDArray[np.float64]], draws: int) -> NDArray[np.float64]:
    return np.ascontiguousarray(np.array(rows, dtype=np.float64).reshape(len(rows), draws))
