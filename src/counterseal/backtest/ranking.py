"""What is ranked, and where in a ranking something stands.

All candidates are taken from the whole embedded estate, by the same rule for what belongs to
the case and for what does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from counterseal.estate.kinds import LinkKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.estate.estate import Estate

__all__ = ["Candidates", "Edge", "Measure", "candidates", "percentile"]

_COPYING = frozenset(
    {
        LinkKind.REPLICATE,
        LinkKind.BATCH,
        LinkKind.UPDATE,
        LinkKind.PHYSICAL,
        LinkKind.MANUAL,
    }
)


class Measure(StrEnum):
    """What of a case is looked for."""

    ENTRY = "entry"
    SEAM = "seam"
    LAST_HOP = "last_hop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A link, or a grant as an edge from its organization to its system.

    Accounts of an owner on its own systems are no edge: they join nothing that was apart.
    """

    id: str
    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """What a method has to rank.

    Attributes:
        nodes: Systems and organizations, sorted.
        edges: Every link, and every grant to somebody other than the owner, by id, sorted.
        owners: Owner of each node; an organization owns itself.
        data: Systems that hold data: a holding or a copy of one, or the receiving end of a
            link that copies one there.
    """

    nodes: tuple[str, ...]
    edges: Mapping[str, Edge]
    owners: Mapping[str, str]
    data: frozenset[str]

    def of(self, measure: Measure) -> tuple[str, ...]:
        """Return the candidates of a measure: ids of nodes, or of edges."""
        if measure is Measure.ENTRY:
            return self.nodes
        if measure is Measure.SEAM:
            return tuple(
                edge.id
                for edge in self.edges.values()
                if self.owners[edge.source] != self.owners[edge.target]
            )
        return tuple(edge.id for edge in self.edges.values() if edge.target in self.data)


def candidates(estate: Estate) -> Candidates:
    """Return the candidates of ``estate``."""
    owners = {row.id: row.id for row in estate.organizations.values()}
    owners |= {row.id: row.owner for row in estate.systems.values()}
    edges = {
        edge.id: edge for edge in _edges(estate) if {edge.source, edge.target} <= {*owners}
    }
    holding = {row.system for row in estate.holdings.values()}
    copies = {system for row in estate.holdings.values() for system in row.copies}
    received = {row.to for row in estate.links.values() if row.carries and row.kind in _COPYING}
    return Candidates(
        nodes=tuple(sorted(owners)),
        edges=dict(sorted(edges.items())),
        owners=owners,
        data=frozenset((holding | copies | received) & {*estate.systems}),
    )


def percentile(scores: Mapping[str, float], *, of: str, among: tuple[str, ...]) -> float | None:
    """Return the share of the other candidates that stand lower, ties counting half.

    1 is first, 0 is last, and a random order has 0.5 on average. What ``scores`` does not
    have scores 0.

    Returns:
        ``None`` when ``of`` is not among the candidates, or there is no other.
    """
    if of not in among or len(among) == 1:
        return None
    own = scores.get(of, 0.0)
    others = [scores.get(name, 0.0) for name in among if name != of]
    lower = sum(score < own for score in others)
    ties = sum(score == own for score in others)
    return (lower + ties / 2) / len(others)


def _edges(estate: Estate) -> Iterator[Edge]:
    for link in estate.links.values():
        yield Edge(id=link.id, source=link.from_, target=link.to)
    for grant in estate.grants.values():
        if estate.systems[grant.system].owner != grant.organization:
            yield Edge(id=grant.id, source=grant.organization, target=grant.system)
