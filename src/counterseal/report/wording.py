"""Numbers as a reader should see them: two significant digits, an interval, a plain word.

A probability is never written with more than two significant digits, nor without saying what
it is a share of; quantities are rounded to two digits because no draw supports a third.
"""

# ruff: noqa: RUF001, RUF002 - typographic signs are what readers see here

from __future__ import annotations

from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.report.sections import (
        Estimate,
        HeadlineLine,
    )

__all__ = [
    "SHAPES",
    "UNSAID",
    "estimate",
    "headline_sentence",
    "interval",
    "kind_word",
    "likelihood_word",
    "limit",
    "number",
    "people",
    "percent",
    "plural",
    "ratio",
    "signed",
]

UNSAID = "not estimated"

SHAPES = {
    "no objection": "●",
    "conditions": "◐",
    "redesign": "■",
    "refuse": "✕",
    "not evaluable": "○",
}
"""The shape that goes with each verdict, in every report (``interfaces.md``, Report)."""

_BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even"),
    (0.80, "likely"),
    (0.95, "very likely"),
)
"""Upper ends of the likelihood bands of Intelligence Community Directive 203, section D.6.e."""

_LARGE = ((1e9, "billion"), (1e6, "million"))
_WHOLE_UNITS = frozenset({"count", "facts", "links", "systems", "elements", "organizations"})
_PROBABILITY_UNITS = frozenset({"probability", "share"})
_SINGULAR = {"authorities": "authority", "history": "past change"}
_SIGNIFICANT = 2
_NARROW = "\u00a0"


class Ranged(Protocol):
    """Anything with a low and a high end."""

    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def percent(p: float | None) -> str:
    """Return a share as a percentage of at most two significant digits: ``97 %``, ``0.4 %``.

    Shares that round to certainty are written ``>99 %`` and, unless they are zero, ``<0.1 %``.
    The space does not break.
    """
    return UNSAID if p is None else f"{_percent(p)}{_NARROW}%"


def interval(ends: tuple[float, float] | None) -> str:
    """Return the two ends of an interval of shares: ``93–99 %``."""
    if ends is None:
        return ""
    low, high = (_percent(end) for end in ends)
    joint = "–" if low[0].isdigit() and high[0].isdigit() else " to "
    return f"{low}{joint}{high}{_NARROW}%"


def likelihood_word(p: float | None) -> str:
    """Return the word for ``p`` in the bands of Intelligence Community Directive 203."""
    if p is None:
        return ""
    return next((word for end, word in _BANDS if p < end), "almost certain")


def number(value: float | None, *, unit: str = "") -> str:
    """Return a quantity with two significant digits: ``12,000``, ``4.1 million``, ``0.35``.

    A unit of counted things gives the whole number, a share a percentage.
    """
    if value is None or not isfinite(value):
        return UNSAID
    if unit in _PROBABILITY_UNITS:
        return percent(value)
    if unit in _WHOLE_UNITS and value == round(value):
        return f"{value:,.0f}".replace("-", "−")
    return _rounded(value)


def signed(value: float | None, *, unit: str = "") -> str:
    """Return a difference with its sign: ``+12 points``, ``−3,400``."""
    if value is None or not isfinite(value):
        return UNSAID
    if unit in _PROBABILITY_UNITS:
        return f"{_sign(value)}{_percent(abs(value))} points"
    return f"{_sign(value)}{number(abs(value), unit=unit)}"


def ratio(value: Estimate | None) -> str:
    """Return after over before with its range: ``×3.1 (2.2–4.8)``."""
    if value is None or value.median is None:
        return "nothing to compare with before"
    text = f"×{_rounded(value.median)}"
    return text + _range(value, _rounded) if _has_range(value) else text


def estimate(value: Estimate | None, *, unit: str = "", difference: bool = False) -> str:
    """Return an estimate with its range beside it: ``12,000 (8,100–19,000)``."""
    if value is None or value.median is None:
        return UNSAID
    write = signed if difference else number
    text = write(value.median, unit=unit)
    if not _has_range(value):
        return text
    return text + _range(value, lambda end: write(end, unit=unit))


def headline_sentence(line: HeadlineLine) -> str:
    """Return the headline: a comparison of after with before, never a level."""
    who = line.adversary_name or line.adversary
    what = line.use_name or line.use
    about = f"{who}: {what}" if what else who
    if line.p_worse is None:
        return f"not compared for {about}"
    ends = f" ({interval(line.interval)})" if line.interval else ""
    return f"worse in {percent(line.p_worse)}{ends} of draws for {about}"


def people(low: float | None, high: float | None) -> str:
    """Return a range of people: ``36,000 to 41,000 people``, ``at least 2,300 people``.

    Ends that nobody knows are not written; ends that round to one number are written once.
    """
    few = number(low) if low is not None and low > 0 else ""
    many = number(high) if high is not None else ""
    if few and many:
        return f"{many} people" if few == many else f"{few} to {many} people"
    if many:
        return "nobody" if high == 0 else f"at most {many} people"
    return f"at least {few} people" if few else "a number of people that nobody knows"


def limit(value: float | None, *, unit: str = "") -> str:
    """Return a limit as a policy wrote it: it is no estimate, so it is not rounded."""
    if value is None:
        return "none"
    if unit in _PROBABILITY_UNITS:
        return f"{100 * value:.6g}{_NARROW}%"
    return f"{value:,.10g}".replace("-", "−")


def kind_word(kind: str, count: int = 1) -> str:
    """Return the name of a kind of element (a key of an estate) for ``count`` of them."""
    one = _SINGULAR.get(kind, kind.removesuffix("s"))
    return one if count == 1 else kind


def plural(count: int, one: str, many: str = "") -> str:
    """Return ``1 link``, ``2 links``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _percent(p: float) -> str:
    value = 100.0 * p
    whole = 1.0
    top = 99.0
    if value == 0:
        return "0"
    if value > top + 0.5:
        return ">99"
    if value >= whole - 0.05:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 0.05 else "<0.1"  # noqa: PLR2004 - rounds to 0.1


def _rounded(value: float) -> str:
    """Round to two significant digits and group the thousands; large numbers get a word."""
    sign = "−" if value < 0 else ""
    size = abs(value)
    if size == 0:
        return "0"
    places = _SIGNIFICANT - 1 - floor(log10(size))
    size = round(size, places)
    for scale, word in _LARGE:
        if size >= scale:
            return f"{sign}{_plain(size / scale)} {word}"
    return sign + _plain(size)


def _plain(size: float) -> str:
    whole = 10.0
    tiny = 0.001
    if size >= whole:
        return f"{size:,.0f}"
    return f"{size:.1e}" if size < tiny else f"{size:.2g}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "−" if value < 0 else "±"


def _has_range(value: Ranged) -> bool:
    return value.low is not None and value.high is not None


def _range(value: Ranged, write: Callable[[float], str]) -> str:
    low, high = write(value.low or 0.0), write(value.high or 0.0)
    for tail in (f"{_NARROW}%", " points", " million", " billion"):
        if low.endswith(tail) and high.endswith(tail):
            low = low.removesuffix(tail)
    joint = "–" if low[0].isdigit() and high[0].isdigit() else " to "
    return f" ({low}{joint}{high})"
