"""The model's ranking: what successful campaigns of the adversary rest on.

A campaign is one trial against one holding; the method is not told which holding the intruder
wanted, so every holding of the estate is one target, each as good as another. Campaigns that
do not reach their holding within the horizon do not count.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.kinds import SystemKind
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.walking import visit
from counterseal.reach.sampling import NEVER
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws
    from counterseal.reach.program import Links

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
    counts, campaigns = _tally(engine, _objectives(estate))
    names, entry = engine.program.names, engine.program.links.entry
    bare: defaultdict[str, float] = defaultdict(float)
    edge: dict[str, float] = {}
    for row in np.flatnonzero(counts).tolist():
        name, share = names[row], int(counts[row]) / campaigns
        element = name.partition("#")[0]
        if entry[row]:
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


def _tally(engine: Engine, targets: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Return on how many critical trees each step lies, over all targets, and their number."""
    index = engine.program.index
    rows = np.array([index[name] for name in targets if name in index], dtype=np.int64)
    lanes = np.diff(engine.layout.spans, axis=1)[:, 0]
    counts = np.zeros(len(engine.program.names), dtype=np.int64)
    campaigns = 0
    for state in engine.states():
        h = np.full_like(state.t, NEVER)
        links = engine.program.links
        campaigns += _walk(links, rows, lanes, state.first, state.x, state.t, h, counts)
    return counts, campaigns


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


@njit
def _walk(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    targets: NDArray[np.int64],
    lanes: NDArray[np.int64],
    first: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    counts: NDArray[np.int64],
) -> int:
    """Count the steps of every critical tree; return the number of trees."""
    stack = np.empty(x.shape[1] + 1, dtype=np.int64)
    stamp = np.zeros(x.shape[1], dtype=np.int64)
    signature = np.zeros(x.shape[2], dtype=np.uint64)
    trees = 0
    for slot in range(x.shape[0]):
        state = (x[slot], t[slot], h[slot])
        for k in range(targets.size):
            for lane in range(lanes[first + slot]):
                if t[slot, targets[k], lane] == NEVER:
                    continue
                trees += 1
                size = visit(links, targets[k], lane, trees, state, stack, stamp, signature)
                for i in range(size):
                    counts[stack[i]] += 1
    return trees
