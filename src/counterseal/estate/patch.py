"""Apply a change to an estate, purely: what it does not touch stays the same object.

A patch that does not fit says so with its own places: it touches an id that is not there, adds
one that is, removes one that something still refers to, or sets a field that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from counterseal.canon import digest
from counterseal.documents.evidence import Grade
from counterseal.documents.validation import by_place, faults_of
from counterseal.documents.wording import did_you_mean, listed, quotable
from counterseal.errors import Fault, InvalidDocumentError
from counterseal.estate.estate import KINDS, Estate
from counterseal.estate.written.consistency import check_elements
from counterseal.estate.written.places import SourcePlaces, origins_of
from counterseal.estate.written.references import references
from counterseal.estate.written.resolution import check_attributes, check_references
from counterseal.estate.written.values import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pydantic import BaseModel

    from counterseal.canon import Json
    from counterseal.documents.tree import Document, Path
    from counterseal.errors import Place
    from counterseal.estate.records import Element
    from counterseal.estate.written.files import PatchFile

__all__ = ["Patch", "apply", "invert", "patch_of"]


@dataclass(frozen=True, kw_only=True)
class Patch:
    """What to add, set and remove.

    Attributes:
        add: Elements by kind.
        set: New values by element id and field key, as written (or as the field holds them);
            a value replaces the whole field, and ``None`` restores its default.
        remove: Ids.
        grade: Grade of short facts among ``set``.
        document: Where it was written; ``None`` for one made by a program.
        path: Where in the document.
    """

    add: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)
    set: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    grade: Grade = Grade.ASSUMED
    document: Document | None = field(default=None, compare=False, repr=False)
    path: Path = field(default=(), compare=False, repr=False)

    def place(self, *below: str | int) -> Place | None:
        """Return where a part of the patch was written."""
        return self.document.place((*self.path, *below)) if self.document else None

    def as_json(self) -> dict[str, Json]:
        """Return the content with the keys of the YAML form, without empty parts."""
        add = {
            kind: [
                row.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                for row in self.add[kind]
            ]
            for kind in KINDS
            if self.add.get(kind)
        }
        written: dict[str, Json] = {
            element_id: {key: plain(value) for key, value in fields.items()}
            for element_id, fields in self.set.items()
        }
        content: dict[str, Json] = {"add": add, "set": written, "remove": self.remove}
        if written and self.grade is not Grade.ASSUMED:
            content["grade"] = self.grade.value
        return {key: item for key, item in content.items() if item}

    @property
    def digest(self) -> str:
        """``sha256:`` digest of the canonical content."""
        return digest(self.as_json())


def patch_of(written: PatchFile, *, document: Document, path: Path, grade: Grade) -> Patch:
    """Return the patch that stands at ``path`` of a change file."""
    rows = {kind: getattr(written.add, kind) for kind in KINDS}
    return Patch(
        add={kind: elements for kind, elements in rows.items() if elements},
        set=written.set,
        remove=written.remove,
        grade=grade,
        document=document,
        path=path,
    )


def apply(estate: Estate, patch: Patch, *, attributes: Collection[str]) -> Estate:
    """Return the estate after ``patch``; ``estate`` is unchanged.

    Args:
        estate: A valid estate.
        patch: What to do to it.
        attributes: Ids of the attribute classes of the catalog.

    Raises:
        InvalidDocumentError: The patch does not fit, or its result is not a valid estate;
            every fault has its place in the change file.
    """
    work = _Work(estate, patch)
    work.remove()
    work.add()
    work.set()
    places = SourcePlaces(work.origins)
    declared = dict(estate.kind_of)
    for removed in work.removed:
        del declared[removed]
    declared |= {element_id: kind for element_id, (kind, _) in work.changed.items()}
    touched = {element_id: element for element_id, (_, element) in work.changed.items()}
    work.faults += _dangling(work)
    work.faults += check_references(touched, declared=declared, place=places.nearest)
    work.faults += check_attributes(touched, attributes=attributes, place=places.nearest)
    kinds = work.kinds()
    if not work.faults:
        after = {row.id: row for kind in kinds.values() for row in kind.values()}
        work.faults += check_elements(after, place=places.nearest)
        work.faults += _emptied(patch, after)
    if work.faults:
        count = len(faults := by_place(work.faults))
        message = f"the patch does not fit the estate: {count} fault{'s' if count > 1 else ''}"
        raise InvalidDocumentError(message, faults=faults)
    return Estate.of_kinds(kinds, name=estate.name, places=places)


def invert(estate: Estate, patch: Patch) -> Patch:
    """Return the patch that undoes ``patch`` on what applying it to ``estate`` gave."""
    add: dict[str, tuple[Element, ...]] = {}
    for removed in patch.remove:
        kind = estate.kind_of[removed]
        add[kind] = (*add.get(kind, ()), estate.of_kind(kind)[removed])
    before: dict[str, Mapping[str, object]] = {}
    for element_id, fields in patch.set.items():
        element = estate.of_kind(estate.kind_of[element_id])[element_id]
        held = _given(element)
        before[element_id] = {key: held.get(key) for key in fields}
    added = tuple(row.id for rows in patch.add.values() for row in rows)
    return Patch(add=add, set=before, remove=added)


class _Work:
    """The state of one application; faults are collected to the end."""

    def __init__(self, estate: Estate, patch: Patch) -> None:
        self.estate = estate
        self.patch = patch
        self.faults: list[Fault] = []
        self.removed: dict[str, int] = {}
        self.changed: dict[str, tuple[str, Element]] = {}
        self.origins = dict(origins_of(estate.places))

    def remove(self) -> None:
        for index, element_id in enumerate(self.patch.remove):
            if element_id in self.removed:
                message = f"remove: {quotable(element_id)} is named twice"
                self._fault("CS139", message, "remove", index, hint="Name it once.")
            elif element_id not in self.estate.kind_of:
                self._missing("remove", element_id, "remove", index)
            else:
                self.removed[element_id] = index
        gone = self.removed.keys()
        if gone:
            self.origins = {key: at for key, at in self.origins.items() if key[0] not in gone}

    def add(self) -> None:
        for kind, rows in self.patch.add.items():
            for index, element in enumerate(rows):
                path = ("add", kind, index)
                if (clash := self._clash(element.id)) is not None:
                    message = f"add: the id {quotable(element.id)} is already there{clash}"
                    hint = "Change an element with 'set', or choose another id."
                    self._fault("CS142", message, *path, "id", hint=hint)
                    continue
                self.changed[element.id] = (kind, element)
                if self.patch.document is not None:
                    here = (*self.patch.path, *path)
                    self.origins[element.id, ""] = (self.patch.document, here)

    def _clash(self, element_id: str) -> str | None:
        if element_id in self.changed:
            return f" ({self.patch.place()})" if self.patch.document else ""
        if element_id not in self.estate.kind_of:
            return None
        place = self.estate.place(element_id)
        return f" ({place})" if place else ""

    def set(self) -> None:
        for element_id, fields in self.patch.set.items():
            kind = self.estate.kind_of.get(element_id)
            if element_id in self.removed:
                message = f"set: {quotable(element_id)} is removed by the same patch"
                self._fault("CS141", message, "set", element_id, hint="Do one of the two.")
            elif element_id in self.changed:
                message = f"set: {quotable(element_id)} is added by the same patch"
                hint = "Write the value where it is added."
                self._fault("CS141", message, "set", element_id, hint=hint)
            elif kind is None:
                self._missing("set", element_id, "set", element_id)
            else:
                self._set_fields(kind, element_id, fields)

    def _set_fields(self, kind: str, element_id: str, fields: Mapping[str, object]) -> None:
        element = self.estate.of_kind(kind)[element_id]
        model = type(element)
        names = _field_names(model)
        accepted = {}
        for key, value in fields.items():
            path = ("set", element_id, key)
            if key == "id":
                hint = "Remove the element and add it under its new id."
                self._fault("CS145", "set: an id cannot be changed", *path, hint=hint)
            elif key not in names:
                hint = did_you_mean(key, names) or f"Known fields: {listed(names)}."
                message = f"set: {quotable(key)} is not a field of {quotable(element_id)}"
                self._fault("CS144", message, *path, hint=hint, at_key=True)
            else:
                accepted[key] = value
        row = _given(element) | accepted
        given = {key: value for key, value in row.items() if value is not None}
        try:
            after = model.model_validate(given, context={"grade": self.patch.grade})
        except ValidationError as error:
            self._invalid(error, model=model, element_id=element_id)
            return
        self.changed[element_id] = (kind, after)
        for key in accepted if self.patch.document is not None else ():
            here = (*self.patch.path, "set", element_id, key)
            self.origins[element_id, key] = (cast("Document", self.patch.document), here)

    def _invalid(
        self, error: ValidationError, *, model: type[BaseModel], element_id: str
    ) -> None:
        document = self.patch.document
        if document is not None:
            path = (*self.patch.path, "set", element_id)
            self.faults += faults_of(error, model=model, document=document, path=path)
            return
        message = f"set: a value does not fit {quotable(element_id)}"
        self.faults.append(Fault(code="CS119", message=message))

    def _missing(self, verb: str, element_id: str, *path: str | int) -> None:
        message = f"{verb}: nothing has the id {quotable(element_id)}"
        hint = did_you_mean(element_id, self.estate.kind_of)
        self._fault("CS141", message, *path, hint=hint or "Check the id in the estate.")

    def _fault(
        self, code: str, message: str, *path: str | int, hint: str = "", at_key: bool = False
    ) -> None:
        place = self.patch.place(*path)
        if at_key and self.patch.document is not None:
            place = self.patch.document.key_place((*self.patch.path, *path))
        self.faults.append(Fault(code=code, message=message, place=place, hint=hint))

    def kinds(self) -> dict[str, Mapping[str, Element]]:
        """Return the elements after the patch; an untouched kind is the same object."""
        changed: dict[str, dict[str, Element]] = {}
        for element_id, (kind, element) in self.changed.items():
            changed.setdefault(kind, {})[element_id] = element
        touched = changed.keys() | {self.estate.kind_of[removed] for removed in self.removed}
        kinds: dict[str, Mapping[str, Element]] = {}
        for kind in KINDS:
            before = self.estate.of_kind(kind)
            if kind not in touched:
                kinds[kind] = before
                continue
            kept = {key: row for key, row in before.items() if key not in self.removed}
            kinds[kind] = dict(sorted((kept | changed.get(kind, {})).items()))
        return kinds


def _dangling(work: _Work) -> Iterator[Fault]:
    """Yield a fault for each element that still refers to one that the patch removes."""
    if not work.removed:
        return
    for _, element in work.estate.elements():
        if element.id in work.removed:
            continue
        _, current = work.changed.get(element.id, ("", element))
        for reference in references(current):
            if reference.target not in work.removed:
                continue
            key = str(reference.path[0])
            place = work.estate.place(element.id, key)
            where = f" ({place})" if place else ""
            yield Fault(
                code="CS143",
                message=(
                    f"remove: {quotable(reference.target)} is still named by "
                    f"{quotable(element.id)} in {key}{where}"
                ),
                place=work.patch.place("remove", work.removed[reference.target]),
                hint=f"Remove {quotable(element.id)} too, or set its {key} to something else.",
            )


def _emptied(patch: Patch, after: Mapping[str, Element]) -> Iterator[Fault]:
    if not after:
        message = "nothing would be left of the estate"
        hint = "Keep at least one element."
        yield Fault(code="CS120", message=message, place=patch.place("remove"), hint=hint)


def _given(element: Element) -> dict[str, object]:
    """Return the fields that were given, by key; the others hold their defaults."""
    names = _field_names(type(element))
    given = element.model_fields_set
    return {key: getattr(element, name) for key, name in names.items() if name in given}


def _field_names(model: type[BaseModel]) -> dict[str, str]:
    return {info.alias or name: name for name, info in model.model_fields.items()}
