"""A proposed change as it was written: what it is for, when, what it does, and instead of what.

"Do nothing" is an alternative of every change and is never written. Whether the patch fits an
estate is known only when it is applied (``counterseal.estate.patch``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from counterseal.canon import digest
from counterseal.documents import persondata, tree
from counterseal.documents.evidence import Grade
from counterseal.documents.validation import by_place, validate
from counterseal.documents.wording import did_you_mean, quotable
from counterseal.errors import Fault, InvalidDocumentError
from counterseal.estate.patch import Patch, patch_of
from counterseal.estate.written.files import ChangeFile, Dates, Defaults
from counterseal.estate.written.rows import Row, row_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.canon import Json
    from counterseal.documents.tree import Document, Path
    from counterseal.errors import Place
    from counterseal.estate.estate import Estate
    from counterseal.estate.kinds import ChangeKind, Stage
    from counterseal.estate.written.files import PatchFile

__all__ = ["Alternative", "Change", "check_authority", "parse"]

_ORDER = ("solicited", "selected", "awarded", "piloted", "integrated", "operated", "retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another way to meet the same need."""

    id: str
    title: str
    note: str
    patch: Patch


@dataclass(frozen=True, kw_only=True)
class Change:
    """A proposed change.

    Attributes:
        id: Its id, unique among the changes of a project.
        kind: What sort of change it is.
        title: What it is called.
        sponsor: Role that answers for it.
        stage: How far it has come.
        need: The threat or mission need it answers.
        authority: Id of the authority it rests on, in the estate or in what it adds.
        necessity: Why nothing less would do.
        dates: When its steps were taken; assessed after selected is valid, and a violation.
        patch: What it does.
        alternatives: Other ways; "do nothing" is implicit.
        document: Where it was written.
    """

    id: str
    kind: ChangeKind
    title: str
    stage: Stage
    sponsor: str = ""
    need: str = ""
    authority: str | None = None
    necessity: str = ""
    note: str = ""
    source: str = ""
    dates: Dates = field(default_factory=Dates)
    patch: Patch = field(default_factory=Patch)
    alternatives: tuple[Alternative, ...] = ()
    document: Document | None = field(default=None, compare=False, repr=False)

    def place(self, field_key: str = "") -> Place | None:
        """Return where a field (or the change) was written."""
        if self.document is None:
            return None
        return self.document.place((field_key,) if field_key else ())

    def as_json(self) -> dict[str, Json]:
        """Return the content with the keys of the YAML form."""
        content: dict[str, Json] = {
            "id": self.id,
            "kind": self.kind.value,
            "title": self.title,
            "sponsor": self.sponsor,
            "stage": self.stage.value,
            "need": self.need,
            "authority": self.authority,
            "necessity": self.necessity,
            "note": self.note,
            "source": self.source,
            "dates": self.dates.model_dump(mode="json", by_alias=True, exclude_none=True),
            "patch": self.patch.as_json(),
            "alternatives": [
                {
                    "id": other.id,
                    "title": other.title,
                    "note": other.note,
                    "patch": other.patch.as_json(),
                }
                for other in self.alternatives
            ],
        }
        return {key: item for key, item in content.items() if item not in ("", None, [], {})}

    @cached_property
    def digest(self) -> str:
        """``sha256:`` digest of the canonical content."""
        return digest(self.as_json())


