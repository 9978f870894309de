"""Random numbers are the published generator's, and belong to what they decide."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from counterseal.errors import UsageError
from counterseal.reach.draws import Draws, Stream, fill_uniforms, keys, philox, uniform

KNOWN = json.loads((Path(__file__).parents[1] / "vectors/philox/known.json").read_text())


@pytest.mark.parametrize("vector", KNOWN, ids=["zeros", "ones", "pi"])
def test_philox_gives_the_published_answers(vector: dict[str, list[str]]) -> None:
    words = [np.uint32(int(word, 16)) for word in vector["counter"] + vector["key"]]
    assert [f"{word:08x}" for word in philox(*words)] == vector["result"]


def test_uniforms_lie_strictly_between_zero_and_one_and_have_the_right_moments() -> None:
    key = keys(Stream.STEP, ["a"], seed=0)[0]
    first, second = np.empty(100_000), np.empty(100_000)
    draws = np.zeros(100_000, dtype=np.uint32)
    fill_uniforms(key, draws, np.arange(100_000, dtype=np.uint32), 100_000, 0, first, second)
    for sample in (first, second):
        assert 0.0 < sample.min() < sample.max() < 1.0
        assert abs(sample.mean() - 0.5) < 4 / np.sqrt(12 * 100_000)
        assert abs(sample.var() - 1 / 12) < 0.002
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.015


def test_the_number_of_a_lane_does_not_depend_on_which_lanes_are_asked_for() -> None:
    key = keys(Stream.STEP, ["a"], seed=7)[0]
    lanes = np.array([5, 900, 3], dtype=np.uint32)
    first, second = np.empty(3), np.empty(3)
    fill_uniforms(key, np.full(3, 4, dtype=np.uint32), lanes, 3, 2, first, second)
    for i, lane in enumerate(lanes):
        assert uniform(key, 4, int(lane), 2) == (first[i], second[i])


def test_streams_seeds_and_ids_have_keys_of_their_own() -> None:
    names = [f"step-{i}" for i in range(2_000)]
    every = np.concatenate(
        [keys(stream, names, seed=seed) for stream in Stream for seed in (0, 1, -1)]
    )
    assert np.unique(every, axis=0).shape[0] == len(every)


def test_a_name_cannot_be_shifted_into_the_seed() -> None:
    assert (keys(Stream.STEP, ["1\x002"], seed=0) != keys(Stream.STEP, ["2"], seed=1)).any()


@pytest.mark.parametrize(("outer", "lanes"), [(0, 1), (1, 0), (2**31 + 1, 1)])
def test_draws_refuse_sizes_that_are_none(outer: int, lanes: int) -> None:
    with pytest.raises(UsageError, match=r"must both lie in 1 to 2\*\*31"):
        Draws(seed=1, outer=outer, lanes=lanes)
