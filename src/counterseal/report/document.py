"""The review document (``counterseal-review/1``): one typed value, read from JSON.

A report is written from this document alone (and from a scene, for the picture).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError

from counterseal.canon import canonical
from counterseal.errors import Fault, InvalidDocumentError
from counterseal.report.sections import (
    Alternative,
    BreadthDepth,
    ChangeSection,
    ConditionLine,
    Curve,
    CutLine,
    Digests,
    EvidenceSection,
    FlipSection,
    HeadlineLine,
    Hop,
    MeasureLine,
    NewlyPossible,
    PrecedenceNote,
    Section,
    Text,
    ValueLine,
    VerdictSection,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json

__all__ = ["SCHEMA", "ReviewDocument", "as_document", "encode", "json_schema", "parse"]

SCHEMA = "counterseal-review/1"


class ReviewDocument(Section):
    """Everything that a report says about one reviewed change."""

    schema_: Literal["counterseal-review/1"] = Field(alias="schema")
    change: ChangeSection
    verdict: VerdictSection
    headline: tuple[HeadlineLine, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    became_possible: tuple[NewlyPossible, ...] = ()
    worst_path: tuple[Hop, ...] = ()
    cuts: tuple[CutLine, ...] = ()
    conditions: tuple[ConditionLine, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    flip: FlipSection = FlipSection()
    evidence: EvidenceSection = EvidenceSection()
    breadth_depth: BreadthDepth | None = None
    precedence: tuple[PrecedenceNote, ...] = ()
    limits: tuple[Text, ...] = ()
    curves: tuple[Curve, ...] = ()
    value: tuple[ValueLine, ...] = ()
    digests: Digests = Digests()
    exit: int = Field(default=0, ge=0, le=5)

    @property
    def shown_path(self) -> tuple[Hop, ...]:
        """The worst path, or nothing when no cut goes with it (requirement N5)."""
        return self.worst_path if self.cuts else ()

    @property
    def chosen_conditions(self) -> tuple[ConditionLine, ...]:
        """The smallest set of conditions found that changes the verdict."""
        return tuple(line for line in self.conditions if line.chosen)

    @property
    def worst_headline(self) -> HeadlineLine | None:
        """The comparison most probably worse after than before; the first among equals."""
        known = [line for line in self.headline if line.p_worse is not None]
        return max(known, key=lambda line: line.p_worse or 0.0, default=None)


def parse(value: Mapping[str, Json] | bytes) -> ReviewDocument:
    """Read a review document from JSON bytes or from a parsed object.

    Raises:
        InvalidDocumentError: It is not JSON, or not a ``counterseal-review/1`` document.
    """
    try:
        if isinstance(value, bytes):
            return ReviewDocument.model_validate(json.loads(value))
        return ReviewDocument.model_validate(value)
    except ValidationError as error:
        faults = tuple(
            Fault(code="CS190", message=f"{'.'.join(map(str, e['loc']))}: {e['msg']}")
            for e in error.errors(include_url=False, include_input=False)
        )
        raise InvalidDocumentError("not a valid review document", faults=faults) from error
    except ValueError as error:
        fault = Fault(code="CS190", message=f"not JSON: {error}")
        raise InvalidDocumentError("not a valid review document", faults=(fault,)) from error


def as_document(value: ReviewDocument | Mapping[str, Json]) -> ReviewDocument:
    """Return ``value`` as a typed document, parsing it when it is not one yet."""
    return value if isinstance(value, ReviewDocument) else parse(value)


def encode(value: Mapping[str, Json]) -> bytes:
    """Return the JSON report: the document itself, checked, in canonical form, one line.

    Raises:
        InvalidDocumentError: It is not a ``counterseal-review/1`` document.
    """
    parse(value)
    return canonical(value) + b"\n"


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of the document, as in ``data/review.schema.json``."""
    schema: dict[str, object] = ReviewDocument.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA}",
        **schema,
        "title": SCHEMA,
    }
