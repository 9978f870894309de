"""What a careful person without a model would try: the methods that a model has to beat.

All look at the same embedded estate and rank the same candidates. Their picture of it is one
directed graph: links and grants as edges, and each organization joined both ways to the
systems it owns. An edge scores as its two ends together.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.estate.kinds import Exposure, OrganizationKind
from counterseal.estate.synthetic.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.backtest.ranking import Candidates, Edge
    from counterseal.estate.estate import Estate

__all__ = ["BASELINES", "Scores", "baselines", "betweenness"]

BASELINES = ("random", "degree", "betweenness", "shortest_path", "largest_holding")

_INSIDE = frozenset({OrganizationKind.OWNER, OrganizationKind.COMPONENT})
_OUT_OF_REACH = 10**6

Graph = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores of one method; greater stands higher. Nodes and edges are ranked apart."""

    nodes: Mapping[str, float]
    edges: Mapping[str, float]


def baselines(estate: Estate, found: Candidates, *, seed: int) -> Mapping[str, Scores]:
    """Return the scores of every baseline by name.

    - ``random``: drawn from the seed.
    - ``degree``: links and grants at a node.
    - ``betweenness``: shortest paths between all pairs that run through a node or an edge
      (Brandes 2001, J. Math. Sociol. 25(2):163-177).
    - ``shortest_path``: nodes and edges on a short way from outside to the nearest holding.
      Outside leads in one step to what is open to the internet and to every organization
      other than the owner and its components.
    - ``largest_holding``: people in the holdings on a system, or at the end of an edge; for an
      organization on all systems it owns.
    """
    edges = tuple(found.edges.values())
    degree = Counter(end for edge in edges for end in (edge.source, edge.target))
    people = _people(estate)
    graph = _graph(edges, estate)
    between_nodes, between_edges = betweenness(graph)
    return {
        "random": _random(found, seed),
        "degree": Scores(
            nodes={node: float(count) for node, count in degree.items()},
            edges={e.id: float(degree[e.source] + degree[e.target]) for e in edges},
        ),
        "betweenness": Scores(
            nodes=between_nodes,
            edges={e.id: between_edges[e.source, e.target] for e in edges},
        ),
        "shortest_path": _nearness(graph, edges, estate),
        "largest_holding": Scores(
            nodes=people, edges={e.id: people.get(e.target, 0.0) for e in edges}
        ),
    }


def betweenness(graph: Graph) -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """Return the betweenness of nodes and of edges of a directed graph without weights.

    Pairs of nodes count once for each direction. Linear in nodes times edges.
    """
    nodes = dict.fromkeys(graph, 0.0)
    edges = {(tail, head): 0.0 for tail, heads in graph.items() for head in heads}
    for start in graph:
        order, paths, before = _paths_from(graph, start)
        share = dict.fromkeys(order, 0.0)
        for node in reversed(order):
            for previous in before[node]:
                part = paths[previous] / paths[node] * (1.0 + share[node])
                edges[previous, node] += part
                share[previous] += part
            if node != start:
                nodes[node] += share[node]
    return nodes, edges


def _paths_from(
    graph: Graph, start: str
) -> tuple[list[str], dict[str, int], dict[str, list[str]]]:
    """Return nodes by distance, numbers of shortest paths, and who comes before on them."""
    distance, paths = {start: 0}, Counter({start: 1})
    before: dict[str, list[str]] = {start: []}
    order: list[str] = []
    queue = deque([start])
    while queue:
        node = queue.popleft()
        order.append(node)
        for head in graph[node]:
            if head not in distance:
                distance[head] = distance[node] + 1
                before[head] = []
                queue.append(head)
            if distance[head] == distance[node] + 1:
                paths[head] += paths[node]
                before[head].append(node)
    return order, dict(paths), before


def _graph(edges: Iterable[Edge], estate: Estate) -> Graph:
    heads: dict[str, set[str]] = {
        node: set() for node in (*estate.systems, *estate.organizations)
    }
    for edge in edges:
        heads[edge.source].add(edge.target)
    for system in estate.systems.values():
        heads[system.owner].add(system.id)
        heads[system.id].add(system.owner)
    return {node: tuple(sorted(found)) for node, found in sorted(heads.items())}


def _nearness(graph: Graph, edges: Iterable[Edge], estate: Estate) -> Scores:
    outside = [
        row.id for row in estate.systems.values() if row.exposure.value is Exposure.INTERNET
    ]
    outside += [row.id for row in estate.organizations.values() if row.kind not in _INSIDE]
    back: dict[str, list[str]] = {node: [] for node in graph}
    for tail, heads in graph.items():
        for head in heads:
            back[head].append(tail)
    reverse = {node: tuple(rows) for node, rows in back.items()}
    coming = _distances(graph, outside)
    going = _distances(reverse, sorted({row.system for row in estate.holdings.values()}))

    def length(tail: str, head: str) -> int:
        return coming.get(tail, _OUT_OF_REACH) + going.get(head, _OUT_OF_REACH)

    return Scores(
        nodes={node: -float(length(node, node)) for node in graph},
        edges={edge.id: -float(length(edge.source, edge.target)) for edge in edges},
    )


def _distances(graph: Graph, starts: Iterable[str]) -> dict[str, int]:
    distance = dict.fromkeys(starts, 0)
    queue = deque(distance)
    while queue:
        node = queue.popleft()
        for head in graph[node]:
            if head not in distance:
                distance[head] = distance[node] + 1
                queue.append(head)
    return distance


def _people(estate: Estate) -> dict[str, float]:
    found: Counter[str] = Counter()
    for holding in estate.holdings.values():
        people = max((row.count.value or 0 for row in holding.populations), default=0)
        found[holding.system] += people
        found[estate.systems[holding.system].owner] += people
    return {node: float(people) for node, people in found.items()}


def _random(found: Candidates, seed: int) -> Scores:
    draws = Draws(seed=seed)
    names = draws.rolls("baseline/nodes", len(found.nodes))
    edges = draws.rolls("baseline/edges", len(found.edges))
    return Scores(
        nodes=dict(zip(found.nodes, names, strict=True)),
        edges=dict(zip(found.edges, edges, strict=True)),
    )
