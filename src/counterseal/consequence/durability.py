"""How long each attribute class stays true: identical curves are one, least durable first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.documents.evidence import Grade


class Placed(Protocol):
    """A curve at a place between its bounds."""

    def __call__(self, years: float, *, place: float) -> float: ...


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from counterseal.catalog.attributes import Attribute
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.survival import Survival

__all__ = ["HORIZONS_YEARS", "Durability", "ValueOverTime", "durabilities", "value_over_time"]

HORIZONS_YEARS = (1.0, 5.0, 10.0, 25.0)
_REFERENCE_YEARS = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Durability:
    """One survival curve and the attribute classes that have it.

    Attributes:
        id: Id of its parameter, ``survival:ATTRIBUTE``, after the first class that has it.
        attributes: Every class of the catalog with this curve, sorted.
        survival: The curve.
    """

    id: str
    attributes: tuple[str, ...]
    survival: Survival

    @property
    def parameter(self) -> Parameter | None:
        """Place between the low (0) and the high (1) curve; ``None`` for a certain curve."""
        if self.survival.is_certain:
            return None
        grades = {point.grade for point in self.survival.points}
        doubtful = grades - {Grade.MEASURED, Grade.DOCUMENTED}
        return Parameter(
            id=self.id,
            family=ParameterFamily.TRIANGULAR,
            mode=0.5,
            low=0.0,
            high=1.0,
            grade=Grade.ELICITED if doubtful else Grade.DOCUMENTED,
            source=self.survival.source,
            label=f"how long it stays true: {', '.join(self.attributes)}",
            better=0.0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOverTime:
    """One attribute class over time, for a picture of lasting and passing value.

    Attributes:
        attribute: Catalog id.
        name: What a reader calls it.
        kind: Why it lasts, or does not.
        years: Horizons.
        still_true: S at each horizon: (low, central, high).
        person_years: Usable person-years per person until each horizon: (low, central, high).
    """

    attribute: str
    name: str
    kind: str
    years: tuple[float, ...]
    still_true: tuple[tuple[float, float, float], ...]
    person_years: tuple[tuple[float, float, float], ...]


def durabilities(catalog: Catalog) -> Mapping[str, Durability]:
    """Return the durability of every attribute class by its id."""
    alike: dict[str, list[str]] = {}
    for attribute in catalog.attributes.values():
        curve = attribute.survival.model_dump_json(include={"family", "points"})
        alike.setdefault(curve, []).append(attribute.id)
    found: dict[str, Durability] = {}
    for classes in alike.values():
        members = tuple(sorted(classes))
        durability = Durability(
            id=f"survival:{members[0]}",
            attributes=members,
            survival=catalog.attributes[members[0]].survival,
        )
        found.update(dict.fromkeys(members, durability))
    return found


def by_durability(these: Iterable[Durability]) -> list[Durability]:
    """Return distinct durabilities, least durable over 25 years first, ties by id."""
    distinct = {durability.id: durability for durability in these}
    return sorted(
        distinct.values(),
        key=lambda durability: (durability.survival.integral(_REFERENCE_YEARS), durability.id),
    )


def value_over_time(
    attributes: Iterable[Attribute], *, years: Sequence[float] = HORIZONS_YEARS
) -> tuple[ValueOverTime, ...]:
    """Return S and usable years per person for each class, in the order given."""
    return tuple(
        ValueOverTime(
            attribute=attribute.id,
            name=attribute.name,
            kind=attribute.kind.value,
            years=tuple(years),
            still_true=tuple(_spread(attribute.survival.at, year) for year in years),
            person_years=tuple(_spread(attribute.survival.integral, year) for year in years),
        )
        for attribute in attributes
    )


def _spread(curve: Placed, years: float) -> tuple[float, float, float]:
    return curve(years, place=0.0), curve(years, place=0.5), curve(years, place=1.0)
