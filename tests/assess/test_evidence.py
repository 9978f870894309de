"""Shares of variance by grade add up, and go where the uncertainty is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.evidence import Evidence, evidence_shares
from counterseal.assess.levels import Concern
from counterseal.assess.side import model_of
from counterseal.documents.evidence import Grade
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.assess.campaign import Campaign
    from counterseal.estate.estate import Estate

DRAWS = Draws(seed=0, outer=24, lanes=8)
CONCERN = Concern(adversary="humint-enabled", family="use", subject="coerce")


def campaign(estate: Estate) -> Campaign:
    model = model_of(estate, catalog(), adversaries=["humint-enabled"])
    return model.side(DRAWS, workers=1).campaigns[0]


@pytest.fixture(scope="module")
def here(harbour: Estate) -> Campaign:
    return campaign(harbour)


def test_the_shares_of_a_level_add_up_to_one(here: Campaign) -> None:
    found = evidence_shares(None, here, CONCERN)
    assert set(found.shares) == set(Grade)
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert min(found.shares.values()) >= 0.0


def test_a_difference_that_is_always_nothing_rests_on_nothing(here: Campaign) -> None:
    found = evidence_shares(here, here, CONCERN)
    assert set(found.shares.values()) == {0.0}
    assert not found.assumption_dominated


def test_a_concern_that_nobody_has_rests_on_nothing(here: Campaign) -> None:
    absent = Concern(adversary="humint-enabled", family="use", subject="no-such-use")
    assert set(evidence_shares(None, here, absent).shares.values()) == {0.0}


def test_a_wide_count_moves_variance_to_the_grade_it_was_stated_with(
    patched: Callable[[str], Estate], here: Campaign
) -> None:
    wide = """
        set:
          passes:
            populations:
              - population: pass-holders
                count: {value: 20000, low: 100, high: 40000, grade: %s, source: Somebody}
        """
    measured = evidence_shares(None, campaign(patched(wide % "measured")), CONCERN)
    documented = evidence_shares(None, campaign(patched(wide % "documented")), CONCERN)
    base = evidence_shares(None, here, CONCERN)
    assert measured.shares[Grade.MEASURED] > base.shares[Grade.MEASURED] + 0.05
    assert documented.shares[Grade.DOCUMENTED] > measured.shares[Grade.DOCUMENTED] + 0.05


def test_more_than_half_assumed_is_dominated_and_half_is_not() -> None:
    def shares(assumed: float) -> Evidence:
        rest = dict.fromkeys(Grade, 0.0)
        return Evidence(shares={**rest, Grade.ELICITED: 1 - assumed, Grade.ASSUMED: assumed})

    assert shares(0.51).assumption_dominated
    assert not shares(0.5).assumption_dominated
    assert shares(0.3).assumed == 0.3
