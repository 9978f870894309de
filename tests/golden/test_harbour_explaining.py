"""Paths and choke points of the harbour as people read them; ``--rewrite`` writes them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

HARBOUR = Path(__file__).parents[2] / "examples/harbour"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["paths", "chokepoints"])
def test_paths_and_choke_points_of_the_harbour_are_as_recorded(
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    golden: Callable[[str, str], None],
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(HARBOUR)
    assert main([command, ".", "--workers", "1", "--levels"]) == 0
    text = capsys.readouterr().out
    golden(f"harbour-{command}.txt", re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text))
