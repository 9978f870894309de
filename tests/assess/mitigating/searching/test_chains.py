"""Every cut of every chain holds for every plan, and is exact where it was drawn."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.assess.mitigating.searching.chains import chains_from, strongest
from counterseal.assess.mitigating.searching.stakes import everywhere
from counterseal.testing.stakes import plans_within, random_stakes

TIE = 1e-9


@given(st.integers(0, 10**6), st.sets(st.integers(0, 5), max_size=3), st.permutations(range(6)))
@settings(max_examples=8)
def test_a_cut_is_below_the_truth_for_every_plan(
    seed: int, base: set[int], ranking: list[int]
) -> None:
    stakes = random_stakes(seed)
    every = np.arange(stakes.trials)
    others = [one for one in ranking if one not in base]
    taken = everywhere(stakes, base)[:, 0]
    for part in range(2):
        chains = chains_from(stakes, part, every, taken, others)
        assert chains.rises == 0
        for plan in plans_within([1.0] * 6, 6.0):
            truth = stakes.worth(everywhere(stakes, plan))[part]
            y = everywhere(stakes, plan)[:, 0].astype(np.float64)
            for start in np.linspace(0.0, 1.0, 3):
                point = np.where(y > 0, 1.0, start * y)
                cuts = strongest(
                    chains, point, np.full(stakes.trials, -1.0), least=np.zeros(stakes.trials)
                )
                says = cuts.constant - cuts.slopes @ y
                assert (says <= truth[cuts.trial] + TIE).all()


@given(st.integers(0, 10**6), st.sets(st.integers(0, 5), max_size=4))
@settings(max_examples=25)
def test_a_cut_is_exact_at_the_plan_it_was_drawn_from(seed: int, base: set[int]) -> None:
    stakes = random_stakes(seed)
    chosen = everywhere(stakes, base)
    others = [one for one in range(6) if one not in base]
    chains = chains_from(stakes, 1, np.arange(stakes.trials), chosen[:, 0], others)
    y = chosen[:, 0].astype(np.float64)
    cuts = strongest(chains, y, np.full(stakes.trials, -1.0), least=np.zeros(stakes.trials))
    says = cuts.constant - cuts.slopes @ y
    np.testing.assert_allclose(says, stakes.worth(chosen)[1][cuts.trial], rtol=1e-9)
    assert cuts.trial.size == stakes.trials


def test_a_cut_that_says_nothing_new_is_not_made() -> None:
    stakes = random_stakes(5)
    none = everywhere(stakes, ())
    chains = chains_from(stakes, 0, np.arange(stakes.trials), none[:, 0], range(6))
    truth = stakes.worth(none)[0]
    cuts = strongest(chains, np.zeros(6), truth, least=np.full(stakes.trials, 1e-6))
    assert cuts.trial.size == 0
