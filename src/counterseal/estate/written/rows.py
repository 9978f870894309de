"""One element as it was written, before it is a record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import ValidationError

from counterseal.documents.validation import faults_of
from counterseal.documents.wording import describe
from counterseal.errors import Fault, InvalidDocumentError
from counterseal.estate.estate import KINDS
from counterseal.estate.records import MINIMUM_CELL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.documents.tree import Document, Path, Tree
    from counterseal.estate.records import Element

__all__ = ["NOUNS", "Row", "record_of", "row_faults"]

NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "organizations": "an organization",
        "zones": "a zone",
        "systems": "a system",
        "populations": "a population",
        "holdings": "a holding",
        "links": "a link",
        "grants": "a grant",
        "controls": "a control",
        "knowledge": "a knowledge item",
        "contracts": "a contract",
        "feeds": "a feed",
        "authorities": "an authority",
        "history": "a history entry",
    }
)
"""What one element of each kind is called in a sentence."""

_ORIGIN_OF_STAFF = frozenset(
    {
        "nationality",
        "nationalities",
        "national-origin",
        "origin-country",
        "country-of-birth",
        "birth-country",
        "birth-place",
        "citizenship",
        "citizenships",
        "ethnicity",
        "ethnic-origin",
        "race",
        "religion",
        "ancestry",
        "native-language",
        "family",
        "family-ties",
        "relatives",
    }
)
_STAFFED = frozenset({"grants", "organizations", "contracts", "systems", "zones", "knowledge"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What stands at ``path`` of ``document`` in the list of ``kind``."""

    kind: str
    document: Document
    path: Path
    value: Tree
    context: dict[str, object]

    @property
    def id(self) -> str:
        """The id as written, or ``""`` when there is none that is text."""
        written = self.value.get("id") if isinstance(self.value, dict) else None
        return written if isinstance(written, str) else ""

    @property
    def fields(self) -> Tree:
        """The value without the keys that ``row_faults`` has already spoken about."""
        if not isinstance(self.value, dict):
            return self.value
        return {
            key: item
            for key, item in self.value.items()
            if item is not None and not _is_origin_of_staff(self.kind, key)
        }


def record_of(row: Row) -> Element:
    """Return the row as a record.

    Raises:
        InvalidDocumentError: With every fault of the row but those of ``row_faults``.
    """
    model = KINDS[row.kind]
    try:
        return model.model_validate(row.fields, context=row.context)
    except ValidationError as error:
        faults = faults_of(error, model=model, document=row.document, path=row.path)
        raise InvalidDocumentError(
            f"{row.document.file} is not valid",
            faults=tuple(_explained(fault, row.kind) for fault in faults),
        ) from None


def row_faults(row: Row) -> Iterator[Fault]:
    """Yield faults that a record could not explain: blank fields, and origin of staff (N3)."""
    if not isinstance(row.value, dict):
        return
    for key, item in row.value.items():
        if _is_origin_of_staff(row.kind, key):
            yield Fault(
                code="CS118",
                message=f"'{key}' is refused: no field holds origin, belief or family of staff",
                place=row.document.key_place((*row.path, key)),
                hint="State access (privilege, headcount, expiry) or ownership of the entity.",
            )
        elif item is None:
            yield Fault(
                code="CS113",
                message=f"{key}: expected a value; found {describe(item)}",
                place=row.document.key_place((*row.path, key)),
                hint="Write a value, or delete the key; a fact may be 'unknown'.",
            )


def _explained(fault: Fault, kind: str) -> Fault:
    """Return ``fault`` with advice that only this kind of element calls for."""
    if fault.code == "CS115" and kind == "populations" and "size:" in fault.message:
        hint = f"Describe a wider class: a population has at least {MINIMUM_CELL} members."
        return replace(fault, hint=hint)
    return fault


@lru_cache(maxsize=4096)
def _is_origin_of_staff(kind: str, key: str) -> bool:
    return kind in _STAFFED and key.lower().replace("_", "-") in _ORIGIN_OF_STAFF
