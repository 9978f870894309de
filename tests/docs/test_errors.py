"""The page of errors has every code of the source, and none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "counterseal"
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
CODE = re.compile(r"[\"'](CS\d{3})[\"']")
ROW = re.compile(r"^\| (CS\d{3}) \| (.*) \|(.*)\|$", flags=re.MULTILINE)


def _raised() -> set[str]:
    """Codes that stand as literals in the source."""
    return {
        code
        for path in SOURCE.rglob("*.py")
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    }


def test_every_code_of_the_source_is_on_the_page() -> None:
    assert _raised() - {row[0] for row in ROW.findall(PAGE)} == set()


def test_no_code_of_the_page_is_missing_from_the_source() -> None:
    assert {row[0] for row in ROW.findall(PAGE)} - _raised() == set()


def test_each_code_has_one_row_and_rows_are_in_order() -> None:
    codes = [row[0] for row in ROW.findall(PAGE)]
    assert codes == sorted(set(codes))


def test_each_row_says_what_it_means_and_what_to_do() -> None:
    silent = [code for code, meaning, _ in ROW.findall(PAGE) if len(meaning.split()) < 3]
    helpless = [code for code, _, remedy in ROW.findall(PAGE) if not remedy.strip()]
    assert silent == []
    assert helpless == ["CS000"]


def test_class_codes_are_named_with_their_classes() -> None:
    text = (SOURCE / "errors.py").read_text(encoding="utf-8")
    classes = dict(re.findall(r"class (\w+)\(\w+\):.*?code = \"(CS\d{3})\"", text, re.DOTALL))
    meanings = {code: meaning for code, meaning, _ in ROW.findall(PAGE)}
    unnamed = [name for name, code in classes.items() if f"`{name}`" not in meanings[code]]
    assert len(classes) >= 10
    assert [name for name in unnamed if name != "InvalidDocumentError"] == []
