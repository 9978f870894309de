"""Load an estate from its files, or say everything that is wrong with it at once.

Any split into files gives the same estate. A file may name the estate (``name``) and set the
grade of its short facts (``defaults: {grade: documented}``); every other key is a kind of
element with a list. Nothing is guessed: what does not resolve is a fault with its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counterseal.documents import persondata, tree
from counterseal.documents.evidence import Grade
from counterseal.documents.validation import by_place, validate
from counterseal.documents.wording import describe, did_you_mean, listed, quotable
from counterseal.errors import Fault, InvalidDocumentError
from counterseal.estate.estate import KINDS, Estate
from counterseal.estate.pause import without_collection
from counterseal.estate.written.consistency import check_elements
from counterseal.estate.written.files import Defaults
from counterseal.estate.written.places import SourcePlaces
from counterseal.estate.written.resolution import check_attributes, check_references
from counterseal.estate.written.rows import Row, record_of, row_faults

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from counterseal.documents.tree import Document, Limits
    from counterseal.estate.records import Element
    from counterseal.estate.written.places import Origins

__all__ = ["parse"]

_IGNORED = frozenset({"$schema"})
_FILE_KEYS = ("name", "defaults", *KINDS)


@dataclass(slots=True, kw_only=True)
class _Loaded:
    """What has been read so far; faults are collected to the end."""

    faults: list[Fault] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    names: list[tuple[str, Document]] = field(default_factory=list)


def parse(
    files: Mapping[str, bytes],
    *,
    attributes: Collection[str],
    limits: Limits | None = None,
) -> Estate:
    """Return the estate that ``files`` (name to content) describe together.

    Args:
        files: YAML or JSON files, in any order and any split.
        attributes: Ids of the attribute classes of the catalog.
        limits: Limits for each file.

    Raises:
        InvalidDocumentError: Every fault of every file (``CS1xx``), in order of place; an
            estate without any element is a fault too.
    """
    with without_collection():
        return _parse(files, attributes=attributes, limits=limits or tree.Limits())


def _parse(
    files: Mapping[str, bytes], *, attributes: Collection[str], limits: Limits
) -> Estate:
    loaded = _Loaded()
    for file in sorted(files):
        _read_file(file, files[file], limits=limits, loaded=loaded)
    elements = _elements(loaded)
    if not loaded.rows and not loaded.faults:
        loaded.faults.append(_empty(sorted(files)))
    declared = {row.id: row.kind for row in reversed(loaded.rows) if row.id}
    places = SourcePlaces(_origins(loaded.rows, elements))
    loaded.faults += check_references(elements, declared=declared, place=places.nearest)
    loaded.faults += check_attributes(elements, attributes=attributes, place=places.nearest)
    loaded.faults += check_elements(elements, place=places.nearest)
    if loaded.faults:
        count = len(faults := by_place(loaded.faults))
        message = f"the estate is not valid: {count} fault{'s' if count > 1 else ''}"
        raise InvalidDocumentError(message, faults=faults)
    by_kind: dict[str, dict[str, Element]] = {kind: {} for kind in KINDS}
    for element_id in sorted(elements):
        by_kind[declared[element_id]][element_id] = elements[element_id]
    name = loaded.names[0][0] if loaded.names else ""
    return Estate.of_kinds(by_kind, name=name, places=places)


def _read_file(file: str, data: bytes, *, limits: Limits, loaded: _Loaded) -> None:
    try:
        document = tree.parse(data, file=file, limits=limits)
    except InvalidDocumentError as error:
        loaded.faults += error.faults
        return
    if people := persondata.faults(document):
        loaded.faults += people
    elif isinstance(document.value, dict):
        _read_mapping(document, document.value, loaded)
    elif document.value is not None:
        message = f"expected a mapping of kinds; found {describe(document.value)}"
        hint = f"Begin with one of {listed(_FILE_KEYS)}."
        fault = Fault(code="CS113", message=message, place=document.place(), hint=hint)
        loaded.faults.append(fault)


def _read_mapping(document: Document, value: dict[str, tree.Tree], loaded: _Loaded) -> None:
    context: dict[str, object] = {"grade": Grade.ASSUMED}
    if "defaults" in value:
        try:
            defaults = validate(
                Defaults, value["defaults"], document=document, path=("defaults",)
            )
            context["grade"] = defaults.grade
        except InvalidDocumentError as error:
            loaded.faults += error.faults
    for key, content in value.items():
        if key in KINDS:
            loaded.rows += _rows(document, key, content, context=context, faults=loaded.faults)
        elif key == "name":
            _read_name(document, content, loaded)
        elif key != "defaults" and key not in _IGNORED:
            hint = did_you_mean(key, _FILE_KEYS) or f"Known keys: {listed(_FILE_KEYS)}."
            message = f"unknown key {quotable(key)}"
            place = document.key_place((key,))
            loaded.faults.append(Fault(code="CS111", message=message, place=place, hint=hint))


def _read_name(document: Document, name: tree.Tree, loaded: _Loaded) -> None:
    place = document.place(("name",))
    if not isinstance(name, str):
        message = f"name: expected text; found {describe(name)}"
        loaded.faults.append(Fault(code="CS113", message=message, place=place))
        return
    if loaded.names and loaded.names[0][0] != name:
        first = loaded.names[0][1].place(("name",))
        message = f"the estate has two names; the other is at {first}"
        hint = "Name the estate in one file only."
        loaded.faults.append(Fault(code="CS125", message=message, place=place, hint=hint))
    loaded.names.append((name, document))


def _rows(
    document: Document,
    kind: str,
    content: tree.Tree,
    *,
    context: dict[str, object],
    faults: list[Fault],
) -> Iterator[Row]:
    if not isinstance(content, list):
        message = f"{kind}: expected a list; found {describe(content)}"
        hint = "Start each element with '- id: …', or delete the key."
        place = document.place((kind,))
        faults.append(Fault(code="CS113", message=message, place=place, hint=hint))
        return
    for index, value in enumerate(content):
        row = Row(
            kind=kind, document=document, path=(kind, index), value=value, context=context
        )
        faults += row_faults(row)
        yield row


def _elements(loaded: _Loaded) -> dict[str, Element]:
    """Return the valid elements by id; keep the faults of the others."""
    elements: dict[str, Element] = {}
    first: dict[str, Row] = {}
    for row in loaded.rows:
        if row.id and (other := first.setdefault(row.id, row)) is not row:
            loaded.faults.append(_twice(row, other))
        try:
            element = record_of(row)
        except InvalidDocumentError as error:
            loaded.faults += error.faults
        else:
            elements.setdefault(element.id, element)
    return elements


def _twice(row: Row, other: Row) -> Fault:
    here = row.document.place((*row.path, "id"))
    there = other.document.place((*other.path, "id"))
    return Fault(
        code="CS121",
        message=f"the id {quotable(row.id)} is given twice; first at {there}",
        place=here,
        hint="Ids are unique over all files and kinds: rename one of the two.",
    )


def _empty(files: list[str]) -> Fault:
    where = f"in {listed(files)}" if files else "and there is no file"
    hint = "Add at least one element, or run `counterseal init` for a first estate."
    return Fault(code="CS120", message=f"the estate has no element {where}", hint=hint)


def _origins(rows: list[Row], elements: Mapping[str, Element]) -> Origins:
    """Return where each element was first written."""
    return {
        (row.id, ""): (row.document, row.path) for row in reversed(rows) if row.id in elements
    }
