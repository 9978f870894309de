"""What the environment says about the terminal: colour, characters, width, somebody there."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

__all__ = ["Terminal", "terminal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """How output may look and whether anybody is there to answer.

    Attributes:
        colour: Whether standard output is a terminal that wants colour.
        ascii_only: Whether only ASCII can be shown.
        width: Columns to wrap to, from 40 to 120.
        interactive: Whether a person can be asked: input and error output are terminals.
        progress: Whether a moving line may be drawn on error output.
    """

    colour: bool = False
    ascii_only: bool = False
    width: int = 100
    interactive: bool = False
    progress: bool = False


def terminal() -> Terminal:
    """Read ``NO_COLOR``, ``TERM``, ``COLUMNS``, the encoding and what the streams are."""
    dumb = os.environ.get("TERM") == "dumb"
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return Terminal(
        colour=sys.stdout.isatty() and not dumb and not os.environ.get("NO_COLOR"),
        ascii_only=encoding != "utf8",
        width=max(40, min(120, shutil.get_terminal_size((100, 24)).columns)),
        interactive=sys.stdin.isatty() and sys.stderr.isatty(),
        progress=sys.stderr.isatty() and not dumb,
    )
