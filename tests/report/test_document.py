"""A review document is read with every fault named, and its JSON Schema agrees."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema
import pytest

from counterseal.errors import InvalidDocumentError
from counterseal.report.document import encode, json_schema, parse

if TYPE_CHECKING:
    from types import ModuleType

SHIPPED = resources.files("counterseal.report") / "data" / "review.schema.json"


def test_the_shipped_schema_is_that_of_the_types() -> None:
    assert json.loads(SHIPPED.read_text(encoding="utf-8")) == json_schema()


def test_a_review_fits_the_shipped_schema(fiction: ModuleType) -> None:
    schema = json.loads(SHIPPED.read_text(encoding="utf-8"))
    review = fiction.document()
    jsonschema.validate(json.loads(json.dumps(review)), schema)


def test_another_schema_name_is_refused(fiction: ModuleType) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(fiction.document() | {"schema": "counterseal-review/2"})
    assert "schema" in caught.value.faults[0].message


def test_bytes_that_are_not_json_are_refused() -> None:
    with pytest.raises(InvalidDocumentError, match="not a valid review document"):
        parse(b"{")


def test_a_missing_verdict_is_refused(fiction: ModuleType) -> None:
    review = fiction.document()
    del review["verdict"]
    with pytest.raises(InvalidDocumentError):
        parse(review)


def test_unknown_keys_are_ignored(fiction: ModuleType) -> None:
    assert parse(fiction.document() | {"later": 1}) == parse(fiction.document())


def test_the_json_report_is_the_document_itself(fiction: ModuleType) -> None:
    written = encode(fiction.document())
    assert json.loads(written) == json.loads(json.dumps(fiction.document()))
    assert written.endswith(b"}\n")


def test_a_path_without_a_cut_is_not_shown(fiction: ModuleType) -> None:
    review = parse(fiction.document() | {"cuts": []})
    assert review.worst_path
    assert review.shown_path == ()


def test_the_worst_comparison_has_the_highest_probability(fiction: ModuleType) -> None:
    worst = parse(fiction.document()).worst_headline
    assert worst is not None
    assert worst.p_worse == 0.97
