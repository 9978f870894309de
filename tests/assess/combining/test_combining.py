"""What sets of holdings are worth, and what combining them adds."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.combining.pairs import combined, pairs
from counterseal.assess.combining.saying_less import fields_spared
from counterseal.assess.combining.shares import EXACT, growth, shapley
from counterseal.assess.combining.worth import Worth
from counterseal.assess.side import model_of
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.estate.estate import Estate

WHO = "cyber-espionage"
HEAD = """
organizations: [{id: office, kind: owner, posture: low}]
zones: [{id: core, operator: office, kind: public}]
populations:
  - {id: residents, size: 1000000, inside-share: 1, kin-extension: 2}
systems:
"""
SYSTEM = (
    "  - {{id: s{n}, kind: database, zone: core, owner: office, operator: office,"
    " exposure: internet, product: p{n}}}\n"
)
HOLDING = (
    "  - {{id: h{n}, system: s{n}, attributes: [{held}], pseudonymized: false,"
    " populations: [{{population: residents, count: {count}}}]}}\n"
)
BILLS = "name, residential-address, phone-number, utility-account"
PLATES = "plate-reads, vehicle-registration, precise-location"
ORIGINS = "name, birth-date, nationality"


def estate_of(*holdings: str) -> Estate:
    systems = "".join(SYSTEM.format(n=n) for n in range(len(holdings)))
    rows = "".join(
        HOLDING.format(n=n, held=held, count=100_000 * (n + 1))
        for n, held in enumerate(holdings)
    )
    return estate_from(f"{HEAD}{systems}holdings:\n{rows}")


def worth_of(estate: Estate, use: str = "influence", **bought: frozenset[str]) -> Worth:
    draws = Draws(seed=3, outer=16, lanes=16)
    side = model_of(estate, catalog(), adversaries=[WHO]).side(draws, workers=1)
    return Worth(
        campaign=side.campaigns[0], catalog=catalog(), use=catalog().uses[use], **bought
    )


def test_the_worth_of_everything_is_what_the_campaign_expects() -> None:
    worth = worth_of(estate_of(BILLS, PLATES, ORIGINS), use="profile")
    levels = worth.campaign.base.levels
    [level] = [v for concern, v in levels.items() if concern.subject == "profile"]
    assert worth.whole == pytest.approx(level.reshape(16, 16).mean(axis=1))
    assert (worth.of(worth.campaign.valuation.items) == worth.whole).all()


def test_nothing_is_worth_nothing_and_more_is_never_worth_less_in_any_draw() -> None:
    worth = worth_of(estate_of(BILLS, PLATES, ORIGINS))
    assert not worth.of([]).any()
    for order in permutations(["h0", "h1", "h2"]):
        held: list[str] = []
        before = worth.of(held)
        for item in order:
            held.append(item)
            now = worth.of(held)
            assert (now >= before).all()
            before = now


def test_plates_and_bills_complete_a_use_that_neither_has_and_a_key_ties_them() -> None:
    worth = worth_of(estate_of(BILLS, PLATES))
    [pair] = pairs(worth, worth.items)
    assert pair.completes
    assert pair.join is not None
    assert pair.alone[0].high == pair.alone[1].high == 0.0
    assert 0.0 <= pair.gain.low <= pair.gain.median < pair.synergy.median
    assert pair.gain.median == pytest.approx(pair.join.correct[1] * pair.synergy.median)


def test_a_holding_that_adds_nothing_has_no_synergy_and_no_share() -> None:
    worth = worth_of(estate_of(f"{BILLS}, nationality", "password"))
    pair = combined(worth, ["h0"], ["h1"])
    assert pair.synergy.high == 0.0
    assert pair.gain.high == 0.0
    shares = {share.item: share for share in shapley(worth, ["h0", "h1"], seed=0)}
    assert shares["h1"].years == 0.0
    assert shares["h0"].years == pytest.approx(float(worth.whole.mean()))


def test_what_no_key_ties_gains_nothing_though_a_perfect_join_would() -> None:
    worth = worth_of(estate_of("name, phone-number", "precise-location"))
    pair = combined(worth, ["h0"], ["h1"])
    assert pair.join is None
    assert pair.synergy.median > 0.0
    assert pair.gain.high == 0.0


def _brute_force(worth: Worth, names: Sequence[str]) -> dict[str, float]:
    """Return the mean marginal contribution over every order there is."""
    total = dict.fromkeys(names, 0.0)
    orders = list(permutations(names))
    for order in orders:
        for place, name in enumerate(order):
            added = worth.of(order[: place + 1]).mean() - worth.of(order[:place]).mean()
            total[name] += float(added) / len(orders)
    return total


HELD = (BILLS, PLATES, ORIGINS, f"{BILLS}, financial")


def test_exact_shares_are_the_mean_over_every_order_and_sum_to_the_whole() -> None:
    worth = worth_of(estate_of(*HELD))
    names = [f"h{n}" for n in range(len(HELD))]
    found = {share.item: share.years for share in shapley(worth, names, seed=0)}
    assert found == pytest.approx(_brute_force(worth, names))
    assert sum(found.values()) == pytest.approx(float(worth.whole.mean()))


def test_drawn_shares_sum_to_the_whole_and_lie_within_their_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worth = worth_of(estate_of(*HELD))
    names = [f"h{n}" for n in range(len(HELD))]
    assert len(names) <= EXACT
    exact = {share.item: share.years for share in shapley(worth, names, seed=0)}
    monkeypatch.setattr("counterseal.assess.combining.shares.EXACT", 0)
    found = shapley(worth, names, seed=5, orders=64)
    assert sum(share.years for share in found) == pytest.approx(float(worth.whole.mean()))
    for share in found:
        assert abs(share.years - exact[share.item]) <= 4 * share.error + 1e-9
    assert found == shapley(worth, names, seed=5, orders=64)


def test_holdings_are_joined_in_the_order_in_which_each_adds_most() -> None:
    worth = worth_of(estate_of(*HELD))
    names = [f"h{n}" for n in range(len(HELD))]
    found = growth(worth, names)
    assert sorted(one.item for one in found) == names
    assert found[-1].years == pytest.approx(float(worth.whole.mean()))
    assert found[0].years == max(float(worth.of([name]).mean()) for name in names)
    assert sum(one.added for one in found) == pytest.approx(found[-1].years)


def test_a_field_left_out_spares_what_is_worth_less_without_it() -> None:
    estate = estate_of(BILLS, PLATES)
    found = {
        (one.item, one.attribute): one for one in fields_spared(worth_of(estate), ["h0", "h1"])
    }
    place = found["h1", "precise-location"]
    assert place.share == pytest.approx(1.0)
    assert place.shared_with == ()
    coarse = estate.holdings["h1"].model_copy(
        update={"attributes": ("plate-reads", "vehicle-registration")}
    )
    less = replace(estate, holdings={**estate.holdings, "h1": coarse})
    assert not worth_of(less).whole.any()
    assert ("h0", "utility-account") not in found


def test_what_can_be_bought_is_held_beside_every_set() -> None:
    estate = estate_of(BILLS, PLATES)
    plain = worth_of(estate)
    beside = worth_of(estate, bought=frozenset({"h1"}))
    assert not plain.of(["h0"]).any()
    assert (beside.of(["h0"]) == plain.of(["h0", "h1"])).all()
    assert np.array_equal(beside.of([]), plain.of(["h1"]))
