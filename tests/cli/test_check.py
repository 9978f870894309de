"""``check`` names everything that is wrong with a project at once, and nothing missing is 0."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from counterseal.cli.main import main

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy the small example."""
    shutil.copytree(HARBOUR, tmp_path / "harbour")
    return tmp_path / "harbour"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_valid_project_is_0_and_counted(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(project), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "counterseal-check/1"
    assert document["errors"] == []
    assert document["counts"]["changes"] == 1
    assert document["counts"]["systems"] >= 2


def test_the_estate_folder_and_its_project_are_the_same_to_check(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = []
    for folder in (project, project / "estate"):
        assert main(["check", str(folder)]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert texts[0].endswith("exit 0: valid\n")


def test_the_nearest_estate_upwards_is_checked(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "changes")
    assert main(["check"]) == 0


@pytest.mark.parametrize("what", ["missing", "empty folder", "empty file", "no rows"])
def test_a_missing_or_empty_estate_is_5(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "estate"
    if what != "missing":
        folder.mkdir()
    if what in {"empty file", "no rows"}:
        (folder / "a.yaml").write_text("systems: []\n" if what == "no rows" else "")
    assert main(["check", str(tmp_path if what == "missing" else folder)]) == 5
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1].startswith("exit 5: ")
    assert captured.err


def test_outside_of_any_project_check_is_5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 5
    assert "no estate/ folder" in capsys.readouterr().out


def test_faults_of_estate_change_and_rules_are_reported_together_with_clickable_places(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project / "estate" / "harbour.yaml", "kind: owner", "kind: onwer")
    edit(project / "changes" / "terminal-copy.yaml", "kind: data-expansion", "kind: expansion")
    (project / "rules").mkdir()
    (project / "rules" / "own.yaml").write_text("rules: [{id: mine}]\n")
    assert main(["check", str(project), "--json"]) == 5
    errors = json.loads(capsys.readouterr().out)["errors"]
    files = {Path(error["file"]) for error in errors}
    assert files == {
        project / "estate" / "harbour.yaml",
        project / "changes" / "terminal-copy.yaml",
        project / "rules" / "own.yaml",
    }
    assert all(error["line"] >= 1 and error["column"] >= 1 for error in errors)


def test_a_change_that_does_not_fit_its_estate_is_a_fault(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project / "changes" / "terminal-copy.yaml", "from: pass-reg", "from: pass-rge")
    assert main(["check", str(project)]) == 5
    text = capsys.readouterr().err
    assert "changes/terminal-copy.yaml" in text
    assert "pass-register" in text
    assert "^" in text


def test_an_authority_that_nothing_defines_is_a_fault(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project / "changes" / "terminal-copy.yaml", "y: pass-law", "y: pass-lav")
    assert main(["check", str(project)]) == 5
    assert "pass-law" in capsys.readouterr().err


def test_a_rule_of_ones_own_whose_case_fails_is_a_fault(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "rules").mkdir()
    (project / "rules" / "own.yaml").write_text(
        "rules:\n"
        "  - id: never-fires\n"
        "    statement: A rule whose condition can never hold.\n"
        "    when: exposure.p_worse > 2.0\n"
        "    effect: inform\n"
        "    authority: Our own judgement, for a test.\n"
        "    owner: nobody in particular\n"
        "    review-date: 2027-01-01\n"
        "    remedy: Mend the condition.\n"
        "    waiver: {allowed: false}\n"
        "    cases:\n"
        "      must-fire: [{name: it is worse, assessment: {exposure.p_worse: 1.0}}]\n"
        "      must-not-fire: [{name: it is not, assessment: {exposure.p_worse: 0.0}}]\n"
    )
    assert main(["check", str(project)]) == 5
    assert "CS277 rule 'never-fires', case 'it is worse'" in capsys.readouterr().err
