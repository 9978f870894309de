"""``counterseal backtest``: from a folder to tables or JSON, and 5 for what cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.errors import InvalidDocumentError
from counterseal.workspace.backtesting import read_cases

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, pre_text: str, truth_text: str) -> Path:
    for half, content in (("pre", pre_text), ("truth", truth_text)):
        (tmp_path / half).mkdir()
        (tmp_path / half / "harbour.yaml").write_text(content)
    return tmp_path


@pytest.mark.slow
def test_text_and_json_come_from_the_same_study(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["backtest", str(folder), "--seeds", "1", "--seed", "3"]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    missed = len(document["summary"]["misses"])
    assert f"exit 0: 1 case ranked, {missed} miss" in shown
    assert f"{document['cases'][0]['entry']['percentile']:.2f}" in shown
    assert document["settings"]["first_seed"] == 3


@pytest.mark.slow
def test_hindsight_uses_controls_learnt_later(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", str(folder), "--seeds", "1", "--hindsight", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["controls"] == "all"


def test_faults_of_a_case_are_5_with_file_and_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "pre/harbour.yaml"
    path.write_text(path.read_text().replace("owner: tug_co", "owner: nobody"))
    assert main(["backtest", str(folder), "--json"]) == 5
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["code"], error["line"]) == ("CS122", 8)
    assert error["file"].endswith("pre/harbour.yaml")


def test_a_missing_folder_is_5_and_names_both_halves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", str(tmp_path / "none"), "--json"]) == 5
    errors = json.loads(capsys.readouterr().out)["errors"]
    assert [error["code"] for error in errors] == ["CS120", "CS120"]


def test_no_seeds_is_a_usage_error(folder: Path) -> None:
    assert main(["backtest", str(folder), "--seeds", "0"]) == 2


def test_an_empty_half_is_no_half(folder: Path) -> None:
    (folder / "truth/harbour.yaml").unlink()
    with pytest.raises(InvalidDocumentError) as caught:
        read_cases(folder)
    assert [fault.place.file for fault in caught.value.faults if fault.place] == [
        (folder / "truth").as_posix()
    ]
