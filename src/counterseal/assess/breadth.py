"""Breadth against depth (R64).

Did what can be lost grow faster than what keeps it?

Exposure is E = V · P: V is what the use would yield if everything were taken at once, P the
share of it that the adversary is expected to attain. With x = ln V and y = -ln P the change
moves a point; E rises if and only if Δ ln V > -Δ ln P (``measures.md`` D.5). V is taken for
one use and one adversary, in person-years, so that no weights between uses are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

__all__ = ["Breadth", "breadth_depth"]

SMALLEST = exp(-700)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadth:
    """A move in the plane of ln V and -ln P, in nats.

    Attributes:
        before: (ln V, -ln P) before, ``None`` when V or E is zero there.
        after: The same after.
    """

    before: tuple[float, float] | None
    after: tuple[float, float] | None

    @property
    def breadth(self) -> float | None:
        """Δ ln V: growth of what can be lost."""
        if self.before is None or self.after is None:
            return None
        return self.after[0] - self.before[0]

    @property
    def depth(self) -> float | None:
        """Δ -ln P: growth of what keeps it."""
        if self.before is None or self.after is None:
            return None
        return self.after[1] - self.before[1]

    @property
    def index(self) -> float | None:
        """Δ ln V + Δ ln P = Δ ln E; above 0, breadth outpaces depth."""
        if self.breadth is None or self.depth is None:
            return None
        return self.breadth - self.depth


def breadth_depth(*, value: tuple[float, float], exposure: tuple[float, float]) -> Breadth:
    """Return the move from ``(before, after)`` values V and exposures E, in person-years."""
    return Breadth(before=_point(value[0], exposure[0]), after=_point(value[1], exposure[1]))


def _point(value: float, exposure: float) -> tuple[float, float] | None:
    if value <= SMALLEST or exposure <= SMALLEST:
        return None
    return log(value), -log(exposure / value)
