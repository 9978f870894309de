"""Joinability of two tables by sketches; the secret is read here and shown nowhere."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import Field

from counterseal.canon import canonical
from counterseal.documents.record import Flag, Record, Whole
from counterseal.documents.tree import parse
from counterseal.documents.validation import validate
from counterseal.errors import UsageError
from counterseal.mosaic.tables import sketches
from counterseal.mosaic.tables.sketches import Sketch, derived
from counterseal.workspace.files import read_bytes, write_bytes
from counterseal.workspace.linking.reading import estimated, open_tables, silent, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from counterseal.canon import Json
    from counterseal.mosaic.tables.sketches import Joinability, KeyHalves
    from counterseal.workspace.linking.reading import Reading

    Advance = Callable[[int, int], None]

__all__ = ["VARIABLE", "compared", "read_sketch", "secret", "sketched", "written"]

VARIABLE: Final = "COUNTERSEAL_SKETCH_KEY"
"""Variable of the environment with the secret, where no file is named."""

_SCHEMA: Final = "counterseal-sketch/1"


class SketchFile(Record):
    """A sketch as its owner hands it on."""

    schema_: str = Field(pattern=f"^{_SCHEMA}$")
    key: str = Field(pattern="^[0-9a-f]{16}$")
    parts: Whole = Field(ge=1)
    size: Whole = Field(ge=sketches.FEWEST, le=sketches.MOST)
    records: Whole = Field(ge=0)
    without: Whole = Field(ge=0)
    values: tuple[Whole, ...]
    alone: tuple[Flag, ...]


def secret(path: Path | None) -> KeyHalves:
    """Return what the secret in a file, or in the environment, becomes.

    Raises:
        UsageError: There is no such file, and nothing in the environment.
        InputError: The secret is too short.
    """
    if path is not None:
        return derived(read_bytes(path, limit=65_536))
    text = os.environ.get(VARIABLE)
    if text is None:
        raise UsageError(
            "sketches need a secret that both owners have",
            hint=f"name a file with --key-file, or set {VARIABLE}",
        )
    return derived(text.encode())


def sketched(
    files: Sequence[Path],
    names: Sequence[str],
    *,
    key: KeyHalves,
    reading: Reading,
    size: int = sketches.SIZE,
    advance: Advance = silent,
) -> tuple[Sketch, list[Json]]:
    """Return the sketch of a key, and the queries that made it.

    The halves of the secret are put into a file that only this account can read, for as long as
    it takes, so that no query holds them.

    Raises:
        InputError: A file or column is missing or not what it should be.
        TooSmallError: Too few records have the key.
    """
    with _key_file(key) as path:
        tables = {"data": files, sketches.KEY_NAME: [path]}
        with open_tables(tables, reading, advance) as sources:
            found = sketches.measure(
                sources["data"], names, key=key, size=size, minimum=reading.minimum
            )
            return found, statements([sources["data"]])


def compared(first: Sketch, second: Sketch, *, minimum: int) -> dict[str, Json]:
    """Return how far two tables can be joined, as a document.

    Raises:
        InputError: The sketches were made with different secrets or for different keys.
    """
    found = sketches.joinability(first, second, minimum=minimum)
    return {
        "schema": "counterseal-mosaic-join/1",
        "minimum_cell": minimum,
        "tables": [_table(sketch, found, side) for side, sketch in enumerate((first, second))],
        "common": estimated(found.common),
        "jaccard": estimated(found.jaccard),
    }


def written(sketch: Sketch, path: Path) -> None:
    """Write a sketch to a file for the owner of the other table."""
    document: dict[str, Json] = {
        "schema": _SCHEMA,
        "key": sketch.key,
        "parts": sketch.parts,
        "size": sketch.size,
        "records": sketch.records,
        "without": sketch.without,
        "values": list(sketch.values),
        "alone": list(sketch.alone),
    }
    write_bytes(path, canonical(document))


def read_sketch(path: Path) -> Sketch:
    """Return a sketch that somebody wrote.

    Raises:
        UsageError: There is no such file.
        InvalidDocumentError: It is no sketch.
    """
    document = parse(read_bytes(path), file=path.name)
    found = validate(SketchFile, document.value, document=document)
    return Sketch(
        values=found.values,
        alone=found.alone,
        size=found.size,
        records=found.records,
        without=found.without,
        parts=found.parts,
        key=found.key,
    )


def _table(sketch: Sketch, found: Joinability, side: int) -> dict[str, Json]:
    containment = None if found.containment is None else found.containment[side]
    return {
        "records": sketch.records,
        "without_key": sketch.without,
        "is_complete": sketch.is_complete,
        "distinct": estimated(found.distinct[side]),
        "key_uniqueness": estimated(found.uniqueness[side]),
        "contained_in_other": estimated(containment),
    }


@contextmanager
def _key_file(key: KeyHalves) -> Iterator[Path]:
    """Give a file with the halves of a secret, in a folder of its own, and take it away."""
    with tempfile.TemporaryDirectory(prefix="counterseal-") as folder:
        path = Path(folder) / "key.csv"
        write_bytes(path, f"inner,outer\n{key.inner},{key.outer}\n".encode())
        yield path
