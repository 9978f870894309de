"""Everything taken together: uses by family, at a tenth, half and all of the records.

Part of the records is enough for much: with a share of every holding, whom the shares have in
common is known only between bounds, and both are given. Recruitment, influence and coercion
are told apart and never added (R67); nor are people inside, outside and reached through
relatives (R12).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.catalog.attributes import Layer
from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.taken.curves import usable_range
from counterseal.consequence.taken.joint import joint_years
from counterseal.consequence.taken.people import people_json
from counterseal.consequence.taken.ranges import NOTHING, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.canon import Json
    from counterseal.consequence.taken.holdings import HoldingValue
    from counterseal.consequence.taken.people import Ready, Subjects

__all__ = ["LAYERS", "SHARES", "Covered", "Together", "taken_together"]

SHARES = (0.1, 0.5, 1.0)
"""Shares of the records of every item that are taken (R68)."""

LAYERS = (Layer.IDENTITY, Layer.RELATIONSHIP, Layer.MOVEMENT)
"""The layers that are covered apart and together (R30)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One population: who of it is covered at all, and in which layers.

    Attributes:
        population: Its id.
        size: People in it.
        mission: Whether it belongs to the declared mission; ``None`` for unknown.
        covered: Distinct people in any item.
        layers: Distinct people with something in each layer.
        all_layers: Distinct people with something in every layer.
    """

    population: str
    size: Range
    mission: bool | None
    covered: Range
    layers: Mapping[str, Range]
    all_layers: Range

    def as_json(self) -> dict[str, Json]:
        """Return the row for ``counterseal consequence``."""
        return {
            "population": self.population,
            "size": people_json(self.size),
            "mission": self.mission,
            "covered": people_json(self.covered),
            "layers": {layer: people_json(people) for layer, people in self.layers.items()},
            "all_layers": people_json(self.all_layers),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What all holdings and feeds yield if taken together.

    Attributes:
        ready: Uses that are complete, by share of the records; each sorted by id.
        years: Person-years of each use until each horizon, by share of the records.
        only_together: Uses that are complete together and in no item alone.
        staff: Uses complete against those who run the estate, with all records (R32).
        covered: Every population that some item covers, by id.
        reference: Share covered of each population that an authority is measured against.
        class_years: Person-years of distinct people until each horizon, by class that some
            item offers; least at the longest horizon first, ties by id.
    """

    ready: Mapping[float, tuple[Ready, ...]]
    years: Mapping[float, Mapping[str, Mapping[float, Range]]]
    only_together: tuple[str, ...]
    staff: tuple[Ready, ...]
    covered: tuple[Covered, ...]
    reference: Mapping[str, Range]
    class_years: Mapping[str, Mapping[float, Range]]

    def covered_in_all(self) -> Mapping[str, Range]:
        """Return distinct people by layer and in all layers, over all populations."""
        total = {layer.value: NOTHING for layer in LAYERS} | {"all": NOTHING}
        for row in self.covered:
            for layer, people in row.layers.items():
                total[layer] = total[layer].plus(people)
            total["all"] = total["all"].plus(row.all_layers)
        return total

    @property
    def outside_mission(self) -> Range:
        """Covered people outside the declared mission, or of whom nobody says (R3)."""
        total = NOTHING
        for row in self.covered:
            if row.mission is not True:
                total = total.plus(row.covered)
        return total

    def as_json(self) -> dict[str, Json]:
        """Return the section ``together`` for ``counterseal consequence``."""
        return {
            "records": [
                {
                    "share": share,
                    "uses": [_ready_json(ready, self.years[share]) for ready in rows],
                }
                for share, rows in self.ready.items()
            ],
            "only_together": list(self.only_together),
            "own_staff": [_ready_json(ready, {}) for ready in self.staff],
            "populations": [row.as_json() for row in self.covered],
            "outside_mission": people_json(self.outside_mission),
            "class_years": {
                name: {f"{years:g}": one.as_json() for years, one in by_years.items()}
                for name, by_years in self.class_years.items()
            },
            "reference": {name: share.as_json() for name, share in self.reference.items()},
            "layers": {
                layer: people_json(people) for layer, people in self.covered_in_all().items()
            },
        }


def taken_together(subjects: Subjects, alone: Iterable[HoldingValue]) -> Together:
    """Return what all items yield together, beside what each does alone."""
    ready = {share: _complete(subjects, share) for share in SHARES}
    somewhere = {use for row in alone for use in row.ready}
    covered = tuple(
        _covered(subjects, population)
        for population in sorted(subjects.estate.populations)
        if subjects.about(population)
    )
    return Together(
        ready=ready,
        years=joint_years(subjects.estate, subjects.catalog, shares=SHARES),
        only_together=tuple(r.use.id for r in ready[1.0] if r.use.id not in somewhere),
        staff=_complete(subjects, 1.0, populations=sorted(subjects.staff)),
        covered=covered,
        reference=_reference(subjects, covered),
        class_years=_class_years(subjects),
    )


def _class_years(subjects: Subjects) -> Mapping[str, Mapping[float, Range]]:
    rows = {}
    offered = {name for item in subjects.items for name in subjects.offered(item)}
    for name in sorted(offered):
        people = NOTHING
        for population in sorted(subjects.estate.populations):
            people = people.plus(subjects.meeting((frozenset({name}),), population))
        survival = subjects.catalog.attributes[name].survival
        rows[name] = {
            years: people.times(usable_range(survival, years)) for years in HORIZONS_YEARS
        }
    last = HORIZONS_YEARS[-1]
    return dict(sorted(rows.items(), key=lambda row: (row[1][last].value, row[0])))


def _reference(subjects: Subjects, covered: Iterable[Covered]) -> Mapping[str, Range]:
    """Return the share of each reference population that is covered, ends within [0, 1]."""
    wanted = {one.reference_population for one in subjects.estate.authorities.values()}
    return {
        row.population: Range(
            low=row.covered.low / row.size.high,
            value=min(1.0, row.covered.value / row.size.value),
            high=min(1.0, row.covered.high / row.size.low),
        )
        for row in covered
        if row.population in wanted and row.size.low > 0
    }


def _complete(
    subjects: Subjects, share: float, populations: list[str] | None = None
) -> tuple[Ready, ...]:
    found = (
        subjects.ready(use, captured=share, populations=populations)
        for use in subjects.catalog.uses.values()
    )
    return tuple(ready for ready in found if ready.counted.high > 0)


def _covered(subjects: Subjects, population: str) -> Covered:
    attributes = subjects.catalog.attributes
    by_layer = {
        layer: frozenset(a.id for a in attributes.values() if a.layer is layer)
        for layer in LAYERS
    }
    record = subjects.estate.populations[population]
    return Covered(
        population=population,
        size=subjects.size(population),
        mission=record.mission.value,
        covered=subjects.meeting((frozenset(attributes),), population),
        layers={
            layer.value: subjects.meeting((needed,), population)
            for layer, needed in by_layer.items()
        },
        all_layers=subjects.meeting(tuple(by_layer.values()), population),
    )


def _ready_json(ready: Ready, years: Mapping[str, Mapping[float, Range]]) -> dict[str, Json]:
    by_years = years.get(ready.use.id, {})
    return {
        "use": ready.use.id,
        "name": ready.use.name,
        "family": ready.use.family.value,
        "counts": ready.use.counts.value,
        **ready.people.as_json(),
        "person_years": {f"{until:g}": one.as_json() for until, one in by_years.items()},
        "populations": {
            population: people.as_json() for population, people in ready.by_population.items()
        },
    }
