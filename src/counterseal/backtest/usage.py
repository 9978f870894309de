"""The model's ranking: what successful campaigns of the adversary rest on.

A campaign is one trial against one holding; the method is not told which holding the intruder
wanted, so every holding of the estate is one target, each as good as another. Campaigns that
do not reach their holding within the horizon do not count.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.kinds import SystemKind
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.critical import explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.attackgraph.model import Step
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws

__all__ = ["Usage", "usage"]

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


def usage(
    estate: Estate,
    adversary: Adversary,
    catalog: Catalog,
    *,
    draws: Draws,
    workers: int | None = None,
) -> Usage:
    """Simulate ``adversary`` against every holding of ``estate``."""
    graph = compile_graph(estate, adversary, catalog)
    targets = [f"{holding}#exfiltrate" for holding in estate.holdings]
    engine = Engine(graph, draws=draws, workers=workers, targets=targets)
    hits: defaultdict[str, float] = defaultdict(float)
    campaigns = 0
    for found in explain(engine, most=0):
        campaigns += found.reached.hits
        for name, part in found.critical.items():
            hits[name] += part * found.reached.hits
    steps = {step.id: step for step in graph.steps}
    bare: defaultdict[str, float] = defaultdict(float)
    edge: dict[str, float] = {}
    for name, count in sorted(hits.items()):
        step, share = steps[name], count / campaigns
        if step.entry:
            bare[_foothold(step, estate)] += share
        if step.element in estate.links or step.element in estate.grants:
            edge[step.element] = max(edge.get(step.element, 0.0), share)
    return Usage(
        entry=_spread(bare, estate),
        bare_entry=dict(bare),
        edge=edge,
        campaigns=campaigns,
    )


def _foothold(step: Step, estate: Estate) -> str:
    """Return the system or organization on which an entry step gives a foothold."""
    element, name = step.element, step.id.rpartition("#")[2]
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
