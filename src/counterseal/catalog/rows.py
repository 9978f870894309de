"""A table of the catalog: a list of rows under one key, unique by id, each with a citation."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Record
from counterseal.documents.validation import validate
from counterseal.errors import Fault, InvalidDocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.documents.tree import Document

__all__ = ["CITATION_CODE", "REFERENCE_CODE", "Row", "rows"]

REFERENCE_CODE = "CS200"
TABLE_CODE = "CS201"
DUPLICATE_CODE = "CS202"
CITATION_CODE = "CS203"
ALIASES = "aliases"


class Row(Record):
    """What every row of a table may say about its evidence.

    Attributes:
        id: Unique in its table.
        grade: How well the row is known; ``elicited`` rows are wide on purpose.
        citations: What it leans on; for an elicited row, what the judgement started from.
        note: What a reader must know before relying on it.
    """

    id: str
    grade: Grade = Grade.ELICITED
    citations: tuple[str, ...] = ()
    note: str = ""


R = TypeVar("R", bound=Row)


def rows(document: Document, *, table: str, model: type[R]) -> Mapping[str, R]:
    """Return the rows of one table by id, in order of id.

    Raises:
        InvalidDocumentError: The table is missing or not a list, a row is not valid, an id is
            given twice, or a row cites nothing; every fault with its place.
    """
    content = document.value
    found = content.get(table) if isinstance(content, dict) else None
    strange = sorted(set(content) - {table, ALIASES}) if isinstance(content, dict) else []
    if not isinstance(found, list) or strange:
        fault = Fault(
            code=TABLE_CODE,
            message=f"expected a list of rows under the key '{table}' and nothing else",
            hint=f"Values that several rows share may stand under the key '{ALIASES}'.",
            place=document.place(()),
        )
        raise InvalidDocumentError(f"{document.file} is not a catalog table", faults=(fault,))
    faults: list[Fault] = []
    known: dict[str, R] = {}
    for index, value in enumerate(found):
        path = (table, index)
        try:
            row = validate(model, value, document=document, path=path)
        except InvalidDocumentError as error:
            faults += error.faults
            continue
        faults += _row_faults(row, known, document, path)
        known[row.id] = row
    if faults:
        message = f"{document.file}: {len(faults)} fault(s)"
        raise InvalidDocumentError(message, faults=tuple(faults))
    return MappingProxyType({key: known[key] for key in sorted(known)})


def _row_faults(
    row: R, known: Mapping[str, R], document: Document, path: tuple[str | int, ...]
) -> list[Fault]:
    place = document.place(path)
    faults = []
    if row.id in known:
        message = f"'{row.id}' is defined twice in this table"
        faults.append(Fault(code=DUPLICATE_CODE, message=message, place=place))
    if not any(citation.strip() for citation in row.citations):
        hint = "Add `citations: [...]`; an elicited row says what the judgement started from."
        message = f"'{row.id}' cites nothing"
        faults.append(Fault(code=CITATION_CODE, message=message, place=place, hint=hint))
    return faults
