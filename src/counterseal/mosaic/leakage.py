"""What lookups at an external provider tell it, and whoever breaks into it, about the watched.

Of M people who could be looked up, w are watched; nobody outside knows which. In one period l
of the watched are looked up, together with d people who are not meant (dummies, or the lookups
of others through one broker). The provider's log is the set of the l + d. With the watched any
w of M alike, the looked up any l of those and the others any d of the rest,

    I(watched; log) = log2 C(M, l + d) + E[log2 C(j, l)] - log2 C(w, l) - log2 C(M - l, d),

where j is the number of watched people in the log: l and those of the d who happen to be
watched, which is hypergeometric. Without dummies and with l = w this is log2 C(M, w), which is
all that is to be known; for one watched person it is log2 M.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, fsum, lgamma, log, log2
from typing import TYPE_CHECKING, Final

from counterseal.canon import significant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.canon import Json

__all__ = ["Leakage", "Lookups", "batched_bits", "document", "leakage", "lookup_bits"]

_LN2: Final = log(2.0)
_LEAST: Final = 1e-18
_FEW: Final = 64
_MOST_WATCHED: Final = 1_000_000
_TIMES: Final = (4, 9, 99)
"""Dummies for each lookup, as mitigations that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """How lookups are made.

    Attributes:
        candidates: People who could be looked up, M.
        watched: People who are of interest, w; 1 <= w <= M.
        looked_up: Watched people who are looked up in a period, l; 1 <= l <= w.
        dummies: Others in the log of a period who are not told apart, d; l + d <= M.
        periods: Logs that the provider keeps, at least 1.
        is_fixed: Whether all periods have the same looked up and the same dummies; else both
            are drawn anew.
    """

    candidates: int
    watched: int
    looked_up: int
    dummies: int = 0
    periods: int = 1
    is_fixed: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.looked_up <= self.watched <= self.candidates:
            raise ValueError("expected 1 <= looked up <= watched <= candidates")
        if self.dummies < 0 or self.looked_up + self.dummies > self.candidates:
            raise ValueError("looked up and dummies together are at most the candidates")
        if self.periods < 1 or self.watched > _MOST_WATCHED:
            msg = f"expected at least 1 period and at most {_MOST_WATCHED:,} watched"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leakage:
    """What the provider learns, in bits.

    Attributes:
        low, high: Mutual information between the watched and all logs; the same where it is
            known exactly.
        bound: All that is to be known about who is watched: log2 C(M, w).
        listed: People in the log of one period.
        right: Share of those who are watched, on average.
        chance: Share of all candidates who are watched: what is known without the log.
    """

    low: float
    high: float
    bound: float
    listed: int
    right: float
    chance: float


def leakage(lookups: Lookups) -> Leakage:
    """Return what all logs of a provider tell about who is watched.

    One period is exact, and so is any number of fixed ones, which repeat the first. Periods
    drawn anew tell at least what one does; at most as many times that, for they are
    independent given the watched, and never more than there is to know.
    """
    bound = _log2_choose(lookups.candidates, lookups.watched)
    once = lookup_bits(lookups)
    again = once if lookups.is_fixed else min(bound, lookups.periods * once)
    listed = lookups.looked_up + lookups.dummies
    others = lookups.candidates - lookups.looked_up
    by_luck = lookups.dummies * (lookups.watched - lookups.looked_up) / others if others else 0
    return Leakage(
        low=once,
        high=max(once, again),
        bound=bound,
        listed=listed,
        right=(lookups.looked_up + by_luck) / listed,
        chance=lookups.watched / lookups.candidates,
    )


def lookup_bits(lookups: Lookups) -> float:
    """Return the mutual information between the watched and the log of one period, in bits."""
    m, w, d = lookups.candidates, lookups.watched, lookups.dummies
    seen = lookups.looked_up
    expected = sum(
        chance * _log2_choose(seen + lucky, seen)
        for lucky, chance in _hypergeometric(m - seen, w - seen, d)
    )
    spread = _log2_choose(m, seen + d) - _log2_choose(w, seen) - _log2_choose(m - seen, d)
    return min(max(0.0, spread + expected), _log2_choose(m, w))


