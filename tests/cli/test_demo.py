"""The demonstration ends with a verified bundle, and never takes away what is not its own."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from counterseal.cli.main import main
from counterseal.workspace.deciding import demonstration

SMALL = ("--example", "harbour", "--draws", "2", "--lanes", "2")


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder`` by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_it_ends_with_a_verdict_a_report_and_a_verified_bundle_and_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    out = ""
    for _ in range(2):
        assert main(["demo", "here", *SMALL]) == 0
        out = capsys.readouterr().out
        assert "Decision: approved with conditions, because" in out
        assert "FAILED" not in out
        assert "ok      replay" in out
        assert out.splitlines()[-1].startswith("exit 0: verified")
        assert Path("here/report.html").read_bytes().startswith(b"<!doctype html>")
    command = next(line for line in out.splitlines() if "counterseal verify" in line)
    words = command.split("counterseal ")[1].split()
    assert main([*words, "--no-replay"]) == 0
    keys = [path for path in Path("here/demo-keys").iterdir() if path.is_file()]
    assert {path.suffix for path in keys} == {".pem", ".log-key", ".txt"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in keys)


@pytest.mark.slow
def test_json_has_the_decision_and_every_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", str(tmp_path / "demo"), *SMALL, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "counterseal-demo/1"
    assert document["ok"] is True
    assert document["verdict"] == "conditions"
    assert document["outcome"] == "approved with conditions"
    assert Path(document["bundle"]).is_file()


@pytest.mark.slow
def test_another_run_leaves_own_files_alone_and_refuses_to_undo_edits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    assert main(["demo", str(folder), *SMALL]) == 0
    own = folder / "changes" / "mine.txt"
    own.write_text("mine")
    assert main(["demo", str(folder), *SMALL]) == 0
    assert own.read_text() == "mine"
    estate = folder / "estate" / "harbour.yaml"
    estate.write_text(estate.read_text() + "# mine\n")
    before = tree(folder)
    capsys.readouterr()
    assert main(["demo", str(folder), *SMALL]) == 2
    captured = capsys.readouterr()
    assert "harbour.yaml was changed since" in captured.out
    assert "another folder" in captured.err
    assert tree(folder) == before


def test_a_folder_of_somebody_else_is_not_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert main(["demo", str(tmp_path), *SMALL]) == 2
    captured = capsys.readouterr()
    assert "is not empty, and not from a demonstration" in captured.out
    assert "choose an empty folder" in captured.err
    assert tree(tmp_path) == {"letter.txt": b"dear"}


def test_an_example_or_change_that_does_not_exist_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", str(tmp_path / "a"), "--example", "atlantis"]) == 2
    assert "no example 'atlantis'" in capsys.readouterr().out
    assert not (tmp_path / "a").exists()
    assert main(["demo", str(tmp_path / "b"), *SMALL, "--change", "nothing"]) == 2
    assert "has the id 'nothing'" in capsys.readouterr().out


@pytest.mark.parametrize("left", [".counterseal/ledger.sqlite", "report.html"])
def test_an_interrupted_run_is_replaced_by_the_next(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "demo"
    demonstration.prepare(folder, "harbour")
    path = folder / left
    path.parent.mkdir(exist_ok=True)
    path.write_text("half")
    demonstration.prepare(folder, "harbour")
    assert not path.exists()
    assert (folder / "estate" / "harbour.yaml").is_file()
