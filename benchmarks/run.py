"""Measure against named peers, as ratios within one run; see ``docs/benchmarks.md``.

``python benchmarks/run.py`` prints the page; ``--write`` also writes it. ``--most`` stops at
smaller graphs, ``--only sweep,threads`` measures some parts. What is being measured is said on
standard error. The text below the mark in the page is kept when the page is written: there
stands what bounds a goal that is missed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import compiling
import incremental
import kernels
import memory
import plans
import rare
import reviews
import sensitivity
import tables
import uniques
from measuring import Goal, Section, goals_table, machine, note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
MARK = "<!-- kept: what follows is written by hand -->"
PACKAGES = (
    "numpy",
    "numba",
    "scipy",
    "igraph",
    "rustworkx",
    "networkx",
    "mal-toolbox",
    "highspy",
    "duckdb",
    "pycanon",
    "pyspark",
)
INTRODUCTION = """\
Every figure is a ratio, or an amount, within one run on one machine: times alone say little on
a machine shared with other work, and ratios under 1.3 are ties. Times are those of the
processor unless a row says otherwise, medians of several runs where a run is short, kernels
compiled beforehand. The goals are the project's own, set before this was built; a missed one
stays on the page with what bounds it."""
REVIEWS_NOTE = """\
Whole reviews, from the bytes of the files to the document: five adversaries, alternatives,
conditions, falsehoods and evidence; kernels compiled beforehand. The generated estate has
20,000 links and about 100,000 steps for each adversary. `time` is that on the wall."""
SPARK = Path(__file__).with_name("spark.py")
SPARK_NOTE = """\
Trials over Spark against two threads of this machine, which take turns: 10,000 steps, 80,000
trials, median of three ratios of neighbours, the same bytes in every run. Writing, sending and
reading the graph is included, starting the session is not."""
REVIEW_SECONDS = 10.0
SMALL = 100_000


def whole_reviews() -> Section:
    """Return the reviews of an example and of a large generated estate."""
    note("whole reviews")
    rows = reviews.whole_reviews()
    seconds = float(rows[-1][2].removesuffix(" s").replace(",", ""))
    return Section(
        title="Whole reviews",
        note=REVIEWS_NOTE,
        head=["review", "draws", "time", "processor time"],
        rows=rows,
        goals=[
            Goal(
                number="8",
                text="review of 2,000 systems, 20,000 links, five adversaries",
                found=seconds,
                bound=REVIEW_SECONDS,
                most=True,
                unit=" s",
            )
        ],
    )


def cluster() -> Section | str:
    """Return trials over PySpark against local threads, where PySpark is installed."""
    if find_spec("pyspark") is None:
        return "## Beyond one machine\n\nLeft out: PySpark is not installed."
    note("spark")
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(SPARK), "--runs", "3"], capture_output=True, text=True, check=False
    )
    if run.returncode:
        return f"## Beyond one machine\n\nFailed:\n\n```text\n{run.stderr[-2_000:]}\n```"
    medians = re.findall(
        r"^(\S+): median ratio ([\d.]+); goal at most ([\d.]+)", run.stdout, re.MULTILINE
    )
    return Section(
        title="Beyond one machine",
        note=SPARK_NOTE,
        head=["master", "Spark / threads"],
        rows=[[f"`{master}`", f"{ratio} x"] for master, ratio, _ in medians],
        goals=[
            Goal(
                number="9",
                text=f"Spark / two threads, {master}",
                found=float(ratio),
                bound=float(bound),
                most=True,
                unit=" x",
            )
            for master, ratio, bound in medians
        ],
    )


def parts(most: int) -> dict[str, Callable[[], Sequence[Section | str]]]:
    """Return what can be measured, by name, up to graphs of ``most`` steps."""
    sizes = [size for size in kernels.SIZES if size <= most]
    return {
        "sweep": lambda: kernels.measured(sizes),
        "threads": lambda: [kernels.threads(sizes)],
        "memory": lambda: [memory.measured()] if most > SMALL else [],
        "incremental": lambda: [incremental.measured(min(most, SMALL)), incremental.facts()],
        "variance": lambda: [rare.measured()],
        "sensitivity": lambda: [sensitivity.measured()],
        "plans": lambda: [plans.measured()],
        "compiling": lambda: [compiling.measured()],
        "reviews": lambda: [whole_reviews()],
        "tables": lambda: [tables.measured()],
        "uniques": lambda: [uniques.measured()],
        "cluster": lambda: [cluster()],
    }


def page(found: Sequence[Section | str], *, head: str, seconds: float) -> str:
    """Return the page without what is kept."""
    goals = [goal for part in found if isinstance(part, Section) for goal in part.goals]
    missed = sum(not goal.met for goal in goals)
    summary = f"{len(goals) - missed} of {len(goals)} are met, {missed} missed."
    return "\n\n".join(
        [
            "# Benchmarks",
            f"{head} The whole run took {seconds / 60:.0f} minutes.",
            INTRODUCTION,
            "## Goals",
            summary,
            goals_table(goals),
            *(part.text() if isinstance(part, Section) else part for part in found),
        ]
    )


def kept() -> str:
    """Return what stands below the mark in the page, the mark included."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    return MARK + text.partition(MARK)[2].rstrip() + "\n"


def main() -> None:
    """Print the page; write it when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--most", type=int, default=kernels.SIZES[-1], help="steps at most")
    parser.add_argument("--only", help="names of parts, separated by commas")
    asked = parser.parse_args()
    when = datetime.now(tz=UTC)  # noqa: TID251 - a measurement has a date
    head = f"Written by `make bench` on {when:%Y-%m-%d}: {machine(PACKAGES)}"
    start = time.perf_counter()
    known = parts(asked.most)
    names = list(known) if asked.only is None else asked.only.split(",")
    found = [section for name in names for section in known[name]()]
    text = page(found, head=head, seconds=time.perf_counter() - start)
    print(text)
    if asked.write:
        PAGE.write_text(f"{text}\n\n{kept()}", encoding="utf-8")


if __name__ == "__main__":
    main()
