"""What a backtest found: of each case, and over cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.backtest.conversion import Controls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.backtest.conversion import Unmatched
    from counterseal.backtest.negative.standing import Standing
    from counterseal.backtest.ranking import Measure
    from counterseal.backtest.results.intervals import Interval
    from counterseal.backtest.scoring import Key
    from counterseal.backtest.timing.calibration import Forecast
    from counterseal.backtest.timing.clock import Recorded

__all__ = [
    "BARE",
    "MODEL",
    "WITHIN",
    "WRONG_KEY",
    "CaseResult",
    "HardenedSummary",
    "Percentiles",
    "Settings",
    "ShuffledSummary",
    "Study",
    "Summary",
    "TimeResult",
    "TimeSummary",
    "Twin",
]

MODEL: Final = "model"
BARE: Final = "model_elements_only"
WITHIN: Final = "model_within_class"
"""The model among edges of the class of the key alone (``negative/shuffling.py``)."""

WRONG_KEY: Final = "wrong_key"

Percentiles = dict[str, float]
"""Mean percentile over seeds, by method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is run.

    Attributes:
        seeds: Seeds of surroundings and of trials, at least one; a case gets each once.
        outer: Epistemic draws for each.
        lanes: Trials in each draw.
        shuffles: Estates with shuffled edges for each seed.
        controls: Which controls of a case are used.
        workers: Threads; results do not depend on it.
    """

    seeds: tuple[int, ...] = tuple(range(20))
    outer: int = 32
    lanes: int = 16
    shuffles: int = 2
    controls: Controls = Controls.KNOWN_BEFORE
    workers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """One case as it is and hardened, under one seed."""

    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeResult:
    """Time to objective of one case, foretold and recorded.

    Attributes:
        recorded: What the case records, and whether it counts.
        trials: Trials over all seeds.
        reached: Those in which the objective was reached within the horizon.
        timed: Those of them that had a foothold where the recorded clock starts.
        model: The forecast on the recorded clock; ``None`` without campaign or figure.
        anywhere: The same from the first foothold anywhere, a supplier's included.
        reference: The naive reference beside the same figure.
    """

    recorded: Recorded
    trials: int
    reached: int
    timed: int
    model: Forecast | None
    anywhere: Forecast | None
    reference: Forecast | None


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """One case.

    Attributes:
        case: Its id.
        percentiles: By measure, then by method (``model``, each baseline; for the entry also
            ``model_elements_only``, for edges ``model_within_class``); a measure without key
            is absent.
        wrong: The same for wrong keys: what an element gets just for being one of the case.
        shuffled: The model's percentiles, ``model`` and ``model_within_class``, mean over
            estates with shuffled edges.
        twins: The case as it is and hardened, for each seed.
        time: Time to objective.
        key: What was really used, in ids of the case.
        systems: Least and most systems of its embedded estates.
        campaigns: Successful campaigns over all seeds.
        unmatched: Wordings that no rule knows.
    """

    case: str
    percentiles: Mapping[Measure, Percentiles]
    wrong: Mapping[Measure, Percentiles]
    shuffled: Mapping[Measure, Percentiles]
    twins: tuple[Twin, ...]
    time: TimeResult
    key: Key
    systems: tuple[int, int]
    campaigns: int
    unmatched: tuple[Unmatched, ...]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Means over cases, of one measure or of all.

    Attributes:
        cases: Cases that have a value.
        means: Mean percentile by method.
        intervals: Bootstrap interval over cases by method; absent with fewer than two cases.
        wrong: Mean percentile of wrong keys by method, where the measure has a right one.
        advantage: Interval of the difference from the model to each other method, and to the
            model's own percentile of wrong keys (``wrong_key``).
        chance: Where the mean of random percentiles lies 95 times in 100; ``None`` over
            measures, which are not independent.
    """

    cases: int
    means: Mapping[str, float]
    intervals: Mapping[str, Interval]
    wrong: Mapping[str, float]
    advantage: Mapping[str, Interval]
    chance: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuffledSummary:
    """What is left of the model's percentile where edges are shuffled.

    Attributes:
        cases: Cases that have a value.
        as_it_is: Mean percentile as it is; ``None`` without a case.
        mean: Mean percentile shuffled; ``None`` without a case.
        interval: Bootstrap over cases; ``None`` with fewer than two.
        lost: Interval of the percentile as it is minus the shuffled one, paired by case.
    """

    cases: int
    as_it_is: float | None
    mean: float | None
    interval: Interval | None
    lost: Interval | None

    @property
    def is_chance(self) -> bool | None:
        """Whether 0.5 lies in the interval; ``None`` where there is none."""
        if self.interval is None:
            return None
        return self.interval[0] <= 0.5 <= self.interval[1]  # noqa: PLR2004 - chance


@dataclass(frozen=True, slots=True, kw_only=True)
class HardenedSummary:
    """The hardened twin beside the case as it is; means over seeds, then over cases.

    Attributes:
        before, after: As it is, and hardened.
        reach: Interval over cases of the change of reach, by horizon.
        rank: Interval over cases of the change of the rank of the case's elements.
        pairs: Pairs of estates.
        reach_fell: Pairs in which reach fell, by horizon.
        rank_fell: Pairs in which the mean rank of the case's elements fell.
        cases: Cases.
        cases_fell: Cases in which reach, at every horizon, and rank fell in every pair.
    """

    before: Standing
    after: Standing
    reach: tuple[Interval | None, ...]
    rank: Interval | None
    pairs: int
    reach_fell: tuple[int, ...]
    rank_fell: int
    cases: int
    cases_fell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSummary:
    """Forecasts over the cases that count, on one clock.

    Attributes:
        pits: Probability integral transforms by case.
        covered: How many recorded figures lie in the central 80 %.
        reference_covered: The same for the reference.
        crps, reference_crps: Mean score of ln(1 + days); ``None`` without a case.
        gain: Interval over cases of the reference's score minus the model's: above 0 the
            model is better.
    """

    pits: Mapping[str, float]
    covered: int
    reference_covered: int
    crps: float | None
    reference_crps: float | None
    gain: Interval | None


@dataclass(frozen=True, kw_only=True)
class Study:
    """The whole backtest.

    Attributes:
        settings: How much was run.
        results: Cases.
        measures: Over cases, by measure.
        overall: Over all measures of all cases.
        shuffled: Negative control, by measure, among all candidates.
        shuffled_within: The same for seam and last hop among edges of the key's class, where
            nothing but its place and its own facts can tell an edge from others.
        hardened: Negative control.
        time: On the recorded clock.
        time_anywhere: From the first foothold anywhere.
    """

    settings: Settings
    results: tuple[CaseResult, ...]
    measures: Mapping[Measure, Summary]
    overall: Summary
    shuffled: Mapping[Measure, ShuffledSummary]
    shuffled_within: ShuffledSummary
    hardened: HardenedSummary
    time: TimeSummary
    time_anywhere: TimeSummary
