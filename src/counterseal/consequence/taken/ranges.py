"""Numbers that are known within a range: low end, central value, high end.

Ends are combined with ends: the low end of a sum or product is made of the low ends, the high
end of the high ones. Such a range is wider than a 90 % range of independent numbers would be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.canon import significant

if TYPE_CHECKING:
    from counterseal.attackgraph.model import Parameter
    from counterseal.canon import Json

__all__ = ["NOTHING", "Range", "number", "of_parameter"]

_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """An uncertain number of at least 0: plausible range and centre.

    Attributes:
        low, value, high: ``0 <= low <= value <= high``; ``high`` may be infinite.
    """

    low: float
    value: float
    high: float

    def times(self, other: Range) -> Range:
        """Return the product, end by end."""
        return Range(
            low=self.low * other.low,
            value=self.value * other.value,
            high=self.high * other.high,
        )

    def scaled(self, share: float) -> Range:
        """Return so many times the number."""
        return Range(low=self.low * share, value=self.value * share, high=self.high * share)

    def plus(self, other: Range) -> Range:
        """Return the sum, end by end."""
        return Range(
            low=self.low + other.low,
            value=self.value + other.value,
            high=self.high + other.high,
        )

    def capped(self, other: Range) -> Range:
        """Return the smaller of two numbers, end by end."""
        return Range(
            low=min(self.low, other.low),
            value=min(self.value, other.value),
            high=min(self.high, other.high),
        )

    def rest_of_one(self) -> Range:
        """Return one less a share in [0, 1]."""
        return Range(low=1.0 - self.high, value=1.0 - self.value, high=1.0 - self.low)

    def as_json(self) -> dict[str, Json]:
        """Return the ends and the centre, with four digits; an end beyond all is null."""
        return {"low": number(self.low), "value": number(self.value), "high": number(self.high)}


NOTHING = Range(low=0.0, value=0.0, high=0.0)


def of_parameter(parameter: Parameter) -> Range:
    """Return the range over which a parameter is drawn, and its mode."""
    return Range(low=parameter.low, value=parameter.mode, high=parameter.high)


def number(value: float) -> float | None:
    """Return ``value`` with four digits, or ``None`` when it has no end."""
    return significant(value, digits=_DIGITS) if value < float("inf") else None
