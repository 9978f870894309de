"""The tree found is the likeliest of all trees, and its weights are mutual information."""

from __future__ import annotations

from itertools import combinations, product
from math import log, log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable, listed
from counterseal.mosaic.schema.dependence.model import build, uniforms
from counterseal.mosaic.schema.dependence.tree import (
    mutual_information_bits,
    spanning_forest,
)


def _trees(size: int) -> list[list[tuple[int, int]]]:
    """Return every labelled tree on ``size`` nodes, from its Pruefer sequence."""
    found = []
    for sequence in product(range(size), repeat=size - 2):
        degree = [1 + sequence.count(i) for i in range(size)]
        edges = []
        for node in sequence:
            leaf = degree.index(1)
            edges.append((leaf, node))
            degree[leaf] -= 1
            degree[node] -= 1
        last = [i for i in range(size) if degree[i] == 1]
        edges.append((last[0], last[1]))
        found.append(edges)
    return found


def _described(table: np.ndarray) -> tuple[list[Marginal], list[PairTable]]:
    sizes = [int(column.max()) + 1 for column in table]
    marginals = [
        Marginal(id=f"a{i}", name=f"a{i}", shares=listed(np.bincount(c, minlength=s).tolist()))
        for i, (c, s) in enumerate(zip(table, sizes, strict=True))
    ]
    pairs = []
    for i, j in combinations(range(len(table)), 2):
        cells = np.bincount(table[i] * sizes[j] + table[j], minlength=sizes[i] * sizes[j])
        joint = (cells / table.shape[1]).reshape(sizes[i], sizes[j])
        shares = tuple(tuple(row) for row in joint.tolist())
        pairs.append(PairTable(first=f"a{i}", second=f"a{j}", shares=shares))
    return marginals, pairs


def _log_likelihood(table: np.ndarray, edges: list[tuple[int, int]]) -> float:
    """Return the greatest log-likelihood of the rows under a tree, from counts alone."""
    rows = table.shape[1]
    total = 0.0
    for i, j in edges:
        for a, b in set(zip(table[i].tolist(), table[j].tolist(), strict=True)):
            both = int(((table[i] == a) & (table[j] == b)).sum())
            total += both * log(both / rows)
    degree = [sum(i in edge for edge in edges) for i in range(len(table))]
    for i, times in enumerate(degree):
        for a in set(table[i].tolist()):
            alone = int((table[i] == a).sum())
            total -= (times - 1) * alone * log(alone / rows)
    return total


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_no_tree_on_up_to_five_attributes_is_likelier(data: st.DataObject) -> None:
    size = data.draw(st.integers(3, 5))
    rows = data.draw(st.integers(8, 40))
    seed = data.draw(st.integers(0, 10_000))
    base = uniforms(seed, size, rows)
    table = (base * 3).astype(np.intp)
    for i in range(1, size):
        copied = uniforms(seed + i, 1, rows)[0] < 0.6
        table[i] = np.where(copied, table[(i * 7 + seed) % i], table[i])
    _, pairs = _described(table)
    ids = [f"a{i}" for i in range(size)]
    edges = [(int(e.first[1:]), int(e.second[1:])) for e in spanning_forest(ids, pairs)]
    best = max(_log_likelihood(table, tree) for tree in _trees(size))
    assert _log_likelihood(table, edges) == pytest.approx(best, abs=1e-7)


def test_mutual_information_of_a_copy_is_its_entropy() -> None:
    assert mutual_information_bits(np.diag([0.5, 0.25, 0.25])) == pytest.approx(1.5)


def test_mutual_information_of_independent_attributes_is_nothing() -> None:
    joint = np.outer([0.2, 0.8], [0.1, 0.6, 0.3])
    assert mutual_information_bits(joint) == pytest.approx(0.0, abs=1e-12)


def test_mutual_information_follows_its_definition() -> None:
    joint = np.array([[0.3, 0.1], [0.2, 0.4]])
    expected = sum(
        joint[i, j] * log2(joint[i, j] / (joint[i].sum() * joint[:, j].sum()))
        for i in range(2)
        for j in range(2)
    )
    assert mutual_information_bits(joint) == pytest.approx(expected)


def test_attributes_whose_pairs_are_not_known_stay_independent() -> None:
    table = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 1, 0, 1]])
    marginals, pairs = _described(table)
    model = build(marginals, [one for one in pairs if "a2" not in {one.first, one.second}])
    assert [(edge.first, edge.second) for edge in model.edges] == [("a0", "a1")]
    assert model.parents == (-1, 0, -1)


def test_edges_of_equal_weight_are_taken_in_the_order_of_the_attributes() -> None:
    table = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]])
    _, pairs = _described(table)
    found = spanning_forest(("a0", "a1", "a2"), reversed(pairs))
    assert [(edge.first, edge.second) for edge in found] == [("a0", "a1"), ("a0", "a2")]
