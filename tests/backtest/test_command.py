"""``counterseal backtest``: from a folder to tables or JSON, and 5 for what cannot be read."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.results.records import Settings
from counterseal.backtest.study import backtest
from counterseal.backtest.written.document import as_json
from counterseal.canon import digest_bytes
from counterseal.cli.main import main
from counterseal.errors import InvalidDocumentError
from counterseal.testing.catalogs import catalog
from counterseal.workspace.backtesting import read_cases, run

if TYPE_CHECKING:
    from pathlib import Path

    from counterseal.backtest.case import Case


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


@pytest.mark.slow
def test_markdown_has_the_findings_and_a_row_for_each_measure(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", str(folder), "--seeds", "1", "--markdown"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("- **Against chance.** ")
    assert shown.count("\n| harbour_office |") == 7
    assert all(line.count("|") == 10 for line in shown.splitlines() if "| mean |" in line)


@pytest.mark.slow
def test_text_begins_with_what_was_found_and_fits_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", str(folder), "--seeds", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Found")
    assert "against chance" in lines[1]
    assert max(map(len, lines)) <= 100


@pytest.mark.slow
def test_what_is_registered_is_run_and_its_digest_stands_in_the_result(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = folder / "plan.json"
    words = ["backtest", str(folder)]
    assert main([*words, "--seeds", "1", "--seed", "6", "--register", str(plan)]) == 0
    assert digest_bytes(plan.read_bytes()) in capsys.readouterr().out
    assert main([*words, "--registered", str(plan), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["registration"] == digest_bytes(plan.read_bytes())
    assert (document["settings"]["first_seed"], document["settings"]["seeds"]) == (6, 1)


def test_registering_runs_nothing_and_never_overwrites(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = folder / "plan.json"
    words = ["backtest", str(folder), "--register", str(plan)]
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["digest"] == digest_bytes(plan.read_bytes())
    assert json.loads(plan.read_bytes()) == document["registration"]
    before = plan.read_bytes()
    assert main([*words, "--hindsight"]) == 2
    assert "never overwritten" in capsys.readouterr().out
    assert plan.read_bytes() == before


@pytest.mark.parametrize(
    ("more", "named"),
    [(["--seeds", "3"], "settings.seeds"), (["--hindsight"], "settings.controls")],
)
def test_another_run_than_the_registered_one_is_6_and_says_what_differs(
    folder: Path, capsys: pytest.CaptureFixture[str], more: list[str], named: str
) -> None:
    plan = folder / "plan.json"
    assert main(["backtest", str(folder), "--seeds", "2", "--register", str(plan)]) == 0
    assert main(["backtest", str(folder), "--registered", str(plan), *more]) == 6
    assert f"different: {named}" in capsys.readouterr().out


def test_a_case_changed_after_registering_is_6(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, path = folder / "plan.json", folder / "truth/harbour.yaml"
    assert main(["backtest", str(folder), "--register", str(plan)]) == 0
    path.write_text(path.read_text() + "taken: more\n")
    assert main(["backtest", str(folder), "--registered", str(plan)]) == 6
    assert "different: truth.harbour.yaml" in capsys.readouterr().out


def test_a_file_that_is_no_registration_is_5_and_a_missing_one_2(folder: Path) -> None:
    plan = folder / "plan.json"
    assert main(["backtest", str(folder), "--registered", str(plan)]) == 2
    plan.write_text("{}")
    assert main(["backtest", str(folder), "--registered", str(plan)]) == 5
    assert main(["backtest", str(folder), "--registered", str(plan), "--register", "x"]) == 2


@pytest.mark.slow
def test_processes_give_the_same_study_and_none_is_left(case: Case) -> None:
    small = Settings(seeds=tuple(range(16)), outer=2, lanes=4, shuffles=0, workers=2)
    told: list[int] = []
    shared = run([case], catalog(), settings=small, progress=lambda done, _: told.append(done))
    assert as_json(shared) == as_json(backtest([case], catalog(), settings=small))
    assert told == [*range(1, 17)]
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_what_progress_raises_ends_every_process(case: Case) -> None:
    small = Settings(seeds=tuple(range(30)), outer=2, lanes=4, shuffles=0, workers=2)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt((done, total))

    with pytest.raises(KeyboardInterrupt):
        run([case], catalog(), settings=small, progress=stop)
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_an_interrupt_ends_the_command_with_130_and_without_a_trace(folder: Path) -> None:
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"  # if ignored
        "from counterseal.cli.main import run; run()"
    )
    words = [sys.executable, "-c", program, "backtest", str(folder), "--seeds", "500"]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*words, "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as running:
        try:
            time.sleep(4)
            os.killpg(running.pid, signal.SIGINT)
            shown, noted = running.communicate(timeout=60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
    assert running.returncode == 130
    assert shown.decode().strip() == "exit 130: interrupted"
    assert noted == b""
