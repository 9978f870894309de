"""A table is read where it is, and the connection can do nothing else."""

from __future__ import annotations

import gzip
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from counterseal.errors import InputError
from counterseal.mosaic.tables.classes import measure
from counterseal.mosaic.tables.source import Query
from counterseal.workspace.tables import Dialect, Limits, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = ["age,sex", "30,f", "30,f", "40,m", ",m"]


def written(path: Path, lines: Sequence[str] = LINES) -> Path:
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def sizes(*paths: Path, dialect: Dialect | None = None) -> dict[int, int]:
    with opened({"data": paths}, dialect=dialect) as sources:
        found = measure(sources["data"], ["age", "sex"])
    return {row.size: row.records for row in found.rows}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.tsv", "t.txt", "T.CSV"])
def test_the_delimiter_is_found_in_files_of_every_name(
    tmp_path: Path, mark: str, name: str
) -> None:
    lines = [line.replace(",", mark) for line in LINES]
    assert sizes(written(tmp_path / name, lines)) == {1: 2, 2: 2}


def test_a_short_last_line_does_not_change_the_delimiter(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="differ in their fields"):
        sizes(written(tmp_path / "t.csv", [*LINES, "7"]))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.csv", b"\xe9,sex\n1,2\n", "not a line of text in UTF-8"),
        ("t.csv", b"age,sex\n\xe9,2\n", "not UTF-8"),
        ("t.csv", "age,sex\n1,2\n".encode("utf-16"), "UTF-8"),
        ("t.csv.gz", b"age,sex\n1,2\n", "not a line of text"),
        (
            "t.csv.gz",
            gzip.compress(b"age,sex\n" + b"1,2\n" * 9999, mtime=0)[:-40],
            "not what its name",
        ),
        ("t.csv", b"age,Age\n1,2\n", "have the same name"),
        ("t.csv", b'age,sex\n"1,2\n1,2\n', "differ in their fields"),
    ],
)
def test_files_in_other_encodings_cut_short_or_ambiguous_are_refused(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        sizes(path)


def test_names_and_ends_of_lines_may_be_as_other_programs_write_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(LINES).encode())
    assert sizes(path) == {1: 2, 2: 2}
    path.write_bytes(b',sex\n"a,1",f\n"a,1",f\n')
    with opened({"data": [path]}) as sources:
        assert sources["data"].columns == ("column0", "sex")


def test_a_parquet_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    with duckdb.connect() as connection:
        text = "SELECT * FROM (VALUES (30,'f'),(30,'f'),(40,'m'),(NULL,'m')) t(age, sex)"
        connection.execute(f"COPY ({text}) TO '{path}' (FORMAT parquet)")
    assert sizes(path) == {1: 2, 2: 2}


def test_files_of_one_table_are_counted_together(tmp_path: Path) -> None:
    first, second = written(tmp_path / "1.csv"), written(tmp_path / "2.csv.gz")
    assert sizes(first, second) == {2: 4, 4: 4}


def test_files_with_other_columns_are_no_part_of_a_table(tmp_path: Path) -> None:
    first = written(tmp_path / "1.csv")
    second = written(tmp_path / "2.csv", ["sex,age", "f,30"])
    with pytest.raises(InputError, match=r"2\.csv has other columns"):
        sizes(first, second)


