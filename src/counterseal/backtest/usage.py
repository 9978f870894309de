"""The model's ranking: what successful campaigns of the adversary rest on.

A campaign is one trial against one holding; the method is not told which holding the intruder
wanted, so every holding of the estate is one target, each as good as another. Campaigns that
do not reach their holding within the horizon do not count.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.columns import columns_of
from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.kinds import SystemKind
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.critical import explain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws

__all__ = ["Usage", "simulate", "usage"]

_HOME = frozenset({SystemKind.NETWORK, SystemKind.DEVICE_FLEET})
_ON_SYSTEM = frozenset({"dormant", "separated"})


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Shares of successful campaigns, each in [0, 1].

    Attributes:
        entry: By system and organization, the share whose critical tree starts there. A start
            in the network of an organization is also one on what stands for that network: its
            systems of the kinds ``network`` and ``device-fleet``, in equal parts.
        bare_entry: The same without that last rule.
        edge: By link and grant, the greatest share among its steps of being on the critical
            tree (never above the share of the trees that use it at all).
        campaigns: How many succeeded.
    """

    entry: Mapping[str, float]
    bare_entry: Mapping[str, float]
    edge: Mapping[str, float]
    campaigns: int


def simulate(
    estate: Estate,
    adversary: Adversary,
    catalog: Catalog,
    *,
    draws: Draws,
    workers: int | None = None,
    also: Sequence[str] = (),
    like: Engine | None = None,
) -> Engine:
    """Return an engine with every holding of ``estate`` as a target of ``adversary``.

    Args:
        estate: Where.
        adversary: Who.
        catalog: Rules and priors.
        draws: Seed and trials.
        workers: Threads; results do not depend on it.
        also: Further steps whose arrivals are wanted, as far as anything leads to them; they
            change no number of the others.
        like: An engine of a similar estate, for speed alone.
    """
    graph = compile_graph(estate, adversary, catalog)
    more = (step for step in also if step in graph.index)
    targets = tuple(dict.fromkeys((*_objectives(estate), *more)))
    return Engine(graph, draws=draws, workers=workers, targets=targets, like=like)


def usage(engine: Engine, estate: Estate) -> Usage:
    """Return what the campaigns of ``engine`` against the holdings of ``estate`` rest on."""
    hits: defaultdict[str, float] = defaultdict(float)
    campaigns = 0
    for found in explain(engine, _objectives(estate), most=0):
        campaigns += found.reached.hits
        for name, part in found.critical.items():
            hits[name] += part * found.reached.hits
    position, entries = engine.graph.index, columns_of(engine.graph).entry
    bare: defaultdict[str, float] = defaultdict(float)
    edge: dict[str, float] = {}
    for name, count in sorted(hits.items()):
        element, share = name.partition("#")[0], count / campaigns
        if entries[position[name]]:
            bare[_foothold(name, estate)] += share
        if element in estate.links or element in estate.grants:
            edge[element] = max(edge.get(element, 0.0), share)
    return Usage(
        entry=_spread(bare, estate),
        bare_entry=dict(bare),
        edge=edge,
        campaigns=campaigns,
    )


def _objectives(estate: Estate) -> tuple[str, ...]:
    return tuple(f"{holding}#exfiltrate" for holding in estate.holdings)


def _foothold(step: str, estate: Estate) -> str:
    """Return the system or organization on which an entry step gives a foothold."""
    element, _, name = step.partition("#")
    if element in estate.grants:
        grant = estate.grants[element]
        return grant.system if name in _ON_SYSTEM else grant.organization
    if element in estate.contracts:
        return estate.contracts[element].contractor
    if element in estate.links:
        return estate.links[element].to
    return element


def _spread(bare: Mapping[str, float], estate: Estate) -> dict[str, float]:
    """Credit starts in an organization's network to the systems that stand for it."""
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for row in estate.systems.values():
        if row.kind in _HOME:
            homes[row.owner].append(row.id)
    spread = dict(bare)
    for organization, systems in sorted(homes.items()):
        part = bare.get(organization, 0.0) / len(systems)
        for system in systems:
            spread[system] = spread.get(system, 0.0) + part
    return spread
