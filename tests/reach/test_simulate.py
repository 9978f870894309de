"""``graph simulate`` prints what the interchange format promises."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, cast

import pytest

from counterseal.attackgraph.interchange import FORMAT, parse
from counterseal.reach.simulate import exact_graph, simulate_graph

if TYPE_CHECKING:
    from counterseal.attackgraph.interchange import BareGraph
    from counterseal.canon import Json


def bare(**time: Json) -> BareGraph:
    steps = [
        {"id": "a", "kind": "or", "entry": True, "requires": ["l"]},
        {"id": "b", "kind": "or", "parents": ["a"], "time_days": time},
        {"id": "x", "kind": "or", "parents": ["x"]},
    ]
    document = {
        "format": FORMAT,
        "causes": [{"id": "l", "probability": 0.75}],
        "steps": steps,
        "targets": ["b", "x"],
        "horizon_days": 1000,
    }
    return parse(json.dumps(document).encode(), file="bare.json")


def simulated(made: BareGraph, *, seed: int = 0) -> dict[str, Json]:
    ticking = count()
    return simulate_graph(made, trials=20_000, seed=seed, clock=lambda: 2.0 * next(ticking))


def test_the_output_has_the_documented_keys_and_plausible_numbers() -> None:
    found = simulated(bare(family="point", value=30))
    assert set(found) == {"targets", "trials", "seed", "edge_trials_per_second"}
    assert found["trials"] == 20_000
    assert found["seed"] == 0
    assert found["edge_trials_per_second"] == 2 * 20_000 / 2.0
    target = cast("dict[str, Json]", cast("dict[str, Json]", found["targets"])["b"])
    low, high = cast("list[float]", target["interval"])
    assert low <= cast("float", target["reach"]) <= high
    assert low < 0.75 < high
    within_a_tick = pytest.approx(30.0, abs=1000 / 65534 / 2)
    assert target["quantiles_days"] == {"0.1": within_a_tick, "0.5": within_a_tick, "0.9": None}


def test_a_target_that_is_never_reached_says_so() -> None:
    targets = cast("dict[str, Json]", simulated(bare(family="point", value=30))["targets"])
    never = cast("dict[str, Json]", targets["x"])
    assert never["reach"] == 0.0
    assert never["quantiles_days"] == {"0.1": None, "0.5": None, "0.9": None}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    made = bare(family="exponential", mean=100)
    first, second, other = (simulated(made, seed=seed) for seed in (0, 0, 1))
    assert json.dumps(first) == json.dumps(second)
    assert first["targets"] != other["targets"]


def test_exact_gives_the_probability_of_every_target() -> None:
    assert exact_graph(bare(family="point", value=30)) == {"b": pytest.approx(0.75), "x": 0.0}
