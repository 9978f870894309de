"""The review document (``counterseal-review/1``): one typed value, read from JSON.

A report is written from this document alone (and from a scene, for the picture).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import ValidationError

from counterseal.canon import canonical
from counterseal.errors import Fault, InvalidDocumentError
from counterseal.report.sections import ReviewDocument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json

__all__ = ["SCHEMA", "ReviewDocument", "as_document", "encode", "json_schema", "parse"]

SCHEMA = "counterseal-review/1"


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
