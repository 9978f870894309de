"""One holding or feed by itself: whom it covers, for how long, and what it completes."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.taken.curves import usable_range
from counterseal.consequence.taken.people import people_json
from counterseal.consequence.taken.ranges import NOTHING, Range, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.consequence.taken.people import Ready, Subjects

__all__ = ["HoldingValue", "Spread", "holding_value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Volume and distribution of a holding as two drivers, never as one number (R13).

    Expected loss is people times the chance that some place falls. Places that fall only
    together make that chance no greater; places that fall each for itself, and seldom,
    multiply it by their number. The truth lies between.

    Attributes:
        places: Systems that hold it: its own and one for each copy; 1 for a feed.
        people: Volume.
    """

    places: int
    people: Range

    @property
    def distribution(self) -> Range:
        """Times as likely to be lost as in one place: bounds, and their geometric middle."""
        return Range(low=1.0, value=float(self.places) ** 0.5, high=float(self.places))

    def as_json(self) -> dict[str, Json]:
        """Return both drivers, and the share of the most that distribution adds, in nats."""
        return {
            "places": self.places,
            "people": people_json(self.people),
            "times_as_likely": [1.0, float(self.places)],
            "ln_distribution": [0.0, number(log(self.places))],
            "ln_volume": number(log(self.people.value)) if self.people.value > 0 else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingValue:
    """One holding (or feed) by itself.

    Attributes:
        id: Its id.
        people: People it covers, over all populations.
        attribute_years: Person-years until each horizon, by attribute class and years.
        irreversible: Classes that nobody can reset.
        ready: Uses that it completes alone, by id.
        staff: Among them, those it completes against those who run the estate (R32).
        spread: Volume and distribution.
    """

    id: str
    people: Range
    attribute_years: Mapping[str, Mapping[float, Range]]
    irreversible: tuple[str, ...]
    ready: Mapping[str, Ready]
    staff: Mapping[str, Ready]
    spread: Spread

    @property
    def uses(self) -> Mapping[str, Range]:
        """People ready for each use; relatives where they count."""
        return {use: ready.counted for use, ready in self.ready.items()}

    def as_json(self) -> dict[str, Json]:
        """Return the row for ``counterseal consequence``, numbers with four digits."""
        years = self.attribute_years
        return {
            "id": self.id,
            "people": people_json(self.people),
            "irreversible": list(self.irreversible),
            "attribute_years": {
                name: {f"{t:g}": number(one.value) for t, one in by_years.items()}
                for name, by_years in years.items()
            },
            "attribute_years_range": {
                name: {f"{t:g}": [number(one.low), number(one.high)] for t, one in row.items()}
                for name, row in years.items()
            },
            "uses": {use: people_json(one)["value"] for use, one in self.uses.items()},
            "uses_range": {
                use: [people_json(one)["low"], people_json(one)["high"]]
                for use, one in self.uses.items()
            },
            "ready": {use: ready.people.as_json() for use, ready in self.ready.items()},
            "own_staff": {use: ready.people.as_json() for use, ready in self.staff.items()},
            "spread": self.spread.as_json(),
        }


def holding_value(subjects: Subjects, item: str) -> HoldingValue:
    """Return what one holding or feed yields by itself."""
    holder, catalog = subjects.items[item], subjects.catalog
    people = NOTHING
    for row in holder.populations:
        people = people.plus(subjects.count(item, row.population))
    known = [a for a in sorted(set(holder.attributes)) if a in catalog.attributes]
    covered = sorted({row.population for row in holder.populations})
    ready = _complete(subjects, item, covered)
    return HoldingValue(
        id=item,
        people=people,
        attribute_years={name: _years(subjects, people, name) for name in known},
        irreversible=tuple(a for a in known if catalog.attributes[a].is_irreversible),
        ready=ready,
        staff=_complete(subjects, item, [one for one in covered if one in subjects.staff]),
        spread=Spread(places=1 + len(set(getattr(holder, "copies", ()))), people=people),
    )


def _complete(subjects: Subjects, item: str, populations: list[str]) -> Mapping[str, Ready]:
    """Return the uses that an item completes alone, by id."""
    found = {
        use.id: subjects.ready(use, items=(item,), populations=populations)
        for use in subjects.catalog.uses.values()
    }
    return {use: ready for use, ready in found.items() if ready.counted.high > 0}


def _years(subjects: Subjects, people: Range, name: str) -> Mapping[float, Range]:
    survival = subjects.catalog.attributes[name].survival
    return {years: people.times(usable_range(survival, years)) for years in HORIZONS_YEARS}
