"""Why the most critical steps are no plan, on the smallest graph that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from counterseal.assess.mitigating.critical import by_criticality
from counterseal.assess.mitigating.measures import Countermeasure, Kind
from counterseal.assess.mitigating.searching.bounding import Bounding
from counterseal.assess.mitigating.searching.greedy import best_within
from counterseal.assess.mitigating.searching.stakes import Levels
from counterseal.attackgraph.model import (
    AttackGraph,
    Family,
    LocalTime,
    Parameter,
    ParameterFamily,
    Power,
    Step,
    StepKind,
)
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign

LINKS = 4
ROUTES = 3
HORIZON = 3652.5


def _parameter(name: str, mode: float) -> Parameter:
    return Parameter(
        id=name,
        family=ParameterFamily.POINT,
        mode=mode,
        low=mode,
        high=mode,
        grade=Grade.ASSUMED,
    )


def _step(
    name: str, *parents: str, entry: bool = False, delay: str = "", works: str = ""
) -> Step:
    return Step(
        id=name,
        kind=StepKind.OR,
        parents=tuple(sorted(parents)),
        entry=entry,
        time=LocalTime(
            family=Family.EXPONENTIAL,
            scale=(Power(base=2.0), *((Power(base=delay),) if delay else ())),
        ),
        success=(Power(base=works),) if works else (),
    )


def funnel() -> AttackGraph:
    """Return three ways into a chain of four steps that every way has to go through.

    The steps of the chain are on every critical tree, each way in on a third of them. A measure
    on a step of the chain makes it half as fast again; one on a way in closes it.
    """
    ways = [_step(f"way{i}", entry=True, works=f"way{i}.open") for i in range(ROUTES)]
    chain = [_step("chain0", *(way.id for way in ways), delay="chain0.delay")]
    chain += [
        _step(f"chain{i}", f"chain{i - 1}", delay=f"chain{i}.delay") for i in range(1, LINKS)
    ]
    names = [f"way{i}.open" for i in range(ROUTES)] + [f"chain{i}.delay" for i in range(LINKS)]
    return AttackGraph(
        steps=tuple(sorted((*ways, *chain), key=lambda step: step.id)),
        parameters={name: _parameter(name, 1.0) for name in names},
        horizon_days=HORIZON,
    )


def _measures() -> tuple[Countermeasure, ...]:
    values = {f"chain{i}.delay": 1.5 for i in range(LINKS)}
    values |= {f"way{i}.open": 0.0 for i in range(ROUTES)}
    return tuple(
        Countermeasure(
            id=f"control:{name}",
            kind=Kind.CONTROL,
            element=name,
            statement=f"Better {name}.",
            overrides={name: value},
        )
        for name, value in values.items()
    )


@dataclass
class Left:
    """Days left of the horizon when the end of the chain is reached."""

    engine: Engine
    overrides: list[tuple[str, float]]

    @property
    def measures(self) -> int:
        return len(self.overrides)

    @property
    def trials(self) -> int:
        return self.engine.draws.trials

    def worth(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        values = {
            name: np.where(row, value, 1.0)
            for row, (name, value) in zip(chosen, self.overrides, strict=True)
        }
        days = self.engine.run(values=values).days(f"chain{LINKS - 1}").astype(np.float64)
        return np.maximum(HORIZON - days, 0.0)[None, :]

    def anchor(self, plan: Iterable[int]) -> None:
        pass


def test_the_most_critical_steps_gain_next_to_nothing_where_a_plan_gains_all() -> None:
    graph, measures = funnel(), _measures()
    target = f"chain{LINKS - 1}"
    engine = Engine(graph, draws=Draws(seed=1, outer=200, lanes=1), workers=1, targets=[target])
    campaign = cast("Campaign", SimpleNamespace(engine=engine, graph=graph))
    stakes = Left(engine=engine, overrides=[next(iter(m.overrides.items())) for m in measures])
    levels = Levels(stakes=stakes)
    costs, budget = [1.0] * len(measures), float(ROUTES)
    critical = by_criticality(campaign, [target], measures, budget=budget)
    assert {measures[one].element for one in critical} <= {
        f"chain{i}.delay" for i in range(LINKS)
    }
    plan = best_within(levels, costs, budget)
    bounding = Bounding(levels=levels, costs=costs, rounds=10)
    bound = bounding.within(budget)
    best = levels.of(levels.best(costs, budget))
    gained = levels.of(()) - levels.of(critical)
    assert best == bound.least == pytest.approx(0.0, abs=1e-6 * levels.of(()))
    assert 0.0 < gained < 0.02 * (levels.of(()) - best)  # 2 % of the best reduction
    assert plan.level >= best


def test_a_choice_by_criticality_keeps_to_the_budget_and_skips_what_touches_nothing() -> None:
    graph, measures = funnel(), _measures()
    target = f"chain{LINKS - 1}"
    engine = Engine(graph, draws=Draws(seed=1, outer=50, lanes=1), workers=1, targets=[target])
    campaign = cast("Campaign", SimpleNamespace(engine=engine, graph=graph))
    idle = Countermeasure(id="delete:x", kind=Kind.DELETE, element="x", statement="Delete x.")
    found = by_criticality(campaign, [target], (idle, *measures), budget=2.5)
    assert len(found) == 2
    assert 0 not in found
