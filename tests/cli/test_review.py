"""``review`` and ``report``: what they print and keep, where, and with which exit code."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.cli.stages import staged
from counterseal.workspace.starting import start

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

FEW = ["--draws", "4", "--lanes", "4", "--workers", "1"]
HARMLESS = """\
id: a-clock
kind: integration
title: A clock
sponsor: Head of the front desk
stage: requirement
need: Nobody knows the time
authority: founding-law
necessity: One clock is enough
dates: {proposed: 2026-01-10, assessed: 2026-01-20}
patch:
  add:
    systems: [{id: clock, kind: application, zone: office-network, owner: my-organization}]
"""
CONDITIONED = HARMLESS.replace("stage: requirement", "stage: selection").replace(
    "assessed: 2026-01-20", "selected: 2026-01-15, assessed: 2026-01-20"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Start a project with a change that does no harm."""
    start(tmp_path / "mine")
    (tmp_path / "mine" / "changes" / "a-clock.yaml").write_text(HARMLESS)
    return tmp_path / "mine"


def change(project: Path, text: str = HARMLESS, name: str = "a-clock") -> str:
    path = project / "changes" / f"{name}.yaml"
    path.write_text(text)
    return str(path)


def test_text_comes_first_and_the_last_line_says_the_exit(
    project: Path, capsys: Capture
) -> None:
    assert main(["review", change(project), *FEW]) == 0
    out, err = capsys.readouterr()
    assert out.rstrip().splitlines()[-1].startswith("exit 0: ")
    assert "no objection" in out.lower()
    assert "lawful" in out
    assert "kept in" in err
    folder = project / ".counterseal" / "reviews" / "a-clock"
    assert (folder / "review.json").is_file()
    assert (folder / "inputs" / "estate" / "estate.yaml").is_file()
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("words", [["--json"], ["--format", "json"]])
def test_json_is_one_document_on_stdout_and_notes_are_on_stderr(
    words: list[str], project: Path, capsys: Capture
) -> None:
    assert main(["review", change(project), *words, *FEW]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["schema"] == "counterseal-review/1"
    assert "kept in" in err
    assert "exit 0: " in err


def test_html_is_the_page_alone(project: Path, capsys: Capture) -> None:
    assert main(["review", change(project), "--format", "html", "--no-keep", *FEW]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("<!doctype html>")
    assert out.rstrip().endswith("</html>")
    assert "exit 0: " in err
    assert not (project / ".counterseal").exists()


def test_conditions_fail_only_when_asked_to(project: Path, capsys: Capture) -> None:
    words = ["review", change(project, CONDITIONED), "--json", "--no-keep", *FEW]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["verdict"]["word"] == "conditions"
    assert main([*words, "--fail-on", "conditions"]) == 4


def test_failing_on_conditions_leaves_other_verdicts_alone(project: Path) -> None:
    words = ["review", change(project), "--no-keep", "--fail-on", "conditions", *FEW]
    assert main(words) == 0


@pytest.mark.parametrize(
    "line", ["authority: founding-law\n", "necessity: One clock is enough\n"]
)
def test_without_authority_or_necessity_it_is_5(
    line: str, project: Path, capsys: Capture
) -> None:
    path = change(project, HARMLESS.replace(line, ""))
    assert main(["review", path, "--no-keep", *FEW]) == 5
    assert "not evaluable" in capsys.readouterr().out.lower()


def test_a_stale_change_is_5_with_its_place(project: Path, capsys: Capture) -> None:
    path = change(project, HARMLESS.replace("zone: office-network", "zone: gone"))
    assert main(["review", path, *FEW]) == 5
    out, err = capsys.readouterr()
    assert "a-clock.yaml:12:" in err
    assert "gone" in err
    assert "exit 5: " in out + err
    assert not (project / ".counterseal").exists()


def test_a_stale_change_is_an_error_document_with_json(project: Path, capsys: Capture) -> None:
    path = change(project, HARMLESS.replace("zone: office-network", "zone: gone"))
    assert main(["review", path, "--json", *FEW]) == 5
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "counterseal-error/1"
    assert document["errors"][0]["line"] == 12


def test_a_missing_change_is_5(project: Path, capsys: Capture) -> None:
    assert main(["review", str(project / "changes" / "none.yaml"), *FEW]) == 5
    assert "none.yaml" in "".join(capsys.readouterr())


def test_an_empty_or_missing_estate_is_5(project: Path, capsys: Capture) -> None:
    path = change(project)
    (project / "estate" / "estate.yaml").unlink()
    assert main(["review", path, *FEW]) == 5
    assert "estate" in "".join(capsys.readouterr())
    assert main(["review", path, "--estate", str(project / "nowhere"), *FEW]) == 5
    assert "nowhere" in "".join(capsys.readouterr())


def test_two_changes_at_once_are_refused(project: Path, capsys: Capture) -> None:
    path = change(project)
    assert main(["review", path, path, *FEW]) == 2
    assert "unexpected argument" in "".join(capsys.readouterr())


def test_another_estate_can_be_named(project: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "loose.yaml").write_text(HARMLESS)
    words = ["review", str(tmp_path / "loose.yaml"), "--estate", str(project), "--json", *FEW]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["change"]["id"] == "a-clock"


def test_two_runs_with_other_workers_print_the_same_bytes(
    project: Path, capsys: Capture
) -> None:
    printed = []
    for workers in ("1", "2"):
        words = ["review", change(project), "--json", "--no-keep", "--draws", "4"]
        main([*words, "--lanes", "4", "--workers", workers])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]


def test_the_seed_is_recorded(project: Path, capsys: Capture) -> None:
    main(["review", change(project), "--json", "--no-keep", "--seed", "5", *FEW])
    digests = json.loads(capsys.readouterr().out)["digests"]
    assert digests["seed"] == "5"
    assert digests["draws"] == "4 x 4"


def test_the_report_of_a_kept_review_is_the_page_that_was_kept(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["review", change(project), *FEW])
    monkeypatch.chdir(project)
    assert main(["report", "a-clock", "--json"]) == 0
    out = capsys.readouterr().out
    document = json.loads(out[out.index('{\n  "schema": "counterseal-report/1"') :])
    page = project / "a-clock.html"
    kept = project / ".counterseal" / "reviews" / "a-clock" / "report.html"
    assert page.read_bytes() == kept.read_bytes()
    assert document["bytes"] == page.stat().st_size
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_a_report_goes_where_it_is_told_and_opens_when_asked(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    main(["review", change(project), *FEW])
    target = project / "out" / "page.html"
    words = ["report", "a-clock", "--estate", str(project), "-o", str(target)]
    assert main(words) == 0
    assert opened == []
    assert main([*words, "--open"]) == 0
    assert opened == [target.as_uri()]


def test_a_report_of_what_was_never_reviewed_is_refused(project: Path, capsys: Capture) -> None:
    assert main(["report", "nothing", "--estate", str(project)]) == 2
    assert "no review of 'nothing'" in "".join(capsys.readouterr())


def test_progress_of_the_stages_only_moves_forward() -> None:
    told: list[int] = []
    report = staged(lambda done, _total: told.append(done))
    for stage in (
        "before and after",
        "alternatives",
        "evidence",
        "conditions",
        "facts that could be false",
    ):
        for done in (0, 1, 2):
            report(stage, done, 2)
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] == 1000


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_fault(project: Path) -> None:
    words = [sys.executable, "-c", "from counterseal.cli.main import run; run()", "review"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        done = subprocess.run(  # noqa: S603 - our own interpreter on our own text
            [*words, change(project), "--format", "html", "--no-keep", *FEW],
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