def batched_bits(*, candidates: int, batch: int, periods: int, is_fixed: bool) -> float:
    """Return what a provider learns about one person who is looked up again and again.

    Each lookup is one of a batch of people; the others are drawn anew, or are always the same.
    The provider intersects the batches: whoever is in all of them may be meant.

    Args:
        candidates: People who could be meant, M.
        batch: People looked up together, the one meant among them; 1 <= batch <= M.
        periods: Lookups of the same person, at least 1.
        is_fixed: Whether the others are always the same.

    Returns:
        log2 M - E[log2 of the size of the intersection].
    """
    if not (1 <= batch <= candidates and periods >= 1):
        raise ValueError("expected 1 <= batch <= candidates and at least one period")
    sizes = {batch - 1: 1.0}
    for _ in range(0 if is_fixed else periods - 1):
        sizes = _intersected(sizes, others=candidates - 1, batch=batch - 1)
    hidden = sum(chance * log2(1 + left) for left, chance in sizes.items())
    return max(0.0, log2(candidates) - hidden)


def document(lookups: Lookups) -> dict[str, Json]:
    """Return what lookups tell as they are, and with more or fewer dummies."""
    batch = 1 + lookups.dummies // lookups.looked_up
    fresh, fixed = (
        batched_bits(
            candidates=lookups.candidates,
            batch=batch,
            periods=lookups.periods,
            is_fixed=is_fixed,
        )
        for is_fixed in (False, True)
    )
    return {
        "schema": "counterseal-query-leakage/1",
        "candidates": lookups.candidates,
        "watched": lookups.watched,
        "looked_up": lookups.looked_up,
        "dummies": lookups.dummies,
        "periods": lookups.periods,
        "fixed": lookups.is_fixed,
        "bound": significant(_log2_choose(lookups.candidates, lookups.watched)),
        "rows": [_row(form, one) for form, one in _alternatives(lookups).items()],
        "one_person": {
            "batch": batch,
            "fresh_bits": significant(fresh),
            "fixed_bits": significant(fixed),
            "bound": significant(log2(lookups.candidates)),
        },
    }


def _alternatives(lookups: Lookups) -> dict[str, Lookups]:
    """Return other ways to make the same lookups, by what they are called."""
    found = {"as they are": lookups, "without dummies": replace(lookups, dummies=0)}
    for times in _TIMES:
        dummies = times * lookups.looked_up
        if dummies + lookups.looked_up <= lookups.candidates:
            found[f"{times} dummies for each"] = replace(lookups, dummies=dummies)
    if lookups.periods > 1 and not lookups.is_fixed:
        found["the same people and dummies every time"] = replace(lookups, is_fixed=True)
    return {form: one for form, one in found.items() if form == "as they are" or one != lookups}


def _row(form: str, lookups: Lookups) -> dict[str, Json]:
    found = leakage(lookups)
    bits = (found.low, found.high)
    whole = found.bound or 1.0
    return {
        "form": form,
        "dummies": lookups.dummies,
        "bits": [significant(one) for one in bits],
        "share": [significant(one / whole) for one in bits],
        "listed": found.listed,
        "right": significant(found.right),
        "chance": significant(found.chance),
    }


def _intersected(sizes: dict[int, float], *, others: int, batch: int) -> dict[int, float]:
    """Return how many of those left are in one more batch."""
    found: dict[int, float] = {}
    for left, chance in sizes.items():
        for kept, share in _hypergeometric(others, left, batch):
            found[kept] = found.get(kept, 0.0) + chance * share
    return found


def _hypergeometric(total: int, marked: int, taken: int) -> Iterator[tuple[int, float]]:
    """Yield (marked ones taken, chance) for ``taken`` of ``total``; chances below 1e-18 go."""
    whole = _ln_choose(total, taken)
    for lucky in range(max(0, taken + marked - total), min(marked, taken) + 1):
        ways = _ln_choose(marked, lucky) + _ln_choose(total - marked, taken - lucky)
        chance = exp(ways - whole)
        if chance > _LEAST:
            yield lucky, chance


def _ln_choose(n: int, k: int) -> float:
    """Return ln of the number of ways; differences of large lgammas lose digits for few."""
    few = min(k, n - k)
    if few <= _FEW:
        return fsum(log((n - i) / (few - i)) for i in range(few))
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _log2_choose(n: int, k: int) -> float:
    """Return log2 of the number of ways to take ``k`` of ``n``; never negative."""
    return max(0.0, _ln_choose(n, k) / _LN2)
