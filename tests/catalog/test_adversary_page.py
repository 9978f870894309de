"""The page of adversaries shows the numbers of the catalog, all of them, as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from counterseal.testing.catalogs import catalog

ROOT = Path(__file__).parents[2]


def test_the_tables_of_the_page_are_current() -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check", "adversaries"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_way_of_every_profile_has_its_row() -> None:
    page = (ROOT / "docs" / "adversaries.md").read_text(encoding="utf-8")
    for profile in catalog().adversaries.values():
        for vector in profile.vectors:
            assert f"| {profile.id} | {vector.id} |" in page
