"""The same estate with the ends of its edges permuted: places go, degrees and kinds stay.

Two edges of a class exchange their targets, or their sources, many times over (double edge
swaps: Maslov and Sneppen 2002, Science 296:910-913). A class is a kind of link or privilege of
a grant, ends at systems or organizations, into data or not. So every element keeps its number
of edges of each kind in each direction, every edge keeps its id, its kind and its own facts
(sign-on, head count), and an edge into data stays one. Which edge is where is lost, and with it
all that a ranking by place could rest on. An edge between owners may come to lie within one,
and then is no seam.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.backtest.ranking import candidates
from counterseal.estate.estate import KINDS, Estate
from counterseal.estate.kinds import LinkKind
from counterseal.estate.synthetic.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.backtest.ranking import Candidates
    from counterseal.estate.records import Element

__all__ = ["SWAPS_PER_EDGE", "classes", "shuffled"]

SWAPS_PER_EDGE: Final = 10
"""Swaps tried for each edge; ten leave no trace of where an edge began."""

_ANSWERING: Final = frozenset({LinkKind.QUERY, LinkKind.LOGIN, LinkKind.PURCHASE})
"""Links that carry what is at their target, and so leave it there when they move."""


def shuffled(estate: Estate, *, seed: int, number: int = 0) -> Estate:
    """Return ``estate`` with permuted edges.

    Args:
        estate: Any estate.
        seed: Seed of the permutation.
        number: Which of several permutations of the seed.
    """
    found = candidates(estate)
    edges = _edges(estate, found)
    groups: dict[object, list[str]] = {}
    for name, edge in edges.items():
        groups.setdefault(edge.group, []).append(name)
    draws = Draws(seed=seed)
    for order, names in enumerate(groups.values()):
        _mix(edges, names, found, draws, label=f"shuffle/{number}/{order}")
    kinds = {kind: dict(estate.of_kind(kind)) for kind in KINDS}
    kinds["links"] = {name: _link(row, edges) for name, row in estate.links.items()}
    kinds["grants"] = {
        name: row.model_copy(
            update={"organization": edges[name].source, "system": edges[name].target}
        )
        if name in edges
        else row
        for name, row in estate.grants.items()
    }
    return Estate.of_kinds(kinds, name=f"{estate.name}, edges shuffled", places={})


def classes(estate: Estate) -> dict[str, object]:
    """Return the class of every edge, by id: what a shuffle may put in its place.

    Ranked among its class alone, an edge of a shuffled estate stands anywhere, but for what
    its own facts do: its percentile is 0.5 on average where they say nothing.
    """
    return {name: edge.group for name, edge in _edges(estate, candidates(estate)).items()}


@dataclass(slots=True, kw_only=True)
class _Edge:
    """An edge on its way; its class and whether it answers never change."""

    group: object
    is_grant: bool
    answers: bool
    source: str
    target: str
    carries: tuple[str, ...]


def _edges(estate: Estate, found: Candidates) -> dict[str, _Edge]:
    edges: dict[str, _Edge] = {}
    for name, edge in found.edges.items():
        link, source, target = estate.links.get(name), edge.source, edge.target
        answers = link is not None and link.kind in _ANSWERING
        carries = () if link is None else link.carries
        kind = estate.grants[name].privilege if link is None else link.kind
        group = (
            link is None,
            kind,
            bool(carries) and not answers,
            source in estate.systems,
            target in estate.systems,
            target in found.data,
        )
        edges[name] = _Edge(
            group=group,
            is_grant=link is None,
            answers=answers,
            source=source,
            target=target,
            carries=carries,
        )
    return edges


def _mix(
    edges: Mapping[str, _Edge],
    names: Sequence[str],
    found: Candidates,
    draws: Draws,
    label: str,
) -> None:
    """Swap ends within one class; a swap that would make a loop or a double edge is left."""
    count = len(names)
    if count < 2:  # noqa: PLR2004 - it takes two
        return
    taken = {(edges[name].source, edges[name].target) for name in names}
    rolls = draws.uniform(label, 3 * SWAPS_PER_EDGE * count).reshape(-1, 3)
    for first, second, which in rolls.tolist():
        one, other = edges[names[int(first * count)]], edges[names[int(second * count)]]
        new = (one.source, other.target), (other.source, one.target)
        if any(_is_barred(pair, found, one) for pair in new) or taken & {*new}:
            continue
        taken -= {(one.source, one.target), (other.source, other.target)}
        taken |= {*new}
        _swap(one, other, targets=which < 0.5)  # noqa: PLR2004 - a fair coin


def _is_barred(pair: tuple[str, str], found: Candidates, edge: _Edge) -> bool:
    """Return whether no edge may join a pair: a loop, or an owner's account on its own."""
    source, target = pair
    return source == target or (edge.is_grant and found.owners[target] == source)


def _swap(one: _Edge, other: _Edge, *, targets: bool) -> None:
    """Exchange the targets of two edges, or their sources: the same lines, other names."""
    if targets:
        one.target, other.target = other.target, one.target
    else:
        one.source, other.source = other.source, one.source
    # What an answering link carries lies at its target, what a copying one does at its source.
    if targets is one.answers:
        one.carries, other.carries = other.carries, one.carries


def _link(row: Element, edges: Mapping[str, _Edge]) -> Element:
    edge = edges.get(row.id)
    if edge is None:
        return row
    return row.model_copy(
        update={"from_": edge.source, "to": edge.target, "carries": edge.carries}
    )
