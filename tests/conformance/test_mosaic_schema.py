"""The bands of the schema level hold what is counted in tables left out of calibration."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.mosaic.published import BENCHMARKS, Method
from counterseal.mosaic.schema.band import difference
from counterseal.mosaic.schema.combination import measure
from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable, listed
from counterseal.mosaic.schema.dependence.model import uniforms
from counterseal.mosaic.schema.written.holdings import Schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.schema.combination import Combination

DATA = Path(__file__).parents[3] / "shared" / "data" / "tabular"
CORRECTMATCH, ARX = DATA / "correctmatch-adult.csv.gz", DATA / "arx-adult.csv"
SIX = ("age", "sex", "workclass", "relationship", "marital-status", "race")
DRAWS = 4_096

pytestmark = [
    pytest.mark.skipif(
        not CORRECTMATCH.exists(), reason="no ../shared/data/tabular beside the project"
    ),
    pytest.mark.slow,
]


def _table(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = raw.decode("utf-8-sig")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    head, *rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    return head, [tuple(row) for row in rows if row]


def _schema(
    head: Sequence[str], rows: Sequence[tuple[str, ...]], *, with_pairs: bool
) -> Schema:
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    values = {name: sorted(set(column)) for name, column in columns.items()}
    marginals = []
    for name, column in columns.items():
        counts = Counter(column)
        shares = listed([counts[one] for one in values[name]])
        marginals.append(Marginal(id=name, name=name, shares=shares))
    pairs = []
    for one, other in combinations(head, 2) if with_pairs else ():
        cells = Counter(zip(columns[one], columns[other], strict=True))
        table = tuple(
            tuple(cells[a, b] / len(rows) for b in values[other]) for a in values[one]
        )
        pairs.append(PairTable(first=one, second=other, shares=table))
    return Schema(
        title="Adult",
        population="adults",
        people=len(rows),
        marginals=tuple(marginals),
        sensitive=frozenset(),
        pairs=tuple(pairs),
    )


def _truth(
    head: Sequence[str], rows: Sequence[tuple[str, ...]], names: Sequence[str]
) -> tuple[float, float]:
    places = [list(head).index(name) for name in names]
    sizes = Counter(tuple(row[i] for i in places) for row in rows).values()
    return sum(size == 1 for size in sizes) / len(rows), len(sizes) / len(rows)


def _found(
    path: Path, names: Sequence[str] | None, *, with_pairs: bool = True
) -> tuple[Combination, float, float]:
    head, rows = _table(path)
    chosen = tuple(names or head)
    schema = _schema(head, rows, with_pairs=with_pairs)
    combination = measure(schema, chosen, seed=0, draws=DRAWS)
    unique, correct = _truth(head, rows, chosen)
    return combination, unique, correct


CASES = {
    "correctmatch-adult-6": (CORRECTMATCH, SIX, 0.10853475016123583),
    "adult-11": (CORRECTMATCH, None, 0.7939),
    "arx-adult-9": (ARX, None, 0.5142895033485844),
}


@pytest.mark.parametrize("with_pairs", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_the_band_holds_the_published_uniqueness(name: str, *, with_pairs: bool) -> None:
    path, names, figure = CASES[name]
    found, unique, correct = _found(path, names, with_pairs=with_pairs)
    print(name, with_pairs, found.unique, found.unique.width, figure)  # noqa: T201 - the width
    assert unique == pytest.approx(figure, abs=5e-5)
    assert found.unique.holds(figure)
    assert found.correct.holds(correct)
    assert found.unique.width < 0.75


@pytest.mark.parametrize("name", CASES)
def test_pairs_narrow_the_band(name: str) -> None:
    path, names, _ = CASES[name]
    known, unknown = (_found(path, names, with_pairs=one)[0] for one in (True, False))
    assert known.unique.width < unknown.unique.width


@pytest.mark.parametrize("with_pairs", [True, False])
def test_bands_hold_on_most_subsets_of_columns_of_a_table_left_out(*, with_pairs: bool) -> None:
    head, rows = _table(CORRECTMATCH)
    schema = _schema(head, rows, with_pairs=with_pairs)
    numbers = uniforms(25, 40, len(head))
    held = 0
    for i, row in enumerate(numbers):
        names = [head[j] for j in np.argsort(row)[: 3 + i % 8]]
        found = measure(schema, names, seed=0, draws=1_024)
        unique, correct = _truth(head, rows, names)
        held += found.unique.holds(unique) + found.correct.holds(correct)
    print(with_pairs, held / 80)  # noqa: T201 - the coverage
    assert held >= 0.8 * 80


@pytest.mark.parametrize("with_pairs", [True, False])
def test_differences_of_ends_hold_for_most_attributes_added(*, with_pairs: bool) -> None:
    head, rows = _table(CORRECTMATCH)
    schema = _schema(head, rows, with_pairs=with_pairs)
    held = 0
    for i, row in enumerate(uniforms(26, 24, len(head))):
        names = [head[j] for j in np.argsort(row)[: 4 + i % 6]]
        fewer, more = (
            measure(schema, some, seed=0, draws=1_024).correct for some in (names[:-2], names)
        )
        truths = [_truth(head, rows, some)[1] for some in (names[:-2], names)]
        held += difference(more, fewer).holds(truths[1] - truths[0])
    print(with_pairs, held / 24)  # noqa: T201 - the coverage
    assert held >= 0.7 * 24


def test_single_distributions_alone_overstate_uniqueness() -> None:
    found, unique, _ = _found(CORRECTMATCH, SIX)
    assert found.independent[0].unique.value > 1.2 * unique


@pytest.mark.parametrize("name", CASES)
def test_the_gate_says_what_is_computed_here(name: str) -> None:
    path, names, figure = CASES[name]
    found = _found(path, names)[0]
    benchmark = {one.id: one for one in BENCHMARKS if one.method is Method.SCHEMA}[name]
    assert benchmark.low == pytest.approx(found.unique.low, abs=5e-4)
    assert benchmark.high == pytest.approx(found.unique.high, abs=5e-4)
    assert benchmark.figure == pytest.approx(figure, abs=5e-5)
    assert benchmark.is_reproduced
