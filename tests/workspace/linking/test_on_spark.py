"""Spark and DuckDB give the same special uniques, unicity and sketches for the same texts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from counterseal.mosaic.tables import sketches, traces, uniques
from counterseal.mosaic.tables.source import Missing
from counterseal.testing.tables import write_csv
from counterseal.workspace.spark.session import opened as started
from counterseal.workspace.spark.session import spark_is_here
from counterseal.workspace.tables import opened
from counterseal.workspace.tables.spark import ibis_is_here, opened_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.mosaic.tables.source import Source

    Sides = tuple[Mapping[str, Source], Mapping[str, Source]]
    Row = tuple[str | None, ...]

# py4j leaves a socket to the collector
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.slow,
    pytest.mark.skipif(
        not (spark_is_here() and ibis_is_here()),
        reason="PySpark, Ibis or Java is not installed: `make spark` runs the tests over Spark",
    ),
]

QI = ("age", "zone", "job")
PEOPLE: list[Row] = [
    (
        None if n == 40 else str(n * n % 23),
        f"z{n % 5}",
        None if n == 7 else "abc"[n * 7 % 3],
    )
    for n in range(90)
]
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SEEN: list[Row] = [
    (f"p{n}", (START + dt.timedelta(hours=h)).isoformat(" ")[:19], f"place{(n * h + n) % 11}")
    for n in range(50)
    for h in range(0, 30, 3)
]
SECRET = sketches.derived(b"0123456789abcdef")


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    folder = tmp_path_factory.mktemp("tables")
    halves: list[Row] = [(SECRET.inner, SECRET.outer)]
    paths = {
        "data": [write_csv(folder / "data.csv", QI, PEOPLE)],
        "seen": [write_csv(folder / "seen.csv", ("who", "when", "where"), SEEN)],
        sketches.KEY_NAME: [write_csv(folder / "key.csv", ("inner", "outer"), halves)],
    }
    with started("local[2]") as session, opened(paths) as sources:
        yield opened_on(session, paths), sources


@pytest.mark.parametrize("missing", Missing)
def test_special_uniques_are_the_same(sides: Sides, missing: Missing) -> None:
    there, here = (uniques.measure(s["data"], QI, missing=missing, minimum=3) for s in sides)
    assert there == here
    assert there.special


def test_unicity_is_the_same(sides: Sides) -> None:
    columns = traces.Columns(person="who", time="when", place="where")
    grid = [traces.Resolution(hours=hours) for hours in (1.0, 24.0)]
    there, here = (
        traces.measure(s["seen"], columns, grid, seed=4, targets=30, minimum=3) for s in sides
    )
    assert there == here


def test_sketches_are_the_same(sides: Sides) -> None:
    there, here = (
        sketches.measure(s["data"], ["zone", "age"], key=SECRET, size=16) for s in sides
    )
    assert there == here
    assert len(there.values) == 16
