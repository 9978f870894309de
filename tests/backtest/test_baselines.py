"""Naive methods do what their names say."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.backtest.baselines import BASELINES, baselines, betweenness
from counterseal.backtest.ranking import candidates
from counterseal.testing.estates import estate_from

NODES = ("a", "b", "c", "d", "e")
GRAPHS = st.sets(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda e: e[0] != e[1]),
    max_size=14,
)
ESTATE = """
organizations:
  - {id: home, kind: owner}
  - {id: firm, kind: contractor}
zones: [{id: in, kind: on-premises, operator: home}]
systems:
  - {id: front, kind: application, zone: in, owner: home, exposure: internet}
  - {id: middle, kind: application, zone: in, owner: home, exposure: internal}
  - {id: store, kind: database, zone: in, owner: home, exposure: internal}
  - {id: aside, kind: application, zone: in, owner: home, exposure: internal}
populations: [{id: folk, size: 1000}]
holdings:
  - {id: data, system: store, attributes: [name], populations: [{population: folk, count: 90}]}
links:
  - {id: one, from: front, to: middle, kind: network}
  - {id: two, from: middle, to: store, kind: network}
  - {id: off, from: middle, to: aside, kind: network}
grants:
  - {id: help, organization: firm, role: helper, system: middle, privilege: admin}
"""


def graph_of(edges: set[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return {node: tuple(sorted(h for t, h in edges if t == node)) for node in NODES}


def shortest(graph: dict[str, tuple[str, ...]], start: str, end: str) -> list[tuple[str, ...]]:
    """Return all shortest paths by enumeration of all paths."""
    paths: list[tuple[str, ...]] = [(start,)]
    while paths:
        done = [path for path in paths if path[-1] == end]
        if done:
            return done
        paths = [(*p, head) for p in paths for head in graph[p[-1]] if head not in p]
    return []


def test_betweenness_of_a_line() -> None:
    nodes, edges = betweenness({"a": ("b",), "b": ("c",), "c": ()})
    assert nodes == {"a": 0.0, "b": 1.0, "c": 0.0}
    assert edges == {("a", "b"): 2.0, ("b", "c"): 2.0}


@given(GRAPHS)
def test_betweenness_is_what_counting_all_shortest_paths_gives(
    edges: set[tuple[str, str]],
) -> None:
    graph = graph_of(edges)
    by_node, by_edge = dict.fromkeys(NODES, 0.0), dict.fromkeys(edges, 0.0)
    for start, end in itertools.permutations(NODES, 2):
        paths = shortest(graph, start, end)
        for path in paths:
            for node in path[1:-1]:
                by_node[node] += 1 / len(paths)
            for edge in itertools.pairwise(path):
                by_edge[edge] += 1 / len(paths)
    nodes, found = betweenness(graph)
    assert nodes == pytest.approx(by_node)
    assert found == pytest.approx(by_edge)


def test_every_baseline_is_there_and_scores_nodes_and_edges() -> None:
    estate = estate_from(ESTATE)
    found = baselines(estate, candidates(estate), seed=1)
    assert tuple(found) == BASELINES
    for scores in found.values():
        assert set(scores.edges) == {"one", "two", "off", "help"}


def test_degree_counts_links_and_grants() -> None:
    estate = estate_from(ESTATE)
    degree = baselines(estate, candidates(estate), seed=1)["degree"]
    assert degree.nodes == {"front": 1, "middle": 4, "store": 1, "aside": 1, "firm": 1}
    assert degree.edges["one"] == 5


def test_the_shortest_way_from_outside_to_data_ranks_what_lies_on_it() -> None:
    estate = estate_from(ESTATE)
    near = baselines(estate, candidates(estate), seed=1)["shortest_path"]
    assert near.nodes["front"] == near.nodes["middle"] == near.nodes["store"] == -2
    assert near.nodes["aside"] < near.nodes["middle"]
    assert near.edges["two"] == near.edges["help"] > near.edges["off"]


def test_the_largest_holding_counts_people_at_the_end_of_an_edge() -> None:
    estate = estate_from(ESTATE)
    people = baselines(estate, candidates(estate), seed=1)["largest_holding"]
    assert people.nodes == {"store": 90, "home": 90}
    assert people.edges == {"one": 0, "two": 90, "off": 0, "help": 0}


def test_the_random_order_belongs_to_its_seed() -> None:
    estate = estate_from(ESTATE)
    found = candidates(estate)
    one, again, other = (baselines(estate, found, seed=s)["random"] for s in (1, 1, 2))
    assert one == again
    assert one != other
