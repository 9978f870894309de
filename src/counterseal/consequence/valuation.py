"""What a joint reach set is worth: person-years by use, population and horizon. No score."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.consequence import facts
from counterseal.consequence.cells import lay_out
from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.kernel import Draws, space, walk
from counterseal.consequence.tables import LIMIT_YEARS, NODES
from counterseal.documents.evidence import Grade
from counterseal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import PopulationCount

__all__ = ["Exposure", "Valuation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Usable person-years given who reached what, when; means over the trials of a draw.

    Attributes:
        uses, populations, attributes: Row labels, sorted.
        horizons_years: Horizons of the third axis.
        person_years: (uses, populations, horizons, draws). For a use that counts relatives
            these are person-years of relatives.
        lower, upper: The same at the two overlap bounds.
        attribute_years: (attributes, horizons, draws), summed over populations.
        inside_share: (populations, draws) share of a population inside the jurisdiction.
        headline_years: Horizon of ``per_trial``.
        per_trial: (uses, trials) person-years over all populations, draw by draw.
    """

    uses: tuple[str, ...]
    populations: tuple[str, ...]
    attributes: tuple[str, ...]
    horizons_years: tuple[float, ...]
    person_years: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    attribute_years: NDArray[np.float64]
    inside_share: NDArray[np.float64]
    headline_years: float
    per_trial: NDArray[np.float64]

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

    def people(self, holding: str, values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
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
            headline_years: Horizon of ``per_trial``; the last of ``horizons_years`` if ``None``.
            captured: Share of the records of every item that is obtained, in (0, 1] (R68).

        Raises:
            UsageError: Shapes do not fit, or a horizon or share is out of range.
        """
        headline = float(horizons_years[-1] if headline_years is None else headline_years)
        horizons = [float(h) for h in horizons_years if float(h) != headline] + [headline]
        self._check(arrivals_days, lanes, horizons, captured)
        draws = arrivals_days.shape[1] // lanes
        layout = self._layout
        cells = layout.cells.conjunction.size
        by_draw = np.zeros((cells, 3, len(horizons), draws))
        by_trial = np.zeros((len(layout.uses), draws * lanes))
        if cells:
            walk(
                layout.conjunctions,
                layout.cells,
                self._sampled(values, draws, captured),
                space(
                    items=layout.most_items,
                    ranks=layout.most_ranks,
                    points=layout.most_points,
                    levels=layout.levels,
                    nodes=NODES,
                ),
                np.ascontiguousarray(arrivals_days, dtype=np.float32),
                lanes,
                np.array(horizons),
                by_draw,
                by_trial,
            )
        order = [horizons.index(float(h)) for h in horizons_years]
        return self._exposure(by_draw[:, :, order] / lanes, by_trial, horizons_years, headline, values)

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

    def _exposure(
        self,
        mean: NDArray[np.float64],
        by_trial: NDArray[np.float64],
        horizons_years: Sequence[float],
        headline: float,
        values: Mapping[str, NDArray[np.float64]],
    ) -> Exposure:
        layout = self._layout
        uses, draws = len(layout.uses), mean.shape[3]
        shape = (uses, len(layout.populations), len(horizons_years), draws)
        bounds = np.zeros((3, *shape))
        by_attribute = np.zeros((len(layout.attributes), len(horizons_years), draws))
        for cell in range(mean.shape[0]):
            conjunction = int(layout.cells.conjunction[cell])
            if conjunction < uses:
                bounds[:, conjunction, layout.cells.population[cell]] = mean[cell]
            else:
                by_attribute[conjunction - uses] += mean[cell, 1]
        inside = [
            self._value(f"fact:{population}.inside-share", values, draws)
            for population in layout.populations
        ]
        return Exposure(
            uses=layout.uses,
            populations=layout.populations,
            attributes=layout.attributes,
            horizons_years=tuple(float(horizon) for horizon in horizons_years),
            person_years=bounds[1],
            lower=bounds[0],
            upper=bounds[2],
            attribute_years=by_attribute,
            inside_share=np.array(inside).reshape(len(inside), draws),
            headline_years=headline,
            per_trial=by_trial,
        )

    def _sampled(
        self, values: Mapping[str, NDArray[np.float64]], draws: int, captured: float
    ) -> Draws:
        layout = self._layout
        sizes = {p: self._value(f"fact:{p}.size", values, draws) for p in layout.populations}
        kin = {
            p: self._value(f"fact:{p}.kin-extension", values, draws) for p in layout.populations
        }
        amounts = [
            np.minimum(self._value(_count_id(item, p), values, draws), sizes[p]) * captured
            for item, p in layout.rows
        ]
        hidden = [
            self._value(f"fact:{item}.pseudonymized", values, draws) for item in layout.items
        ]
        counted = zip(layout.cells.population, layout.relatives, strict=True)
        factors = [
            kin[layout.populations[p]] if relatives else np.ones(draws)
            for p, relatives in counted
        ]
        return Draws(
            amounts=_stacked(amounts, draws),
            hidden=_stacked(hidden, draws),
            totals=_stacked(list(sizes.values()), draws),
            overlaps=_stacked(
                [self._value(f"overlap:{p}", values, draws) for p in layout.populations], draws
            ),
            factors=_stacked(factors, draws),
            places=_stacked(
                [self._value(curve.id, values, draws) for curve in layout.curves], draws
            ),
        )

    def _value(
        self, parameter: str, values: Mapping[str, NDArray[np.float64]], draws: int
    ) -> NDArray[np.float64]:
        """Return the draws of a parameter; of a certain curve or a feed's absent fact, a constant."""
        if parameter in values:
            return np.asarray(values[parameter], dtype=np.float64)
        known = self.parameters.get(parameter)
        mode = known.mode if known else (0.5 if parameter.startswith("survival:") else 0.0)
        return np.full(draws, mode)

    def _counts(self, item: str) -> tuple[PopulationCount, ...]:
        holdings, feeds = self._estate.holdings, self._estate.feeds
        return (holdings[item] if item in holdings else feeds[item]).populations

    def _collect(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        for parameter in (*self._population_parameters(), *self._item_parameters()):
            found[parameter.id] = parameter
        for curve in self._layout.curves:
            if (parameter := curve.parameter) is not None:
                found[parameter.id] = parameter
        return found

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
