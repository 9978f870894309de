"""What one foothold yields to an adversary who holds nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.assess.blast.footholds import Foothold, footholds_at
from counterseal.assess.blast.radius import radius
from counterseal.assess.side import model_of
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.assess.blast.radius import Radius
    from counterseal.estate.estate import Estate

WHO = "cyber-espionage"
DRAWS = Draws(seed=1, outer=8, lanes=32)


def blast(estate: Estate, place: str, who: str = WHO) -> Radius:
    [foothold] = footholds_at(estate, place)
    return radius(estate, catalog(), who, foothold, draws=DRAWS, workers=1)


def level(found: Radius) -> float:
    rows = found.side.base[0].levels
    return float(sum(v.mean() for c, v in rows.items() if c.family == "use"))


def test_control_of_a_system_yields_at_least_what_a_session_does(harbour: Estate) -> None:
    session, control = (
        blast(harbour, f"pass-register:{way}") for way in ("session", "control")
    )
    assert 0 < level(session) <= level(control)
    for concern, levels in session.side.base[0].levels.items():
        assert (levels <= control.side.base[0].levels[concern]).all()


def test_the_foothold_is_the_only_entry(harbour: Estate) -> None:
    graph = blast(harbour, "pass-register").side.campaigns[0].graph
    assert [step.id for step in graph.steps if step.entry] == ["pass-register#session"]


def test_from_within_an_adversary_gets_no_less_than_from_outside_by_that_place(
    harbour: Estate,
) -> None:
    """Who holds every network, system and recipient is at least as far in every trial."""
    elements = (*harbour.organizations, *harbour.zones, *harbour.systems, *harbour.links)
    outside = model_of(harbour, catalog(), adversaries=[WHO]).side(DRAWS, workers=1)
    whole = Foothold(
        element="everything",
        way="session",
        steps=tuple(
            f"{element}#{step}"
            for element in elements
            for step in ("control", "network", "onward")
        ),
    )
    inside = radius(harbour, catalog(), WHO, whole, draws=DRAWS, workers=1)
    before, after = outside.base[0], inside.side.base[0]
    for step in before.arrivals.steps:
        assert (after.arrivals.days(step) <= before.arrivals.days(step)).all()


def test_without_detection_on_the_way_no_more_is_reached_and_sooner_horizons_reach_less(
    harbour: Estate,
) -> None:
    for one in blast(harbour, "quayline:access").reached:
        assert one.unseen.median <= one.share[10.0].median
        medians = [one.share[years].median for years in (1.0, 3.0, 10.0)]
        assert medians == sorted(medians)


def test_the_level_that_one_trial_in_ten_exceeds_is_that_of_all_trials(harbour: Estate) -> None:
    found = blast(harbour, "pass-register")
    for one in found.yields:
        levels = found.side.base[0].levels[one.concern]
        assert one.p90 == pytest.approx(np.quantile(levels, 0.9))


def test_a_step_that_is_in_no_graph_leads_nowhere(harbour: Estate) -> None:
    nowhere = Foothold(element="quayline", way="hands", steps=("no-grant#copied",))
    found = radius(harbour, catalog(), WHO, nowhere, draws=DRAWS, workers=1)
    assert found.reached == ()
    assert found.yields == ()


def test_a_stronger_lock_never_lets_a_seized_device_yield_more(
    patched: Callable[[str], Estate],
) -> None:
    text = """
    add:
      systems:
        - id: scanners
          kind: device-fleet
          zone: quayline-network
          owner: quayline
          count: 40
          cached-records: 300
          lock: LOCK
      holdings:
        - id: on-scanners
          system: scanners
          attributes: [name, face-image, government-identifier, residential-address]
          populations: [{population: pass-holders, count: 300}]
    """
    without, within = (
        blast(patched(text.replace("LOCK", lock)), "scanners") for lock in ("false", "true")
    )
    assert 0 < level(within) < level(without)
