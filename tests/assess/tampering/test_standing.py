"""For how long false records stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.assess.side import model_of
from counterseal.assess.tampering.standing import DAYS_PER_YEAR, Tampering
from counterseal.attackgraph.model import AttackGraph, Objective, Step, StepKind
from counterseal.estate.estate import Estate
from counterseal.estate.records import Holding
from counterseal.reach.arrivals import Arrivals
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

WHO = "humint-enabled"  # alters and suppresses
HORIZON = 3_650.0
NEVER = 65_535
AIMS = ("alter", "suppress")
SPOTS = [(h, aim) for h in ("image", "template") for aim in AIMS]
STEPS = tuple(f"{h}#{aim}{end}" for h, aim in SPOTS for end in ("", "-noticed"))
ESTATE = Estate(
    holdings={
        "image": Holding(id="image", system="store", attributes=("face-image",)),
        "template": Holding(
            id="template",
            system="store",
            attributes=("face-template",),
            derived_from=("image",),
        ),
    }
)
GRAPH = AttackGraph(
    steps=tuple(Step(id=step, kind=StepKind.OR, entry=True) for step in sorted(STEPS)),
    objectives=tuple(
        Objective(kind=aim, element=h, step=f"{h}#{aim}", ends=f"{h}#{aim}-noticed")
        for h, aim in SPOTS
    ),
)


def tampering(graph: AttackGraph = GRAPH) -> Tampering:
    return Tampering(
        estate=ESTATE, graph=graph, adversary=catalog().adversaries[WHO], steps=STEPS
    )


def arrivals_of(ticks: Sequence[Sequence[int]]) -> Arrivals:
    table = np.array(ticks, dtype=np.uint16).T.copy()
    return Arrivals(
        steps=STEPS,
        ticks=table,
        tick_days=1.0,
        draws=Draws(seed=0, outer=1, lanes=table.shape[1]),
    )


def years(ticks: Sequence[Sequence[int]], graph: AttackGraph = GRAPH) -> NDArray[np.float64]:
    """Return what stands in each trial, of one person in each holding."""
    people = np.ones((2, 1))
    return tampering(graph).person_years(arrivals_of(ticks), people, horizon_days=HORIZON)


NOTHING = [NEVER] * 8


def test_an_alteration_noticed_after_a_year_stands_for_a_year_where_it_was_made_and_below() -> (
    None
):
    trial = NOTHING.copy()
    trial[:2] = [100, 100 + 365]
    [found] = years([trial])
    assert found == pytest.approx(2 * 365 / DAYS_PER_YEAR)


def test_what_is_downstream_does_not_make_its_source_false() -> None:
    trial = NOTHING.copy()
    trial[4:6] = [100, 100 + 365]
    [found] = years([trial])
    assert found == pytest.approx(365 / DAYS_PER_YEAR)


def test_what_nobody_notices_stands_to_the_horizon() -> None:
    trial = NOTHING.copy()
    trial[0] = 650
    [found] = years([trial])
    assert found == pytest.approx(2 * 3_000 / DAYS_PER_YEAR)


def test_without_a_step_of_noticing_it_stands_to_the_horizon_too() -> None:
    silent = replace(GRAPH, objectives=tuple(replace(row, ends="") for row in GRAPH.objectives))
    trial = NOTHING.copy()
    trial[:2] = [650, 660]
    [found] = years([trial], silent)
    assert found == pytest.approx(2 * 3_000 / DAYS_PER_YEAR)


def test_what_is_done_after_the_horizon_does_not_count() -> None:
    trial = NOTHING.copy()
    trial[:2] = [3_651, 4_000]
    assert years([trial]).tolist() == [0.0]


tick = st.one_of(st.integers(0, 5_000), st.just(NEVER))


@given(st.lists(st.lists(tick, min_size=8, max_size=8), min_size=1, max_size=6))
def test_it_is_what_a_plain_count_of_the_longest_falsehood_gives(
    trials: list[list[int]],
) -> None:
    expected = []
    for trial in trials:
        spans = {}
        for k, spot in enumerate(SPOTS):
            begin, end = trial[2 * k], min(trial[2 * k + 1], int(HORIZON))
            spans[spot] = max(0, end - begin) if begin <= HORIZON else 0
        own = {h: max(spans[h, aim] for aim in AIMS) for h in ("image", "template")}
        total = own["image"] + max(own["image"], own["template"])
        expected.append(total / DAYS_PER_YEAR)
    assert years(trials) == pytest.approx(expected)
    each = tampering().years(arrivals_of(trials), horizon_days=HORIZON)
    assert each.sum(axis=0) == pytest.approx(expected)


SAFE = """
add:
  controls:
    - {id: checks, control: SI-7, on: [pass-register], state: verified}
"""
OPEN = SAFE.replace("verified", "absent")


def test_a_control_that_notices_sooner_never_lets_a_falsehood_stand_longer(
    patched: Callable[[str], Estate],
) -> None:
    """In any trial; and that falsehoods are noticed sooner shows in their sum."""
    draws = Draws(seed=3, outer=8, lanes=16)
    found = []
    for text in (OPEN, SAFE):
        side = model_of(patched(text), catalog(), adversaries=[WHO]).side(draws, workers=1)
        found += [v for c, v in side.base[0].levels.items() if c.family == "integrity"]
    without, within = found
    assert (within <= without).all()
    assert within.sum() < 0.8 * without.sum()


def test_holding_the_state_of_that_control_is_as_good_as_recording_it(
    patched: Callable[[str], Estate],
) -> None:
    draws = Draws(seed=3, outer=8, lanes=16)
    side = model_of(patched(OPEN), catalog(), adversaries=[WHO]).side(draws, workers=1)
    then = model_of(patched(SAFE), catalog(), adversaries=[WHO]).side(draws, workers=1)
    [held] = side.outcomes({"control:SI-7@pass-register": 1.0})
    for concern, level in then.base[0].levels.items():
        assert np.array_equal(held.levels[concern], level)
