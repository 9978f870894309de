"""``mosaic measure`` prints aggregates with their queries, and never a record."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import duckdb
import pytest

from counterseal.cli.main import main
from counterseal.testing.tables import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]
    Row = tuple[str | None, ...]

COLUMNS = ("zip", "sex", "name", "illness", "weight")


def rows() -> list[Row]:
    """Thirty pairs, twenty people alone, and a class of forty with one illness."""
    pairs = [(f"Z{i:02}", "f", f"Ada{i}{j}", f"ill{j}", "2") for i in range(30) for j in (0, 1)]
    alone = [(f"Y{i:02}", "m", f"Bob{i}", "ill0", "4.5") for i in range(20)]
    many = [("X", None, f"Eve{i}", "ill1", "1") for i in range(40)]
    return [*pairs, *alone, *many]


@pytest.fixture
def table(tmp_path: Path) -> str:
    return str(write_csv(tmp_path / "people.csv", COLUMNS, rows()))


def document(capsys: Capture, *words: str) -> dict[str, object]:
    code = main(["mosaic", "measure", *words, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    assert found.get("exit", 0) == code
    return found


def test_the_document_has_every_measure(table: str, capsys: Capture) -> None:
    found = document(capsys, table, "--qi", "zip,sex")
    sql = found.pop("sql")
    assert isinstance(sql, list)
    assert found == {
        "schema": "counterseal-mosaic-measure/1",
        "files": ["people.csv"],
        "rows": 120,
        "quasi_identifiers": ["zip", "sex"],
        "null_policy": "own-value",
        "minimum_cell": 11,
        "classes": 51,
        "k_min": 1,
        "unique": 20,
        "unique_share": 20 / 120,
        "correctness": 51 / 120,
        "average_risk": 51 / 120,
        "entropy_bits": pytest.approx(4.6329, abs=1e-4),
        "share_below": {"3": 80 / 120, "5": 80 / 120, "11": 80 / 120},
        "class_sizes": {"1": 20, "2": 30, "40": 1},
        "withheld": [],
    }


def test_each_number_can_be_had_again_from_its_query(table: str, capsys: Capture) -> None:
    found = document(capsys, table, "--qi", "zip,sex")
    steps = found["sql"]
    assert isinstance(steps, list)
    with duckdb.connect() as connection:
        connection.execute(steps[0]["sql"])
        (answer,) = [connection.execute(step["sql"]).fetchall() for step in steps[1:]]
    assert answer == [(1, 20, 20), (2, 30, 60), (40, 1, 40)]


def test_sensitive_values_weights_and_samples_are_measured_beside(
    table: str, capsys: Capture
) -> None:
    words = ("--qi", "zip,sex", "--sensitive", "illness", "--weight", "weight")
    found = document(capsys, table, *words)
    assert (found["l_min"], found["entropy_l"]) == (1, 1.0)
    assert (found["disclosed"], found["disclosed_share"]) == (60, 0.5)
    weighted, unique = found["weighted"], found["population_unique"]
    assert isinstance(weighted, dict)
    assert isinstance(unique, dict)
    assert weighted["population"] == 250.0
    assert unique["sampling_fraction"] == pytest.approx(120 / 250)
    assert {"pitman", "zayatz", "snb", "chosen", "share"} < unique.keys()


def test_a_given_fraction_goes_before_the_weights(table: str, capsys: Capture) -> None:
    words = (
        "--quasi-identifiers",
        "zip,sex",
        "--weight",
        "weight",
        "--sample-fraction",
        "0.05",
    )
    unique = document(capsys, table, *words)["population_unique"]
    assert isinstance(unique, dict)
    assert unique["sampling_fraction"] == 0.05


def test_wildcards_join_records_without_a_value(table: str, capsys: Capture) -> None:
    found = document(capsys, table, "--qi", "sex", "--missing", "wildcard")
    assert found["null_policy"] == "wildcard"
    assert found["class_sizes"] == {"60": 1, "100": 1, "120": 1}
    words = (table, "--qi", "zip,sex", "--missing", "wildcard", "--sensitive", "illness")
    found = document(capsys, *words)
    assert (found["l_min"], found["disclosed"]) == (1, 60)


def test_wildcards_go_with_no_weights_frames_or_samples(table: str, capsys: Capture) -> None:
    words = [table, "--qi", "sex", "--missing", "wildcard", "--weight", "weight"]
    assert main(["mosaic", "measure", *words]) == 2
    assert "own-value" in capsys.readouterr().err


def test_a_frame_is_joined(tmp_path: Path, table: str, capsys: Capture) -> None:
    frame = str(write_csv(tmp_path / "frame.csv", COLUMNS, [*rows(), *rows()[:80]]))
    found = document(capsys, table, "--qi", "zip,sex", "--population", frame)
    assert found["frame"] == {
        "people": 200,
        "found": 120,
        "single": 0,
        "below_minimum": 80,
        "k_map": 2,
        "correctness": pytest.approx((20 / 2 + 60 / 4 + 40 / 40) / 120),
        "delta_presence": [0.5, 1.0],
        "certain": 40,
    }


def test_small_counts_are_withheld_and_said_to_be(tmp_path: Path, capsys: Capture) -> None:
    few = str(write_csv(tmp_path / "few.csv", COLUMNS, rows()[:63]))
    found = document(capsys, few, "--qi", "zip,sex")
    assert found["unique"] is None
    assert found["unique_share"] is None
    assert found["withheld"] == ["share_below.3", "unique", "unique_share"]
    assert found["class_sizes"] == {"1-3": 33}  # 1-2 could be filled in one way only
    assert main(["mosaic", "measure", few, "--qi", "zip,sex"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"sample uniques +withheld", out)
    assert "11 people at least" in out


def test_a_table_of_ten_says_nothing(tmp_path: Path, capsys: Capture) -> None:
    ten = str(write_csv(tmp_path / "ten.csv", COLUMNS, rows()[:10]))
    assert main(["mosaic", "measure", ten, "--qi", "zip"]) == 5
    assert "fewer than 11 records" in capsys.readouterr().out
    assert main(["mosaic", "measure", ten, "--qi", "zip", "--minimum", "3"]) == 0


def test_no_value_of_the_table_is_printed(table: str, capsys: Capture) -> None:
    words = ["--qi", "zip,sex,name", "--sensitive", "illness", "--show-sql"]
    for more in ([], ["--json"]):
        assert main(["mosaic", "measure", table, *words, *more]) == 0
        printed = capsys.readouterr()
        text = printed.out + printed.err
        assert not re.search(r"[XYZ]\d\d|Ada|Bob|Eve|ill\d", text)


def test_the_text_has_every_number_and_the_queries_when_asked_for(
    table: str, capsys: Capture
) -> None:
    words = ["--qi", "zip,sex", "--sensitive", "illness", "--sampling-fraction", "0.1"]
    assert main(["mosaic", "measure", table, *words]) == 0
    out = capsys.readouterr().out
    assert "120 records, 2 quasi-identifiers, a missing value is a value" in out
    assert re.search(r"sample uniques +20  16\.67 % of the records", out)
    assert re.search(r"average risk +42\.50 %  mean of 1 / class size", out)
    assert re.search(r"disclosed +60  50\.00 %: one value", out)
    assert "SELECT" not in out
    assert main(["mosaic", "measure", table, *words, "--show-sql"]) == 0
    out = capsys.readouterr().out
    assert 'CREATE VIEW "data" AS SELECT * FROM read_csv' in out
    assert "GROUP BY" in out


def test_the_text_has_weights_and_the_frame(table: str, capsys: Capture) -> None:
    words = ["--qi", "zip,sex", "--weight", "weight", "--population", table]
    assert main(["mosaic", "measure", table, *words]) == 0
    out = capsys.readouterr().out
    assert re.search(r"population +250  sum of the weights", out)
    assert "against a frame of 120" in out
    assert re.search(r"found in it +120  k-map 1", out)
    assert re.search(r"one candidate +20  a single record", out)
    assert re.search(r"delta-presence +100\.00 % to 100\.00 %", out)
    assert re.search(r"certain presence +120  of the frame", out)


def test_a_frame_of_ten_says_nothing(tmp_path: Path, table: str, capsys: Capture) -> None:
    ten = str(write_csv(tmp_path / "ten.csv", COLUMNS, rows()[:10]))
    assert main(["mosaic", "measure", table, "--qi", "zip", "--population", ten]) == 5
    assert "the frame has fewer than 11" in capsys.readouterr().out


def test_a_frame_that_the_table_is_not_drawn_from_has_no_presence(
    tmp_path: Path, table: str, capsys: Capture
) -> None:
    other = str(write_csv(tmp_path / "other.csv", COLUMNS, rows()[:-20]))
    found = document(capsys, table, "--qi", "zip,sex", "--population", other)["frame"]
    assert isinstance(found, dict)
    assert found["delta_presence"] is None
    assert main(["mosaic", "measure", table, "--qi", "zip,sex", "--population", other]) == 0
    assert "delta-presence" not in capsys.readouterr().out


def test_a_name_with_a_comma_or_a_quote_is_a_name(tmp_path: Path, capsys: Capture) -> None:
    names = ('a,b "c"', "d")
    path = str(write_csv(tmp_path / "odd.csv", names, [("x", "y")] * 12))
    found = document(capsys, path, "--qi", '"a,b ""c""",d')
    assert found["quasi_identifiers"] == list(names)
    assert found["classes"] == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["absent.csv", "--qi", "a"], 5, "no file"),
        (["--qi", "zap"], 5, "no column 'zap'"),
        (["--qi", "zip,zip"], 5, "named twice"),
        (["--qi", "zip", "--sensitive", "zip"], 5, "quasi-identifier too"),
        (["--qi", ""], 2, "names of columns"),
        (["--qi", "zip", "--minimum", "2"], 2, "about somebody"),
        (["--qi", "zip", "--sampling-fraction", "2"], 2, "at most 1"),
        (["--qi", "zip", "--sampling-fraction", "x"], 2, "at most 1"),
        (["--qi", "zip", "--delimiter", "ab"], 2, "one character"),
        (["--qi", "zip", "--header", "no"], 5, "no column 'zip'"),
        (["--qi", "zip", "--weight", "name"], 5, "numbers"),
        ([], 2, "--qi"),
    ],
)
def test_what_cannot_be_measured_is_said(
    table: str, capsys: Capture, words: list[str], code: int, message: str
) -> None:
    files = [] if words[:1] == ["absent.csv"] else [table]
    assert main(["mosaic", "measure", *files, *words]) == code
    printed = capsys.readouterr()
    assert message in printed.out + printed.err


