"""Spark, DuckDB and plain counting give the same numbers for the same texts of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.errors import InputError, SparkError
from counterseal.mosaic.tables import classes, diversity, frames, frequencies
from counterseal.mosaic.tables.register import opened as register
from counterseal.mosaic.tables.source import Missing
from counterseal.testing.tables import alike, compatible, write_csv
from counterseal.workspace.spark.session import opened as started
from counterseal.workspace.spark.session import spark_is_here
from counterseal.workspace.tables import opened, spark
from counterseal.workspace.tables.spark import SparkSource, ibis_is_here, opened_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyspark.sql import SparkSession

    from counterseal.mosaic.tables.source import Source

    Sides = tuple[Mapping[str, Source], Mapping[str, Source]]

# py4j leaves a socket to the collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

COLUMNS = ("age", 'odd "name"', "sex", "illness", "weight")
QI = COLUMNS[:3]
ROWS = [
    (
        None if i % 7 == 0 else str(i * i % 11),
        ("x", "", "y; z", None)[i % 4],
        None if i % 5 == 0 else "mf"[i % 3 == 0],
        (None, "a", "b")[i * i % 3],
        str(1 + i % 13 / 2),
    )
    for i in range(240)
]


def test_without_ibis_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _name: None)
    with pytest.raises(SparkError, match="ibis with") as caught:
        SparkSource(None, None, name="data")  # type: ignore[arg-type, unused-ignore]
    assert "[spark]" in caught.value.hint


needs_spark = pytest.mark.skipif(
    not (spark_is_here() and ibis_is_here()),
    reason="PySpark, Ibis or Java is not installed: `make spark` runs the tests over Spark",
)


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    with started("local[2]") as found:
        yield found


@pytest.fixture(scope="module")
def sides(session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    folder = tmp_path_factory.mktemp("tables")
    paths = {
        "data": [write_csv(folder / "data.csv", COLUMNS, ROWS)],
        "frame": [write_csv(folder / "frame.csv", COLUMNS, [*ROWS, *ROWS[::3]])],
    }
    with opened(paths) as sources:
        yield opened_on(session, paths), sources


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize("missing", Missing)
def test_classes_are_the_same_on_spark_on_duckdb_and_by_hand(
    sides: Sides, missing: Missing
) -> None:
    there, here = (classes.measure(s["data"], QI, missing=missing) for s in sides)
    count = alike if missing is Missing.OWN_VALUE else compatible
    assert there == here
    assert {row.size: row.records for row in there.rows} == count([row[:3] for row in ROWS])


@needs_spark
@pytest.mark.slow
@pytest.mark.parametrize("missing", Missing)
def test_diversity_is_the_same(sides: Sides, missing: Missing) -> None:
    one, other = (
        diversity.measure(s["data"], QI, sensitive="illness", missing=missing) for s in sides
    )
    assert one.sizes == other.sizes
    assert (one.least, one.disclosed) == (other.least, other.disclosed)
    assert one.least_entropy == pytest.approx(other.least_entropy)


@needs_spark
@pytest.mark.slow
def test_frequencies_and_frames_are_the_same(sides: Sides) -> None:
    there, here = sides
    weighed, again = (frequencies.measure(s["data"], QI, weight="weight") for s in sides)
    assert weighed.population == pytest.approx(again.population)
    assert weighed.expected_share == pytest.approx(again.expected_share)
    assert frames.measure(there["data"], there["frame"], QI) == frames.measure(
        here["data"], here["frame"], QI
    )


@needs_spark
@pytest.mark.slow
def test_what_a_register_releases_is_the_same(sides: Sides) -> None:
    one, other = (register(s["data"], ["age", "sex"]).table(["age", "sex"]) for s in sides)
    assert one == other


@needs_spark
@pytest.mark.slow
def test_columns_are_named_and_queries_remembered(sides: Sides) -> None:
    source = sides[0]["data"]
    assert source.columns == COLUMNS
    assert isinstance(source, SparkSource)
    before = len(source.asked)
    classes.measure(source, ["sex"])
    assert len(source.asked) == before + 1
    with pytest.raises(InputError, match="no column"):
        classes.measure(source, ["gender"])


@needs_spark
@pytest.mark.slow
def test_a_parquet_file_is_read_as_it_is(session: SparkSession, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    session.createDataFrame([(1, "a"), (1, "a"), (2, None)], "n int, t string").coalesce(
        1
    ).write.parquet(str(folder))
    (part,) = folder.glob("*.parquet")
    paths = {"parquet": [part]}
    there = opened_on(session, paths)["parquet"]
    with opened(paths) as sources:
        here = classes.measure(sources["parquet"], ["n", "t"])
    assert classes.measure(there, ["n", "t"]) == here
