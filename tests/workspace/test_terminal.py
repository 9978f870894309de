"""Colour, characters and progress follow the terminal and the reader's wishes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

ASK = "from counterseal.workspace.terminal import terminal; print(terminal())"


def answer(*, on_terminal: bool, **variables: str) -> str:
    """Return what a fresh interpreter says of a terminal, or of a pipe."""
    environment = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "TERM"}}
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter on our own text
            [sys.executable, "-c", ASK],
            stdin=theirs if on_terminal else subprocess.DEVNULL,
            stdout=theirs if on_terminal else subprocess.PIPE,
            stderr=theirs if on_terminal else subprocess.PIPE,
            env=environment | {"TERM": "xterm"} | variables,
            check=True,
        )
        return os.read(ours, 4096).decode() if on_terminal else done.stdout.decode()
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_terminal_has_colour_progress_and_somebody_to_ask() -> None:
    text = answer(on_terminal=True, PYTHONIOENCODING="utf-8")
    for fact in ("colour=True", "progress=True", "interactive=True", "ascii_only=False"):
        assert fact in text


def test_a_pipe_has_none_of_them() -> None:
    text = answer(on_terminal=False)
    for fact in ("colour=False", "progress=False", "interactive=False"):
        assert fact in text


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_can_be_declined(variables: dict[str, str]) -> None:
    assert "colour=False" in answer(on_terminal=True, **variables)


def test_a_dumb_terminal_has_no_moving_line() -> None:
    assert "progress=False" in answer(on_terminal=True, TERM="dumb")


def test_an_encoding_without_our_signs_means_ascii() -> None:
    assert "ascii_only=True" in answer(on_terminal=True, PYTHONIOENCODING="latin-1")
