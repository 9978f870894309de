"""A plan for the harbour as people read it; ``--rewrite`` writes the file again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
WORDS = (
    *("mitigate", str(HARBOUR), "--costs", str(HARBOUR / "costs.yaml"), "--budget", "40"),
    *("--adversary", "humint-enabled", "--use", "integrity", "--workers", "1"),
    *("--trials", "256", "--fresh", "32", "--lanes", "32"),
)


@pytest.mark.slow
def test_the_plan_for_the_harbour_is_as_recorded(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    golden: Callable[[str, str], None],
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    code = main(WORDS)
    text = capsys.readouterr().out
    assert f"exit {code}: " in text.splitlines()[-1]
    golden("harbour-plan.txt", text)
