"""What a false record makes false: the holdings downstream of a holding.

A holding is tainted by what it is derived from and by what it is joined with on its system: a
template, an index, a score or a joined record says what its sources say. A copy over a link is
the same holding elsewhere, so it needs no closure; who decides on it is another question
(:mod:`counterseal.assess.tampering.reliance`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.estate.estate import Estate

__all__ = ["downstream", "sources_of", "tainted_by"]


def downstream(estate: Estate) -> Mapping[str, tuple[str, ...]]:
    """Return, by holding, every holding that its records make false, itself first.

    The others follow in order of id; loops are followed once.
    """
    direct = _direct(estate)
    return {holding: _closure(holding, direct) for holding in sorted(estate.holdings)}


def tainted_by(estate: Estate, holding: str) -> tuple[str, ...]:
    """Return what ``downstream`` gives for one holding."""
    return _closure(holding, _direct(estate))


def sources_of(estate: Estate) -> Mapping[str, tuple[str, ...]]:
    """Return, by holding, every holding whose records make it false, itself first."""
    found: dict[str, list[str]] = {holding: [holding] for holding in sorted(estate.holdings)}
    for source, reached in downstream(estate).items():
        for holding in reached[1:]:
            found[holding].append(source)
    return {holding: tuple(sources) for holding, sources in found.items()}


def _direct(estate: Estate) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for holding in estate.holdings.values():
        for source in holding.derived_from:
            if source in estate.holdings:
                found[source].add(holding.id)
        for other in holding.joined:
            if other in estate.holdings:
                found[other].add(holding.id)
    return {source: frozenset(reached) for source, reached in found.items()}


def _closure(start: str, direct: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    seen, waiting = {start}, [start]
    while waiting:
        for holding in direct.get(waiting.pop(), frozenset()):
            if holding not in seen:
                seen.add(holding)
                waiting.append(holding)
    return (start, *sorted(seen - {start}))
