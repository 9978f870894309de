"""Where an adversary may already be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.blast.bounds import Device, device_at, drains_at
from counterseal.assess.blast.footholds import footholds_at
from counterseal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.estate.estate import Estate

    Patched = Callable[[str], Estate]

MORE = """
add:
  grants:
    - id: fitters
      organization: quayline
      role: fitter
      system: pass-register
      privilege: physical
  systems:
    - id: scanners
      kind: device-fleet
      zone: quayline-network
      owner: quayline
      count: 40
      cached-records: 300
      lock: true
  links:
    - id: look-up
      from: quayline-support
      to: pass-register
      kind: query
      carries: [passes]
      rate-limit-per-day: 500
"""


def test_an_organization_is_held_in_ways_that_are_told_apart(patched: Patched) -> None:
    found = {one.way: one.steps for one in footholds_at(patched(MORE), "quayline")}
    assert found == {
        "network": ("quayline#network",),
        "access": ("quayline#control",),
        "knowledge": ("quayline#documents", "quayline#elicit"),
        "hands": ("fitters#copied", "fitters#session"),
    }


def test_an_organization_without_hands_on_anything_is_not_held_by_them(harbour: Estate) -> None:
    assert "hands" not in {one.way for one in footholds_at(harbour, "quayline")}


@pytest.mark.parametrize(
    ("place", "way", "steps"),
    [
        ("pass-register", "session", ("pass-register#session",)),
        ("pass-register:control", "control", ("pass-register#control",)),
        ("scanners", "seized", ("scanners#unlock",)),
        ("quayline-network", "network", ("quayline-network#network",)),
        ("quayline:access", "access", ("quayline#control",)),
        ("fitters", "session", ("fitters#session",)),
    ],
)
def test_a_place_is_held_in_the_way_that_is_named_or_usual(
    place: str, way: str, steps: tuple[str, ...], patched: Patched
) -> None:
    [found] = footholds_at(patched(MORE), place)
    assert (found.way, found.steps) == (way, steps)


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        ("pass-registr", "pass-register"),
        ("pass-register:hands", "session"),
        ("pass-holders", "systems"),
    ],
)
def test_a_place_that_cannot_be_held_is_refused_with_what_can(
    place: str, hint: str, harbour: Estate
) -> None:
    with pytest.raises(UsageError) as refused:
        footholds_at(harbour, place)
    assert hint in refused.value.hint


def test_a_device_says_what_is_on_it_and_a_limit_how_long_a_whole_holding_takes(
    patched: Patched,
) -> None:
    estate = patched(MORE)
    assert device_at(estate, "scanners") == Device(records=300, locked=True, count=40)
    assert device_at(estate, "pass-register") is None
    [drain] = drains_at(estate, "quayline-support")
    assert (drain.link, drain.holding, drain.per_day, drain.days) == (
        "look-up",
        "passes",
        500,
        76.0,
    )
    assert drains_at(estate, "pass-register") == ()
