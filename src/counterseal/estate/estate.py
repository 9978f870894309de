"""An estate: every element of an organization's data environment, by kind and by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.canon import digest_bytes
from counterseal.errors import Place
from counterseal.estate.content import content
from counterseal.estate.pause import without_collection
from counterseal.estate.records import (
    Authority,
    Contract,
    Control,
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.canon import Json
    from counterseal.estate.content import Written
    from counterseal.estate.records import (
        Element,
    )

__all__ = ["KINDS", "Estate", "Places", "digests_of"]

KINDS: Mapping[str, type[Element]] = MappingProxyType(
    {
        "organizations": Organization,
        "zones": Zone,
        "systems": System,
        "populations": Population,
        "holdings": Holding,
        "links": Link,
        "grants": Grant,
        "controls": Control,
        "knowledge": Knowledge,
        "contracts": Contract,
        "feeds": Feed,
        "authorities": Authority,
        "history": HistoryEntry,
    }
)
"""Every kind of element, by its key in a file, in the order in which kinds are reported."""

Places = Mapping[tuple[str, str], Place]
"""Where something was written, by element id and field key (``""`` for the element itself)."""


@dataclass(frozen=True, kw_only=True)
class Estate:
    """A valid estate: ids are unique over kinds and every reference resolves.

    Attributes:
        name: What the organization calls it.
        organizations, …, history: Elements of each kind by id, in sorted order of id.
        places: Source positions; not part of the content, nor of the digest.
    """

    name: str = ""
    organizations: Mapping[str, Organization] = field(default_factory=dict)
    zones: Mapping[str, Zone] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)
    populations: Mapping[str, Population] = field(default_factory=dict)
    holdings: Mapping[str, Holding] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    history: Mapping[str, HistoryEntry] = field(default_factory=dict)
    places: Places = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of_kinds(
        cls, kinds: Mapping[str, Mapping[str, Element]], *, name: str = "", places: Places
    ) -> Estate:
        """Return the estate of these elements (by kind, then by id in sorted order)."""
        return cls(name=name, places=places, **kinds)  # type: ignore[arg-type]

    def of_kind(self, kind: str) -> Mapping[str, Element]:
        """Return the elements of one kind (a key of ``KINDS``) by id."""
        elements: Mapping[str, Element] = getattr(self, kind)
        return elements

    def elements(self) -> Iterator[tuple[str, Element]]:
        """Yield ``(kind, element)`` for every element, kinds as in ``KINDS``, ids sorted."""
        for kind in KINDS:
            for element in self.of_kind(kind).values():
                yield kind, element

    @cached_property
    def kind_of(self) -> Mapping[str, str]:
        """The kind of every element by id."""
        return {element.id: kind for kind, element in self.elements()}

    def place(self, element_id: str, field_key: str = "") -> Place | None:
        """Return where a field (or the element) was written, else the element's own place."""
        key = (element_id, field_key)
        if key not in self._asked:
            exact = self.places.get(key)
            self._asked[key] = exact or self.places.get((element_id, ""))
        return self._asked[key]

    @cached_property
    def _asked(self) -> dict[tuple[str, str], Place | None]:
        """Places already looked up: every adversary asks for the same ones."""
        return {}

    def as_json(self) -> dict[str, Json]:
        """Return the content with the keys of the YAML form: no positions, no defaults."""
        content: dict[str, Json] = {"name": self.name}
        for kind in KINDS:
            rows = [
                element.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                for element in self.of_kind(kind).values()
            ]
            if rows:
                content[kind] = rows
        return content

    @cached_property
    def digest(self) -> str:
        """``sha256:`` digest of the canonical content."""
        return digests_of(self)[0]


def digests_of(*estates: Estate) -> tuple[str, ...]:
    """Return the digest of each estate; records that they share are written once."""
    written: Written = {}
    with without_collection():
        return tuple(
            digest_bytes(
                content(one.name, {kind: one.of_kind(kind).values() for kind in KINDS}, written)
            )
            for one in estates
        )
