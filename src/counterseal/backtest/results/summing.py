"""From results of cases to means over cases with intervals; whole cases are resampled."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.negative.standing import HORIZONS_YEARS, Standing
from counterseal.backtest.ranking import Measure
from counterseal.backtest.results.intervals import bootstrap, chance
from counterseal.backtest.results.records import (
    BARE,
    MODEL,
    WRONG_KEY,
    HardenedSummary,
    ShuffledSummary,
    Summary,
    TimeSummary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.backtest.results.intervals import Interval
    from counterseal.backtest.results.records import CaseResult
    from counterseal.backtest.timing.calibration import Forecast

__all__ = ["hardened_summary", "shuffled_summary", "summary", "time_summary"]


def summary(
    results: Sequence[CaseResult], measures: Sequence[Measure], *, seed: int
) -> Summary:
    """Return means and intervals of some measures."""
    right, wrong, gains = _Groups(), _Groups(), _Groups()
    bare = (BARE,) if tuple(measures) == (Measure.ENTRY,) else ()
    for result in results:
        for method in (MODEL, *bare, *BASELINES):
            rows = [result.percentiles.get(m, {}) for m in measures]
            right.add(method, [row[method] for row in rows if method in row])
            gains.add(method, [row[MODEL] - row[method] for row in rows if method in row])
            wrongs = [result.wrong.get(m, {}) for m in measures if m in result.percentiles]
            wrong.add(method, [row[method] for row in wrongs if method in row])
        gains.add(WRONG_KEY, _above_wrong_key(result, measures))
    count = len(right.rows.get(MODEL, []))
    return Summary(
        cases=count,
        means=right.means(),
        intervals=right.intervals(seed),
        wrong=wrong.means(),
        advantage={m: row for m, row in gains.intervals(seed).items() if m != MODEL},
        chance=chance(count) if len(measures) == 1 else None,
    )


def shuffled_summary(
    results: Sequence[CaseResult], measures: Sequence[Measure], *, method: str, seed: int
) -> ShuffledSummary:
    """Return what shuffling left of the model's percentiles, of one of its two methods."""
    pairs = [
        [
            (result.percentiles[m][method], result.shuffled[m][method])
            for m in measures
            if method in result.shuffled.get(m, {}) and method in result.percentiles.get(m, {})
        ]
        for result in results
    ]
    left = [[after for _, after in row] for row in pairs]
    return ShuffledSummary(
        cases=sum(map(bool, pairs)),
        as_it_is=_over([[before for before, _ in row] for row in pairs]),
        mean=_over(left),
        interval=bootstrap(left, seed=seed),
        lost=bootstrap([[before - after for before, after in row] for row in pairs], seed=seed),
    )


def hardened_summary(results: Sequence[CaseResult], *, seed: int) -> HardenedSummary:
    """Return how cases stand as they are and hardened."""
    spans = range(len(HORIZONS_YEARS))
    pairs = [twin for result in results for twin in result.twins]
    return HardenedSummary(
        before=_mean([twin.before for twin in pairs]),
        after=_mean([twin.after for twin in pairs]),
        reach=tuple(
            _change(results, seed, [t.after.reach[k] - t.before.reach[k] for t in pairs])
            for k in spans
        ),
        rank=_change(results, seed, [t.after.rank - t.before.rank for t in pairs]),
        pairs=len(pairs),
        reach_fell=tuple(
            sum(t.after.reach[k] < t.before.reach[k] for t in pairs) for k in spans
        ),
        rank_fell=sum(t.after.rank < t.before.rank for t in pairs),
        cases=len(results),
        cases_fell=sum(
            all(_fell(twin.before, twin.after) for twin in result.twins) for result in results
        ),
    )


def time_summary(results: Sequence[CaseResult], *, anywhere: bool, seed: int) -> TimeSummary:
    """Return how forecasts did over the cases that count, on one of the two clocks."""
    rows: list[tuple[str, Forecast, Forecast]] = []
    for result in results:
        time = result.time
        found = time.anywhere if anywhere else time.model
        if time.recorded.counts and found is not None and time.reference is not None:
            rows.append((result.case, found, time.reference))
    count = len(rows)
    return TimeSummary(
        pits={case: found.pit for case, found, _ in rows},
        covered=sum(found.is_covered for _, found, _ in rows),
        reference_covered=sum(naive.is_covered for _, _, naive in rows),
        crps=sum(found.crps for _, found, _ in rows) / count if count else None,
        reference_crps=sum(naive.crps for _, _, naive in rows) / count if count else None,
        gain=bootstrap([[naive.crps - found.crps] for _, found, naive in rows], seed=seed),
    )


def _over(groups: Sequence[Sequence[float]]) -> float | None:
    values = [value for group in groups for value in group]
    return sum(values) / len(values) if values else None


def _above_wrong_key(result: CaseResult, measures: Sequence[Measure]) -> list[float]:
    return [
        result.percentiles[measure][MODEL] - result.wrong[measure][MODEL]
        for measure in measures
        if measure in result.percentiles and measure in result.wrong
    ]


def _mean(rows: Sequence[Standing]) -> Standing:
    return Standing(
        reach=tuple(
            sum(row.reach[k] for row in rows) / len(rows) for k in range(len(HORIZONS_YEARS))
        ),
        rank=sum(row.rank for row in rows) / len(rows),
    )


def _change(
    results: Sequence[CaseResult], seed: int, changes: Sequence[float]
) -> Interval | None:
    """Return the interval of a mean of changes, which stand in the order of cases."""
    groups, start = [], 0
    for result in results:
        groups.append(changes[start : start + len(result.twins)])
        start += len(result.twins)
    return bootstrap(groups, seed=seed)


def _fell(before: Standing, after: Standing) -> bool:
    lower = all(b > a for b, a in zip(before.reach, after.reach, strict=True))
    return lower and after.rank < before.rank


class _Groups:
    """Values of each method, those of one case together."""

    def __init__(self) -> None:
        self.rows: defaultdict[str, list[list[float]]] = defaultdict(list)

    def add(self, method: str, values: list[float]) -> None:
        if values:
            self.rows[method].append(values)

    def means(self) -> dict[str, float]:
        return {m: sum(map(sum, rows)) / sum(map(len, rows)) for m, rows in self.rows.items()}

    def intervals(self, seed: int) -> dict[str, Interval]:
        found = {m: bootstrap(rows, seed=seed) for m, rows in self.rows.items()}
        return {m: interval for m, interval in found.items() if interval is not None}
