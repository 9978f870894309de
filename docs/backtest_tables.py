"""Write the findings and tables of ``docs/backtest.md`` anew from a run over a folder of cases.

``python docs/backtest_tables.py ../shared/data/cases/development`` takes a few minutes and
replaces what stands between the two marks of the page; further words go to the command
(``--registered FILE``, ``--seeds N``).
"""
# ruff: noqa: INP001 - a script beside the page it writes, not a package

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

from counterseal.cli.main import main

PAGE = Path(__file__).resolve().parent / "backtest.md"
FIRST, LAST = "<!-- result -->\n", "<!-- /result -->\n"


def replaced(page: str, tables: str) -> str:
    """Return ``page`` with ``tables`` between its marks.

    Raises:
        ValueError: A mark is missing.
    """
    before, first, rest = page.partition(FIRST)
    _, last, after = rest.partition(LAST)
    if not (first and last):
        msg = f"{PAGE} lacks the marks {FIRST.strip()} and {LAST.strip()}"
        raise ValueError(msg)
    return f"{before}{first}\n{tables.strip()}\n\n{last}{after}"


def run(words: list[str]) -> str:
    """Return what the command prints as Markdown, without its last line.

    Raises:
        SystemExit: The command ends with another code than 0; it has said why.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(["backtest", *words, "--markdown"])
    if code:
        sys.stderr.write(printed.getvalue())
        raise SystemExit(code)
    return printed.getvalue().rpartition("exit 0:")[0]


if __name__ == "__main__":
    PAGE.write_text(
        replaced(PAGE.read_text(encoding="utf-8"), run(sys.argv[1:])), encoding="utf-8"
    )
