"""Whether protection lasts as long as the data is sensitive (R73).

Data stays sensitive for as long as the longest use it completes: until fewer than one in ten
of the leaked values would still serve it. That is set beside what the estate says: how long
the data is kept, how long a key is in use, how long the scheme holds and how long it takes to
replace it. Traffic recorded today is read when its scheme breaks; the data falls short when
migration and sensitivity together outlast the scheme (Mosca 2018, IEEE Security and Privacy
16(5)). What nobody stated stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, prod
from typing import TYPE_CHECKING

from counterseal.catalog.survival import CurveFamily
from counterseal.consequence.tables import LIMIT_YEARS
from counterseal.consequence.taken.ranges import Range, number
from counterseal.estate.kinds import Scheme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from counterseal.canon import Json
    from counterseal.catalog.survival import Survival
    from counterseal.consequence.taken.people import Subjects
    from counterseal.estate.fact import Fact
    from counterseal.estate.records import Encryption, Link

__all__ = ["STILL_SENSITIVE", "Check", "Lifetime", "Outcome", "Sensitive", "lifetimes"]

STILL_SENSITIVE = 0.1
"""Share of leaked values still usable below which data no longer counts as sensitive."""

_HALVINGS = 60


class Outcome(StrEnum):
    """What a comparison says. ``unsure``: within the ranges it may go either way."""

    HOLDS = "holds"
    UNSURE = "unsure"
    SHORT = "short"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitive:
    """How long something stays sensitive.

    Attributes:
        years: Infinite where it never stops being true. Curves are not followed beyond 40
            years: who is still there has a high end without bound.
        because: The longest use, or the longest-lived class where no use is complete.
    """

    years: Range
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Sensitivity against one time that the estate states.

    Attributes:
        name: ``retention``, ``key`` or ``scheme``.
        against: Years stated; ``None`` for unknown.
        gap: Years by which it falls short; negative where it holds, ``None`` for unknown.
    """

    name: str
    against: Range | None
    gap: Range | None

    @property
    def outcome(self) -> Outcome:
        """What the gap says."""
        if self.gap is None:
            return Outcome.UNKNOWN
        if self.gap.low > 0:
            return Outcome.SHORT
        return Outcome.HOLDS if self.gap.high <= 0 else Outcome.UNSURE

    def as_json(self) -> dict[str, Json]:
        """Return the comparison; a gap without end is null beside ``short``."""
        return {
            "name": self.name,
            "outcome": self.outcome.value,
            "against": _json(self.against),
            "gap": _json(self.gap),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """One holding, or one link that carries holdings, over its sensitive years.

    Attributes:
        element: Id of the holding or link.
        carries: The holding itself, or what the link carries.
        sensitive: How long the longest-lasting of it stays sensitive.
        scheme: How it is encrypted; empty for unknown.
        checks: Against retention (holdings), key and scheme.
    """

    element: str
    carries: tuple[str, ...]
    sensitive: Sensitive
    scheme: str
    checks: tuple[Check, ...]

    @property
    def is_link(self) -> bool:
        """Whether it is data under way, which can be recorded now and read later."""
        return self.carries != (self.element,)

    def check(self, name: str) -> Check | None:
        """Return the comparison of this name, if it was made."""
        return next((check for check in self.checks if check.name == name), None)

    def as_json(self) -> dict[str, Json]:
        """Return the row for ``counterseal consequence``."""
        return {
            "element": self.element,
            "carries": list(self.carries),
            "sensitive_years": _json(self.sensitive.years),
            "because": self.sensitive.because,
            "scheme": self.scheme or "unknown",
            "checks": [check.as_json() for check in self.checks],
        }


def lifetimes(subjects: Subjects) -> tuple[Lifetime, ...]:
    """Return every holding, then every link in use that carries holdings, each by id."""
    lasting = {item: _sensitive(subjects, item) for item in subjects.items}
    rows = [
        Lifetime(
            element=holding.id,
            carries=(holding.id,),
            sensitive=lasting[holding.id],
            scheme=_scheme(holding.encryption),
            checks=(
                _against(
                    "retention", lasting[holding.id].years, _range(holding.retention_years)
                ),
                *_encrypted(lasting[holding.id].years, holding.encryption),
            ),
        )
        for holding in subjects.estate.holdings.values()
    ]
    for link in subjects.estate.links.values():
        carried = tuple(item for item in link.carries if item in lasting)
        if carried and not _is_gone(link):
            longest = _longest(lasting[item] for item in carried)
            rows.append(
                Lifetime(
                    element=link.id,
                    carries=carried,
                    sensitive=longest,
                    scheme=_scheme(link.encryption),
                    checks=_encrypted(longest.years, link.encryption),
                )
            )
    return tuple(rows)


def _is_gone(link: Link) -> bool:
    return link.closed is not None and link.closed.value == "verified"


def _sensitive(subjects: Subjects, item: str) -> Sensitive:
    """Return how long the longest use of an item lasts, or its longest-lived class."""
    offered = subjects.offered(item)
    attributes = subjects.catalog.attributes
    found = []
    for use in subjects.catalog.uses.values():
        needs = [offered & set(group.any_of) for group in use.groups]
        if all(needs) and subjects.ready(use, items=(item,)).counted.high > 0:
            curves = [[attributes[name].survival for name in sorted(need)] for need in needs]
            found.append(Sensitive(years=_years(curves), because=use.name))
    if not found:
        found = [
            Sensitive(
                years=_years([[attributes[name].survival]]), because=attributes[name].name
            )
            for name in sorted(offered)
        ]
    return _longest(found)


def _longest(found: Iterable[Sensitive]) -> Sensitive:
    none = Sensitive(years=Range(low=0.0, value=0.0, high=0.0), because="")
    return max(found, key=lambda one: (one.years.value, one.years.high), default=none)


def _years(needs: Sequence[Sequence[Survival]]) -> Range:
    if all(any(curve.family is CurveFamily.CONSTANT for curve in need) for need in needs):
        return Range(low=inf, value=inf, high=inf)
    low, value, high = (_until_lost(needs, place) for place in (0.0, 0.5, 1.0))
    return Range(low=low, value=value, high=inf if high >= LIMIT_YEARS else high)


def _until_lost(needs: Sequence[Sequence[Survival]], place: float) -> float:
    """Return when too few values serve every need, the best of each taken; 40 for later."""

    def serves(years: float) -> bool:
        best = (max(curve.at(years, place=place) for curve in need) for need in needs)
        return prod(best) >= STILL_SENSITIVE

    low, high = 0.0, LIMIT_YEARS
    if serves(high):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if serves(middle) else (low, middle)
    return low


def _encrypted(sensitive: Range, encryption: Encryption | None) -> tuple[Check, ...]:
    """Return the comparisons with the life of a key and with the life of the scheme."""
    if encryption is None:
        unknown = Check(name="key", against=None, gap=None)
        return unknown, Check(name="scheme", against=None, gap=None)
    if encryption.scheme.value is Scheme.NONE:
        nothing = Range(low=0.0, value=0.0, high=0.0)
        return (Check(name="scheme", against=nothing, gap=sensitive),)
    return (
        _against("key", sensitive, _range(encryption.key_years)),
        _against(
            "scheme",
            _with_migration(sensitive, _range(encryption.migration_years)),
            _range(encryption.secure_years),
        ),
    )


def _with_migration(sensitive: Range, migration: Range | None) -> Range | None:
    return None if migration is None else sensitive.plus(migration)


def _against(name: str, needed: Range | None, stated: Range | None) -> Check:
    if needed is None or stated is None:
        return Check(name=name, against=stated, gap=None)
    gap = Range(
        low=needed.low - stated.high,
        value=needed.value - stated.value,
        high=needed.high - stated.low,
    )
    return Check(name=name, against=stated, gap=gap)


def _range(fact: Fact[float]) -> Range | None:
    if fact.value is None:
        return None
    value = float(fact.value)
    return Range(
        low=value if fact.low is None else fact.low,
        value=value,
        high=value if fact.high is None else fact.high,
    )


def _scheme(encryption: Encryption | None) -> str:
    value = encryption.scheme.value if encryption is not None else None
    return value.value if value is not None else ""


def _json(years: Range | None) -> Json:
    if years is None:
        return None
    return {"low": number(years.low), "value": number(years.value), "high": number(years.high)}
