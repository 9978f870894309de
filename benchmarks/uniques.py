"""Minimal sample uniques: right where PyPI's suda is wrong, and how much sooner."""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

import argparse
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import duckdb
from measuring import Goal, Section, in_child, note, number

from counterseal.mosaic.tables.uniques import measure
from counterseal.workspace.tables import Limits, opened

__all__ = ["measured"]

ROWS = 1_000_000
LARGEST = 3
LEAST_RATIO = 50.0
COLUMNS = {
    "age": 90,
    "sex": 2,
    "region": 56,
    "marital": 7,
    "race": 5,
    "education": 16,
    "occupation": 15,
    "country": 40,
}
"""Columns and how many values each has; the frequent ones are far more frequent."""

GUIDE_COLUMNS = ("Residence", "Gender", "Education level", "Labor status")
GUIDE = (
    ("Urban", "Female", "Secondary incomplete", "Employed"),
    ("Urban", "Female", "Secondary incomplete", "Employed"),
    ("Urban", "Female", "Primary incomplete", "Non-LF"),
    ("Urban", "Male", "Secondary complete", "Employed"),
    ("Rural", "Female", "Secondary complete", "Unemployed"),
    ("Urban", "Male", "Secondary complete", "Employed"),
    ("Urban", "Female", "Primary complete", "Non-LF"),
    ("Urban", "Male", "Post-secondary", "Unemployed"),
    ("Urban", "Female", "Secondary incomplete", "Non-LF"),
    ("Urban", "Female", "Secondary incomplete", "Non-LF"),
)
GUIDE_SCORES = (0, 0, 6, 0, 12, 0, 6, 10, 0, 0)

NOTE = """\
Minimal sample uniques of at most three of eight columns, with scores and contributions, from a
Parquet file on disk to the result, two threads; suda is given a data frame that is already in
memory. The records are made up, with skewed values. The guide's example is the ten records of
the SDC Practice Guide, "Calculating SUDA scores": a superset of a minimal unique is none, and
suda counts it."""


def _written(folder: Path, rows: int) -> Path:
    """Write a table of so many rows; the same on every machine."""
    path = folder / "table.parquet"
    parts = ", ".join(
        f"CAST(floor({most} * power((hash(range * 8 + {i}) % 1000003) / 1000003.0, 3))"
        f' AS SMALLINT) AS "{name}"'
        for i, (name, most) in enumerate(COLUMNS.items())
    )
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"COPY (SELECT {parts} FROM range({rows})) TO '{path}'")
    return path


def _ours(path: Path) -> tuple[float, float, int]:
    """Return seconds on the wall and of the processor, and records with a minimal unique."""
    wall, processor = time.perf_counter(), time.process_time()
    with opened({"data": [path]}, limits=Limits(threads=2)) as sources:
        found = measure(sources["data"], tuple(COLUMNS), largest=LARGEST)
    seconds = time.perf_counter() - wall, time.process_time() - processor
    return *seconds, found.special or 0


def _spread(rows: tuple[tuple[str, ...], ...]) -> list[int]:
    """Return our scores of the records of the guide, from the lowest."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "guide.csv"
        head = ",".join(f'"{column}"' for column in GUIDE_COLUMNS)
        path.write_text("\n".join([head, *map(",".join, rows)]) + "\n", encoding="utf-8")
        with opened({"data": [path]}) as sources:
            found = measure(sources["data"], GUIDE_COLUMNS, largest=LARGEST, minimum=1)
    return [band.low for band in found.bands for _ in range(band.records)]


def _suda_guide() -> list[int]:
    """Return the scores that suda gives the records of the guide."""
    import pandas as pd  # noqa: PLC0415 - comes with the peer
    from suda import suda  # noqa: PLC0415 - a peer, only where it is installed

    table = pd.DataFrame(list(GUIDE), columns=list(GUIDE_COLUMNS))
    return [int(score) for score in suda(table, max_msu=LARGEST)["suda"]]


def _suda(path: Path) -> tuple[float, float]:
    """Return seconds that suda takes, on the wall and of the processor."""
    import pandas as pd  # noqa: PLC0415 - comes with the peer
    from suda import suda  # noqa: PLC0415 - a peer, only where it is installed

    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT * FROM read_parquet('{path}')").fetchnumpy()
    table = pd.DataFrame(dict(rows))
    wall, processor = time.perf_counter(), time.process_time()
    suda(table, max_msu=LARGEST)
    return time.perf_counter() - wall, time.process_time() - processor


def measured(rows: int = ROWS) -> Section:
    """Return special uniques of ours and of suda, right or wrong, and how long each takes."""
    note(f"uniques, {rows:,} rows")
    told = f"{rows:,} rows"
    with tempfile.TemporaryDirectory() as name:
        path = _written(Path(name), rows)
        runs = sorted(in_child(_ours, path) for _ in range(3))
        wall, processor, special = runs[1]
        lines = [
            ["ours", "guide's example", _verdict(sorted(GUIDE_SCORES) == _spread(GUIDE)), ""],
            ["ours", told, f"{number(wall)} s", f"{number(processor)} s"],
        ]
        goals = []
        if find_spec("suda") is None:
            lines.append(["suda", told, "not installed", ""])
        else:
            more, goals = _peer(path, wall, told)
            lines += more
    return Section(
        title="Special uniques",
        note=NOTE,
        head=["", "table", "time", "processor time"],
        rows=lines,
        goals=goals,
        after=f"{special:,} of {told} have a minimal sample unique.",
    )


def _peer(path: Path, wall: float, told: str) -> tuple[list[list[str]], list[Goal]]:
    """Return what suda says of the guide's example, and how long it takes."""
    scores = in_child(_suda_guide)
    right = _verdict(scores == list(GUIDE_SCORES))
    listed = ", ".join(map(str, scores))
    note("uniques, suda")
    seconds, processor = in_child(_suda, path)
    ratio = seconds / wall
    goal = Goal(
        number="13",
        text="suda / ours, minimal sample uniques of 1 M rows",
        found=ratio,
        bound=LEAST_RATIO,
        unit=" x",
    )
    return [
        ["suda", "guide's example", f"{right}: {listed}", ""],
        [
            "suda",
            told,
            f"{number(seconds)} s, {number(ratio)} x ours",
            f"{number(processor)} s",
        ],
    ], [goal]


def _verdict(is_right: bool) -> str:  # noqa: FBT001 - what is said of it
    return "right" if is_right else "**wrong**"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    measured(parser.parse_args().rows).show()
