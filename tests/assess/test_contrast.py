"""Laws of comparing on common random numbers: they hold in every draw, not on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.possible import attained

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.assess.contrast import Contrast
    from counterseal.estate.estate import Estate

    Contrasts = Callable[..., Contrast]
    Patched = Callable[[str], Estate]

LINK = "{id: extra, from: quayline-support, to: pass-register, carries: [passes], kind: %s}"
GRANT = (
    "{id: extra, organization: quayline, role: engineer, headcount: 12, "
    "system: pass-register, privilege: %s}"
)


@pytest.fixture(scope="module")
def null(harbour: Estate, contrast: Contrasts) -> Contrast:
    return contrast(harbour, harbour, adversaries=None)


def test_a_change_that_changes_nothing_changes_nothing_at_all(null: Contrast) -> None:
    found = null.compare()
    assert len(found.rows) >= 20
    assert found.possible == ()
    for row in found.rows.values():
        assert (row.worse.hits, row.better.hits) == (0, 0)
        assert np.array_equal(row.old, row.new)
        assert row.mean_ratio == 1.0
        assert not row.newly_possible


def test_the_null_comparison_is_of_something_that_happens(null: Contrast) -> None:
    assert any(row.mean_before > 0 for row in null.compare().rows.values())


def test_files_in_another_order_are_the_same_estate(
    harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    system = (
        "add: {systems: [{id: %s, kind: application, zone: harbour-office, "
        "owner: harbour-authority}]}"
    )
    moved = contrast(patched(system % "aaa"), patched(system % "zzz"))
    for row in moved.compare().rows.values():
        assert np.array_equal(row.old, row.new)
    assert contrast(harbour, harbour).before.estate == harbour


@pytest.mark.parametrize(
    "patch",
    [f"add: {{links: [{LINK % kind}]}}" for kind in ("query", "login", "admin", "replicate")]
    + [f"add: {{grants: [{GRANT % privilege}]}}" for privilege in ("use", "search", "admin")],
)
def test_another_way_in_is_never_better(
    patch: str, harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    found = contrast(harbour, patched(patch)).compare()
    assert [row.better.hits for row in found.rows.values()] == [0] * len(found.rows)
    assert all((row.new >= row.old).all() for row in found.rows.values())


def test_another_way_in_is_worse_and_its_removal_better_by_as_much(
    harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    after = patched(f"add: {{links: [{LINK % 'admin'}]}}")
    there, back = contrast(harbour, after).compare(), contrast(after, harbour).compare()
    assert any(row.worse.hits for row in there.rows.values())
    for concern, row in there.rows.items():
        assert row.worse.hits == back.rows[concern].better.hits
        assert np.array_equal(row.old, back.rows[concern].new)
    assert there.possible == () or back.possible == ()


def test_no_control_in_place_raises_any_level(null: Contrast) -> None:
    controls = [key for key in null.after.parameters if key.startswith("control:")]
    assert len(controls) > 20
    moved = 0
    for key in controls:
        rows = null.compare(conditions={key: 1.0}).rows
        assert all((row.new <= row.old).all() for row in rows.values()), key
        moved += any(row.better.hits for row in rows.values())
    assert moved > 5


def test_a_condition_is_laid_on_the_changed_estate_alone(null: Contrast) -> None:
    base = found = null.compare().rows
    for key in (k for k in null.after.parameters if k.startswith("control:")):
        found = null.compare(conditions={key: 1.0}).rows
        if any(row.better.hits for row in found.values()):
            break
    assert all(np.array_equal(found[c].old, base[c].old) for c in base)
    assert any(not np.array_equal(found[c].new, base[c].new) for c in base)


def test_a_falsehood_is_held_on_both_sides(null: Contrast) -> None:
    moved = 0
    for key in [k for k in null.after.parameters if k.startswith("control:")][:12]:
        rows = null.compare_if({key: 1.0}).rows
        assert all(np.array_equal(row.old, row.new) for row in rows.values())
        base = null.compare().rows
        moved += any(not np.array_equal(rows[c].old, base[c].old) for c in rows)
    assert moved > 0


def test_what_a_condition_does_not_touch_is_the_same_object(null: Contrast) -> None:
    base = null.compare()
    assert null.compare(conditions={"control:AC-2@nowhere": 1.0}) is base
    assert null.compare_if({}) is base


@pytest.mark.parametrize(
    "kind",
    [
        "query",
        "login",
        "admin",
        "network",
    ],
)
def test_a_way_that_is_closed_is_as_if_it_had_never_been_opened(
    kind: str, harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    opened = contrast(harbour, patched(f"add: {{links: [{LINK % kind}]}}"))
    closed = opened.compare(conditions={"link:extra.exists": 0.0})
    for row in closed.rows.values():
        assert np.array_equal(row.old, row.new)
    assert closed.possible == ()


NEW_HOLDING = """
add:
  populations: [{id: visitors, size: 5000}]
  holdings:
    - id: guests
      system: pass-register
      attributes: [name, passport-number, nationality, residential-address, spouse-link, health]
      populations: [{population: visitors, count: 4000}]
"""


def test_new_data_make_new_uses_possible_unless_they_are_not_held(
    harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    added = contrast(harbour, patched(NEW_HOLDING))
    found = added.compare()
    assert found.possible
    assert {one.population for one in found.possible} == {"visitors"}
    assert found.possible == tuple(sorted(found.possible))
    without = added.compare(conditions={"fact:guests.populations.visitors": 0.0})
    assert without.possible == ()
    assert all((row.new <= found.rows[c].new).all() for c, row in without.rows.items())


def test_nobody_held_is_nobody_to_use(
    harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    empty = patched(NEW_HOLDING.replace("count: 4000", "count: 0"))
    assert contrast(harbour, empty).compare().possible == ()


def test_an_alternative_with_fewer_adversaries_is_compared_for_those(
    harbour: Estate, contrast: Contrasts
) -> None:
    both = contrast(harbour, harbour)
    one = contrast(harbour, harbour, adversaries=("humint-enabled",))
    mixed = type(both)(before=both.before, after=one.after, draws=both.draws).compare()
    assert {concern.adversary for concern in mixed.rows} == {"humint-enabled"}
    assert all(np.array_equal(row.old, row.new) for row in mixed.rows.values())


def test_more_draws_begin_with_the_same_draws(
    harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    after = patched(f"add: {{links: [{LINK % 'admin'}]}}")
    few, many = contrast(harbour, after, outer=8), contrast(harbour, after, outer=16)
    for concern, row in few.compare().rows.items():
        assert np.array_equal(row.new, many.compare().rows[concern].new[:8])


def test_the_number_of_workers_changes_nothing(
    harbour: Estate, contrast: Contrasts, patched: Patched
) -> None:
    after = patched(f"add: {{links: [{LINK % 'admin'}]}}")
    one, two = (contrast(harbour, after, workers=n).compare() for n in (1, 2))
    assert one.possible == two.possible
    for concern, row in one.rows.items():
        assert np.array_equal(row.new, two.rows[concern].new)


def test_what_is_attained_needs_everything_that_the_use_needs(null: Contrast) -> None:
    side = null.after
    for campaign in side.campaigns:
        found = attained(campaign, campaign.base, side.model.needs)
        assert {one.use for one in found} <= set(campaign.adversary.objectives.uses)
        assert found <= side.attained(side.base)
