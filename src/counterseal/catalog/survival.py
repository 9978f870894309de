"""How long a leaked value stays true: S(t), fitted from data points, never typed in.

S(0) = 1 and S never rises. Each point is a horizon and the share still true at it, with a 90 %
range; the same family is fitted through the lows, the values and the highs, and ``place`` in
[0, 1] moves between the three curves (0 lowest, 0.5 central, 1 highest).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from math import exp, expm1, log
from typing import Annotated, Self

from pydantic import Field, model_validator

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Record

__all__ = ["Curve", "CurveFamily", "Survival", "SurvivalPoint", "fit", "usable_years"]

CENTRAL = 0.5
_CHECKED_YEARS = (0.1, 0.5, 1.0, 5.0, 10.0, 25.0, 40.0)
_RATE_TOLERANCE = 1.15
_PANELS = 400
_BISECTIONS = 200


class CurveFamily(StrEnum):
    """Families of survival curves.

    ``constant``: S = 1 (a fact about the past stays true). ``exponential``: exp(-t / a).
    ``weibull``: exp(-(t / a) ** b). ``gompertz``: exp(-(a / b) (exp(b t) - 1)), the law of
    adult mortality (Gompertz 1825).
    """

    CONSTANT = "constant"
    EXPONENTIAL = "exponential"
    WEIBULL = "weibull"
    GOMPERTZ = "gompertz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One fitted curve; ``a`` and ``b`` as in ``CurveFamily``, years and per-year."""

    family: CurveFamily
    a: float = 0.0
    b: float = 0.0

    def at(self, years: float) -> float:
        """Return S(years), in [0, 1], for ``years >= 0``."""
        if years <= 0 or self.family is CurveFamily.CONSTANT:
            return 1.0
        if self.family is CurveFamily.EXPONENTIAL:
            return exp(-years / self.a)
        if self.family is CurveFamily.WEIBULL:
            return exp(-((years / self.a) ** self.b))
        return exp(-(self.a / self.b) * expm1(self.b * years))


class SurvivalPoint(Record):
    """A share still true after some years; ``low`` and ``high`` bound it (90 %)."""

    years: Annotated[float, Field(gt=0)]
    share: Annotated[float, Field(gt=0, lt=1)]
    low: Annotated[float, Field(gt=0, lt=1)] | None = None
    high: Annotated[float, Field(gt=0, lt=1)] | None = None
    grade: Grade = Grade.ELICITED
    source: str = ""

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        low, high = self.lowest, self.highest
        if not low <= self.share <= high:
            msg = f"share ({self.share:g}) is outside its range ({low:g} to {high:g})"
            raise ValueError(msg)
        if self.grade in {Grade.MEASURED, Grade.DOCUMENTED} and not self.source:
            msg = f"a {self.grade.value} point needs a source"
            raise ValueError(msg)
        return self

    @property
    def lowest(self) -> float:
        """Lower end of the range, or the share itself."""
        return self.share if self.low is None else self.low

    @property
    def highest(self) -> float:
        """Upper end of the range, or the share itself."""
        return self.share if self.high is None else self.high


class Survival(Record):
    """The survival curve of an attribute, with its evidence.

    Attributes:
        family: Family that is fitted.
        points: None for ``constant``, at least one for ``exponential``, at least two else.
        others: Measurements of other years or people, not fitted; shown beside the curve.
        source: Why this family, and from where.
    """

    family: CurveFamily
    points: tuple[SurvivalPoint, ...] = ()
    others: tuple[SurvivalPoint, ...] = ()
    source: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        curves = self.curves
        for years in _CHECKED_YEARS:
            low, central, high = (curve.at(years) for curve in curves)
            if not low <= central + 1e-12 or not central <= high + 1e-12:
                msg = f"the curves through lows, shares and highs cross by {years:g} years"
                raise ValueError(msg)
        return self

    @cached_property
    def curves(self) -> tuple[Curve, Curve, Curve]:
        """The curves through the lows, the shares and the highs."""
        points = self.points
        return (
            fit(self.family, tuple((point.years, point.lowest) for point in points)),
            fit(self.family, tuple((point.years, point.share) for point in points)),
            fit(self.family, tuple((point.years, point.highest) for point in points)),
        )

    @property
    def is_certain(self) -> bool:
        """Whether the range of every point is a single value."""
        return all(point.lowest == point.highest for point in self.points)

    def at(self, years: float, *, place: float = CENTRAL) -> float:
        """Return the share still true after ``years``; ``place`` in [0, 1] as in the module."""
        low, central, high = (curve.at(years) for curve in self.curves)
        if place <= CENTRAL:
            return low + (central - low) * (place / CENTRAL)
        return central + (high - central) * ((place - CENTRAL) / CENTRAL)

    def integral(self, years: float, *, place: float = CENTRAL) -> float:
        """Return the integral of S from 0 to ``years``: usable years per person.

        Simpson's rule on t = years * x ** 4, which takes away the infinite slope that a Weibull
        curve with shape below 1 has at 0; the error is below 1e-9 years for the packaged table.
        """
        low, central, high = (usable_years(curve, years) for curve in self.curves)
        if place <= CENTRAL:
            return low + (central - low) * (place / CENTRAL)
        return central + (high - central) * ((place - CENTRAL) / CENTRAL)


