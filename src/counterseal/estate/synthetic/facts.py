"""Drawn facts: a value with a grade, or unknown, the more often the further from the owner."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, cast

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Day, Flag
from counterseal.estate.fact import Fact
from counterseal.estate.kinds import Authentication, Baseline, ControlState, Exposure, Stage
from counterseal.estate.records import Count, Positive, Share

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = [
    "AUTHENTICATION",
    "BASELINE",
    "COUNT",
    "DAY",
    "EXPOSURE",
    "FLAG",
    "POSITIVE",
    "SHARE",
    "STAGE",
    "STATE",
    "TEXT",
    "UNKNOWN_SHARE",
    "day",
    "drawn",
    "known",
    "number",
]

T = TypeVar("T")

UNKNOWN_SHARE = (0.1, 0.35, 0.6, 0.8)
"""Share of facts that nobody knows, by supply step from the owner; the last for all beyond."""

AUTHENTICATION = Fact[Authentication]
BASELINE = Fact[Baseline]
COUNT = Fact[Count]
DAY = Fact[Day]
EXPOSURE = Fact[Exposure]
FLAG = Fact[Flag]
POSITIVE = Fact[Positive]
SHARE = Fact[Share]
STAGE = Fact[Stage]
STATE = Fact[ControlState]
TEXT = Fact[str]

_GRADES = (Grade.MEASURED, Grade.DOCUMENTED, Grade.ELICITED, Grade.ASSUMED)
_CUTS = (0.2, 0.65, 0.9)


def drawn(of: type[Fact[T]], value: Hashable, *, roll: float, tier: int = 0) -> Fact[T]:
    """Return ``value`` as a fact, unknown when ``roll`` (in [0, 1)) falls below the share."""
    unknown = UNKNOWN_SHARE[min(tier, len(UNKNOWN_SHARE) - 1)]
    if roll < unknown:
        return cast("Fact[T]", _fact(of, None, Grade.ASSUMED))
    grade = _GRADES[bisect_right(_CUTS, (roll - unknown) / (1.0 - unknown))]
    return cast("Fact[T]", _fact(of, value, grade))


def known(of: type[Fact[T]], value: Hashable) -> Fact[T]:
    """Return ``value`` as a documented fact."""
    return cast("Fact[T]", _fact(of, value, Grade.DOCUMENTED))


def number(of: type[Fact[T]], value: float, *, spread: float = 0.2) -> Fact[T]:
    """Return an elicited number with a range of ``spread`` (a share of it) to either side."""
    return cast("Fact[T]", _number(of, value, spread))


def day(offset: int) -> dt.date:
    """Return the day ``offset`` days after 1 January 2020."""
    return dt.date(2020, 1, 1) + dt.timedelta(days=offset)


@lru_cache(maxsize=4096)
def _fact(of: type[Fact[object]], value: Hashable, grade: Grade) -> Fact[object]:
    return of(value=value, grade=grade, source=None if value is None else "Generated")


@lru_cache(maxsize=4096)
def _number(of: type[Fact[object]], value: float, spread: float) -> Fact[object]:
    low, high = value * (1.0 - spread), value * (1.0 + spread)
    return of(value=value, low=low, high=high, grade=Grade.ELICITED, source="Generated")
