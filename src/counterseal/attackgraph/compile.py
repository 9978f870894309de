"""Compile an estate, as adversaries see it, into attack graphs.

Pure and deterministic: the order in which elements or rows were written makes no difference,
and a step whose own facts, controls and parents stay as they are stays as it is, whatever else
changes in the estate. What does not depend on the adversary is worked out once for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.attackgraph.compiling.blueprint import Blueprint
from counterseal.attackgraph.compiling.drafts import COMPELLED, MARKET, ClashError, is_compelled
from counterseal.attackgraph.compiling.perspective import perspective
from counterseal.catalog.adversaries import CompulsionReach
from counterseal.estate.pause import without_collection

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.rules import Rule
    from counterseal.estate.estate import Estate

__all__ = ["compile_graph", "compile_graphs"]


def compile_graph(estate: Estate, adversary: Adversary, catalog: Catalog) -> AttackGraph:
    """Return the attack graph of one adversary against ``estate``; see ``compile_graphs``."""
    return compile_graphs(estate, [adversary], catalog)[adversary.id]


def compile_graphs(
    estate: Estate,
    adversaries: Sequence[Adversary],
    catalog: Catalog,
    *,
    footholds: Collection[str] | None = None,
) -> Mapping[str, AttackGraph]:
    """Return the attack graph of each adversary against ``estate``, by id of the adversary.

    Linear in elements and relations. Parameters are named as ``docs/attack-rules.md`` says;
    those of one element appear only when a step of the graph uses them.

    Args:
        estate: The estate.
        adversaries: Profiles, each with an id of its own.
        catalog: Rules, controls and priors.
        footholds: Ids of steps that are taken at time 0 and are the only entries; ``None``: the
            entries of the rules. A step that the rules do not make here is no foothold.

    Raises:
        CatalogError: A rule refers to a prior or follows a relation that is not there, or two
            rules make one step.
    """
    held = None if footholds is None else frozenset(footholds)
    with without_collection():
        shared = _shared(estate, adversaries, catalog)
        graphs = {}
        for adversary in adversaries:
            rules = _open_rules(catalog, adversary)
            blueprint = shared or Blueprint(estate, catalog, rules)
            graphs[adversary.id] = perspective(
                blueprint, adversary, catalog, frozenset(rule.id for rule in rules), held
            )
        return graphs


def _shared(
    estate: Estate, adversaries: Sequence[Adversary], catalog: Catalog
) -> Blueprint | None:
    """Return one blueprint for all adversaries, or ``None`` when their rules do not mix.

    They do not when two rules make the same step for different adversaries, or when a rule
    asks for compelled owners otherwise than as a condition.
    """
    rules = {rule.id: rule for one in adversaries for rule in _open_rules(catalog, one)}
    if any(_follows_compelled(rule) for rule in rules.values()) and len(adversaries) > 1:
        return None
    try:
        return Blueprint(estate, catalog, [rules[name] for name in sorted(rules)])
    except ClashError:
        if len(adversaries) == 1:
            raise
        return None


def _follows_compelled(rule: Rule) -> bool:
    ways = {*rule.when.lacks, rule.each, rule.vector_of, rule.bearer}
    return COMPELLED in ways | {parent.via for parent in rule.parents}


def _open_rules(catalog: Catalog, adversary: Adversary) -> list[Rule]:
    """Return the rules that bear on an adversary, in order of id."""
    ways = _ways(adversary)
    compels = adversary.compulsion is not CompulsionReach.NONE
    return [
        rule
        for _, rule in sorted(catalog.rules.items())
        if _is_open(rule, ways, buys=adversary.buys_feeds)
        and (compels or not is_compelled(rule))
    ]


def _is_open(rule: Rule, ways: set[str], *, buys: bool) -> bool:
    """Return whether the adversary has what the rule asks of one."""
    if rule.needs and not ways & set(rule.needs):
        return False
    if rule.vector == MARKET:
        return buys
    return not isinstance(rule.vector, str) or rule.vector in {"", *ways}


def _ways(adversary: Adversary) -> set[str]:
    return {vector.id.value for vector in adversary.vectors}
