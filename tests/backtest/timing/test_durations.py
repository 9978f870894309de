"""Times from first foothold to the objective, against a slow walk of every tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.backtest.timing.durations import FOOTHOLDS, durations
from counterseal.backtest.usage import simulate
from counterseal.reach.draws import Draws
from counterseal.reach.explaining.critical import _tree, explain
from counterseal.reach.sampling import NEVER
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Engine

DRAWS = Draws(seed=5, outer=8, lanes=16)
TWO = """
organizations:
  - {id: home, kind: owner}
  - {id: firm, kind: contractor}
zones:
  - {id: in, kind: on-premises, operator: home}
  - {id: far, kind: contractor, operator: firm}
systems:
  - {id: desk, kind: device-fleet, zone: far, owner: firm, exposure: internal}
  - {id: front, kind: application, zone: in, owner: home, exposure: internet}
  - {id: store, kind: database, zone: in, owner: home, exposure: internal}
populations: [{id: folk, size: 1000}]
holdings:
  - {id: data, system: store, attributes: [name], populations: [{population: folk, count: 90}]}
links:
  - {id: one, from: front, to: store, kind: query, carries: [data]}
  - {id: two, from: desk, to: front, kind: login}
grants:
  - {id: help, organization: firm, role: helper, system: front, privilege: admin}
"""
UNTIL = ("store#session", "data#read")


def engine_of(estate: Estate) -> Engine:
    adversary = catalog().adversaries["cyber-espionage"]
    return simulate(estate, adversary, catalog(), draws=DRAWS, also=UNTIL)


def slowly(engine: Engine, estate: Estate, since: str) -> tuple[list[int], int, int]:
    """Return days, trials that reach, and trials without a foothold, one trial at a time."""
    whose = {name: name for name in estate.organizations}
    whose |= {row.id: row.operator for row in estate.zones.values()}
    whose |= {row.id: row.owner for row in estate.systems.values()}
    names, links = engine.program.names, engine.program.links
    targets = [engine.program.index[name] for name in UNTIL]
    days, reached, without = [], 0, 0
    for state in engine.states():
        for tile in range(state.t.shape[0]):
            start, stop = engine.layout.spans[state.first + tile]
            for lane in range(stop - start):
                x, t = state.x[tile, :, lane], state.t[tile, :, lane]
                target = min(targets, key=lambda row: int(t[row]))
                if t[target] == NEVER:
                    continue
                reached += 1
                inside = [
                    int(t[row])
                    for row in _tree(links, target, x, t)
                    if names[row].partition("#")[2] in FOOTHOLDS
                    and whose.get(names[row].partition("#")[0])
                    in ({since} if since else {*whose.values()})
                ]
                if inside:
                    days.append(int((int(t[target]) - min(inside)) * engine.tick_days + 0.5))
                else:
                    without += 1
    return days, reached, without


@pytest.mark.slow
@pytest.mark.parametrize("since", ["", "home", "firm"])
def test_times_are_those_of_a_walk_of_every_critical_tree(since: str) -> None:
    estate = estate_from(TWO)
    engine = engine_of(estate)
    found = durations(engine, estate, until=UNTIL, since=since)
    days, reached, without = slowly(engine, estate, since)
    assert reached > 20
    assert (found.reached, found.elsewhere, found.trials) == (reached, without, DRAWS.trials)
    assert found.days.tolist() == np.bincount(days, minlength=found.days.size).tolist()


def test_the_clock_of_the_owner_starts_no_earlier_than_that_of_anybody() -> None:
    estate = estate_from(TWO)
    engine = engine_of(estate)
    wide = durations(engine, estate, until=UNTIL, since="")
    home = durations(engine, estate, until=UNTIL, since="home")
    assert wide.elsewhere == 0
    assert wide.days.sum() == wide.reached == home.days.sum() + home.elsewhere
    span = np.arange(wide.days.size)
    assert (home.days * span).sum() <= (wide.days * span).sum()


def test_arrivals_at_the_end_are_what_explanations_say() -> None:
    estate = estate_from(TWO)
    engine = engine_of(estate)
    found = durations(engine, estate, until=("data#read",), since="")
    (row,) = explain(engine, ["data#exfiltrate"], most=0)
    assert found.reached >= row.reached.hits > 0


def test_an_end_that_nothing_leads_to_is_never_reached() -> None:
    estate = estate_from(TWO)
    engine = engine_of(estate)
    found = durations(engine, estate, until=("nowhere#session",), since="")
    assert (found.reached, int(found.days.sum())) == (0, 0)


def test_times_of_two_runs_add_up() -> None:
    estate = estate_from(TWO)
    engine = engine_of(estate)
    one = durations(engine, estate, until=UNTIL, since="home")
    both = one + one
    assert both.days.tolist() == (2 * one.days).tolist()
    assert (both.trials, both.reached) == (2 * one.trials, 2 * one.reached)
