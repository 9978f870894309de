"""Measure how far the models of the schema level are off on public tables.

Give it a folder of CSV files, one table of people each; it counts the truth of random subsets
of columns, compares it with what independence and the tree of dependence say, and prints the
figures of ``counterseal.mosaic.schema.calibration`` with their coverage on tables left out.

    python benchmarks/mosaic_bands.py FOLDER
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable
from counterseal.mosaic.schema.dependence.model import build
from counterseal.mosaic.schema.dependence.uniqueness import sampled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROWS = 1_000
VALUES = (2, 200)
SIZES = tuple(range(2, 13))
SUBSETS = 5  # of each size
DRAWS = 4_096
OFFSETS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0)
ENDS = (0.05, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A subset of the columns of a table: the truth, and what the models say, as log-odds."""

    table: str
    size: int
    truth: float
    independent: float
    tree: float


def main() -> int:
    """Print the calibration of each quantity and regime."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    found: dict[str, list[Case]] = {"unique": [], "correct": []}
    for path in sorted(parser.parse_args().folder.glob("*.csv")):
        table = codes(path)
        if table.shape[1] < ROWS or table.shape[0] < min(SIZES):
            print(f"{path.stem}: left out ({table.shape[1]} rows, {table.shape[0]} columns)")
            continue
        cases = cases_of(path.stem, table)
        print(f"{path.stem}: {table.shape[1]} rows, {table.shape[0]} columns, {len(cases)}")
        for quantity, case in cases:
            found[quantity].append(case)
    for quantity, some in found.items():
        for regime in ("marginals", "pairs"):
            report(quantity, regime, some)
    return 0


def codes(path: Path) -> NDArray[np.intp]:
    """Return the usable columns of a table as codes (columns, rows)."""
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        head, *rows = list(csv.reader(file))
    width = len(head)
    cells = [row for row in rows if len(row) == width]
    columns = []
    for i in range(width):
        values, numbers = np.unique([row[i] for row in cells], return_inverse=True)
        if VALUES[0] <= len(values) <= VALUES[1]:
            columns.append(numbers)
    return np.array(columns, dtype=np.intp).reshape(len(columns), -1)


def cases_of(name: str, table: NDArray[np.intp]) -> list[tuple[str, Case]]:
    """Return cases of random subsets of columns, chosen by the name of the table alone."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])
    rng = np.random.Generator(np.random.PCG64(seed))
    found = []
    for size in (one for one in SIZES if one <= len(table)):
        subsets = {tuple(sorted(rng.permutation(len(table))[:size])) for _ in range(SUBSETS)}
        for columns in sorted(subsets):
            found += case_of(name, table[list(columns)])
    return found


def case_of(name: str, table: NDArray[np.intp]) -> list[tuple[str, Case]]:
    """Return the truth and both models for all columns of ``table``, by quantity."""
    people = table.shape[1]
    marginals, pairs = described(table)
    missing = {one.id: 0.0 for one in marginals}
    models = [build(marginals), build(marginals, pairs)]
    flat, tree = (sampled(m, missing, people=people, seed=1, draws=DRAWS) for m in models)
    sizes = np.unique(table, axis=1, return_counts=True)[1]
    truths = {"unique": (sizes == 1).sum() / people, "correct": len(sizes) / people}
    return [
        (
            quantity,
            Case(
                table=name,
                size=len(table),
                truth=odds(truth, people),
                independent=odds(getattr(flat, quantity).value, people),
                tree=odds(getattr(tree, quantity).value, people),
            ),
        )
        for quantity, truth in truths.items()
    ]


def described(table: NDArray[np.intp]) -> tuple[list[Marginal], list[PairTable]]:
    """Return the single and pairwise distributions of a table (columns, rows)."""
    sizes = [int(column.max()) + 1 for column in table]
    people = table.shape[1]
    marginals = [
        Marginal(
            id=f"c{i}",
            name=f"c{i}",
            shares=tuple((np.bincount(column, minlength=size) / people).tolist()),
        )
        for i, (column, size) in enumerate(zip(table, sizes, strict=True))
    ]
    pairs = []
    for i in range(len(table)):
        for j in range(i + 1, len(table)):
            cells = np.bincount(table[i] * sizes[j] + table[j], minlength=sizes[i] * sizes[j])
            joint = (cells / people).reshape(sizes[i], sizes[j])
            pairs.append(
                PairTable(
                    first=f"c{i}", second=f"c{j}", shares=tuple(map(tuple, joint.tolist()))
                )
            )
    return marginals, pairs


def odds(share: float, people: int) -> float:
    """Return log-odds, kept half a person from nobody and from everybody."""
    inner = min(max(share, 0.5 / people), 1 - 0.5 / people)
    return log(inner / (1 - inner))


def report(quantity: str, regime: str, cases: Sequence[Case]) -> None:
    """Print percentiles, and how often they held on tables left out."""
    best = None
    for offset in OFFSETS:
        held, widths = left_out(cases, regime, offset)
        width = float(np.mean(list(widths.values())))
        if best is None or width < best[0]:
            best = (width, offset, held)
    if best is None:
        return
    width, offset, held = best
    low, high = ends(cases, regime, offset)
    print(
        f"{quantity} {regime}: low={low:.3f} high={high:.3f} offset={offset} "
        f"tables={len(held)} cases={len(cases)} coverage={np.mean(list(held.values())):.3f} "
        f"worst={min(held.values()):.3f} ({min(held, key=lambda one: held[one])}) "
        f"mean width of the share {width:.3f}"
    )


def left_out(
    cases: Sequence[Case], regime: str, offset: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Return coverage and mean width on each table, measured on the others."""
    held, widths = {}, {}
    for table in sorted({case.table for case in cases}):
        low, high = ends([c for c in cases if c.table != table], regime, offset)
        mine = [c for c in cases if c.table == table]
        bands = [band(c, regime, offset, low, high) for c in mine]
        held[table] = float(
            np.mean([b[0] <= c.truth <= b[1] for b, c in zip(bands, mine, strict=True)])
        )
        widths[table] = float(np.mean([share(b[1]) - share(b[0]) for b in bands]))
    return held, widths


def band(
    case: Case, regime: str, offset: float, low: float, high: float
) -> tuple[float, float]:
    """Return the band of one case, as log-odds."""
    centre, scale = placed(case, regime, offset)
    return centre + low * scale, centre + high * scale


def ends(cases: Sequence[Case], regime: str, offset: float) -> tuple[float, float]:
    """Return the percentiles of the scaled errors, every table counted alike."""
    errors, weights = [], []
    counts: dict[str, int] = {}
    for case in cases:
        counts[case.table] = counts.get(case.table, 0) + 1
    for case in cases:
        centre, scale = placed(case, regime, offset)
        errors.append((case.truth - centre) / scale)
        weights.append(1.0 / counts[case.table])
    order = np.argsort(np.array(errors), kind="stable")
    sums = np.cumsum(np.array(weights)[order]) / sum(weights)
    ranked = np.array(errors)[order]
    places = [min(int(np.searchsorted(sums, end)), len(ranked) - 1) for end in ENDS]
    return float(ranked[places[0]]), float(ranked[places[1]])


def placed(case: Case, regime: str, offset: float) -> tuple[float, float]:
    """Return the centre of a case and the scale of its error."""
    if regime == "pairs":
        return case.tree, abs(case.independent - case.tree) + offset
    return case.independent, offset


def share(log_odds: float) -> float:
    """Return the share of log-odds."""
    return float(1 / (1 + np.exp(-log_odds)))


if __name__ == "__main__":
    raise SystemExit(main())
