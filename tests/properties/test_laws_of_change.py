"""Laws of a change, on generated estates, trial by trial on the same random numbers.

Nothing changed is exactly nothing; one more control never raises a level, and one more way in
never lowers one. They are asked of every objective's arrivals in every trial and of every
concern (use, integrity, knowledge) in every draw, for a change of the estate itself, compiled
anew, and not of an engine's overrides alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterseal.assess.contrast import Contrast
from counterseal.assess.side import model_of
from counterseal.estate.fact import Fact
from counterseal.estate.generator import generate
from counterseal.estate.kinds import LinkKind, Privilege
from counterseal.estate.records import Control, Grant, Link
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.assess.side import Side
    from counterseal.estate.estate import Estate
    from counterseal.estate.kinds import ControlState
    from counterseal.reach.engine import Arrivals

pytestmark = pytest.mark.slow

DRAWS = Draws(seed=11, outer=8, lanes=8)
ROUNDING = 1e-12
"""An arrival that comes earlier may change the order in which person-years are added up."""
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 7)
ADVERSARIES = st.sampled_from(sorted(catalog().adversaries))
CONTROLS = st.sampled_from(sorted(catalog().controls))


@lru_cache(maxsize=8)
def estate_of(seed: int) -> Estate:
    return generate(seed, systems=8 + seed)


def side_of(estate: Estate, adversary: str | None = None) -> Side:
    names = None if adversary is None else [adversary]
    return model_of(estate, catalog(), adversaries=names).side(DRAWS, workers=1)


@lru_cache(maxsize=64)
def before_of(seed: int, adversary: str) -> Side:
    return side_of(estate_of(seed), adversary)


def arrivals(before: Side, after: Side) -> Iterator[tuple[str, Arrivals, Arrivals]]:
    """Yield the arrivals of each adversary on both sides."""
    for one, other in zip(before.campaigns, after.campaigns, strict=True):
        yield one.adversary.id, one.engine.run(), other.engine.run()


def assert_never(before: Side, after: Side, *, worse: bool) -> None:
    """Assert that nothing gets worse, or that nothing gets better, in any trial or draw."""
    sign = 1 if worse else -1
    for one, other in zip(before.campaigns, after.campaigns, strict=True):
        old, new = one.engine.run(), other.engine.run()
        wanted = {objective.step for objective in one.graph.objectives}
        for step in wanted & {objective.step for objective in other.graph.objectives}:
            delay = new.row(step).astype(np.int64) - old.row(step)
            assert np.all(sign * delay >= 0), (one.adversary.id, step)
    found = Contrast(before=before, after=after, draws=DRAWS).compare()
    assert found.rows
    for concern, row in found.rows.items():
        assert np.all(sign * (row.new - row.old) <= ROUNDING * row.old), concern


@pytest.mark.parametrize("seed", range(4))
def test_a_null_change_is_exactly_nothing_for_every_measure(seed: int) -> None:
    """Both sides are compiled and simulated on their own; nothing is taken over."""
    before, after = side_of(estate_of(seed)), side_of(generate(seed, systems=8 + seed))
    reached = 0
    for _, old, new in arrivals(before, after):
        assert old.steps == new.steps
        assert np.array_equal(old.ticks, new.ticks)
        reached += int(np.count_nonzero(new.ticks < 65535))
    assert reached > 0
    found = Contrast(before=before, after=after, draws=DRAWS).compare()
    assert {concern.family for concern in found.rows} == {"use", "integrity", "knowledge"}
    assert found.possible == ()
    for row in found.rows.values():
        assert (row.worse.hits, row.better.hits, row.mean_ratio) == (0, 0, 1.0)
        assert np.array_equal(row.old, row.new)
        assert (row.change.low, row.change.median, row.change.high) == (0.0, 0.0, 0.0)
    assert any(row.mean_before > 0.0 for row in found.rows.values())


@FEW
@given(seed=SEEDS, adversary=ADVERSARIES, control=CONTROLS, data=st.data())
def test_one_more_control_never_raises_reach_or_any_level(
    seed: int, adversary: str, control: str, data: st.DataObject
) -> None:
    estate = estate_of(seed)
    on = data.draw(st.sampled_from([*estate.systems, *estate.zones, *estate.grants]))
    state: Fact[ControlState] = Fact.model_validate(
        data.draw(st.sampled_from(["implemented", "verified"]))
    )
    row = Control(id="added", control=control, on=(on,), state=state)
    controls = dict(sorted({**estate.controls, "added": row}.items()))
    after = side_of(replace(estate, controls=controls), adversary)
    assert_never(before_of(seed, adversary), after, worse=True)


@FEW
@given(seed=SEEDS, adversary=ADVERSARIES, kind=st.sampled_from(list(LinkKind)), data=st.data())
def test_one_more_link_never_lowers_reach_or_any_level(
    seed: int, adversary: str, kind: LinkKind, data: st.DataObject
) -> None:
    estate = estate_of(seed)
    ends = st.sampled_from(list(estate.systems))
    start, end = data.draw(st.lists(ends, min_size=2, max_size=2, unique=True))
    held = [row.id for row in estate.holdings.values() if row.system in {start, end}]
    row = Link.model_validate(
        {"id": "added", "from": start, "to": end, "kind": kind.value, "carries": held[:1]}
    )
    links = dict(sorted({**estate.links, "added": row}.items()))
    after = side_of(replace(estate, links=links), adversary)
    assert_never(before_of(seed, adversary), after, worse=False)


@FEW
@given(
    seed=SEEDS,
    adversary=ADVERSARIES,
    privilege=st.sampled_from(list(Privilege)),
    data=st.data(),
)
def test_one_more_grant_never_lowers_reach_or_any_level(
    seed: int, adversary: str, privilege: Privilege, data: st.DataObject
) -> None:
    estate = estate_of(seed)
    row = Grant.model_validate(
        {
            "id": "added",
            "organization": data.draw(st.sampled_from(list(estate.organizations))),
            "role": "engineer",
            "headcount": 12,
            "system": data.draw(st.sampled_from(list(estate.systems))),
            "privilege": privilege.value,
        }
    )
    grants = dict(sorted({**estate.grants, "added": row}.items()))
    after = side_of(replace(estate, grants=grants), adversary)
    assert_never(before_of(seed, adversary), after, worse=False)