@lru_cache(maxsize=4096)
def usable_years(curve: Curve, years: float) -> float:
    """Return the integral of S from 0 to ``years`` of one curve, as ``Survival.integral``."""
    if years <= 0 or curve.family is CurveFamily.CONSTANT:
        return max(years, 0.0)
    total = 0.0
    for panel in range(_PANELS + 1):
        x = panel / _PANELS
        weight = 1.0 if panel in {0, _PANELS} else (4.0 if panel % 2 else 2.0)
        total += weight * curve.at(years * x**4) * 4.0 * x**3
    return years * total / (3.0 * _PANELS)


def fit(family: CurveFamily, points: tuple[tuple[float, float], ...]) -> Curve:
    """Fit one curve through (years, share) points.

    Raises:
        ValueError: There are too few or too many points for the family, or the points
            contradict it (an exponential whose horizons imply different rates, say).
    """
    if family is CurveFamily.CONSTANT:
        if points:
            msg = "a constant curve takes no points: nothing makes the value untrue"
            raise ValueError(msg)
        return Curve(family=family)
    needed = 1 if family is CurveFamily.EXPONENTIAL else 2
    if len(points) < needed:
        msg = f"{family.value} needs at least {needed} point(s), found {len(points)}"
        raise ValueError(msg)
    if family is CurveFamily.EXPONENTIAL:
        return _fit_exponential(points)
    return _fit_weibull(points) if family is CurveFamily.WEIBULL else _fit_gompertz(points)


def _fit_exponential(points: tuple[tuple[float, float], ...]) -> Curve:
    rates = [-log(share) / years for years, share in points]
    if max(rates) > _RATE_TOLERANCE * min(rates):
        msg = (
            f"the points imply rates from {min(rates):.3g} to {max(rates):.3g} a year, so they "
            "are not exponential; use weibull"
        )
        raise ValueError(msg)
    years = sum(years for years, _ in points)
    return Curve(
        family=CurveFamily.EXPONENTIAL, a=years / sum(-log(share) for _, share in points)
    )


def _fit_weibull(points: tuple[tuple[float, float], ...]) -> Curve:
    """Least squares of ln(-ln S) on ln t: exact for two points."""
    xs = [log(years) for years, _ in points]
    ys = [log(-log(share)) for _, share in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    if spread == 0:
        msg = "weibull needs points at two different horizons"
        raise ValueError(msg)
    shape = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    if shape <= 0:
        msg = "the share still true rises with the horizon, which no survival curve does"
        raise ValueError(msg)
    return Curve(family=CurveFamily.WEIBULL, a=exp(mean_x - mean_y / shape), b=shape)


def _fit_gompertz(points: tuple[tuple[float, float], ...]) -> Curve:
    """Solve for the rate of ageing b from two points, by bisection; then a."""
    if len(points) > 2:  # noqa: PLR2004 - two unknowns, two points
        msg = f"gompertz is fitted through exactly two points, found {len(points)}"
        raise ValueError(msg)
    (near, near_share), (far, far_share) = sorted(points)
    ratio = log(far_share) / log(near_share)
    if ratio <= far / near:
        msg = "the hazard does not rise with time between the points, so it is not gompertz"
        raise ValueError(msg)
    low, high = 1e-9, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = expm1(middle * far) / expm1(middle * near) < ratio
        low, high = (middle, high) if below else (low, middle)
    rate = (low + high) / 2
    hazard = -log(near_share) * rate / expm1(rate * near)
    return Curve(family=CurveFamily.GOMPERTZ, a=hazard, b=rate)
