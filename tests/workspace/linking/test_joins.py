"""A sketch goes from one owner to the other as a file, and the secret goes nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from counterseal.errors import InputError, InvalidDocumentError, UsageError
from counterseal.mosaic.tables.sketches import derived
from counterseal.testing.tables import write_csv
from counterseal.workspace.linking.joins import (
    VARIABLE,
    compared,
    read_sketch,
    secret,
    sketched,
    written,
)
from counterseal.workspace.linking.reading import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from counterseal.mosaic.tables.sketches import Sketch

SECRET = "0123456789abcdef" * 2


def people(path: Path, numbers: range) -> Path:
    return write_csv(path, ("id", "born"), [(f"id{n}", f"{1900 + n % 90}") for n in numbers])


def sketch(path: Path, *columns: str, text: str = SECRET) -> Sketch:
    key = derived(text.encode())
    return sketched([path], columns or ("id",), key=key, reading=Reading(), size=64)[0]


def test_a_sketch_comes_back_as_it_was_written(tmp_path: Path) -> None:
    own = sketch(people(tmp_path / "a.csv", range(200)))
    written(own, tmp_path / "a.sketch")
    assert read_sketch(tmp_path / "a.sketch") == own
    text = (tmp_path / "a.sketch").read_text(encoding="utf-8")
    assert "id1" not in text
    assert SECRET not in text


def test_two_owners_learn_how_far_their_tables_join(tmp_path: Path) -> None:
    first = sketch(people(tmp_path / "a.csv", range(2_000)))
    second = sketch(people(tmp_path / "b.csv", range(1_000, 3_500)))
    found: dict[str, Any] = dict(compared(first, second, minimum=11))
    contained = found["tables"][0]["contained_in_other"]
    low, high = contained["interval"]
    assert low <= 0.5 <= high
    count_low, count_high = found["common"]["interval"]
    assert count_low <= 1_000 <= count_high


def test_the_queries_that_are_shown_hold_no_secret(tmp_path: Path) -> None:
    key = derived(SECRET.encode())
    path = people(tmp_path / "a.csv", range(50))
    _, asked = sketched([path], ["id", "born"], key=key, reading=Reading(), size=64)
    text = json.dumps(asked)
    assert key.inner not in text
    assert key.outer not in text
    assert "MD5" in text


def test_the_secret_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    path.write_text(SECRET + "\n", encoding="ascii")
    monkeypatch.setenv(VARIABLE, SECRET)
    assert secret(path) == secret(None) == derived(SECRET.encode())
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(UsageError, match="secret"):
        secret(None)
    path.write_text("short", encoding="ascii")
    with pytest.raises(InputError):
        secret(path)


def test_a_file_that_is_no_sketch_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.sketch"
    path.write_text('{"schema": "counterseal-sketch/1", "key": "zz"}', encoding="ascii")
    with pytest.raises(InvalidDocumentError):
        read_sketch(path)
