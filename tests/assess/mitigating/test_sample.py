"""What a search asks is what a campaign answers, with a different plan in every trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.levels import Concern
from counterseal.assess.mitigating.coarsening import coarsened
from counterseal.assess.mitigating.measures import Kind, coarsenings, measures_of
from counterseal.assess.mitigating.sample import Sample
from counterseal.assess.mitigating.searching.stakes import everywhere
from counterseal.assess.side import model_of
from counterseal.errors import UsageError
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.estate.estate import Estate

WHO = "humint-enabled"
COERCE = Concern(adversary=WHO, family="use", subject="coerce")
RECORDS = Concern(adversary=WHO, family="integrity", subject="records")
ITEMS = Concern(adversary=WHO, family="knowledge", subject="items")
OUTER = 384


def _campaign(estate: Estate, *, lanes: int = 1, workers: int = 1) -> Campaign:
    model = model_of(estate, catalog(), adversaries=[WHO])
    [campaign] = model.side(Draws(seed=4, outer=OUTER, lanes=lanes), workers=workers).campaigns
    return campaign


def _all(estate: Estate, campaign: Campaign) -> tuple[Countermeasure, ...]:
    use = catalog().uses["coerce"]
    return (*measures_of(estate, catalog(), campaign.parameters), *coarsenings(estate, use))


def _sample(
    campaign: Campaign, measures: Sequence[Countermeasure], concern: Concern = COERCE
) -> Sample:
    return Sample(campaign, concern, measures, catalog=catalog())


@pytest.mark.parametrize("concern", [COERCE, RECORDS, ITEMS], ids=lambda one: one.family)
def test_without_measures_it_is_the_campaign(harbour: Estate, concern: Concern) -> None:
    campaign = _campaign(harbour)
    stakes = _sample(campaign, _all(harbour, campaign), concern)
    left = stakes.worth(everywhere(stakes, ()))
    np.testing.assert_allclose(left.sum(axis=0), campaign.base.levels[concern], rtol=1e-12)
    assert (concern is ITEMS) == (left.sum() == 0)  # the harbour has no knowledge items


@pytest.mark.parametrize("concern", [COERCE, RECORDS], ids=lambda one: one.family)
def test_a_measure_leaves_what_a_run_with_its_overrides_leaves(
    harbour: Estate, concern: Concern
) -> None:
    campaign = _campaign(harbour)
    measures = [one for one in _all(harbour, campaign) if one.kind is not Kind.COARSEN]
    stakes = _sample(campaign, measures, concern)
    seen = set()
    for number, measure in enumerate(measures):
        if measure.kind in seen and measure.kind is not Kind.CLOSE:
            continue
        seen.add(measure.kind)
        run = campaign.run(overrides=measure.overrides)
        left = stakes.worth(everywhere(stakes, [number])).sum(axis=0)
        np.testing.assert_allclose(left, run.levels[concern], rtol=1e-12, err_msg=measure.id)
    assert seen >= {Kind.CONTROL, Kind.CLOSE, Kind.DELETE, Kind.TOKENISE, Kind.SURVEY}


def test_a_coarsened_holding_is_worth_what_the_estate_with_it_is(harbour: Estate) -> None:
    campaign = _campaign(harbour)
    measures = coarsenings(harbour, catalog().uses["coerce"])
    stakes = _sample(campaign, measures)
    assert len(measures) > 1
    for plan in [(number,) for number in range(len(measures))] + [(0, 1)]:
        truly = _campaign(coarsened(harbour, [measures[one] for one in plan]))
        left = stakes.worth(everywhere(stakes, plan)).sum(axis=0)
        np.testing.assert_allclose(left, truly.base.levels[COERCE], rtol=1e-12)


def test_every_trial_may_have_a_plan_of_its_own(harbour: Estate) -> None:
    campaign = _campaign(harbour)
    measures = _all(harbour, campaign)
    stakes = _sample(campaign, measures)
    rng = np.random.default_rng(0)
    plans = [rng.choice(len(measures), 3, replace=False).tolist() for _ in range(3)]
    which = rng.integers(0, 3, stakes.trials)
    mixed = np.stack([everywhere(stakes, plan) for plan in plans])[which, :, 0].T
    apart = [stakes.worth(everywhere(stakes, plan)) for plan in plans]
    wanted = np.stack(apart)[which, :, np.arange(stakes.trials)].T
    np.testing.assert_array_equal(stakes.worth(mixed), wanted)


def test_no_answer_depends_on_the_plan_that_a_sample_is_anchored_at(harbour: Estate) -> None:
    campaign = _campaign(harbour)
    measures = _all(harbour, campaign)
    plain, anchored = _sample(campaign, measures), _sample(campaign, measures)
    rng = np.random.default_rng(2)
    for _ in range(6):
        plan = rng.choice(len(measures), 4, replace=False).tolist()
        anchored.anchor(plan)
        chosen = everywhere(plain, plan)
        chosen[rng.integers(0, len(measures), plain.trials), np.arange(plain.trials)] ^= True
        np.testing.assert_array_equal(anchored.worth(chosen), plain.worth(chosen))


@pytest.mark.parametrize("concern", [COERCE, RECORDS], ids=lambda one: one.family)
def test_one_measure_more_leaves_no_more_in_any_trial(
    harbour: Estate, concern: Concern
) -> None:
    campaign = _campaign(harbour)
    stakes = _sample(campaign, _all(harbour, campaign), concern)
    rng = np.random.default_rng(1)
    chosen = everywhere(stakes, ())
    before = stakes.worth(chosen)
    for _ in range(25):
        numbers = rng.integers(0, stakes.measures, stakes.trials)
        chosen[numbers, np.arange(stakes.trials)] = True
        after = stakes.worth(chosen)
        assert (after <= before * (1 + 1e-12)).all()
        before = after


def test_the_number_of_workers_changes_no_bit(harbour: Estate) -> None:
    found = []
    for workers in (1, 2):
        campaign = _campaign(harbour, workers=workers)
        stakes = _sample(campaign, _all(harbour, campaign))
        found.append(stakes.worth(everywhere(stakes, [1, 5, 9])))
    np.testing.assert_array_equal(found[0], found[1])


def test_draws_of_several_lanes_are_refused(harbour: Estate) -> None:
    campaign = _campaign(harbour, lanes=2)
    with pytest.raises(UsageError, match="one lane"):
        _sample(campaign, _all(harbour, campaign))
