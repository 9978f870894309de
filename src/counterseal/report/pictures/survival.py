"""How long a class of data stays true: the fit, its range, the points, and the fits refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.catalog.survival import CurveFamily
from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import linear
from counterseal.report.drawing.glyphs import shorten
from counterseal.report.drawing.plot import LABEL, Caption, level_rules, upright_rules
from counterseal.report.pictures.sheet import heading, notes, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from counterseal.catalog.survival import SurvivalPoint
    from counterseal.consequence.taken.curves import AttributeCurve, Refit
    from counterseal.report.drawing.axes import Axis

__all__ = ["survival_picture"]

_WIDTH = 760.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 590.0, 62.0, 300.0
_YEARS = 25.0
_STEPS = 250
_APART = 15.0
_PEOPLE = frozenset({CurveFamily.WEIBULL, CurveFamily.GOMPERTZ})
_SHARES = tuple((part / 4, f"{25 * part} %") for part in range(5))
_TICKS = tuple((float(t), f"{t} y" if t else "0") for t in (0, 1, 5, 10, 15, 20, 25))


def survival_picture(row: AttributeCurve, *, also: Sequence[str] = ()) -> bytes:
    """Return the picture of one curve as an SVG file.

    Args:
        row: The class whose curve it is.
        also: Names of other classes with the same curve.
    """
    survival, name = row.attribute.survival, row.attribute.name
    across = linear(0.0, _YEARS, start=_LEFT, end=_RIGHT, ticks=_TICKS)
    down = linear(0.0, 1.0, start=_BOTTOM, end=_TOP, ticks=_SHARES)
    parts = [heading(shorten(f"{name}: share still true", _WIDTH - 32.0, 16.0, bold=True))]
    also_words = f"also: {', '.join(also)}" if also else ""
    parts.append(marks.text(16.0, 46.0, shorten(also_words, _WIDTH - 32.0, 12.0), "s-note"))
    parts += upright_rules(across, _TOP, _BOTTOM) + level_rules(down, _LEFT, _RIGHT)
    parts.append(_band(row, across, down))
    parts += [_exponential(one, across, down) for one in row.one_horizon]
    parts.append(_line(row, across, down))
    parts += [mark for one in survival.others for mark in _point(one, across, down, "before")]
    parts += [mark for one in survival.points for mark in _point(one, across, down, "after")]
    parts += _names(row, down)
    below, end = notes(_words(row), width=_WIDTH, left=16.0, top=_BOTTOM + 52.0)
    caption = Caption(
        prefix=f"survival-{row.attribute.id}",
        title=f"How long a leaked value stays true: {name}",
        description=" ".join(_words(row)),
    )
    return sheet(_WIDTH, end + 4.0, caption, parts + below)


def _years() -> list[float]:
    return [_YEARS * step / _STEPS for step in range(_STEPS + 1)]


def _line(row: AttributeCurve, across: Axis, down: Axis) -> Markup:
    survival = row.attribute.survival
    return marks.polyline(
        [(across.at(t), down.at(survival.at(t))) for t in _years()], "c-after"
    )


def _band(row: AttributeCurve, across: Axis, down: Axis) -> Markup:
    survival = row.attribute.survival
    upper = [(across.at(t), down.at(survival.at(t, place=1.0))) for t in _years()]
    lower = [(across.at(t), down.at(survival.at(t, place=0.0))) for t in _years()]
    return marks.area(upper, lower, "c-after-band")


def _exponential(one: Refit, across: Axis, down: Axis) -> Markup:
    """Return the exponential through one horizon: a share to the power of passed horizons."""
    ((years, share),) = one.points
    spots = [(across.at(t), down.at(share ** (t / years))) for t in _years()]
    return marks.polyline(spots, "c-before")


def _point(point: SurvivalPoint, across: Axis, down: Axis, look: str) -> list[Markup]:
    """Return a measurement with its range: filled where it is fitted, else hollow."""
    x, parts = across.at(point.years), []
    if point.lowest < point.highest:
        low, high = down.at(point.lowest), down.at(point.highest)
        parts.append(marks.line((x, low), (x, high), "c-whisker"))
        parts += [marks.line((x - 4.0, y), (x + 4.0, y), "c-whisker") for y in (low, high)]
    parts.append(marks.circle((x, down.at(point.share)), 4.5, f"c-{look}-dot"))
    return parts


def _names(row: AttributeCurve, down: Axis) -> list[Markup]:
    """Return the names of the lines at their ends, apart from one another."""
    survival = row.attribute.survival
    ends = [(down.at(survival.at(_YEARS)), f"{_family(survival.family)} fit")]
    for letter, one in zip("abcdefgh", row.one_horizon, strict=False):
        ((years, share),) = one.points
        ends.append((down.at(share ** (_YEARS / years)), f"{letter}: exponential, refused"))
    parts, lowest = [], _BOTTOM
    for height, words in sorted(ends, reverse=True):
        spot = min(height + 4.0, lowest)
        lowest = spot - _APART
        parts.append(marks.text(_RIGHT + 10.0, spot, words, "c-text", LABEL))
    return parts


def _words(row: AttributeCurve) -> list[str]:
    """Return what the picture shows, in sentences: points, usable years, refusals."""
    survival = row.attribute.survival
    usable = row.usable[_YEARS]
    worth = f"{usable.value:.3g} usable years until year 25"
    ends = f"({usable.low:.3g} to {usable.high:.3g}, the band)"
    source = f" {survival.source}." if survival.source else ""
    found = [f"Solid line: {_family(survival.family)}, {worth} {ends}.{source}"]
    found += [f"Filled: {_measured(point)}" for point in survival.points]
    found += [f"Hollow, not fitted: {_measured(point)}" for point in survival.others]
    if row.refused:
        found.append(f"Exponential refused: {row.refused.removesuffix('; use weibull')}.")
    for letter, one in zip("abcdefgh", row.one_horizon, strict=False):
        ((years, share),) = one.points
        found.append(
            f"{letter}, dashed: through {_percent(share)} after {years:g} y alone it would say "
            f"{one.usable_years:.3g} usable years."
        )
    for one in row.refits:
        (years, share), *_ = one.points
        found.append(
            f"The {_family(one.family)} with {_percent(share)} after {years:g} y instead: "
            f"{one.usable_years:.3g} usable years."
        )
    return found


def _measured(point: SurvivalPoint) -> str:
    ends = ""
    if point.lowest < point.highest:
        ends = f" ({_percent(point.lowest)} to {_percent(point.highest)})"
    source = f": {point.source}" if point.source else ""
    years = f"{point.years:.2g} y"
    return f"{_percent(point.share)} after {years}{ends}, {point.grade.value}{source}."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _family(family: CurveFamily) -> str:
    """Return the name of a family: two are called after people."""
    word = family.value
    return word.capitalize() if family in _PEOPLE else word
