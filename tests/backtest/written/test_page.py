"""The result on the page is what the program writes, between two marks."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "backtest.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", DOCS / "backtest_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_only_what_stands_between_the_marks_is_replaced(script: ModuleType) -> None:
    page = "a\n<!-- result -->\nold\n<!-- /result -->\nb\n"
    found = script.replaced(page, "new\n")
    assert found == "a\n<!-- result -->\n\nnew\n\n<!-- /result -->\nb\n"
    assert script.replaced(found, "new\n") == found


def test_a_page_without_marks_is_refused(script: ModuleType) -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        script.replaced("nothing here", "new")


def test_the_page_has_findings_and_every_table_of_the_program(script: ModuleType) -> None:
    block = PAGE.partition(script.FIRST)[2].partition(script.LAST)[0]
    assert block.lstrip().startswith("- **Against chance.** ")
    for title in (
        "Entry",
        "Seam",
        "Last hop",
        "Hardened twin",
        "Days to the objective",
        "Misses",
    ):
        assert f"\n**{title}" in block


def test_a_command_that_fails_leaves_the_page_and_says_why(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        script.run([str(tmp_path / "none")])
    assert caught.value.code == 5
    assert "there are no cases to read" in capsys.readouterr().err
    assert (DOCS / "backtest.md").read_text(encoding="utf-8") == PAGE
