"""Standing access, and what would change it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.access.accounts import accounts
from counterseal.assess.access.remedies import effect, everywhere, of_grant
from counterseal.assess.side import model_of
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.assess.side import Side

MORE = """
add:
  organizations:
    - {id: clerks, kind: contractor}
  grants:
    - id: desk
      organization: clerks
      role: pass clerk
      system: pass-register
      privilege: write
      headcount: 190
      dormant-share: 0.3
      separated-share: 0.84
      mfa: false
      review-days: 365
      expiry: 2027-01-31
      purpose: pass-law
    - id: night-shift
      organization: clerks
      role: technician
      system: pass-register
      privilege: admin
"""


@pytest.fixture(scope="module")
def side(patched: Callable[[str], object]) -> Side:
    estate = patched(MORE)
    model = model_of(estate, catalog(), adversaries=["cyber-espionage"])  # type: ignore[arg-type]
    return model.side(Draws(seed=0, outer=8, lanes=128), workers=1)


def test_accounts_that_should_not_be_there_are_counted(side: Side) -> None:
    rows = {row.grant: row for row in accounts(side.estate)}
    desk = rows["desk"]
    assert desk.dormant == pytest.approx(57)
    assert desk.separated == pytest.approx(159.6)
    assert desk.stale == desk.separated
    assert (desk.mfa, desk.review_days, desk.purpose) == (False, 365, "pass-law")
    assert desk.expires == date(2027, 1, 31)


def test_what_nobody_has_said_is_unknown_and_not_zero(side: Side) -> None:
    night = {row.grant: row for row in accounts(side.estate)}["night-shift"]
    unknown = (night.headcount, night.dormant, night.separated, night.stale, night.mfa)
    assert unknown == (None,) * 5
    assert night.purpose == ""


def test_a_grant_can_be_cleaned_signed_on_to_and_given_only_when_needed(side: Side) -> None:
    found = {one.kind: one.overrides for one in of_grant(side.parameters, "desk")}
    assert set(found) == {"stale", "sign-on", "just-in-time"}
    assert found["just-in-time"] == {"grant:desk.exists": 0.0}
    assert found["sign-on"] == {"fact:desk.mfa": 1.0}
    assert set(found["stale"]) == {"fact:desk.dormant-share", "fact:desk.separated-share"}


def test_what_is_done_everywhere_is_what_is_done_at_every_grant(side: Side) -> None:
    together = {one.kind: dict(one.overrides) for one in everywhere(side)}
    for grant in side.estate.grants:
        for one in of_grant(side.parameters, grant):
            assert one.overrides.items() <= together[one.kind].items()


def test_an_effect_is_the_share_a_what_if_takes_away_and_withdrawing_takes_most(
    side: Side,
) -> None:
    found = {one.kind: effect(side, one) for one in everywhere(side)}
    best = found["just-in-time"]
    assert best is not None
    concern, less = best
    [then] = side.outcomes({f"grant:{g}.exists": 0.0 for g in side.estate.grants})
    before = side.base[0].levels[concern]
    assert less == pytest.approx(1 - then.levels[concern].mean() / before.mean())
    assert (then.levels[concern] <= before).all()
    assert 0 < less <= 1
    for kind in ("stale", "sign-on"):
        other = found[kind]
        assert other is None or 0 < other[1] <= less


def test_a_grant_that_is_not_there_has_no_remedy(side: Side) -> None:
    assert of_grant(side.parameters, "no-such-grant") == ()
    assert np.isfinite(side.base[0].levels[next(iter(side.base[0].levels))]).all()
