"""``mosaic uniques``, ``traces``, ``join`` and ``link`` print aggregates and their limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from counterseal.cli.main import main
from counterseal.testing.tables import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]
    Row = tuple[str | None, ...]

COLUMNS = ("zip", "sex", "job")


@pytest.fixture
def table(tmp_path: Path) -> str:
    rows: list[Row] = [(f"Z{n % 40:02}", "fm"[n % 2], f"job{n % 5}") for n in range(300)]
    rows += [(f"Y{n:02}", "f", "job0") for n in range(20)]
    return str(write_csv(tmp_path / "people.csv", COLUMNS, rows))


@pytest.fixture
def traces(tmp_path: Path) -> str:
    rows: list[Row] = [
        (
            f"p{n}",
            f"2026-01-01 {hour:02}:00:00",
            f"place{(n * hour) % 9}",
            f"area{(n * hour) % 2}",
        )
        for n in range(60)
        for hour in range(8)
    ]
    return str(write_csv(tmp_path / "traces.csv", ("person", "time", "place", "area"), rows))


def document(capsys: Capture, *words: str) -> dict[str, Any]:
    main(["mosaic", *words, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def said(capsys: Capture, *words: str) -> str:
    assert main(["mosaic", *words]) == 0
    return capsys.readouterr().out


def test_uniques_gives_the_spread_of_scores(table: str, capsys: Capture) -> None:
    found = document(capsys, "uniques", table, "--qi", "zip,sex,job")
    assert found["schema"] == "counterseal-mosaic-uniques/1"
    assert found["rows"] == 320
    assert found["special_uniques"] == 20
    assert sum(band["records"] for band in found["scores"]) == 320
    assert found["contributions"]["zip"] == 1.0
    assert len(found["sql"]) == 3


def test_uniques_prints_its_table_and_its_queries(table: str, capsys: Capture) -> None:
    text = said(capsys, "uniques", table, "--qi", "zip,sex,job", "--show-sql")
    assert "special uniques" in text
    assert "GROUPING SETS" in text
    assert "Y00" not in text


def test_uniques_takes_missing_values_for_anything(table: str, capsys: Capture) -> None:
    found = document(capsys, "uniques", table, "--qi", "zip,sex,job", "--missing", "wildcard")
    assert found["null_policy"] == "wildcard"
    assert found["dis"] is None


def test_traces_gives_a_grid_and_a_curve(traces: str, capsys: Capture) -> None:
    words = ("traces", traces, "--place", "place", "--place", "area", "--hours", "1,24")
    found = document(capsys, *words, "--seed", "4")
    assert [(row["place"], row["hours"]) for row in found["grid"]] == [
        ("place", 1.0),
        ("place", 24.0),
        ("area", 1.0),
        ("area", 24.0),
    ]
    assert found["seed"] == 4
    assert found["curve"][-1]["traces"] == 60
    text = said(capsys, *words)
    assert "figure of those people, not of these" in text


def test_traces_needs_a_place(traces: str, capsys: Capture) -> None:
    assert main(["mosaic", "traces", traces, "--place", "place", "--latitude", "place"]) != 0
    assert "not both" in capsys.readouterr().out
    assert main(["mosaic", "traces", traces, "--hours", "0"]) == 2


def test_join_compares_tables_and_sketches(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSEAL_SKETCH_KEY", "0123456789abcdef")
    a, b = (
        str(write_csv(tmp_path / f"{name}.csv", ("id",), [(f"i{n}",) for n in numbers]))
        for name, numbers in (("a", range(100)), ("b", range(50, 200)))
    )
    found = document(capsys, "join", a, b, "--on", "id")
    assert found["common"] == {"value": 50.0, "interval": [50.0, 50.0]}
    sketch = str(tmp_path / "a.sketch")
    assert main(["mosaic", "join", a, "--on", "id", "--write", sketch]) == 0
    capsys.readouterr()
    text = said(capsys, "join", sketch, b, "--on", "id", "--show-sql")
    assert "50.00 %" in text
    assert "0123456789abcdef" not in text


@pytest.mark.parametrize(
    "words",
    [
        ("a.csv",),
        ("a.csv", "--write", "a.json", "--on", "id"),
        ("a.csv", "b.csv"),
    ],
)
def test_join_says_what_it_needs(words: tuple[str, ...]) -> None:
    assert main(["mosaic", "join", *words]) == 2


def test_link_attacks_an_invented_population(tmp_path: Path, capsys: Capture) -> None:
    words = ("link", "--synthetic", "400", "--seed", "3", "--on", "born", "--on", "sex")
    found = document(capsys, *words, "--write", str(tmp_path))
    assert found["synthetic"]["people"] == 400
    own = next(row for row in found["at"] if row["threshold"] == 0.95)
    assert own["right"] + own["harmed"] <= own["links"]
    assert found["people_in_both"] + found["control_group"] == found["left"]
    first = (tmp_path / "synthetic-a.csv").read_text(encoding="utf-8")
    assert all(line.endswith(",synthetic") for line in first.splitlines()[1:])
    text = said(capsys, *words)
    assert "400 invented people" in text
    assert "the adversary's own" in text


def test_link_on_files_without_the_truth_says_so(tmp_path: Path, capsys: Capture) -> None:
    rows: list[Row] = [(f"r{n}", f"19{n:02}-01-01") for n in range(40)]
    a, b = (str(write_csv(tmp_path / f"{name}.csv", ("record", "born"), rows)) for name in "ab")
    text = said(capsys, "link", a, b, "--on", "born")
    assert "The truth is not known" in text


@pytest.mark.parametrize(
    "words", [(), ("a.csv",), ("a.csv", "b.csv", "--synthetic", "5"), ("a.csv", "b.csv")]
)
def test_link_says_what_it_needs(words: tuple[str, ...]) -> None:
    assert main(["mosaic", "link", *words]) != 0
