"""What was released is kept by table, and nothing else is taken for it."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from counterseal.errors import InputError, UsageError
from counterseal.mosaic.tables.releases import Group, Released
from counterseal.mosaic.tables.source import Missing
from counterseal.workspace.tables.kept import SCHEMA, read

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = (
    Released(group=Group(columns=frozenset({"b", "a"}), below=2), count=20),
    Released(group=Group(columns=frozenset({"a"}), missing=Missing.WILDCARD, below=5), count=0),
    Released(group=Group(columns=frozenset({"a"}), told="illness"), count=33),
)


def table(folder: Path, text: str = "a\n1\n") -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read_again_each_once(tmp_path: Path) -> None:
    path, files = tmp_path / "kept.json", [table(tmp_path)]
    assert read(path, files).released == ()
    for _ in range(2):
        read(path, files).write(COUNTS)
    assert set(read(path, files).released) == set(COUNTS)
    assert len(read(path, files).released) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_table_has_its_own_counts(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    read(path, [table(tmp_path)]).write(COUNTS[:1])
    other = [table(tmp_path, "a\n2\n")]
    assert read(path, other).released == ()
    read(path, other).write(COUNTS[1:])
    assert read(path, [table(tmp_path)]).released == COUNTS[:1]


ROW = {"columns": ["a"], "missing": "own-value", "below": 2, "told": None, "count": 20}


@pytest.mark.parametrize(
    "content",
    [
        {"schema": "another/1", "tables": {}},
        {"schema": SCHEMA, "tables": []},
        {"schema": SCHEMA, "tables": {"t": {}}},
        {"schema": SCHEMA, "tables": {"t": [1]}},
        *(
            {"schema": SCHEMA, "tables": {"t": [{**ROW, key: {}}]}}
            for key in ("columns", "missing", "below", "told", "count")
        ),
        {"schema": SCHEMA, "tables": {"t": [{}]}},
    ],
)
def test_what_is_no_register_is_refused(tmp_path: Path, content: object) -> None:
    path = tmp_path / "kept.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match="no register"):
        read(path, [table(tmp_path)])


def test_a_table_or_register_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read .*absent\.csv"):
        read(tmp_path / "kept.json", [tmp_path / "absent.csv"])
    with pytest.raises(UsageError, match="not a file"):
        read(tmp_path, [table(tmp_path)])
