"""Clocks, child processes with their memory, and tables: what every benchmark shares."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_STATUS = Path("/proc/self/status")
_PEAK = Path("/proc/self/clear_refs")
MEGA = 1e6


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A goal and what was found.

    Attributes:
        number: Of the goal in the page.
        text: What was measured, in a few words.
        found: The ratio or amount.
        bound: What it should be.
        most: Whether the bound is an upper one.
        unit: After both numbers.
    """

    number: str
    text: str
    found: float
    bound: float
    most: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether it is met."""
        return self.found <= self.bound if self.most else self.found >= self.bound

    def line(self) -> list[str]:
        """Return the cells of a row of the table of goals."""
        sign = "≤" if self.most else "≥"
        return [
            self.number,
            self.text,
            f"{sign} {number(self.bound)}{self.unit}",
            f"{number(self.found)}{self.unit}",
            "met" if self.met else "**missed**",
        ]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page: a heading, what its rows mean, a table, and the goals it decides."""

    title: str
    note: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[Goal] = ()
    after: str = ""

    def text(self) -> str:
        """Return the section in Markdown."""
        parts = [f"## {self.title}", self.note, table(self.head, self.rows)]
        return "\n\n".join([*parts, *([self.after] if self.after else [])])

    def show(self) -> None:
        """Print the section and its goals."""
        print(self.text())
        if self.goals:
            print("\n" + goals_table(self.goals))


GOALS = ("goal", "what", "wanted", "found", "")


def goals_table(goals: Sequence[Goal]) -> str:
    """Return a table of goals, met or missed."""
    return table(GOALS, [goal.line() for goal in goals])


def number(value: float) -> str:
    """Return a number with about three digits."""
    if abs(value) >= 100:  # noqa: PLR2004 - three digits before the point
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def note(text: str) -> None:
    """Say on standard error what is being measured."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def clocked(work: Callable[[], object], *, runs: int = 5, warm: bool = True) -> float:
    """Return the median processor time of ``work`` in seconds, all threads together.

    Args:
        work: What to measure.
        runs: How often.
        warm: Whether to run it once unmeasured before.
    """
    return _median(work, time.process_time, runs=runs, warm=warm)


def walled(work: Callable[[], object], *, runs: int = 5, warm: bool = True) -> float:
    """Return the median time of ``work`` on the wall in seconds."""
    return _median(work, time.perf_counter, runs=runs, warm=warm)


def _median(
    work: Callable[[], object], clock: Callable[[], float], *, runs: int, warm: bool
) -> float:
    if warm:
        work()
    found = []
    for _ in range(runs):
        start = clock()
        work()
        found.append(clock() - start)
    return statistics.median(found)


def in_child(work: Callable[..., T], *values: object) -> T:
    """Return ``work(*values)``, run in a process of its own whose memory is given back."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *values).result()


class Memory:
    """How much more memory is held, at most, than when this was made.

    Resident memory, as the kernel counts it; where it does not let the peak be set back, the
    peak of the whole process so far.
    """

    def __init__(self) -> None:
        """Begin to count, after giving back what is free."""
        _give_back()
        try:
            _PEAK.write_text("5", encoding="ascii")
        except OSError:
            self._start = 0
        else:
            self._start = _held("VmRSS")

    @property
    def most(self) -> int:
        """Bytes."""
        return max(0, _held("VmHWM") - self._start)

    @property
    def peak(self) -> int:
        """Bytes of the whole process, at most, since this was made."""
        return _held("VmHWM")

    @property
    def held(self) -> int:
        """Bytes held now, in excess of the start, once what is free is given back."""
        _give_back()
        return max(0, _held("VmRSS") - self._start)


def _give_back() -> None:
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _held(field: str) -> int:
    """Return a line of the kernel's account of this process, in bytes."""
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


def size(count: float) -> str:
    """Return bytes in words."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{number(count / scale)} {unit}"
    return f"{count:.0f} B"


def machine(packages: Sequence[str]) -> str:
    """Return processor, system, load and versions, in words."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    found = [f"{name} {known}" for name in packages if (known := _version(name))]
    return (
        f"{_cpu()}, {os.cpu_count()} processors, {platform.system()}, load {load:.1f} at the "
        f"start. Python {platform.python_version()}, {', '.join(found)}."
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _cpu() -> str:
    """Return the processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
