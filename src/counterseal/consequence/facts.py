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
    from counterseal.errors import Place
    from counterseal.estate.fact import Fact

__all__ = ["LARGEST_POPULATION", "about", "count", "flag", "known", "relatives", "share"]

LARGEST_POPULATION = 1e8
"""Upper 5 % of a population of unknown size: about a third of the United States."""

_UNKNOWN_RELATIVES = (1.0, 8.0)


def about(
    *, element: str, field: str, better: float | None, label: str, place: Place | None
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
        place=place,
        label=label,
        better=better,
    )


def known(fact: Fact[int] | Fact[float], base: Parameter) -> Parameter | None:
    """Return the parameter of a fact with a value, or ``None`` when it is unknown."""
    if fact.value is None:
        return None
    mode = float(fact.value)
    low = mode if fact.low is None else fact.low
    high = mode if fact.high is None else fact.high
    family = ParameterFamily.POINT if low == high else ParameterFamily.TRIANGULAR
    return _filled(base, family, (low, mode, high), fact.grade, fact.source or "")


def count(
    fact: Fact[int], base: Parameter, *, most: float, least: float = MINIMUM_CELL
) -> Parameter:
    """Return a count of people; unknown: log-wide between ``least`` and ``most``."""
    low = max(float(least), float(MINIMUM_CELL))
    high = max(most, low + 1.0)
    spread = (low, sqrt(low * high), high)
    return known(fact, base) or _filled(
        base, ParameterFamily.LOGNORMAL, spread, Grade.ASSUMED, "unknown"
    )


def share(fact: Fact[float], base: Parameter) -> Parameter:
    """Return a share; unknown: uniform over [0, 1]."""
    return known(fact, base) or _filled(
        base, ParameterFamily.UNIFORM, (0.0, 0.5, 1.0), Grade.ASSUMED, "unknown"
    )


def relatives(fact: Fact[float], base: Parameter) -> Parameter:
    """Return relatives per member; unknown: log-wide from 1 to 8."""
    low, high = _UNKNOWN_RELATIVES
    spread = (low, sqrt(low * high), high)
    return known(fact, base) or _filled(
        base, ParameterFamily.LOGNORMAL, spread, Grade.ASSUMED, "unknown"
    )


def flag(fact: Fact[bool], base: Parameter) -> Parameter:
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
