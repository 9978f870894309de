"""The schema for editors is valid, current, and agrees with the loader about shapes."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError

from counterseal.documents.tree import parse
from counterseal.estate.dump import to_files
from counterseal.estate.schema import change_json_schema, json_schema, render
from counterseal.estate.written.values import plain
from counterseal.testing.strategies import contents, estates

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

ESTATE = Draft202012Validator(json_schema(), format_checker=FormatChecker())
CHANGE = Draft202012Validator(change_json_schema(), format_checker=FormatChecker())
EXAMPLES = Path(__file__).parents[2] / "examples"

SHAPE_ERRORS = [
    "sytems: []",
    "systems: {a: 1}",
    "zones: [{id: core, kind: on-premises}]",
    "zones: [{id: core, kind: on-premise, operator: o}]",
    "zones: [{id: Core, kind: field, operator: o}]",
    "zones: [{id: core, kind: field, operator: o, baseline: {valu: high}}]",
    "zones: [{id: core, kind: field, operator: o, baseline: highest}]",
    "populations: [{id: p, size: 3}]",
    "populations: [{id: p, size: {value: 30, grade: sure}}]",
    "grants: [{id: g, organization: o, role: r, system: s, privilege: use, mfa: 'yes'}]",
    "grants: [{id: g, organization: o, role: r, system: s, privilege: use, nationality: x}]",
    "grants: [{id: g, organization: o, role: r, system: s, privilege: use, expiry: soon}]",
    "controls: [{id: c, control: ac2, on: [x], state: absent}]",
    "defaults: {grade: sure}",
]


def content(data: bytes) -> object:
    return plain(parse(data, file="f.yaml").value)


@pytest.mark.parametrize("name", ["estate.schema.json", "change.schema.json"])
def test_the_shipped_schema_is_current_and_valid(name: str) -> None:
    shipped = resources.files("counterseal.estate").joinpath("data", name).read_bytes()
    assert shipped == render()[name], "write schema.render() to src/counterseal/estate/data"
    schema = json.loads(shipped)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        pytest.fail(str(error))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(contents())
def test_the_schema_accepts_whatever_the_loader_accepts(rows: dict[str, object]) -> None:
    assert not list(ESTATE.iter_errors(rows))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(estates())
def test_the_schema_accepts_what_is_dumped(estate: Estate) -> None:
    for data in to_files(estate).values():
        assert not list(ESTATE.iter_errors(content(data)))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/estate/*.yaml")), ids=lambda p: p.stem)
def test_the_schema_accepts_the_examples(path: Path) -> None:
    assert not list(ESTATE.iter_errors(content(path.read_bytes())))


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*/changes/*.yaml")), ids=lambda p: p.stem
)
def test_the_schema_accepts_the_changes_of_the_examples(path: Path) -> None:
    assert not list(CHANGE.iter_errors(content(path.read_bytes())))


@pytest.mark.parametrize("text", SHAPE_ERRORS)
def test_the_schema_rejects_an_error_of_shape(text: str) -> None:
    assert list(ESTATE.iter_errors(content(text.encode())))


def test_the_schema_knows_the_three_forms_of_a_fact() -> None:
    for size in (40, "unknown", {"value": 40, "low": 30, "as-of": "2021-03-01"}):
        row = {"populations": [{"id": "p", "size": size}]}
        assert not list(ESTATE.iter_errors(row))


def test_the_schema_of_changes_rejects_an_error_of_shape() -> None:
    good = {"id": "c", "kind": "access", "title": "T", "stage": "need"}
    assert not list(CHANGE.iter_errors(good))
    for wrong in ({"stage": "soon"}, {"patch": {"remove": "x"}}, {"sponser": "x"}):
        assert list(CHANGE.iter_errors(good | wrong))