def test_without_a_header_columns_have_numbers(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", LINES[1:])
    with opened({"data": [path]}, dialect=Dialect(header=False)) as sources:
        assert sources["data"].columns == ("column0", "column1")
        assert measure(sources["data"], ["column0", "column1"]).records == 4


def test_text_is_compared_as_it_is_written(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["age,sex", "01,f", "1,f", "1.0,f", '"1",f'])
    assert sizes(path) == {1: 2, 2: 2}


def test_an_empty_text_is_not_a_missing_value(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["age,sex", '"",f', ",f", ",f"])
    assert sizes(path) == {1: 1, 2: 2}


@pytest.mark.parametrize(
    ("name", "lines", "message"),
    [
        ("absent.csv", None, "there is no file"),
        ("t.csv", [], "is empty"),
        ("t.xlsx", LINES, "neither CSV nor Parquet"),
        ("t[1].csv", LINES, "stand for many files"),
        ("t.parquet", LINES, "not what its name says"),
    ],
)
def test_files_that_cannot_be_measured_are_refused(
    tmp_path: Path, name: str, lines: list[str] | None, message: str
) -> None:
    path = tmp_path / name
    if lines is not None:
        path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        sizes(path)


def test_no_file_and_files_of_two_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        sizes()
    other = tmp_path / "t.parquet"
    other.write_bytes(b"PAR1")
    with pytest.raises(InputError, match="not in both"):
        sizes(written(tmp_path / "t.csv"), other)


def test_a_line_with_other_fields_is_refused_without_repeating_it(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", [*LINES, "Ada Smith,f,1970,x,y"])
    with pytest.raises(InputError, match="differ in their fields") as caught:
        sizes(path)
    assert "Ada" not in caught.value.message + caught.value.hint


OUTSIDE = (
    "SELECT * FROM read_text('{other}')",
    "SELECT * FROM read_csv('{other}')",
    "SELECT * FROM '{other}'",
    "SELECT * FROM glob('{folder}/*')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "ATTACH '{folder}/out.db'",
    "EXPORT DATABASE '{folder}/out'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_csv('http://example.org/x.csv')",
    "SET enable_external_access = true",
    "SET threads = 64",
    "SET memory_limit = '99GB'",
    "SET allowed_paths = ['{other}']",
    "SET temp_directory = '{folder}'",
    "RESET lock_configuration",
    "CREATE SECRET s (TYPE s3)",
    "COPY data FROM '{other}'",
)


@pytest.mark.parametrize("sql", OUTSIDE)
def test_nothing_outside_can_be_reached(tmp_path: Path, sql: str) -> None:
    other = written(tmp_path / "other.csv")
    before = sorted(tmp_path.iterdir())
    text = sql.format(other=other, folder=tmp_path)
    with opened({"data": [written(tmp_path / "t.csv")]}) as sources:
        with pytest.raises(InputError) as caught:
            sources["data"].ask(Query(purpose="", sql=text))
        assert isinstance(caught.value.__cause__, duckdb.Error)
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "t.csv"])


def test_variables_of_the_program_are_no_tables(tmp_path: Path) -> None:
    secret = [(1,)]
    with (
        opened({"data": [written(tmp_path / "t.csv")]}) as sources,
        pytest.raises(InputError),
    ):
        sources["data"].ask(Query(purpose="", sql="SELECT * FROM secret"))
    assert secret


def test_limits_hold_and_the_private_folder_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = ("memory_limit", "threads", "temp_directory")
    sql = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)
    path = written(tmp_path / "t.csv")
    limits = Limits(memory_bytes=200_000_000, threads=1)
    with opened({"data": [path]}, limits=limits) as sources:
        ((memory, threads, folder),) = sources["data"].ask(Query(purpose="", sql=sql))
        private = Path(str(folder))
        assert private.parent == tmp_path
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert (memory, threads) == ("190.7 MiB", 1)
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_asked_is_remembered_in_order(tmp_path: Path) -> None:
    with opened({"data": [written(tmp_path / "t.csv")]}) as sources:
        source = sources["data"]
        measure(source, ["age"])
        first = Query(purpose="count", sql="SELECT COUNT(*) FROM data")
        assert source.ask(first) == [(4,)]
        assert [query.purpose for query in source.asked] == [
            "records by the size of their equivalence class",
            "count",
        ]
        assert source.definition.startswith('CREATE VIEW "data" AS SELECT * FROM read_csv')


@pytest.mark.slow
def test_a_long_query_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    sql = "SELECT COUNT(DISTINCT hash(a.range + b.range)) FROM range(6000) a, range(6000) b"
    with opened(
        {"data": [written(tmp_path / "t.csv")]}, advance=lambda *step: told.append(step)
    ) as sources:
        sources["data"].ask(Query(purpose="long", sql=sql))
    assert told
    assert all(0 <= done <= total == 100 for done, total in told)


def test_a_query_that_is_interrupted_stops(tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    sql = "SELECT COUNT(DISTINCT hash(a.range + b.range)) FROM range(90000) a, range(90000) b"
    with (
        opened({"data": [written(tmp_path / "t.csv")]}, advance=stop) as sources,
        pytest.raises(KeyboardInterrupt),
    ):
        sources["data"].ask(Query(purpose="endless", sql=sql))


@pytest.mark.slow
def test_what_does_not_fit_is_refused_with_what_to_do(tmp_path: Path) -> None:
    sql = "SELECT COUNT(DISTINCT md5(CAST(range AS VARCHAR))) FROM range(5000000)"
    limits = Limits(memory_bytes=64_000_000, threads=1, spill_bytes=1_000_000)
    with (
        opened({"data": [written(tmp_path / "t.csv")]}, limits=limits) as sources,
        pytest.raises(InputError, match="not enough") as caught,
    ):
        sources["data"].ask(Query(purpose="large", sql=sql))
    assert "--memory" in caught.value.hint
