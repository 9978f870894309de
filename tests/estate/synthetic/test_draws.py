"""Draws follow the published generator, and depend on nothing but seed, label and place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterseal.estate.synthetic.draws import Draws, heavy_tail, splitmix64

SEEDS = st.integers(-(2**70), 2**70)
LABELS = st.text(max_size=12)


def test_the_words_are_those_published_for_state_1234567() -> None:
    # Widely reproduced with the reference C code of S. Vigna (prng.di.unimi.it/splitmix64.c).
    assert splitmix64(1234567, 5).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(seed=SEEDS, label=LABELS, short=st.integers(0, 40), more=st.integers(0, 40))
def test_a_longer_sequence_begins_with_the_shorter_one(
    seed: int, label: str, short: int, more: int
) -> None:
    draws = Draws(seed=seed)
    longer = draws.rolls(label, short + more)
    assert longer[:short] == draws.rolls(label, short)
    assert all(0.0 <= number < 1.0 for number in longer)


@given(seed=SEEDS, label=LABELS)
def test_another_label_or_another_seed_gives_other_numbers(seed: int, label: str) -> None:
    numbers = Draws(seed=seed).rolls(label, 4)
    assert numbers != Draws(seed=seed).rolls(label + "x", 4)
    assert numbers != Draws(seed=seed + 1).rolls(label, 4)


@given(seed=SEEDS, count=st.integers(0, 60))
def test_an_order_holds_every_index_once(seed: int, count: int) -> None:
    assert sorted(Draws(seed=seed).order("order", count).tolist()) == list(range(count))


def test_options_come_up_as_often_as_their_weights_say() -> None:
    drawn = Draws(seed=7).pick("w", 20_000, ("a", "b", "c"), (1.0, 0.0, 3.0))
    # Standard error of a share of 1/4 in 20,000 draws is 0.0031: four of them.
    assert abs(drawn.count("a") / len(drawn) - 0.25) < 0.0125
    assert "b" not in drawn


def test_weights_fall_with_the_rank_to_the_power_three_quarters() -> None:
    weights = heavy_tail(np.arange(200))
    # From rank 13 to rank 157 the shifted rank grows tenfold, from 16 to 160.
    assert abs(weights[13] / weights[157] - 10.0**0.75) < 1e-9
    assert all(left > right for left, right in pairwise(weights.tolist()))
