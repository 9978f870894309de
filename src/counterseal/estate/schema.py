"""JSON Schema 2020-12 of estate and change files, for editors.

The schema is generated from the records that the loader uses. It knows the shape of a file;
what depends on more than one place (ids, references, chains) only the loader knows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeGuard, cast

from counterseal.estate.written.files import ChangeFile, EstateFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.documents.record import Record

__all__ = ["change_json_schema", "json_schema", "render"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Json]:
    """Return the schema of one file of an estate."""
    return _schema(EstateFile, title="Counterseal estate file")


def change_json_schema() -> dict[str, Json]:
    """Return the schema of a change file."""
    return _schema(ChangeFile, title="Counterseal change file")


def render() -> Mapping[str, bytes]:
    """Return the schema files that are shipped in ``counterseal/estate/data``, by name."""
    schemas = {
        "estate.schema.json": json_schema(),
        "change.schema.json": change_json_schema(),
    }
    return {
        name: (json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
        for name, schema in schemas.items()
    }


def _schema(record: type[Record], *, title: str) -> dict[str, Json]:
    generated = record.model_json_schema(by_alias=True, mode="validation")
    schema = cast("dict[str, Json]", _without_defaults(_with_short_names(generated)))
    return {"$schema": _DIALECT, **schema, "title": title}


def _without_defaults(schema: Json, *, is_properties: bool = False) -> Json:
    """Drop generated titles and defaults: an editor should insert neither into an estate."""
    if isinstance(schema, dict):
        return {
            key: _without_defaults(item, is_properties=key in {"properties", "$defs"})
            for key, item in schema.items()
            if is_properties or key not in {"default", "title"}
        }
    if isinstance(schema, list):
        return [_without_defaults(item) for item in schema]
    return schema


def _with_short_names(generated: Mapping[str, Json]) -> Json:
    """Name each kind of fact by what its value may be, not by the type expression behind it."""
    definitions = cast("Mapping[str, Json]", generated["$defs"])
    text = json.dumps(generated)
    for name, definition in definitions.items():
        if name.startswith("Fact_"):
            options = cast("Mapping[str, list[dict[str, Json]]]", definition)["anyOf"]
            text = text.replace(f'{name}"', f'Fact-{_words(options[0])}"')
    return cast("Json", json.loads(text))


def _words(option: Mapping[str, Json]) -> str:
    if "$ref" in option:
        return str(option["$ref"]).rsplit("/", maxsplit=1)[-1]
    if "enum" in option:
        return "-".join(str(word) for word in cast("list[str]", option["enum"]))
    kind = str(option.get("format", option.get("type", "value")))
    bounds = [f"{key}-{option[key]:g}" for key in sorted(option) if _is_number(option[key])]
    return "-".join([kind, *bounds])


def _is_number(value: Json) -> TypeGuard[int | float]:
    return isinstance(value, int | float)
