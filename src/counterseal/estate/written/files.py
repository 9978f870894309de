"""The shape of the files of an estate and of a change, as records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Day, Record
from counterseal.estate.kinds import ChangeKind, Stage
from counterseal.estate.records import (
    Authority,
    Contract,
    Control,
    ElementId,
    Feed,
    Grant,
    HistoryEntry,
    Holding,
    Knowledge,
    Link,
    Organization,
    Population,
    System,
    Zone,
)

__all__ = [
    "AlternativeFile",
    "ChangeFile",
    "Dates",
    "Defaults",
    "EstateFile",
    "KindsFile",
    "PatchFile",
]


class Defaults(Record):
    """What holds for all of a file: ``grade`` is the grade of its short facts."""

    grade: Grade = Grade.ASSUMED


class KindsFile(Record):
    """Lists of elements by kind."""

    organizations: tuple[Organization, ...] = ()
    zones: tuple[Zone, ...] = ()
    systems: tuple[System, ...] = ()
    populations: tuple[Population, ...] = ()
    holdings: tuple[Holding, ...] = ()
    links: tuple[Link, ...] = ()
    grants: tuple[Grant, ...] = ()
    controls: tuple[Control, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    contracts: tuple[Contract, ...] = ()
    feeds: tuple[Feed, ...] = ()
    authorities: tuple[Authority, ...] = ()
    history: tuple[HistoryEntry, ...] = ()


class EstateFile(KindsFile):
    """One file of an estate."""

    schema_: str = Field(default="", alias="$schema")
    name: str = ""
    defaults: Defaults = Defaults()


class PatchFile(Record):
    """What a change does to an estate; ``set`` replaces fields as a whole, null unsets them."""

    add: KindsFile = KindsFile()
    set: Mapping[ElementId, Mapping[str, object]] = Field(default_factory=dict)
    remove: tuple[ElementId, ...] = ()


class AlternativeFile(Record):
    """Another way to meet the need, as a patch of the same estate."""

    id: ElementId
    title: str
    note: str = ""
    patch: PatchFile = PatchFile()


class Dates(Record):
    """When each step of a change was, or is to be, taken."""

    proposed: Day | None = None
    assessed: Day | None = None
    required: Day | None = None
    solicited: Day | None = None
    selected: Day | None = None
    awarded: Day | None = None
    piloted: Day | None = None
    integrated: Day | None = None
    operated: Day | None = None
    retired: Day | None = None


class ChangeFile(Record):
    """One proposed change."""

    schema_: str = Field(default="", alias="$schema")
    id: ElementId
    kind: ChangeKind
    title: Annotated[str, Field(min_length=1)]
    sponsor: str = ""
    stage: Stage
    need: str = ""
    authority: ElementId | None = None
    necessity: str = ""
    note: str = ""
    source: str = ""
    dates: Dates = Dates()
    defaults: Defaults = Defaults()
    patch: PatchFile = PatchFile()
    alternatives: tuple[AlternativeFile, ...] = ()
