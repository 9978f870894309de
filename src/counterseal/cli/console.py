"""Where a command prints: results on stdout, notes on stderr, faults with their source line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.cli.exits import Exit
    from counterseal.errors import Fault
    from counterseal.workspace.terminal import Terminal

__all__ = ["Console", "shown"]

MOST_FAULTS: Final = 50
"""Faults printed as text; the rest is counted, and ``--json`` has them all."""

_PERSONAL: Final = frozenset({"CS110"})
"""Codes whose source line may hold a record about a person, and so is not shown."""

_FRAME_COLUMNS: Final = 100


class Console:
    """Everything a command may do to the outside, besides files.

    Attributes:
        terminal: What output may look like.
        is_json: Whether stdout holds one JSON document and nothing else.
        is_quiet: Whether notes are left out.
        reason: What the last line will say, once ``conclude`` was called.
    """

    def __init__(self, terminal: Terminal, *, is_json: bool, is_quiet: bool) -> None:
        """Print for ``terminal``; text of results is left out with ``is_json``."""
        self.terminal = terminal
        self.is_json = is_json
        self.is_quiet = is_quiet
        self.reason = ""
        self._sources: dict[str, bytes] = {}
        self._paths: dict[str, str] = {}
        self._is_taken = is_json
        self._has_document = False

    def know(self, sources: Mapping[str, bytes], *, paths: Mapping[str, str]) -> None:
        """Remember files as they were read, for the source lines of faults.

        Args:
            sources: Content by the name that faults give.
            paths: What the start of such a name stands for on disk (``estate/`` for the
                folder of the estate), so that a place can be clicked.
        """
        self._sources.update(sources)
        self._paths.update(paths)

    def path_of(self, file: str) -> str:
        """Return the path of a file that faults name ``file``, from the working folder."""
        for start, path in self._paths.items():
            if file.startswith(start):
                return path + file.removeprefix(start)
        return file

    def out(self, text: str = "") -> None:
        """Print a line (or lines) of the result; nothing with ``--json``."""
        if not self.is_json:
            sys.stdout.write(self._plain(text) + "\n")

    def write(self, text: str) -> None:
        """Print text exactly, for another program; the last line then goes to stderr."""
        self._is_taken = True
        sys.stdout.write(text)

    def document(self, value: Mapping[str, Json]) -> None:
        """Print the JSON document of the result, once; nothing without ``--json``."""
        if self.is_json and not self._has_document:
            self._has_document = self._is_taken = True
            sys.stdout.write(json.dumps(value, ensure_ascii=True, indent=2) + "\n")

    def note(self, text: str) -> None:
        """Print a line beside the result, on stderr; nothing with ``--quiet``."""
        if not self.is_quiet:
            sys.stderr.write(self._plain(text) + "\n")

    def conclude(self, code: Exit, reason: str) -> int:
        """Set the reason of the last line and return the exit code."""
        self.reason = reason
        return int(code)

    def last_line(self, code: int) -> None:
        """Print the exit code with its reason; on stderr when stdout is for a program."""
        stream = sys.stderr if self._is_taken or self.is_json else sys.stdout
        reason = self.reason or ("done" if code == 0 else "failed")
        stream.write(self._plain(f"exit {code}: {reason}") + "\n")

    def failure(self, code: Exit, message: str, *, hint: str = "", name: str = "") -> int:
        """Print an error without a place, and return the exit code."""
        self.document(
            {
                "schema": "counterseal-error/1",
                "exit": int(code),
                "errors": [{"code": name, "message": message, "hint": hint}],
            }
        )
        if hint:
            sys.stderr.write(self._plain(shown(hint)) + "\n")
        return self.conclude(code, shown(message))

    def faults(self, faults: Sequence[Fault]) -> None:
        """Print faults on stderr, each with its source line, cause and suggestion."""
        for fault in faults[:MOST_FAULTS]:
            sys.stderr.write(self._plain(self._framed(fault)) + "\n\n")
        if len(faults) > MOST_FAULTS:
            self.note(f"... and {len(faults) - MOST_FAULTS} more; --json lists them all")

    def fault_rows(self, faults: Sequence[Fault]) -> list[Json]:
        """Return faults as ``errors`` of a JSON document."""
        return [
            {
                "code": fault.code,
                "message": fault.message,
                "file": self.path_of(fault.place.file) if fault.place else None,
                "line": fault.place.line if fault.place else None,
                "column": fault.place.column if fault.place else None,
                "hint": fault.hint,
            }
            for fault in faults
        ]

    def _framed(self, fault: Fault) -> str:
        place = fault.place
        hint = [f"      = {shown(fault.hint)}"] if fault.hint else []
        if place is None:
            return "\n".join([f"{fault.code} {shown(fault.message)}", *hint])
        where = f"{self.path_of(place.file)}:{place.line}:{place.column}"
        head = f"{self._bold(shown(where))} {self._red(fault.code)} {shown(fault.message)}"
        frame = (
            [] if fault.code in _PERSONAL else self._frame(place.file, place.line, place.column)
        )
        return "\n".join([head, *frame, *hint])

    def _frame(self, file: str, line: int, column: int) -> list[str]:
        """Return the source line and a caret below ``column``, cut to a window around it."""
        text = self._sources.get(file, b"").decode("utf-8-sig", errors="replace")
        lines = text.split("\n")
        if not (text and line <= len(lines)):
            return []
        start = max(0, column - 1 - _FRAME_COLUMNS + 20)
        window = shown(lines[line - 1].rstrip("\r"))[start : start + _FRAME_COLUMNS]
        caret = " " * (column - 1 - start) + self._red("^")
        return [f"{line:>5} | {window}", f"      | {caret}"]

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.terminal.colour else text

    def _red(self, text: str) -> str:
        return f"\x1b[31m{text}\x1b[0m" if self.terminal.colour else text

    def _plain(self, text: str) -> str:
        if not self.terminal.ascii_only or text.isascii():
            return text
        from counterseal.report.lines import to_ascii  # noqa: PLC0415 - seldom needed

        return to_ascii(text)


def shown(text: str) -> str:
    """Return ``text`` without control characters: a file must not steer the terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
