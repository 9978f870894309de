"""A moving line on stderr, drawn only on a terminal and only past one second."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from counterseal.workspace.clock import stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from counterseal.cli.console import Console

__all__ = ["Advance", "progress"]

PATIENCE_SECONDS: Final = 1.0


class Advance(Protocol):
    """Says how far a task is: ``done`` of ``total`` steps."""

    def __call__(self, done: int, total: int, /) -> None:
        """Report."""


@contextmanager
def progress(console: Console, label: str) -> Iterator[Advance]:
    """Give a function to report progress with; it draws nothing unless somebody waits.

    Args:
        console: Where to draw; ``--quiet`` and anything but a terminal draw nothing.
        label: What is being done, in a few words.
    """
    if console.is_quiet or not console.terminal.progress:
        yield lambda _done, _total: None
        return
    line = _Line(label)
    try:
        yield line
    finally:
        line.close()


class _Line:
    """A rich progress bar that is not made before its time."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._started = stopwatch()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int, /) -> None:
        """Draw, once a second has passed."""
        if self._bar is None and stopwatch() - self._started >= PATIENCE_SECONDS:
            self._open(total)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total)

    def close(self) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.stop()

    def _open(self, total: int) -> None:
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only when drawn
        from rich.progress import Progress  # noqa: PLC0415 - only when drawn

        screen = RichConsole(stderr=True, force_terminal=True)
        self._bar = Progress(console=screen, transient=True)
        self._task = self._bar.add_task(self._label, total=total)
        self._bar.start()
