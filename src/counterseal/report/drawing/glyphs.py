"""How wide text is, so that labels can be wrapped or shortened before they are drawn.

Advance widths are those of DejaVu Sans (its ``hmtx`` table, in thousandths of an em), one of
the widest common sans-serif faces: what fits in it fits in the fonts that a reader has.
"""

from __future__ import annotations

import unicodedata

__all__ = ["shorten", "text_width", "wrap"]

# fmt: off
_REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698,
    770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732,
    684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
    634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,
    525, 636, 337, 636, 838,
)
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734,
    830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812,
    774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716,
    712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652,
    582, 712, 365, 712, 838,
)
# fmt: on
_FIRST = 32
_WIDE = 1000
_OTHER = 850
_ELLIPSIS = "…"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper estimate of the width of ``text`` at a font size, in the same unit."""
    table = _BOLD if bold else _REGULAR
    return sum(_advance(character, table) for character in text) * size / 1000


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return ``text`` if it fits in ``room``, else its beginning and an ellipsis.

    The full text belongs in the table that goes with the picture.
    """
    if text_width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and text_width(kept + _ELLIPSIS, size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS if kept else ""


def wrap(
    text: str, room: float, size: float, *, lines: int = 2, bold: bool = False
) -> tuple[str, ...]:
    """Break ``text`` into at most ``lines`` lines that fit ``room``; the last is shortened."""
    words = text.split()
    done: list[str] = []
    while words and len(done) < lines - 1:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, bold=bold) <= room:
            line += " " + words.pop(0)
        done.append(shorten(line, room, size, bold=bold))
    rest = " ".join(words)
    return (*done, shorten(rest, room, size, bold=bold)) if words else tuple(done)


def _advance(character: str, table: tuple[int, ...]) -> int:
    index = ord(character) - _FIRST
    if 0 <= index < len(table):
        return table[index]
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER
