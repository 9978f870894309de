"""The catalog: its tables as one value, checked against each other, with one digest.

A user's folder with files of the same names replaces rows by id and adds new ones, so that a
table is edited as data and no code is touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast

from counterseal.canon import digest
from counterseal.catalog import (
    adversaries,
    attributes,
    controls,
    keys,
    priors,
    rules,
    uses,
    weights,
)
from counterseal.catalog.references import faults
from counterseal.documents import tree
from counterseal.errors import CatalogError, InvalidDocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.attributes import Attribute
    from counterseal.catalog.controls import CatalogControl
    from counterseal.catalog.keys import Key
    from counterseal.catalog.priors import Prior
    from counterseal.catalog.rules import Rule
    from counterseal.catalog.uses import Use
    from counterseal.catalog.weights import WeightSet
    from counterseal.documents.record import Record
    from counterseal.documents.tree import Document
    from counterseal.errors import Fault, Place

__all__ = ["TABLES", "VIEWS", "Catalog", "overlay", "parse"]


class _Table(Protocol):
    def parse(self, document: Document) -> Mapping[str, Record]: ...


TABLES: Mapping[str, _Table] = MappingProxyType(
    cast(
        "dict[str, _Table]",
        {
            "adversaries": adversaries,
            "attributes": attributes,
            "controls": controls,
            "priors": priors,
            "rules": rules,
            "uses": uses,
        },
    )
)
"""The module of each table, by the name of the table; its file is the name with ``.yaml``."""

VIEWS: Mapping[str, _Table] = MappingProxyType(
    cast("dict[str, _Table]", {"keys": keys, "weights": weights})
)
"""Tables that no verdict depends on: a catalog may lack them, its digest leaves them out."""

_FILES = MappingProxyType({**TABLES, **VIEWS})


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Every table by id of its rows, ids in order.

    Attributes:
        adversaries, attributes, controls, priors, rules, uses: The tables.
        keys: What holdings can be joined by; part of no digest.
        weights: Published weightings, for one view of the consequence; part of no digest.
        places: Where rows were written, by table and id; no part of the content.
    """

    adversaries: Mapping[str, Adversary]
    attributes: Mapping[str, Attribute]
    controls: Mapping[str, CatalogControl]
    priors: Mapping[str, Prior]
    rules: Mapping[str, Rule]
    uses: Mapping[str, Use]
    keys: Mapping[str, Key] = field(default_factory=dict, compare=False)
    weights: Mapping[str, WeightSet] = field(default_factory=dict, compare=False)
    places: Mapping[tuple[str, str], Place] = field(
        default_factory=dict, compare=False, repr=False
    )

    def table(self, name: str) -> Mapping[str, Record]:
        """Return one table by its name (a key of ``TABLES`` or ``VIEWS``)."""
        rows: Mapping[str, Record] = getattr(self, name)
        return rows

    def as_json(self) -> dict[str, Json]:
        """Return the content with the keys of the files: no positions, no defaults."""
        return {
            name: [
                row.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                for row in self.table(name).values()
            ]
            for name in TABLES
        }

    @cached_property
    def digest(self) -> str:
        """``sha256:`` digest of the canonical content."""
        return digest(self.as_json())


def parse(files: Mapping[str, bytes]) -> Catalog:
    """Return the catalog written in ``files`` (content by file name).

    Raises:
        CatalogError: A table has no file.
        InvalidDocumentError: A row is not valid, or refers to something that no table defines;
            every fault with its place.
    """
    return overlay(files, {})


def overlay(base: Mapping[str, bytes], user: Mapping[str, bytes]) -> Catalog:
    """Return the catalog of ``base`` with the rows of ``user`` in place of rows of the same id.

    Raises:
        CatalogError: A table of ``base`` has no file, or ``user`` has a file of no table.
        InvalidDocumentError: As for ``parse``; references are checked in the merged tables.
    """
    _require_files(base, user)
    merged: dict[str, dict[str, Record]] = {name: {} for name in _FILES}
    places: dict[tuple[str, str], Place] = {}
    found: list[Fault] = []
    for files in (base, user):
        for name in _FILES:
            data = files.get(f"{name}.yaml")
            if data is None:
                continue
            try:
                document = tree.parse(data, file=f"{name}.yaml")
                rows = _FILES[name].parse(document)
            except InvalidDocumentError as error:
                found += error.faults
                continue
            merged[name].update(rows)
            places.update(_places(document, name))
    tables = {name: MappingProxyType(dict(sorted(merged[name].items()))) for name in _FILES}
    found += [] if found else faults(tables, places)
    if found:
        raise InvalidDocumentError("the catalog is not valid", faults=tuple(found))
    return Catalog(**tables, places=MappingProxyType(places))  # type: ignore[arg-type]


def _require_files(base: Mapping[str, bytes], user: Mapping[str, bytes]) -> None:
    missing = [f"{name}.yaml" for name in TABLES if f"{name}.yaml" not in base]
    if missing:
        raise CatalogError(f"the catalog lacks {', '.join(missing)}")
    strange = sorted(set(user) - {f"{name}.yaml" for name in _FILES})
    if strange:
        known = ", ".join(f"{name}.yaml" for name in _FILES)
        raise CatalogError(
            f"{strange[0]} is no table of the catalog", hint=f"The tables are {known}."
        )


def _places(document: Document, table: str) -> dict[tuple[str, str], Place]:
    content = document.value
    rows = content.get(table) if isinstance(content, dict) else None
    return {
        (table, str(row["id"])): document.place((table, index))
        for index, row in enumerate(rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and "id" in row
    }
