"""Lines of plain text: wrapping, tables that fit a width, colour and an ASCII form.

Text of a user may hold control characters that would drive a terminal; they are removed here,
once, for everything that is printed.
"""

# ruff: noqa: RUF001 - typographic signs are what readers see here

from __future__ import annotations

import re
import textwrap
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Page", "clean", "columns_of", "shown_width", "to_ascii"]

_ASCII = {
    "●": "(*)",
    "◐": "(-)",
    "■": "[#]",
    "✕": "[X]",
    "○": "( )",
    "–": "-",
    "—": "-",
    "−": "-",
    "×": "x",
    "±": "+/-",
    "→": "->",
    "·": "-",
    "…": "...",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "\u00a0": " ",
    "─": "-",
    "│": "|",
    "✓": "ok",
    "½": "1/2",
}
_STYLES = {
    "strong": "1",
    "quiet": "2",
    "good": "1;34",
    "warn": "1;33",
    "bad": "1;31",
}
_NARROWEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How lines are written: their width in characters, with or without colour.

    Attributes:
        width: Columns of the terminal; lines are wrapped to it. At least 40 is used.
        colour: Whether to write ANSI colour; it never carries anything that words do not.
    """

    width: int = 100
    colour: bool = False

    @property
    def room(self) -> int:
        """Columns that are really used."""
        return max(self.width, _NARROWEST)

    def ink(self, text: str, style: str) -> str:
        """Return ``text`` in a style (a key of the table above) where colour is on."""
        return f"\033[{_STYLES[style]}m{text}\033[0m" if self.colour and text else text

    def heading(self, number: int, title: str) -> list[str]:
        """Return a blank line and a numbered heading with a rule to the right edge."""
        *above, last = self.wrapped(title, first=f"{number}. ")
        rule = "─" * max(0, self.room - len(last) - 1)
        inked = [self.ink(line, "strong") for line in above]
        return ["", *inked, self.ink(last + " ", "strong") + self.ink(rule, "quiet")]

    def wrapped(self, text: str, *, first: str = "", rest: str | None = None) -> list[str]:
        """Wrap ``text`` after the prefix ``first``; later lines start with ``rest``."""
        rest = " " * len(first) if rest is None else rest
        return textwrap.wrap(
            clean(text),
            width=self.room,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
        ) or [first.rstrip()]

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        """Lay out a table within the width: cells wrap; too narrow, rows become lists."""
        cells = [[clean(cell) for cell in row] for row in rows]
        widths = columns_of([list(head), *cells], room=self.room - 2)
        if not widths:
            return self._stacked(head, cells)
        title = [self.ink(line, "strong") for line in _wrapped_row(list(head), widths)]
        return title + [line for row in cells for line in _wrapped_row(row, widths)]

    def _stacked(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        lines: list[str] = []
        for row in rows:
            lines += self.wrapped(row[0], first="  ")
            for name, cell in zip(head[1:], row[1:], strict=True):
                if cell:
                    lines += self.wrapped(cell, first=f"    {name}: ", rest="      ")
        return lines


def columns_of(rows: Sequence[Sequence[str]], *, room: int) -> list[int]:
    """Return column widths that sum (with two spaces between) to at most ``room``.

    Columns get what they need; what is missing is taken from the widest that can still give,
    down to its longest word. The result is empty when the words do not fit.
    """
    columns = [[row[i] for row in rows] for i in range(len(rows[0]))]
    least = [max(_longest_word(cell) for cell in column) for column in columns]
    widths = [max(1, *map(shown_width, column)) for column in columns]
    excess = sum(widths) + 2 * (len(widths) - 1) - room
    while excess > 0:
        giving = [w if w > low else 0 for w, low in zip(widths, least, strict=True)]
        if not any(giving):
            return []
        widths[giving.index(max(giving))] -= 1
        excess -= 1
    return widths


def clean(text: str) -> str:
    """Return ``text`` on one line, without control, format or unassigned characters."""
    spaced = " ".join(re.split(r"[^\S\u00a0]+", text)).strip(" ")
    return "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))


def shown_width(text: str) -> int:
    """Return how many columns ``text`` takes: wide characters two, combining ones none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    marks = sum(unicodedata.combining(c) > 0 for c in text)
    return len(text) + wide - marks


def to_ascii(text: str) -> str:
    """Return ``text`` with only ASCII characters: known signs by name, others by ``?``."""
    known = "".join(_ASCII.get(c, c) for c in text)
    plain = unicodedata.normalize("NFKD", known)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return bare.encode("ascii", "replace").decode("ascii")


def _longest_word(cell: str) -> int:
    return max((shown_width(word) for word in cell.split(" ")), default=0)


def _wrapped_row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return the lines of one row of a table, cells wrapped to their columns."""
    parts = [
        textwrap.wrap(cell, width, break_on_hyphens=False) or [""]
        for cell, width in zip(row, widths, strict=True)
    ]
    height = max(map(len, parts))
    lines = [[part[i] if i < len(part) else "" for part in parts] for i in range(height)]
    return ["  " + _row(line, widths) for line in lines]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [c + " " * (w - shown_width(c)) for c, w in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()
