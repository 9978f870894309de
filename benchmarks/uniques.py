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
EVEN = {
    "age": (90, 3.0),
    "sex": (2, 3.0),
    "region": (56, 3.0),
    "marital": (7, 3.0),
    "race": (5, 3.0),
    "education": (16, 3.0),
    "occupation": (15, 3.0),
    "country": (40, 3.0),
}
RARE = {
    "age": (90, 2.0),
    "sex": (2, 2.0),
    "marital": (7, 2.0),
    "education": (16, 2.0),
    "birthplace": (40_000, -1.0),
    "occupation": (40_000, -0.9),
    "employer": (40_000, -1.1),
    "postcode": (40_000, -1.1),
}
TABLES = {"few values": EVEN, "rare values": RARE}
"""Columns, with the most values and the power of a uniform number that a value is: a positive
power makes some values far more frequent, a negative one gives a long tail of rare values."""

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
memory. The records are made up: `few values` has skewed columns of 2 to 90 values, `rare
values` four columns with a long tail, as names and places have. The guide's example is the ten
records of the SDC Practice Guide, "Calculating SUDA scores": a superset of a minimal unique is
none, and suda counts it."""


def _written(folder: Path, table: str, rows: int) -> Path:
    """Write a table of so many rows; the same on every machine."""
    path = folder / f"{table}.parquet"
    parts = ", ".join(
        f"CAST({_value(i, most, power)} AS INTEGER) AS {name}"
        for i, (name, (most, power)) in enumerate(TABLES[table].items())
    )
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"COPY (SELECT {parts} FROM range({rows})) TO '{path}'")
    return path


def _value(column: int, most: int, power: float) -> str:
    uniform = f"((hash(range * 8 + {column}) % 1000003 + 1) / 1000004.0)"
    if power > 0.0:
        return f"floor({most} * power({uniform}, {power}))"
    return f"least(floor(power({uniform}, {power})), {most})"


def _ours(path: Path, table: str) -> tuple[float, float, int]:
    """Return seconds on the wall and of the processor, and records with a minimal unique."""
    wall, processor = time.perf_counter(), time.process_time()
    with opened({"data": [path]}, limits=Limits(threads=2)) as sources:
        found = measure(sources["data"], tuple(TABLES[table]), largest=LARGEST)
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
    is_here = find_spec("suda") is not None
    lines = [["ours", "guide's example", _verdict(sorted(GUIDE_SCORES) == _spread(GUIDE)), ""]]
    if is_here:
        scores = in_child(_suda_guide)
        right = _verdict(scores == list(GUIDE_SCORES))
        lines.append(["suda", "guide's example", f"{right}: {', '.join(map(str, scores))}", ""])
    goals = []
    with tempfile.TemporaryDirectory() as name:
        for table in TABLES:
            note(f"uniques, {table}")
            path = _written(Path(name), table, rows)
            runs = sorted(in_child(_ours, path, table) for _ in range(3))
            wall, processor, special = runs[1]
            told = f"{table}, {rows:,} rows, {number(100 * special / rows)} % special"
            lines.append(["ours", told, f"{number(wall)} s", f"{number(processor)} s"])
            if is_here:
                line, goal = _peer(path, table, wall)
                lines.append(line)
                goals.append(goal)
            else:
                lines.append(["suda", table, "not installed", ""])
    head = ["", "table", "time", "processor time"]
    return Section(title="Special uniques", note=NOTE, head=head, rows=lines, goals=goals)


def _peer(path: Path, table: str, wall: float) -> tuple[list[str], Goal]:
    """Return how long suda takes."""
    note(f"uniques, suda, {table}")
    seconds, processor = in_child(_suda, path)
    ratio = seconds / wall
    goal = Goal(
        number="13",
        text=f"suda / ours, minimal sample uniques, {table}",
        found=ratio,
        bound=LEAST_RATIO,
        unit=" x",
    )
    told = f"{number(seconds)} s, {number(ratio)} x ours"
    return ["suda", table, told, f"{number(processor)} s"], goal


def _verdict(is_right: bool) -> str:  # noqa: FBT001 - what is said of it
    return "right" if is_right else "**wrong**"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    measured(parser.parse_args().rows).show()