def test_the_delimiter_can_be_given(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\tb\n" + "1\t2\n" * 12, encoding="utf-8")
    for mark in ("tab", "\\t", "\t"):
        assert document(capsys, str(path), "--qi", "a,b", "--delimiter", mark)["classes"] == 1


def test_a_register_withholds_what_differs_from_an_earlier_run(
    tmp_path: Path, capsys: Capture
) -> None:
    # with the third column five of the pairs come apart: ten uniques more than without it
    apart = [(*row[:3], str(i), row[4]) for i, row in enumerate(rows()[:10])]
    alike = [(*row[:3], "same", row[4]) for row in rows()[10:]]
    path = str(write_csv(tmp_path / "people.csv", COLUMNS, [*apart, *alike]))
    kept = str(tmp_path / "kept.json")
    first = document(capsys, path, "--qi", "zip,sex", "--register", kept)
    assert first["unique"] == 20
    plain = document(capsys, path, "--qi", "zip,sex,illness")
    assert plain["unique"] == 30
    second = document(capsys, path, "--qi", "zip,sex,illness", "--register", kept)
    assert second["unique"] is None
    assert second["share_below"] == first["share_below"]
    assert document(capsys, path, "--qi", "zip,sex", "--register", kept) == first
    text = (tmp_path / "kept.json").read_text(encoding="utf-8")
    assert not re.search(r"Z\d\d|Ada|same", text)


def test_a_register_knows_tables_by_their_bytes(tmp_path: Path, capsys: Capture) -> None:
    paths = [
        str(write_csv(tmp_path / f"{i}.csv", COLUMNS, rows()[: len(rows()) - i]))
        for i in (0, 1)
    ]
    kept = str(tmp_path / "kept.json")
    for path in paths:
        document(capsys, path, "--qi", "zip,sex", "--sensitive", "illness", "--register", kept)
    found = json.loads((tmp_path / "kept.json").read_text(encoding="utf-8"))
    assert [len(table) for table in found["tables"].values()] == [3, 3]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "counterseal-releases/1"}', "1"])
def test_what_is_no_register_is_refused(
    tmp_path: Path, table: str, capsys: Capture, text: str
) -> None:
    path = tmp_path / "kept.json"
    path.write_text(text, encoding="utf-8")
    assert main(["mosaic", "measure", table, "--qi", "zip", "--register", str(path)]) == 5
    assert "no register" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == text
