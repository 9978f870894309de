"""Facts of an estate as uncertain numbers: counts, sizes, shares, relatives per member.

A stated range becomes a triangular distribution, an unknown fact a wide prior with the grade
``assumed``; nothing that is unknown is taken for zero.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.documents.evidence import Grade
from counterseal.estate.records import MINIMUM_CELL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.estate.estate import Estate
    from counterseal.estate.fact import Fact
    from counterseal.estate.records import Feed, Holding

__all__ = ["LARGEST_POPULATION", "count_id", "parameters_of"]

LARGEST_POPULATION = 1e8
"""Upper 5 % of a population of unknown size: about a third of the United States."""

_UNKNOWN_RELATIVES = (1.0, 8.0)


def count_id(item: str, population: str) -> str:
    """Return the id of the parameter that counts the people of a population in an item."""
    return f"fact:{item}.populations.{population}"


def parameters_of(estate: Estate) -> Mapping[str, Parameter]:
    """Return counts, sizes, shares, relatives per member and overlaps, by id."""
    every = (*_of_populations(estate), *_of_items(estate))
    return {parameter.id: parameter for parameter in every}


def _of_populations(estate: Estate) -> Iterator[Parameter]:
    largest = _largest_counts(estate)
    for population in estate.populations.values():
        name = population.id
        base = _about(estate, name, "size", f"people in {name}")
        least = largest.get(name, 0.0)
        yield _count(population.size, base, least=least, most=LARGEST_POPULATION)
        base = _about(estate, name, "inside-share", f"share of {name} inside", better=None)
        yield _share(population.inside_share, base)
        base = _about(estate, name, "kin-extension", f"relatives per member of {name}")
        yield _relatives(population.kin_extension, base)
        yield Parameter(
            id=f"overlap:{name}",
            family=ParameterFamily.UNIFORM,
            mode=0.5,
            low=0.0,
            high=1.0,
            grade=Grade.ASSUMED,
            source="overlap bounds",
            element=name,
            label=f"overlap of holdings about {name}, between its bounds",
            better=0.0,
        )


def _of_items(estate: Estate) -> Iterator[Parameter]:
    for holding in estate.holdings.values():
        base = _about(
            estate, holding.id, "pseudonymized", f"{holding.id} is pseudonymized", better=1.0
        )
        yield _flag(holding.pseudonymized, base)
    for item in _items(estate):
        for row in item.populations:
            size = estate.populations[row.population].size
            most = size.high or size.value or LARGEST_POPULATION
            base = _about(
                estate,
                item.id,
                f"populations.{row.population}",
                f"people of {row.population} in {item.id}",
                written="populations",
            )
            yield _count(row.count, base, most=float(most))


def _items(estate: Estate) -> tuple[Holding | Feed, ...]:
    return (*estate.holdings.values(), *estate.feeds.values())


def _largest_counts(estate: Estate) -> Mapping[str, float]:
    largest: dict[str, float] = {}
    for item in _items(estate):
        for row in item.populations:
            known = float(row.count.value or 0)
            largest[row.population] = max(largest.get(row.population, 0.0), known)
    return largest


def _about(
    estate: Estate,
    element: str,
    field: str,
    label: str,
    *,
    better: float | None = 0.0,
    written: str = "",
) -> Parameter:
    """Return what all parameters of one fact have in common, before its distribution."""
    return Parameter(
        id=f"fact:{element}.{field}",
        family=ParameterFamily.POINT,
        mode=0.0,
        low=0.0,
        high=0.0,
        grade=Grade.ASSUMED,
        element=element,
        place=estate.place(element, written or field),
        label=label,
        better=better,
    )


def _known(fact: Fact[int] | Fact[float], base: Parameter) -> Parameter | None:
    """Return the parameter of a fact with a value, or ``None`` when it is unknown."""
    if fact.value is None:
        return None
    mode = float(fact.value)
    low = mode if fact.low is None else fact.low
    high = mode if fact.high is None else fact.high
    family = ParameterFamily.POINT if low == high else ParameterFamily.TRIANGULAR
    return _filled(base, family, (low, mode, high), fact.grade, fact.source or "")


def _count(
    fact: Fact[int], base: Parameter, *, most: float, least: float = MINIMUM_CELL
) -> Parameter:
    """Return a count of people; unknown: log-wide between ``least`` and ``most``."""
    low = max(float(least), float(MINIMUM_CELL))
    high = max(most, low + 1.0)
    spread = (low, sqrt(low * high), high)
    return _known(fact, base) or _filled(
        base, ParameterFamily.LOGNORMAL, spread, Grade.ASSUMED, "unknown"
    )


def _share(fact: Fact[float], base: Parameter) -> Parameter:
    """Return a share; unknown: uniform over [0, 1]."""
    return _known(fact, base) or _filled(
        base, ParameterFamily.UNIFORM, (0.0, 0.5, 1.0), Grade.ASSUMED, "unknown"
    )


def _relatives(fact: Fact[float], base: Parameter) -> Parameter:
    """Return relatives per member; unknown: log-wide from 1 to 8."""
    low, high = _UNKNOWN_RELATIVES
    spread = (low, sqrt(low * high), high)
    return _known(fact, base) or _filled(
        base, ParameterFamily.LOGNORMAL, spread, Grade.ASSUMED, "unknown"
    )


def _flag(fact: Fact[bool], base: Parameter) -> Parameter:
    """Return a yes-or-no fact as 1 or 0; unknown: either with probability 1/2."""
    if fact.value is None:
        spread = (0.0, 0.5, 1.0)
        return _filled(base, ParameterFamily.BERNOULLI, spread, Grade.ASSUMED, "unknown")
    value = float(fact.value)
    return _filled(
        base, ParameterFamily.POINT, (value, value, value), fact.grade, fact.source or ""
    )


def _filled(
    base: Parameter,
    family: ParameterFamily,
    spread: tuple[float, float, float],
    grade: Grade,
    source: str,
) -> Parameter:
    low, mode, high = spread
    return Parameter(
        id=base.id,
        family=family,
        mode=mode,
        low=low,
        high=high,
        grade=grade,
        source=source,
        element=base.element,
        place=base.place,
        label=base.label,
        better=base.better,
    )
