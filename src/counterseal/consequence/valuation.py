"""What a joint reach set is worth: person-years by use, population and horizon. No score."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.consequence import facts
from counterseal.consequence.arrays import Draws, space
from counterseal.consequence.cells import lay_out
from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.kernel import walk, walk_alone
from counterseal.consequence.tables import LIMIT_YEARS, NODES
from counterseal.documents.evidence import Grade
from counterseal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.catalog.catalog import Catalog
    from counterseal.consequence.arrays import Space
    from counterseal.consequence.cells import Part
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import PopulationCount

__all__ = ["Exposure", "Valuation"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Exposure:
    """Usable person-years given who reached what, when; means over the trials of a draw.

    Attributes:
        uses, populations, attributes: Row labels, sorted.
        horizons_years: Horizons of the third axis.
        person_years: (uses, populations, horizons, draws). For a use that counts relatives
            these are person-years of relatives.
        lower, upper: The same at the two overlap bounds.
        inside_share: (populations, draws) share of a population inside the jurisdiction.
        headline_years: Horizon of ``per_trial``.
        per_trial: (uses, trials) person-years over all populations, draw by draw.
        deferred: Works out ``attribute_years``.
    """

    uses: tuple[str, ...]
    populations: tuple[str, ...]
    attributes: tuple[str, ...]
    horizons_years: tuple[float, ...]
    person_years: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    inside_share: NDArray[np.float64]
    headline_years: float
    per_trial: NDArray[np.float64]
    deferred: Callable[[], NDArray[np.float64]] = field(repr=False, compare=False)

    @cached_property
    def attribute_years(self) -> NDArray[np.float64]:
        """(attributes, horizons, draws), summed over populations; worked out when asked for."""
        return self.deferred()

    @property
    def inside(self) -> NDArray[np.float64]:
        """Person-years of people inside the jurisdiction, shaped as ``person_years``."""
        return self.person_years * self.inside_share[np.newaxis, :, np.newaxis, :]

    @property
    def outside(self) -> NDArray[np.float64]:
        """Person-years of people outside the jurisdiction, shaped as ``person_years``."""
        return self.person_years - self.inside


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

        Raises:
            UsageError: Shapes do not fit, or a horizon or share is out of range.
        """
        headline = float(horizons_years[-1] if headline_years is None else headline_years)
        horizons = [float(h) for h in horizons_years if float(h) != headline] + [headline]
        self._check(arrivals_days, lanes, horizons, captured)
        draws = arrivals_days.shape[1] // lanes
        layout = self._layout
        days = np.ascontiguousarray(arrivals_days, dtype=np.float32)
        by_draw = np.zeros((layout.joint.cells.conjunction.size, 3, len(horizons), draws))
        by_trial = np.zeros((len(layout.uses), draws * lanes))
        part = layout.joint
        sampled = self._sampled(part, values, draws, captured)
        if by_draw.size:
            walk(
                part.conjunctions,
                part.cells,
                sampled,
                self._space(part),
                days,
                lanes,
                np.array(horizons),
                by_draw,
                by_trial,
            )
        order = [horizons.index(float(horizon)) for horizon in horizons_years]
        bounds = self._by_use(by_draw[:, :, order] / lanes)

        def attribute_years() -> NDArray[np.float64]:
            alone = self._sampled(layout.alone, values, draws, captured)
            return self._by_attribute(days, lanes, np.array(horizons)[order], alone)

        return Exposure(
            uses=layout.uses,
            populations=layout.populations,
            attributes=layout.attributes,
            horizons_years=tuple(float(horizon) for horizon in horizons_years),
            person_years=bounds[1],
            lower=bounds[0],
            upper=bounds[2],
            inside_share=self._inside(values, draws),
            headline_years=headline,
            per_trial=by_trial,
            deferred=attribute_years,
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

    def _by_use(self, mean: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (bounds, uses, populations, horizons, draws) from (cells, bounds, ...)."""
        layout = self._layout
        cells = layout.joint.cells
        shape = (3, len(layout.uses), len(layout.populations), *mean.shape[2:])
        bounds = np.zeros(shape)
        for cell in range(mean.shape[0]):
            bounds[:, cells.conjunction[cell], cells.population[cell]] = mean[cell]
        return bounds

    def _by_attribute(
        self,
        days: NDArray[np.float32],
        lanes: int,
        horizons: NDArray[np.float64],
        sampled: Draws,
    ) -> NDArray[np.float64]:
        part = self._layout.alone
        draws = days.shape[1] // lanes
        by_draw = np.zeros((part.cells.conjunction.size, horizons.size, draws))
        total = np.zeros((len(self._layout.attributes), horizons.size, draws))
        if by_draw.size:
            room = self._space(part)
            walk_alone(
                part.conjunctions, part.cells, sampled, room, days, lanes, horizons, by_draw
            )
        for cell in range(by_draw.shape[0]):
            total[part.cells.conjunction[cell]] += by_draw[cell] / lanes
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
