"""A what-if computes anew only what it moves, and gets what a full run gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.side import model_of
from counterseal.attackgraph.model import ParameterFamily
from counterseal.reach.draws import Draws
from counterseal.reach.parameters import sample
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.side import Side
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Engine

DRAWS = Draws(seed=3, outer=16, lanes=8)


@pytest.fixture(scope="module")
def side(harbour: Estate) -> Side:
    return model_of(harbour, catalog(), adversaries=["humint-enabled"]).side(DRAWS, workers=1)


@pytest.fixture(scope="module")
def campaign(side: Side) -> Campaign:
    return side.campaigns[0]


def test_a_fact_held_at_its_own_value_changes_nothing(campaign: Campaign, side: Side) -> None:
    points = {
        key: parameter.mode
        for key, parameter in campaign.parameters.items()
        if parameter.family is ParameterFamily.POINT
    }
    assert any(key in campaign.valuation.parameters for key in points)
    assert any(key in campaign.graph.parameters for key in points)
    for key, value in points.items():
        assert campaign.run(overrides={key: value}) is campaign.base, key
    assert campaign.run(overrides=points) is campaign.base
    assert side.outcomes(points) == side.base


def test_sampled_values_given_back_change_nothing(campaign: Campaign) -> None:
    values = {**sample(campaign.graph.parameters, draws=campaign.draws), **campaign._sampled}
    assert campaign.run(values=values) is campaign.base


def test_a_partial_revaluation_equals_a_full_one_to_the_bit(campaign: Campaign) -> None:
    checked = 0
    for key in [k for k in campaign.parameters if k.startswith("control:")]:
        outcome = campaign.run(overrides={key: 1.0})
        if outcome is campaign.base:
            continue
        full = campaign._under(
            campaign.engine.run(overrides={key: 1.0}), campaign._sampled
        ).levels
        for concern, level in full.items():
            assert np.array_equal(level, outcome.levels[concern])
        checked += 1
    assert checked > 3


def test_any_what_if_is_what_a_full_run_gives_to_the_bit(campaign: Campaign) -> None:
    rng = np.random.default_rng(5)
    ids = sorted(campaign.parameters)
    kinds = set()
    for _ in range(40):
        chosen = rng.choice(ids, size=3, replace=False)
        held = {str(key): float(rng.choice([0.0, 0.5, 1.0, 300.0])) for key in chosen}
        values = {key: np.full(DRAWS.outer, number) for key, number in held.items()}
        outcome = campaign.run(overrides=held)
        now = {**campaign._sampled}
        now |= {key: value for key, value in values.items() if key in now}
        full = campaign._under(campaign.engine.run(overrides=held), now)
        assert list(outcome.levels) == list(full.levels)
        for concern, level in full.levels.items():
            assert level.tobytes() == outcome.levels[concern].tobytes(), (held, concern)
            if outcome.levels[concern] is not campaign.base.levels[concern]:
                kinds.add(concern.family)
        assert outcome.absent >= {k for k, v in now.items() if not v.any()}
    assert kinds == {"use", "integrity"}


def test_overrides_win_over_values(campaign: Campaign) -> None:
    key = "fact:passes.populations.pass-holders"
    low = np.full(DRAWS.outer, 36_000.0)
    held = campaign.run(overrides={key: 41_000.0})
    both = campaign.run(overrides={key: 41_000.0}, values={key: low})
    only = campaign.run(values={key: low})
    for concern, level in held.levels.items():
        assert np.array_equal(level, both.levels[concern])
        assert (only.levels[concern] <= level).all()
    assert any((only.levels[c] < held.levels[c]).any() for c in held.levels)


def test_taking_everything_at_once_is_at_least_what_any_trial_takes(campaign: Campaign) -> None:
    for concern, level in campaign.base.levels.items():
        if concern.family == "use":
            yields = campaign.yield_of(concern.subject)
            assert level.mean() <= yields * 1.2  # facts vary around their most likely value
            assert (yields > 0) == bool(level.any())
    assert campaign.yield_of("no-such-use") == 0.0


def test_integrity_is_person_years_and_never_more_than_people_held_to_the_horizon(
    campaign: Campaign,
) -> None:
    [level] = [v for c, v in campaign.base.levels.items() if c.family == "integrity"]
    assert level.max() <= 41_000 * campaign.horizon_years
    assert level.max() > 41_000


def test_knowledge_is_a_whole_number_of_items(
    harbour: Estate, patched: Callable[[str], Estate]
) -> None:
    after = patched("""
        add:
          knowledge:
            - {id: plan, about: [pass-register], class: plan, held-by: [quayline]}
            - {id: map, about: [pass-register], class: configuration, held-by: [quayline]}
        """)
    side = model_of(after, catalog(), adversaries=["cyber-espionage"]).side(DRAWS, workers=1)
    [level] = [v for c, v in side.base[0].levels.items() if c.family == "knowledge"]
    assert set(np.unique(level)) <= {0.0, 1.0, 2.0}
    assert level.any()
    assert harbour.knowledge == {}


def test_a_side_knows_its_campaigns_by_adversary(side: Side) -> None:
    assert side.campaign("humint-enabled") is side.campaigns[0]
    assert side.campaign("cyber-espionage") is None


def local_times(engine: Engine) -> dict[str, bytes]:
    [state] = engine.states()
    return {step.id: state.x[:, row].tobytes() for row, step in enumerate(engine.program.steps)}


@pytest.mark.parametrize("shared", [False, True])
def test_a_change_elsewhere_leaves_the_draws_of_untouched_steps_as_they_are(
    side: Side, patched: Callable[[str], Estate], *, shared: bool
) -> None:
    after = patched("""
        add:
          zones: [{id: annex, kind: on-premises, operator: harbour-authority, baseline: high}]
          systems:
            - {id: canteen, kind: application, zone: annex, owner: harbour-authority}
            - {id: a-printer, kind: application, zone: annex, owner: harbour-authority}
          links: [{id: menu, from: canteen, to: a-printer, kind: query}]
        """)
    model = model_of(after, catalog(), adversaries=["humint-enabled"])
    changed = model.side(DRAWS, workers=1, like=side if shared else None).campaigns[0]
    old, new = local_times(side.campaigns[0].engine), local_times(changed.engine)
    assert set(old) <= set(new)
    mine = {step.id: step for step in side.campaigns[0].graph.steps}
    theirs = {step.id: step for step in changed.graph.steps}
    same = [key for key in old if mine[key].time == theirs[key].time]
    assert len(same) > 10
    assert [key for key in same if old[key] != new[key]] == []