def parse(data: bytes, *, file: str) -> Change:
    """Return the change that ``data`` describes.

    Raises:
        InvalidDocumentError: Every fault of the file, in order of place. Faults against the
            estate are raised when the patch is applied.
    """
    document = tree.parse(data, file=file)
    if people := persondata.faults(document):
        raise InvalidDocumentError(f"{file} is not valid", faults=people)
    if document.value is None:
        message = "the change is empty"
        hint = "A change has at least an id, a kind, a title, a stage and a patch."
        fault = Fault(code="CS120", message=message, place=document.place(), hint=hint)
        raise InvalidDocumentError(f"{file} is not valid", faults=(fault,))
    faults = list(_refused_rows(document))
    grade = _grade(document)
    try:
        content = validate(
            ChangeFile, document.value, document=document, context={"grade": grade}
        )
    except InvalidDocumentError as error:
        faults += _without_refused(error.faults, faults)
        raise InvalidDocumentError(f"{file} is not valid", faults=by_place(faults)) from None
    faults += _inconsistencies(content, document)
    if faults:
        raise InvalidDocumentError(f"{file} is not valid", faults=by_place(faults))
    return _change(content, document, grade=grade)


def check_authority(change: Change, after: Estate) -> Iterator[Fault]:
    """Yield a fault (CS122) when the authority of ``change`` is not one of ``after``."""
    if change.authority is not None and change.authority not in after.authorities:
        hint = did_you_mean(change.authority, after.authorities)
        yield Fault(
            code="CS122",
            message=f"authority: nothing has the id {quotable(change.authority)}",
            place=change.place("authority"),
            hint=hint or "Add an authority with this id to the estate or to the patch.",
        )


def _grade(document: Document) -> Grade:
    try:
        defaults = document.at(("defaults",))
        return validate(Defaults, defaults, document=document, path=("defaults",)).grade
    except (LookupError, InvalidDocumentError):  # the second is reported with all else
        return Grade.ASSUMED


def _refused_rows(document: Document) -> Iterator[Fault]:
    for path in _patch_paths(document):
        try:
            kinds = document.at((*path, "add"))
        except LookupError:
            continue
        for kind, rows in kinds.items() if isinstance(kinds, dict) else ():
            for index, value in enumerate(rows if isinstance(rows, list) else ()):
                here = (*path, "add", kind, index)
                row = Row(kind=kind, document=document, path=here, value=value, context={})
                yield from row_faults(row)


def _patch_paths(document: Document) -> Iterator[Path]:
    yield ("patch",)
    value = document.value
    others = value.get("alternatives") if isinstance(value, dict) else None
    for index in range(len(others) if isinstance(others, list) else 0):
        yield ("alternatives", index, "patch")


def _without_refused(faults: tuple[Fault, ...], refused: list[Fault]) -> Iterator[Fault]:
    """Yield the faults of other places than those already explained better."""
    places = {fault.place for fault in refused}
    yield from (fault for fault in faults if fault.place not in places)


def _inconsistencies(content: ChangeFile, document: Document) -> Iterator[Fault]:
    dated = [(name, day) for name in _ORDER if (day := getattr(content.dates, name))]
    for (earlier, first), (later, second) in pairwise(dated):
        if second < first:
            message = f"{later}: is before {earlier}"
            place = document.place(("dates", later))
            yield Fault(code="CS137", message=message, place=place, hint="Check both dates.")
    seen = {content.id}
    for index, other in enumerate(content.alternatives):
        if other.id in seen:
            message = f"the id {quotable(other.id)} is given twice in this change"
            place = document.place(("alternatives", index, "id"))
            yield Fault(code="CS121", message=message, place=place, hint="Rename one of them.")
        seen.add(other.id)


def _change(content: ChangeFile, document: Document, *, grade: Grade) -> Change:
    def patch(written: PatchFile, path: Path) -> Patch:
        return patch_of(written, document=document, path=path, grade=grade)

    return Change(
        id=content.id,
        kind=content.kind,
        title=content.title,
        stage=content.stage,
        sponsor=content.sponsor,
        need=content.need,
        authority=content.authority,
        necessity=content.necessity,
        note=content.note,
        source=content.source,
        dates=content.dates,
        patch=patch(content.patch, ("patch",)),
        alternatives=tuple(
            Alternative(
                id=other.id,
                title=other.title,
                note=other.note,
                patch=patch(other.patch, ("alternatives", index, "patch")),
            )
            for index, other in enumerate(content.alternatives)
        ),
        document=document,
    )
