"""What is asked: one adversary, one target, and the trials in which it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.compile import compile_graph
from counterseal.canon import significant
from counterseal.documents.wording import did_you_mean
from counterseal.errors import UsageError
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.derivations import derive
from counterseal.reach.explaining.units import element_units
from counterseal.review.paths import owner_of_element
from counterseal.review.searches.candidates import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph, Step
    from counterseal.canon import Json
    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws
    from counterseal.reach.explaining.clustered import Share
    from counterseal.reach.explaining.derivations import Derivations
    from counterseal.reach.explaining.units import Units
    from counterseal.workspace.project import Project

__all__ = [
    "LIMITS",
    "Question",
    "ask",
    "by_draw",
    "closing",
    "element_row",
    "shares",
    "what_is_done",
]

LIMITS = (
    "levels rest on elicited priors; compare, do not read them as frequencies",
    "intervals are of the simulation and the facts' ranges, not of the model",
    "being detected costs an adversary time here, not other footholds",
)

MOST_MEMORY = 2**31
"""Bytes of local times and arrivals to keep: everything asked here goes over them again."""

_CLOSING = {
    "links": "Close {name}.",
    "grants": "Withdraw {name}.",
    "contracts": "End {name}.",
    "organizations": "Shut the way in through {name}.",
    "zones": "Seal off {name}.",
    "systems": "Take {name} out of reach.",
    "holdings": "Do not hold {name}.",
    "feeds": "Do without {name}.",
    "knowledge": "Do not disclose {name}.",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One adversary against one target.

    Attributes:
        estate: The estate.
        adversary: The profile.
        found: The critical trees of the target; they know engine, draws and graph.
        units: The elements that matter to it.
    """

    estate: Estate
    adversary: Adversary
    found: Derivations
    units: Units

    @property
    def graph(self) -> AttackGraph:
        """The compiled graph."""
        return self.found.engine.graph

    @property
    def target(self) -> Step:
        """The step that is asked about."""
        return self.step(self.found.target)

    @property
    def goal(self) -> frozenset[str]:
        """What the target stands on: its own element, and the system that this is on."""
        element = self.target.element
        holding = self.estate.holdings.get(element)
        return frozenset({element, holding.system} if holding is not None else {element})

    def step(self, name: str) -> Step:
        """Return a step by id."""
        return self.graph.steps[self.graph.index[name]]

    def head(self) -> dict[str, Json]:
        """Return what every document about the question begins with."""
        draws, target = self.found.engine.draws, self.target
        return {
            "estate": self.estate.digest,
            "seed": draws.seed,
            "draws": draws.outer,
            "lanes": draws.lanes,
            "adversary": {"id": self.adversary.id, "name": self.adversary.name},
            "target": {
                "step": target.id,
                "label": what_is_done(target),
                "element": target.element,
                "name": name_of(self.estate, target.element),
            },
            "horizon_days": self.graph.horizon_days,
        }


def ask(
    project: Project,
    catalog: Catalog,
    adversary: Adversary,
    target: str | None,
    *,
    draws: Draws,
    workers: int | None = None,
) -> Question:
    """Compile an estate for an adversary and find out how it reaches a target.

    Args:
        project: Where the estate is.
        catalog: Its tables.
        adversary: The profile.
        target: Id of a step, or of an element with an objective, of which the one most often
            reached is taken; ``None`` for the holding that is most often reached.
        draws: What to draw.
        workers: Threads; results do not depend on it.

    Raises:
        UsageError: Nothing has that id, or the adversary has no objective.
    """
    estate = project.estate(catalog)
    graph = compile_graph(estate, adversary, catalog)
    step = target if target in graph.index else None
    if step is None:
        wanted = _objectives(graph, estate, target)
        step = wanted[0] if len(wanted) == 1 else _most_reached(graph, wanted, draws, workers)
    engine = Engine(
        graph, draws=draws, workers=workers, targets=[step], memory_bytes=MOST_MEMORY
    )
    return Question(
        estate=estate,
        adversary=adversary,
        found=derive(engine, step),
        units=element_units(engine.program),
    )


def shares(share: Share) -> Json:
    """Return a share with its 95 % interval, as far as two digits carry."""
    return {
        "share": significant(share.estimate, digits=2),
        "low": significant(share.low, digits=2),
        "high": significant(share.high, digits=2),
    }


def what_is_done(step: Step) -> str:
    """Return what a step does, without the name of what it does it to."""
    return step.label.partition(":")[0]


def element_row(question: Question, element: str) -> dict[str, Json]:
    """Return what an element is, where it was written and who answers for it."""
    estate = question.estate
    owner = owner_of_element(estate, element)
    return {
        "element": element,
        "kind": estate.kind_of.get(element, ""),
        "name": name_of(estate, element),
        "owner": name_of(estate, owner) if owner else "",
        **place_of(estate, element),
    }


def place_of(estate: Estate, element: str) -> Mapping[str, Json]:
    """Return file, line and column of an element; ``None`` where it has none."""
    place = estate.place(element) if element in estate.kind_of else None
    if place is None:
        return {"file": None, "line": None, "column": None}
    return {"file": place.file, "line": place.line, "column": place.column}


def closing(estate: Estate, element: str) -> str:
    """Return in words what it means to take an element away."""
    kind = str(estate.kind_of.get(element, ""))
    return _CLOSING.get(kind, "Remove {name}.").format(name=name_of(estate, element))


def _objectives(graph: AttackGraph, estate: Estate, target: str | None) -> list[str]:
    """Return the steps of the objectives that ``target`` may mean."""
    if target is not None:
        named = [o.step for o in graph.objectives if o.element == target]
        if named:
            return named
        known = {*graph.index, *(o.element for o in graph.objectives)}
        hint = did_you_mean(target, known) or "name a holding, or a step as ELEMENT#STEP"
        raise UsageError(f"{graph.adversary} has no target {target!r}", hint=hint)
    held = [o.step for o in graph.objectives if o.element in estate.holdings]
    steps = held or [o.step for o in graph.objectives]
    if not steps:
        raise UsageError(f"{graph.adversary} wants nothing that this estate has")
    return steps


def _most_reached(
    graph: AttackGraph, steps: list[str], draws: Draws, workers: int | None
) -> str:
    arrivals = Engine(graph, draws=draws, workers=workers, targets=steps).run()
    return min(steps, key=lambda s: (-int(arrivals.reached(s, graph.horizon_days).sum()), s))


def by_draw(found: Derivations, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count the marked trees of every epistemic draw."""
    return np.bincount(found.draw[marked], minlength=found.engine.draws.outer)
