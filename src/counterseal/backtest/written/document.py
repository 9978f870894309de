"""A study as a JSON document; misses are listed in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.negative.standing import HORIZONS_YEARS
from counterseal.backtest.ranking import Measure
from counterseal.backtest.results.records import BARE, MODEL, WITHIN
from counterseal.backtest.study import ADVERSARY
from counterseal.backtest.written.finding import CHANCE, findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.backtest.negative.standing import Standing
    from counterseal.backtest.results.intervals import Interval
    from counterseal.backtest.results.records import (
        CaseResult,
        HardenedSummary,
        Settings,
        ShuffledSummary,
        Study,
        Summary,
        TimeResult,
        TimeSummary,
    )
    from counterseal.backtest.timing.calibration import Forecast
    from counterseal.canon import Json

__all__ = ["SCHEMA", "as_json", "misses", "settings_json"]

SCHEMA: Final = "counterseal-backtest/1"

_DIGITS = 4


def as_json(study: Study, *, registration: str | None = None) -> dict[str, Json]:
    """Return the document of ``counterseal backtest --json``; numbers to four digits.

    A measure that a case does not define is ``null``.

    Args:
        study: What was found.
        registration: Digest of the registration under which it was run.
    """
    overall = study.overall
    return {
        "schema": SCHEMA,
        "registration": registration,
        "settings": settings_json(study.settings),
        "cases": [_case(result) for result in study.results],
        "summary": {
            "findings": [
                {"id": row.id, "statement": row.statement, "holds": row.holds}
                for row in findings(study)
            ],
            "mean_percentile": _short(overall.means.get(MODEL)),
            "interval": _pair(overall.intervals.get(MODEL)),
            "misses": [
                {"case": case, "measure": measure.value, "used": used, "percentile": _short(at)}
                for case, measure, used, at in misses(study)
            ],
            "all": _summary(overall),
            "measures": {m.value: _summary(row) for m, row in study.measures.items()},
            "shuffled": {
                "within_class": _shuffled(study.shuffled_within),
                "measures": {m.value: _shuffled(row) for m, row in study.shuffled.items()},
            },
            "hardened": _hardened(study.hardened),
            "time": {
                "recorded_clock": _times(study.time),
                "anywhere": _times(study.time_anywhere),
            },
        },
    }


def settings_json(settings: Settings) -> dict[str, Json]:
    """Return what a study was, or is to be, run with; threads make no difference."""
    return {
        "adversary": ADVERSARY,
        "first_seed": settings.seeds[0],
        "seeds": len(settings.seeds),
        "outer": settings.outer,
        "lanes": settings.lanes,
        "shuffles": settings.shuffles,
        "controls": settings.controls.value,
    }


def misses(study: Study) -> tuple[tuple[str, Measure, str, float], ...]:
    """Return ``(case, measure, what was used, percentile)`` below 0.5, worst first."""
    found = [
        (result.case, measure, result.key[measure], methods[MODEL])
        for result in study.results
        for measure, methods in result.percentiles.items()
        if methods[MODEL] < CHANCE
    ]
    return tuple(sorted(found, key=lambda row: (row[3], row[0], row[1])))


def _case(result: CaseResult) -> Json:
    return {
        "case": result.case,
        "seeds": len(result.twins),
        **{measure.value: _measure(result, measure) for measure in Measure},
        "time": _time(result.time),
        "hardened": [
            {"before": _standing(twin.before), "after": _standing(twin.after)}
            for twin in result.twins
        ],
        "systems": list(result.systems),
        "campaigns": result.campaigns,
        "unmatched": [
            {"element": row.element, "field": row.field, "text": row.text, "taken": row.taken}
            for row in result.unmatched
        ],
    }


def _measure(result: CaseResult, measure: Measure) -> Json:
    methods = result.percentiles.get(measure)
    if methods is None:
        return None
    left = result.shuffled.get(measure, {})
    row: dict[str, Json] = {
        "used": result.key[measure],
        "percentile": _short(methods[MODEL]),
        "chance": CHANCE,
        "baselines": {name: _short(methods[name]) for name in BASELINES},
        "wrong_key": {m: _short(v) for m, v in result.wrong.get(measure, {}).items()},
        "shuffled": _short(left.get(MODEL)),
    }
    if BARE in methods:
        row["elements_only"] = _short(methods[BARE])
    if WITHIN in methods:
        row["within_class"] = _short(methods[WITHIN])
        row["shuffled_within_class"] = _short(left.get(WITHIN))
    return row


def _time(time: TimeResult) -> Json:
    told = time.recorded
    return {
        "recorded_days": told.days,
        "counts": told.counts,
        "reason": told.reason,
        "since": told.since,
        "until": list(told.until),
        "objective_is_label": told.is_label,
        "trials": time.trials,
        "reached": time.reached,
        "timed": time.timed,
        "model": _forecast(time.model),
        "anywhere": _forecast(time.anywhere),
        "reference": _forecast(time.reference),
    }


def _forecast(found: Forecast | None) -> Json:
    if found is None:
        return None
    row: Mapping[str, int | float | bool] = asdict(found)
    return {
        name: round(value, _DIGITS) if isinstance(value, float) else value
        for name, value in row.items()
    }


def _summary(summary: Summary) -> Json:
    return {
        "cases": summary.cases,
        "means": {name: _short(value) for name, value in summary.means.items()},
        "intervals": {name: _pair(row) for name, row in summary.intervals.items()},
        "wrong_key": {name: _short(value) for name, value in summary.wrong.items()},
        "model_minus": {name: _pair(row) for name, row in summary.advantage.items()},
        "chance_interval": _pair(summary.chance),
    }


def _shuffled(found: ShuffledSummary) -> Json:
    return {
        "cases": found.cases,
        "as_it_is": _short(found.as_it_is),
        "mean": _short(found.mean),
        "interval": _pair(found.interval),
        "as_it_is_minus_shuffled": _pair(found.lost),
        "is_chance": found.is_chance,
    }


def _hardened(found: HardenedSummary) -> Json:
    return {
        "before": _standing(found.before),
        "after": _standing(found.after),
        "change": {
            "reach": {
                str(y): _pair(row) for y, row in zip(HORIZONS_YEARS, found.reach, strict=True)
            },
            "rank": _pair(found.rank),
        },
        "pairs": found.pairs,
        "reach_fell": {
            str(y): count for y, count in zip(HORIZONS_YEARS, found.reach_fell, strict=True)
        },
        "rank_fell": found.rank_fell,
        "cases": found.cases,
        "cases_fell": found.cases_fell,
    }


def _standing(found: Standing) -> Json:
    return {
        "reach": {
            str(y): _short(at) for y, at in zip(HORIZONS_YEARS, found.reach, strict=True)
        },
        "rank": _short(found.rank),
    }


def _times(found: TimeSummary) -> Json:
    return {
        "pit": {case: _short(value) for case, value in found.pits.items()},
        "cases": len(found.pits),
        "covered_80": found.covered,
        "reference_covered_80": found.reference_covered,
        "crps": _short(found.crps),
        "reference_crps": _short(found.reference_crps),
        "reference_minus_model": _pair(found.gain),
    }


def _short(value: float | None) -> Json:
    return None if value is None else round(value, _DIGITS)


def _pair(interval: Interval | None) -> Json:
    return None if interval is None else [round(end, _DIGITS) for end in interval]
