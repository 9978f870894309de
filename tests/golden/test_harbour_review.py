"""A whole review as people read it, on few draws; ``--rewrite`` writes the file again.

Digests are left out: they are of input files that other tests speak of, and would make every
edit of a catalog row an edit here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

CHANGE = Path(__file__).parents[2] / "examples/harbour/changes/terminal-copy.yaml"
FEW = ("--draws", "64", "--lanes", "64", "--workers", "1", "--no-keep")


@pytest.mark.slow
def test_the_review_of_the_harbour_is_as_recorded(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    golden: Callable[[str, str], None],
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    code = main(["review", str(CHANGE), *FEW])
    text = capsys.readouterr().out
    assert f"exit {code}: " in text.splitlines()[-1]
    golden("harbour-review.txt", re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text))
