"""Classes of large tables: time and memory by rows, and pycanon on the same table."""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from measuring import Goal, Memory, Section, in_child, note, number, size, walled

from counterseal.mosaic.tables.classes import measure
from counterseal.workspace.tables import Limits, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["measured"]

SIZES = (1_000_000, 10_000_000, 100_000_000)
PEER_ROWS = 1_000_000
MOST_SECONDS, MOST_GIGABYTES = 60.0, 6.0
LEAST_RATIO = 100.0
MOST_GROWTH = 1.5
ROOM = 16 * 2**30
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
"""Quasi-identifiers and how many values each has; the frequent ones are far more frequent."""

NOTE = """\
Uniqueness on eight quasi-identifiers, with every other measure of the class sizes, from a
Parquet file on disk to the result: opening included, two threads, 4.5 GB allowed to DuckDB, the
rest spilled. The records are made up, with skewed values. `memory` is the peak of the whole
process. pycanon is given a data frame that is already in memory and asked for k alone, which
is the least it can be asked; against it stands a query of a file that is open."""


def _written(folder: Path, rows: int) -> Path:
    """Write a table of so many rows; the same on every machine."""
    path = folder / f"{rows}.parquet"
    parts = ", ".join(
        f"CAST(floor({most} * power((hash(range * 8 + {i}) % 1000003) / 1000003.0, 3))"
        f' AS SMALLINT) AS "{name}"'
        for i, (name, most) in enumerate(COLUMNS.items())
    )
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"COPY (SELECT {parts} FROM range({rows})) TO '{path}'")
    return path


def _ours(path: Path) -> tuple[float, int, float]:
    """Return seconds, peak memory in bytes and the share of unique records."""
    memory, start = Memory(), time.perf_counter()
    limits = Limits(memory_bytes=4_500_000_000, threads=2)
    with opened({"data": [path]}, limits=limits) as sources:
        found = measure(sources["data"], tuple(COLUMNS))
    return time.perf_counter() - start, memory.peak, found.unique_share


def _pycanon(path: Path) -> tuple[float, int]:
    """Return seconds that pycanon takes for k, and k."""
    from pycanon import anonymity  # noqa: PLC0415 - a peer, only where it is installed

    with duckdb.connect() as connection:
        table = connection.sql(f"SELECT * FROM read_parquet('{path}')").df()
    start = time.perf_counter()
    k = anonymity.k_anonymity(table, list(COLUMNS))
    return time.perf_counter() - start, int(k)


def _peer(folder: Path) -> tuple[list[list[str]], list[Goal]]:
    """Return pycanon beside ours on the same table."""
    path = _written(folder, PEER_ROWS)
    limits = Limits(memory_bytes=4_500_000_000, threads=2)
    with opened({"data": [path]}, limits=limits) as sources:
        mine = walled(lambda: measure(sources["data"], tuple(COLUMNS)), runs=5)
    if find_spec("pycanon") is None:
        return [["pycanon, 1 M rows", "not installed", "", ""]], []
    note("tables, pycanon")
    seconds, _ = in_child(_pycanon, path)
    ratio = seconds / mine
    row = ["pycanon, 1 M rows", f"{number(seconds)} s", "", f"{number(ratio)} x ours"]
    goal = Goal(
        number="10",
        text="pycanon / ours, uniqueness of 1 M rows",
        found=ratio,
        bound=LEAST_RATIO,
        unit=" x",
    )
    return [row], [goal]


def measured(sizes: Sequence[int] = SIZES) -> Section:
    """Return tables of up to a hundred million rows, as far as the disk allows."""
    rows, goals, seconds = [], [], {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in sizes:
            if count == SIZES[-1] and shutil.disk_usage(folder).free < ROOM:
                rows.append([f"{count:,} rows", "left out: too little disk", "", ""])
                continue
            note(f"tables, {count:,} rows")
            path = in_child(_written, folder, count)
            runs = [in_child(_ours, path) for _ in range(3 if count < SIZES[-1] else 1)]
            seconds[count], peak, share = sorted(runs)[len(runs) // 2]
            told = f"{number(100 * share)} % unique"
            rows.append([f"{count:,} rows", f"{number(seconds[count])} s", size(peak), told])
            goals += _goals(count, seconds, peak)
            path.unlink()
        found, more = _peer(folder)
    head = ["table", "time", "memory", ""]
    return Section(
        title="Tables", note=NOTE, head=head, rows=[*rows, *found], goals=[*more, *goals]
    )


def _goals(count: int, seconds: dict[int, float], peak: int) -> list[Goal]:
    if count != SIZES[-1]:
        return []
    growth = [seconds[count] / 10 / seconds[SIZES[-2]]] if SIZES[-2] in seconds else []
    text = "uniqueness of 100 M rows"
    return [
        Goal(
            number="11",
            text=f"{text}, time",
            found=seconds[count],
            bound=MOST_SECONDS,
            most=True,
            unit=" s",
        ),
        Goal(
            number="11",
            text=f"{text}, memory",
            found=peak / 1e9,
            bound=MOST_GIGABYTES,
            most=True,
            unit=" GB",
        ),
        *(
            Goal(
                number="12",
                text="time for a row, 100 M / 10 M rows",
                found=ratio,
                bound=MOST_GROWTH,
                most=True,
                unit=" x",
            )
            for ratio in growth
        ),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="rows at most")
    most = parser.parse_args().most
    measured([count for count in SIZES if count <= most]).show()
