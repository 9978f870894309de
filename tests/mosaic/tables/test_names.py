"""Columns that are named like parts of our queries are measured like any others."""

from __future__ import annotations

from itertools import permutations

import pytest

from counterseal.mosaic.tables import classes, diversity, frames, frequencies
from counterseal.mosaic.tables.register import opened
from counterseal.mosaic.tables.source import Missing
from counterseal.testing.tables import held_rows

TRICKY = (
    *(
        "n",
        "size",
        "classes",
        "records",
        "pattern",
        "known",
        "kinds",
        "told",
        "entropy",
        "mine",
    ),
    *(
        "v",
        "k0",
        "k1",
        "c0",
        "c1",
        "fk",
        "big",
        "wrong",
        "p",
        "sample",
        "frame",
        "cells",
        "met",
    ),
    *("combinations", "sized", "merged", "sides", "shares", "data", "me", "s", "s1", "Select"),
)
ROWS = [
    (None if i % 5 == 0 else str(i % 3), None if i % 4 == 0 else str(i % 7), str(i % 2), "2.5")
    for i in range(60)
]
PLAIN = ("first", "second", "third", "weight")


def results(columns: tuple[str, ...]) -> list[object]:
    *qi, sensitive, weight = columns
    with held_rows(columns, data=ROWS, frame=ROWS[:30]) as sources:
        source = sources["data"]
        sizes = [classes.measure(source, qi, missing=m).rows for m in Missing]
        varied = [
            diversity.measure(source, qi, sensitive=sensitive, missing=m).rows for m in Missing
        ]
        weighed = frequencies.measure(source, qi, weight=weight).rows
        joined = frames.measure(source, sources["frame"], qi).rows
        counts = [c.count for c in opened(source, qi).table(qi)]
    return [sizes, varied, weighed, joined, counts]


@pytest.mark.parametrize("start", range(len(TRICKY)))
def test_names_of_our_own_do_not_clash(start: int) -> None:
    names = [TRICKY[(start + i) % len(TRICKY)] for i in range(4)]
    assert results((*names,)) == results(PLAIN)


def test_names_in_any_place_do_not_clash() -> None:
    expected = results(PLAIN)
    for names in permutations(("n", "pattern", "known", "k0"), 4):
        assert results(names) == expected
