"""What a log tells is counted over every set of watched people and every log."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from math import comb, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.leakage import Lookups, batched_bits, document, leakage, lookup_bits


def _information(joint: Counter[tuple[object, object]]) -> float:
    """Return the mutual information of the two parts of a table of weights, in bits."""
    total = sum(joint.values())
    left: Counter[object] = Counter()
    right: Counter[object] = Counter()
    for (one, other), weight in joint.items():
        left[one] += weight
        right[other] += weight
    return sum(
        weight / total * log2(weight * total / (left[one] * right[other]))
        for (one, other), weight in joint.items()
    )


def _counted(m: int, w: int, seen: int, d: int) -> float:
    joint: Counter[tuple[object, object]] = Counter()
    for watched in combinations(range(m), w):
        for asked in combinations(watched, seen):
            rest = [one for one in range(m) if one not in asked]
            for dummies in combinations(rest, d):
                joint[watched, frozenset(asked) | frozenset(dummies)] += 1
    return _information(joint)


CASES = [
    (m, w, seen, d)
    for m in range(2, 7)
    for w in range(1, m + 1)
    for seen in range(1, w + 1)
    for d in range(m - seen + 1)
]


@pytest.mark.parametrize(("m", "w", "seen", "d"), CASES)
def test_bits_of_a_log_agree_with_counting_all_of_them(
    m: int, w: int, seen: int, d: int
) -> None:
    lookups = Lookups(candidates=m, watched=w, looked_up=seen, dummies=d)
    assert lookup_bits(lookups) == pytest.approx(_counted(m, w, seen, d), abs=1e-9)


@pytest.mark.parametrize(
    ("m", "batch", "periods"), [(4, 2, 2), (5, 3, 2), (5, 2, 3), (4, 4, 3)]
)
@pytest.mark.parametrize("is_fixed", [False, True])
def test_bits_about_one_person_agree_with_counting_all_batches(
    m: int, batch: int, periods: int, *, is_fixed: bool
) -> None:
    joint: Counter[tuple[object, object]] = Counter()
    for target in range(m):
        others = list(combinations([one for one in range(m) if one != target], batch - 1))
        chosen = (
            [(one,) * periods for one in others]
            if is_fixed
            else list(product(others, repeat=periods))
        )
        for logs in chosen:
            joint[target, tuple(frozenset({target, *one}) for one in logs)] += 1
    found = batched_bits(candidates=m, batch=batch, periods=periods, is_fixed=is_fixed)
    assert found == pytest.approx(_information(joint), abs=1e-9)


def test_one_bare_lookup_of_one_person_tells_log2_of_the_candidates() -> None:
    found = leakage(Lookups(candidates=330_000_000, watched=1, looked_up=1))
    assert found.low == found.high == pytest.approx(log2(330_000_000), abs=1e-6)
    assert found.bound == found.low
    assert round(found.bound, 1) == 28.3


def test_without_dummies_the_log_tells_all_there_is_to_know() -> None:
    found = leakage(Lookups(candidates=1_000, watched=20, looked_up=20))
    assert found.low == pytest.approx(log2(comb(1_000, 20)))
    assert found.right == 1.0


def test_looking_up_everybody_tells_nothing() -> None:
    found = leakage(Lookups(candidates=50, watched=5, looked_up=5, dummies=45))
    assert found.low == pytest.approx(0.0, abs=1e-9)
    assert found.right == pytest.approx(found.chance)


@given(st.integers(2, 400), st.data())
def test_bits_lie_between_nothing_and_all_there_is_to_know(m: int, data: st.DataObject) -> None:
    w = data.draw(st.integers(1, m))
    seen = data.draw(st.integers(1, w))
    d = data.draw(st.integers(0, m - seen))
    periods = data.draw(st.integers(1, 20))
    found = leakage(
        Lookups(candidates=m, watched=w, looked_up=seen, dummies=d, periods=periods)
    )
    assert 0 <= found.low <= found.high <= found.bound + 1e-9
    assert 0 < found.right <= 1 + 1e-12


@given(st.integers(3, 300), st.data())
def test_more_dummies_never_tell_more(m: int, data: st.DataObject) -> None:
    w = data.draw(st.integers(1, m - 1))
    seen = data.draw(st.integers(1, w))
    d = data.draw(st.integers(0, m - seen - 1))
    fewer, more = (
        lookup_bits(Lookups(candidates=m, watched=w, looked_up=seen, dummies=one))
        for one in (d, d + 1)
    )
    assert more <= fewer + 1e-9


@given(st.integers(2, 60), st.data())
def test_fresh_batches_tell_more_with_every_period_and_fixed_ones_do_not(
    m: int, data: st.DataObject
) -> None:
    batch = data.draw(st.integers(1, m))
    fresh = [
        batched_bits(candidates=m, batch=batch, periods=one, is_fixed=False)
        for one in (1, 2, 3)
    ]
    fixed = batched_bits(candidates=m, batch=batch, periods=9, is_fixed=True)
    assert fresh[0] - 1e-9 <= fresh[1] <= fresh[2] + 1e-9
    assert fixed == pytest.approx(fresh[0]) == pytest.approx(log2(m / batch))


@pytest.mark.parametrize(
    "wrong",
    [
        {"watched": 0},
        {"watched": 11},
        {"looked_up": 4},
        {"dummies": -1},
        {"dummies": 9},
        {"periods": 0},
    ],
)
def test_lookups_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    right = {"candidates": 10, "watched": 3, "looked_up": 2, "dummies": 1, "periods": 1}
    with pytest.raises(ValueError, match=r"expected|at most"):
        Lookups(**{**right, **wrong})  # type: ignore[arg-type]


def test_batches_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="batch"):
        batched_bits(candidates=3, batch=4, periods=1, is_fixed=False)


def test_the_document_tries_mitigations_and_names_what_they_leave() -> None:
    found = document(Lookups(candidates=1_000, watched=10, looked_up=10, periods=4))
    rows = {row["form"]: row for row in found["rows"] if isinstance(row, dict)}  # type: ignore[union-attr]
    assert next(iter(rows)) == "as they are"
    assert "without dummies" not in rows
    assert rows["9 dummies for each"]["listed"] == 100
    assert rows["99 dummies for each"]["bits"][0] == pytest.approx(0.0, abs=1e-6)
    assert "the same people and dummies every time" in rows
