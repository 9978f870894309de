"""Progress is drawn for somebody who waits, and for nobody else."""

from __future__ import annotations

import pytest

from counterseal.cli import progress as subject
from counterseal.cli.console import Console
from counterseal.cli.progress import progress
from counterseal.workspace.terminal import Terminal


def drawn(
    capsys: pytest.CaptureFixture[str], *, is_terminal: bool = True, is_quiet: bool = False
) -> str:
    console = Console(Terminal(progress=is_terminal), is_json=False, is_quiet=is_quiet)
    with progress(console, "drawing worlds") as advance:
        for done in range(4):
            advance(done, 3)
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_a_long_task_on_a_terminal_says_what_it_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "PATIENCE_SECONDS", 0.0)
    assert "drawing worlds" in drawn(capsys)


def test_a_task_shorter_than_a_second_draws_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawn(capsys) == ""


@pytest.mark.parametrize(("is_terminal", "is_quiet"), [(False, False), (True, True)])
def test_without_a_terminal_or_with_quiet_nothing_is_drawn(
    *,
    is_terminal: bool,
    is_quiet: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subject, "PATIENCE_SECONDS", 0.0)
    assert drawn(capsys, is_terminal=is_terminal, is_quiet=is_quiet) == ""
