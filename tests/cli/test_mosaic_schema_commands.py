"""``mosaic schema`` and ``mosaic leakage`` print bands and bits, and JSON of the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main

if TYPE_CHECKING:
    Capture = pytest.CaptureFixture[str]

EXAMPLE = str(Path(__file__).parents[2] / "docs" / "mosaic-schema-example.yaml")
FEW = ["--draws", "64"]


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no cell of a table be broken, wherever the tests run."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.slow
def test_a_schema_is_answered_with_bands_and_their_context(capsys: Capture) -> None:
    assert main(["mosaic", "schema", EXAMPLE, *FEW]) == 0
    out = " ".join(capsys.readouterr().out.split())
    for words in (
        "400,000 people",
        "before:",
        "after:",
        "gain:",
        "only through",
        "face search",
        "Shapley",
        "no postcode",
        "birth-date as year of birth",
        "shown, because the method reproduces",
        "context only",
        "60 million people",
    ):
        assert words in out


@pytest.mark.slow
def test_the_json_of_a_schema_has_two_ends_for_every_share(capsys: Capture) -> None:
    assert main(["mosaic", "schema", EXAMPLE, *FEW, "--json", "--seed", "7"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "counterseal-mosaic-gain/1"
    assert (found["seed"], found["draws"]) == (7, 64)
    assert found["gate"]["open"]
    low, high = found["gain"]["share"]
    assert 0 < low < high < 1
    assert found["gain"]["people"] == pytest.approx([low * 400_000, high * 400_000], rel=1e-3)
    rows = found["holding_shares"]["rows"]
    assert {row["id"] for row in rows} == {"plate-reads", "enrolment", "parking-permits"}
    for row in (*rows, *found["attribute_shares"]["rows"]):
        assert row["share"][0] <= row["share"][1]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_document(capsys: Capture) -> None:
    texts = []
    for _ in range(2):
        main(["mosaic", "schema", EXAMPLE, *FEW, "--json"])
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]


def test_a_faulty_schema_shows_its_line(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "s.yaml"
    text = Path(EXAMPLE).read_text(encoding="utf-8")
    path.write_text(text.replace("attributes: [face, sex]", "attributes: [fase, sex]"))
    assert main(["mosaic", "schema", str(path)]) == 5
    err = capsys.readouterr().err
    assert "CS122" in err
    assert "Did you mean 'face'?" in err
    assert "attributes: [fase, sex]" in err


def test_leakage_is_printed_in_bits_beside_all_there_is_to_know(capsys: Capture) -> None:
    words = ["--candidates", "330000000", "--watched", "1"]
    assert main(["mosaic", "leakage", *words]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "28.3 bits" in out
    assert "99 dummies for each" in out


def test_leakage_as_json_tells_periods_and_mitigations(capsys: Capture) -> None:
    words = ["--candidates", "10000", "--watched", "50", "--looked-up", "20"]
    more = ["--dummies", "80", "--periods", "12", "--json"]
    assert main(["mosaic", "leakage", *words, *more]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["form"]: row for row in found["rows"]}
    low, high = rows["as they are"]["bits"]
    assert 0 < low < high <= found["bound"]
    assert rows["without dummies"]["bits"][0] > low
    assert rows["the same people and dummies every time"]["bits"] == [low, low]
    assert found["one_person"]["fresh_bits"] > found["one_person"]["fixed_bits"] > 0


def test_lookups_that_cannot_be_are_a_usage_error(capsys: Capture) -> None:
    words = ["--candidates", "5", "--watched", "9"]
    assert main(["mosaic", "leakage", *words]) == 2
    assert "watched <= candidates" in capsys.readouterr().out
