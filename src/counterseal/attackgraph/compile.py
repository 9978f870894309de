"""Compile an estate, as one adversary sees it, into an attack graph.

Pure and deterministic: the order in which elements or rows were written makes no difference,
and a step whose own facts, controls and parents stay as they are stays as it is, whatever else
changes in the estate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.attackgraph.causes import Causes, compelled_owners
from counterseal.attackgraph.drafts import draft_steps, reachable
from counterseal.attackgraph.effort import DAYS_PER_YEAR, Efforts
from counterseal.attackgraph.model import (
    AttackGraph,
    Objective,
    ParameterFamily,
    Power,
    Step,
    StepKind,
)
from counterseal.attackgraph.parameters import Parameters
from counterseal.attackgraph.relations import Relations
from counterseal.attackgraph.safeguards import Safeguards
from counterseal.estate.pause import without_collection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.attackgraph.drafts import Draft
    from counterseal.attackgraph.model import Product
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate

__all__ = ["BEARERS", "SEEN_BY", "compile_graph"]

SEEN_BY = "defender"
"""Latent factor shared by all detections."""

BEARERS: Mapping[str, str] = {
    "organization": "self",
    "zone": "self",
    "system": "self",
    "grant": "grant.system",
    "link": "link.to",
    "holding": "holding.system",
    "contract": "contract.contractor",
    "feed": "feed.broker",
    "knowledge": "knowledge.holders",
}
"""Whose controls bear on a step, by kind of element, unless its rule says otherwise."""

_KINDS: Mapping[str, StepKind] = {kind.value: kind for kind in StepKind}


def compile_graph(estate: Estate, adversary: Adversary, catalog: Catalog) -> AttackGraph:
    """Return the attack graph of ``adversary`` against ``estate``.

    Linear in elements and relations. Parameters are named as ``docs/attack-rules.md`` says;
    those of one element appear only when a step of the graph uses them.

    Raises:
        CatalogError: A rule refers to a prior or follows a relation that is not there, or two
            rules make one step.
    """
    with without_collection():
        return _Compiler(estate, adversary, catalog).compile()


class _Compiler:
    def __init__(self, estate: Estate, adversary: Adversary, catalog: Catalog) -> None:
        self._estate = estate
        self._adversary = adversary
        self._catalog = catalog
        self._parameters = Parameters(estate=estate, priors=catalog.priors)
        self._relations = Relations(estate, compelled=compelled_owners(estate, adversary))
        self._causes = Causes(estate=estate, adversary=adversary, parameters=self._parameters)
        self._safeguards = Safeguards(
            estate=estate, controls=catalog.controls, parameters=self._parameters
        )
        self._efforts = Efforts(
            adversary=adversary, catalog=catalog, parameters=self._parameters
        )

    def compile(self) -> AttackGraph:
        drafts = draft_steps(
            estate=self._estate,
            adversary=self._adversary,
            rules=self._catalog.rules,
            relations=self._relations,
            causes=self._causes,
        )
        kept = reachable(drafts)
        objectives = tuple(
            sorted(
                _objectives(self._estate, self._adversary), key=lambda o: (o.kind, o.element)
            )
        )
        steps = [self._step(drafts[step_id], kept) for step_id in sorted(kept)]
        steps += self._unreached({o.step for o in objectives} - kept)
        steps.sort(key=lambda step: step.id)
        reentry = self._reentry()
        return AttackGraph(
            adversary=self._adversary.id,
            steps=tuple(steps),
            causes=dict(sorted(self._causes.made.items())),
            parameters=dict(sorted(self._parameters.made.items())),
            objectives=objectives,
            horizon_days=DAYS_PER_YEAR * self._adversary.horizon_years,
            max_attempts=self._adversary.max_attempts,
            reentry=reentry,
        )

    def _step(self, draft: Draft, kept: frozenset[str]) -> Step:
        rule, element = draft.rule, draft.element
        bearer = self._bearer(draft) if rule.action else ""
        safeguard = self._safeguards.at(element=element.id, bearer=bearer, action=rule.action)
        effort = self._efforts.of(
            rule, element=element, vector=draft.vector, safeguard=safeguard
        )
        return Step(
            id=draft.id,
            kind=_KINDS[rule.kind],
            parents=_among(draft.parents, kept),
            entry=draft.entry,
            time=effort.time,
            success=effort.success,
            unseen=safeguard.unseen,
            seen_by=SEEN_BY if safeguard.unseen else "",
            requires=self._requires(draft),
            technique=rule.technique,
            element=element.id,
            rule=rule.id,
            vector=draft.vector.id.value if draft.vector else "",
            place=self._estate.place(element.id),
            label=f"{rule.label}: {element.name or element.id}",
        )

    def _requires(self, draft: Draft) -> tuple[str, ...]:
        """Return the causes that the step requires, sorted."""
        if not draft.rule.requires and draft.vector is None:
            return ()
        element = draft.element.id
        found = {self._causes.of(kind, element, draft.other) for kind in draft.rule.requires}
        if draft.vector is not None:
            found.add(self._causes.vector(draft.vector))
        return tuple(sorted(found - {""}))

    def _bearer(self, draft: Draft) -> str:
        relation = draft.rule.bearer or BEARERS[draft.rule.element]
        element = draft.element.id
        found = element
        if relation != "self":
            found = next(iter(self._relations[relation].get(element, ())), "")
        estate = self._estate
        bears = (
            found in estate.systems or found in estate.zones or found in estate.organizations
        )
        return found if bears else ""

    def _unreached(self, step_ids: set[str]) -> Iterator[Step]:
        """Yield objectives that nothing leads to, as or-steps without parents."""
        for step_id in sorted(step_ids):
            element, _, name = step_id.partition("#")
            yield Step(
                id=step_id,
                kind=StepKind.OR,
                element=element,
                place=self._estate.place(element),
                label=f"{name}: {self._parameters.name(element)}",
            )

    def _reentry(self) -> Product:
        parameter = self._parameters.quantity(
            "entry:reentry-days",
            self._adversary.reentry_days,
            family=ParameterFamily.LOGNORMAL,
            label="days lost after a detected attempt",
        )
        return (Power(base=parameter),)


def _among(parents: tuple[str, ...], kept: frozenset[str]) -> tuple[str, ...]:
    if kept.issuperset(parents):
        return parents
    return tuple(parent for parent in parents if parent in kept)


def _objectives(estate: Estate, adversary: Adversary) -> Iterator[Objective]:
    """Yield what the adversary wants of every holding, feed and knowledge item."""
    wanted = adversary.objectives
    for element in (*estate.holdings, *estate.feeds):
        name = "exfiltrate" if element in estate.holdings else "hold"
        yield Objective(kind="exfiltrate", element=element, step=f"{element}#{name}")
    for aim in wanted.integrity:
        for element in estate.holdings:
            yield Objective(kind=aim.value, element=element, step=f"{element}#{aim.value}")
    if wanted.knowledge:
        for element in estate.knowledge:
            yield Objective(kind="learn", element=element, step=f"{element}#learn")
