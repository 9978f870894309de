"""Completion scripts name every command and are valid for the shell they are for."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from counterseal.cli.commands.completion import script
from counterseal.cli.main import main
from counterseal.cli.table import COMMANDS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_names_every_command(shell: str) -> None:
    text = script(shell)
    assert all(word in text for command in COMMANDS for word in command.name.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_only_the_script_is_printed_on_stdout(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    assert capsys.readouterr().out == script(shell)


@pytest.mark.parametrize(
    ("line", "index", "expected"),
    [
        ("counterseal ver", 1, "verify"),
        ("counterseal graph sim", 2, "simulate"),
        ("counterseal completion z", 2, "zsh"),
        ("counterseal check --js", 2, "--json"),
    ],
)
def test_bash_completes_words(line: str, index: int, expected: str) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    ask = f'COMP_WORDS=({line}); COMP_CWORD={index}; _counterseal; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(  # noqa: S603 - a script of our own
        [bash, "-c", script("bash") + ask], capture_output=True, text=True, check=True
    )
    assert expected in done.stdout.split()
