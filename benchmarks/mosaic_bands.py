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
from itertools import pairwise, product
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
OFFSETS = (0.0, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5)
SLOPES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)
CENTRES = (0.005, 0.9995)
SHARES = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0)
COLUMNS = (2, 4, 6, 8, 10, 13)
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
    columns: list[NDArray[np.intp]] = []
    for i in range(width):
        values, numbers = np.unique([row[i] for row in cells], return_inverse=True)
        if VALUES[0] <= len(values) <= VALUES[1] and not _is_known(numbers, columns):
            columns.append(numbers)
    return np.array(columns, dtype=np.intp).reshape(len(columns), -1)


def _is_known(column: NDArray[np.intp], columns: Sequence[NDArray[np.intp]]) -> bool:
    """Whether another column says the same, or says more: then it is no attribute apart."""
    width = int(column.max()) + 1
    for other in columns:
        pairs = len(np.unique(other * width + column))
        if pairs in {int(other.max()) + 1, width}:
            return True
    return False


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
    """Print the calibration with the best coverage in its weakest class, then the narrowest."""
    some = Cases.of(cases, regime)
    tried = [some.tried(a, b) for a, b in product(OFFSETS, SLOPES) if a or b]
    best = max(tried, key=lambda one: (round(min(one.classes), 2), -one.width))
    print(
        f"{quantity} {regime}: low={best.low:.3f}, high={best.high:.3f}, "
        f"offset={best.offset}, slope={best.slope}, tables={len(some.names)}, "
        f"cases={len(some.truth)}, coverage={best.coverage:.3f}, "
        f"weakest={min(best.classes):.3f}, worst={best.worst:.3f} on {best.worst_table}; "
        f"mean width {best.width:.3f}, outside both models {some.outside():.2f}, "
        f"classes {[round(one, 2) for one in best.classes]}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one scale of the error gives on tables left out."""

    offset: float
    slope: float
    low: float
    high: float
    coverage: float
    classes: tuple[float, ...]
    worst: float
    worst_table: str
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Cases whose centre is not all but nobody or everybody, as arrays."""

    names: NDArray[np.str_]
    table: NDArray[np.intp]
    weight: NDArray[np.float64]
    size: NDArray[np.float64]
    truth: NDArray[np.float64]
    centre: NDArray[np.float64]
    gap: NDArray[np.float64]
    between: NDArray[np.bool_]

    @classmethod
    def of(cls, cases: Sequence[Case], regime: str) -> Cases:
        """Return the cases of a regime, every table weighing the same."""
        centre = [one.tree if regime == "pairs" else one.independent for one in cases]
        some = [
            (one, middle)
            for one, middle in zip(cases, centre, strict=True)
            if CENTRES[0] < float(share(np.array(middle))) < CENTRES[1]
        ]
        names, table, counts = np.unique(
            [one.table for one, _ in some], return_inverse=True, return_counts=True
        )
        gaps = [abs(one.independent - one.tree) * (regime == "pairs") for one, _ in some]
        return cls(
            names=names,
            table=table,
            weight=1.0 / counts[table] / len(names),
            size=np.array([one.size for one, _ in some], dtype=np.float64),
            truth=np.array([one.truth for one, _ in some]),
            centre=np.array([middle for _, middle in some]),
            gap=np.array(gaps),
            between=np.array(
                [
                    min(one.tree, one.independent)
                    <= one.truth
                    <= max(one.tree, one.independent)
                    for one, _ in some
                ]
            ),
        )

    def outside(self) -> float:
        """Return how often the truth lies outside the two models."""
        return float((self.weight * ~self.between).sum())

    def tried(self, offset: float, slope: float) -> Tried:
        """Return how often the band of a scale holds on tables left out, class by class."""
        scale = self.gap + offset + slope * (self.size - 1)
        scale = np.maximum(scale, 1e-6)
        errors = (self.truth - self.centre) / scale
        held = np.zeros(len(errors), dtype=np.bool_)
        width = np.zeros(len(errors))
        for number in range(len(self.names)):
            mine = self.table == number
            low, high = ends(errors[~mine], self.weight[~mine])
            held[mine] = (errors[mine] >= low) & (errors[mine] <= high)
            width[mine] = share(self.centre[mine] + high * scale[mine]) - share(
                self.centre[mine] + low * scale[mine]
            )
        low, high = ends(errors, self.weight)
        by_table = [float(held[self.table == i].mean()) for i in range(len(self.names))]
        worst = by_table.index(min(by_table))
        return Tried(
            offset=offset,
            slope=slope,
            low=low,
            high=high,
            coverage=float((self.weight * held).sum()),
            classes=tuple(self._covered(held, some) for some in self._classes()),
            worst=by_table[worst],
            worst_table=str(self.names[worst]),
            width=float((self.weight * width).sum()),
        )

    def _classes(self) -> list[NDArray[np.bool_]]:
        middle = share(self.centre)
        shares = [(middle >= a) & (middle < b) for a, b in pairwise(SHARES)]
        return [*shares, *((self.size >= a) & (self.size < b) for a, b in pairwise(COLUMNS))]

    def _covered(self, held: NDArray[np.bool_], some: NDArray[np.bool_]) -> float:
        return float((self.weight * held)[some].sum() / self.weight[some].sum())


def ends(errors: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Return the weighted percentiles of errors."""
    order = np.argsort(errors, kind="stable")
    sums = np.cumsum(weights[order]) / weights.sum()
    places = [min(int(np.searchsorted(sums, end)), len(errors) - 1) for end in ENDS]
    return float(errors[order][places[0]]), float(errors[order][places[1]])


def share(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares of log-odds."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


if __name__ == "__main__":
    raise SystemExit(main())
