"""How long each class of data stays true, the fit beside its points, and the fits refused.

Everything is computed from the catalog: usable years by horizon, the reason why an exponential
is refused where two horizons contradict it, and what it would have said if one horizon alone
had been looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.catalog.survival import CurveFamily, fit, usable_years
from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.taken.ranges import Range, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.canon import Json
    from counterseal.catalog.attributes import Attribute
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.survival import Survival, SurvivalPoint

__all__ = [
    "LASTING",
    "PASSING",
    "AttributeCurve",
    "Refit",
    "attribute_curves",
    "outlasts",
    "usable_range",
]

LASTING, PASSING = "fingerprint", "password"
"""The pair that stands for "cannot be reset" and "can" (``measures.md`` D.2)."""

LONGEST_YEARS = HORIZONS_YEARS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """Another curve for the same class: what it would make of the longest horizon.

    Attributes:
        family: Family that is fitted.
        points: (years, share) it goes through.
        source: Where the point that differs comes from.
        usable_years: Usable years until the longest horizon.
    """

    family: CurveFamily
    points: tuple[tuple[float, float], ...]
    source: str
    usable_years: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeCurve:
    """One class of data over time.

    Attributes:
        attribute: Its row in the catalog.
        still_true: Share still true at each horizon.
        usable: Usable years of one value until each horizon.
        refused: Why no exponential goes through all its points; empty where one does, or where
            there is one point or none.
        one_horizon: Exponentials through the first horizon alone, one for each measurement of
            it: what a refused exponential would have said.
        refits: The class's own family through other measurements of the first horizon.
    """

    attribute: Attribute
    still_true: Mapping[float, Range]
    usable: Mapping[float, Range]
    refused: str
    one_horizon: tuple[Refit, ...]
    refits: tuple[Refit, ...]

    def as_json(self) -> dict[str, Json]:
        """Return the row for ``counterseal consequence``."""
        row = self.attribute
        survival = row.survival
        return {
            "id": row.id,
            "name": row.name,
            "kind": row.kind.value,
            "layer": row.layer.value,
            "reset": {"by": row.reset.by, "cost": row.reset.cost.value},
            "family": survival.family.value,
            "source": survival.source,
            "points": [_point_json(point) for point in survival.points],
            "others": [_point_json(point) for point in survival.others],
            "still_true": {f"{t:g}": share.as_json() for t, share in self.still_true.items()},
            "usable_years": {f"{t:g}": years.as_json() for t, years in self.usable.items()},
            "exponential_refused": self.refused,
            "exponential_through_one_horizon": [_refit_json(one) for one in self.one_horizon],
            "other_measurements": [_refit_json(one) for one in self.refits],
        }


def attribute_curves(attributes: Iterable[Attribute]) -> tuple[AttributeCurve, ...]:
    """Return a row for each class, the one that passes soonest first, ties by id."""
    rows = [_row(attribute) for attribute in attributes]
    return tuple(
        sorted(rows, key=lambda row: (row.usable[LONGEST_YEARS].value, row.attribute.id))
    )


def outlasts(
    catalog: Catalog, *, lasting: str = LASTING, passing: str = PASSING
) -> Range | None:
    """Return how many times one leaked value outlasts another until the longest horizon.

    ``None`` when the catalog lacks one of the classes.
    """
    if not {lasting, passing} <= set(catalog.attributes):
        return None
    rows = (catalog.attributes[name] for name in (lasting, passing))
    one, other = (usable_range(row.survival, LONGEST_YEARS) for row in rows)
    return Range(
        low=one.low / other.high, value=one.value / other.value, high=one.high / other.low
    )


def _row(attribute: Attribute) -> AttributeCurve:
    survival = attribute.survival
    refused = _refusal(survival)
    return AttributeCurve(
        attribute=attribute,
        still_true={years: _still_true(survival, years) for years in HORIZONS_YEARS},
        usable={years: usable_range(survival, years) for years in HORIZONS_YEARS},
        refused=refused,
        one_horizon=_one_horizon(survival) if refused else (),
        refits=_refits(survival),
    )


def _still_true(survival: Survival, years: float) -> Range:
    low, value, high = (survival.at(years, place=place) for place in (0.0, 0.5, 1.0))
    return Range(low=low, value=value, high=high)


def usable_range(survival: Survival, years: float) -> Range:
    """Return usable years of one value until ``years``, on the three curves."""
    low, value, high = (survival.integral(years, place=place) for place in (0.0, 0.5, 1.0))
    return Range(low=low, value=value, high=high)


def _refusal(survival: Survival) -> str:
    """Return why an exponential through all points is refused, or an empty string."""
    if len(survival.points) < 2:  # noqa: PLR2004 - one point contradicts nothing
        return ""
    try:
        fit(CurveFamily.EXPONENTIAL, tuple((p.years, p.share) for p in survival.points))
    except ValueError as error:
        return str(error)
    return ""


def _one_horizon(survival: Survival) -> tuple[Refit, ...]:
    """Return the exponential through each measurement of the first horizon."""
    first = survival.points[0]
    return tuple(
        _refit(CurveFamily.EXPONENTIAL, ((point.years, point.share),), point.source)
        for point in (first, *_same_horizon(survival, first))
    )


def _refits(survival: Survival) -> tuple[Refit, ...]:
    """Return the family of the class with the first horizon measured otherwise."""
    if not survival.points:
        return ()
    first, *later = survival.points
    rest = tuple((point.years, point.share) for point in later)
    return tuple(
        _refit(survival.family, ((point.years, point.share), *rest), point.source)
        for point in _same_horizon(survival, first)
    )


def _same_horizon(survival: Survival, first: SurvivalPoint) -> tuple[SurvivalPoint, ...]:
    return tuple(point for point in survival.others if point.years == first.years)


def _refit(family: CurveFamily, points: tuple[tuple[float, float], ...], source: str) -> Refit:
    years = usable_years(fit(family, points), LONGEST_YEARS)
    return Refit(family=family, points=points, source=source, usable_years=years)


def _point_json(point: SurvivalPoint) -> dict[str, Json]:
    return {
        "years": point.years,
        "share": point.share,
        "low": point.lowest,
        "high": point.highest,
        "grade": point.grade.value,
        "source": point.source,
    }


def _refit_json(one: Refit) -> dict[str, Json]:
    return {
        "family": one.family.value,
        "points": [[years, share] for years, share in one.points],
        "source": one.source,
        "usable_years": number(one.usable_years),
    }
