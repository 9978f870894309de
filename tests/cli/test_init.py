"""``init`` writes a project that checks, and never over anything."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

from counterseal.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_started_project_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "mine")]) == 0
    out = capsys.readouterr().out
    assert "first-change.yaml" in out
    assert out.rstrip().splitlines()[-1].startswith("exit 0: now edit")
    assert main(["check", str(tmp_path / "mine")]) == 0


def test_what_is_written_is_private(tmp_path: Path) -> None:
    main(["init", str(tmp_path / "mine"), "--quiet"])
    for path in (tmp_path / "mine").rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_json_lists_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "mine"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "counterseal-init/1"
    assert f"{tmp_path}/mine/estate/estate.yaml" in document["files"]


def test_a_taken_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path)]) == 0
    assert main(["init", str(tmp_path)]) == 2
    assert "is already there" in "".join(capsys.readouterr())


def test_an_example_is_copied_and_an_unknown_one_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "h"), "--example", "harbour"]) == 0
    assert main(["check", str(tmp_path / "h")]) == 0
    assert main(["init", str(tmp_path / "x"), "--example", "atlantis"]) == 2
    assert "harbour" in "".join(capsys.readouterr())
