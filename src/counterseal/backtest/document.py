"""A study as a JSON document and as text; misses are listed in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.ranking import Measure
from counterseal.backtest.study import ADVERSARY, BARE, MODEL, WRONG_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.backtest.intervals import Interval
    from counterseal.backtest.study import CaseResult, Study, Summary
    from counterseal.canon import Json

__all__ = ["SCHEMA", "as_json", "misses", "text"]

SCHEMA: Final = "counterseal-backtest/1"
CHANCE: Final = 0.5
"""Mean percentile of a random order; below it something is a miss."""

_TITLES: Final = {
    Measure.ENTRY: "entry",
    Measure.SEAM: "seam",
    Measure.LAST_HOP: "last hop",
}
_DIGITS = 4
_COLUMNS = ("model", *BASELINES, "wrong key")


def as_json(study: Study) -> dict[str, Json]:
    """Return the document of ``counterseal backtest --json``; numbers to four digits.

    A measure that a case does not define is ``null``.
    """
    settings, overall = study.settings, study.overall
    return {
        "schema": SCHEMA,
        "settings": {
            "adversary": ADVERSARY,
            "first_seed": settings.seeds[0],
            "seeds": len(settings.seeds),
            "outer": settings.outer,
            "lanes": settings.lanes,
            "controls": settings.controls.value,
        },
        "cases": [_case(result, len(settings.seeds)) for result in study.results],
        "summary": {
            "mean_percentile": _short(overall.means.get(MODEL)),
            "interval": _pair(overall.intervals.get(MODEL)),
            "misses": [
                {"case": case, "measure": measure.value, "used": used, "percentile": _short(at)}
                for case, measure, used, at in misses(study)
            ],
            "all": _summary(overall),
            "measures": {m.value: _summary(row) for m, row in study.measures.items()},
        },
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


def text(study: Study) -> str:
    """Return the tables for a terminal."""
    return "\n".join(_lines(study)) + "\n"


def _case(result: CaseResult, seeds: int) -> Json:
    return {
        "case": result.case,
        "seeds": seeds,
        **{measure.value: _measure(result, measure) for measure in Measure},
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
    row: dict[str, Json] = {
        "used": result.key[measure],
        "percentile": _short(methods[MODEL]),
        "chance": CHANCE,
        "baselines": {name: _short(methods[name]) for name in BASELINES},
        "wrong_key": {m: _short(v) for m, v in result.wrong.get(measure, {}).items()},
    }
    if BARE in methods:
        row["elements_only"] = _short(methods[BARE])
    return row


def _summary(summary: Summary) -> Json:
    return {
        "cases": summary.cases,
        "means": {name: _short(value) for name, value in summary.means.items()},
        "intervals": {name: _pair(row) for name, row in summary.intervals.items()},
        "wrong_key": {name: _short(value) for name, value in summary.wrong.items()},
        "model_minus": {name: _pair(row) for name, row in summary.advantage.items()},
        "chance_interval": _pair(summary.chance),
    }


def _short(value: float | None) -> Json:
    return None if value is None else round(value, _DIGITS)


def _pair(interval: Interval | None) -> Json:
    return None if interval is None else [round(end, _DIGITS) for end in interval]


def _lines(study: Study) -> Iterator[str]:
    names = [result.case for result in study.results]
    width = max(map(len, [*names, "mean over cases"]))
    for measure, title in _TITLES.items():
        summary = study.measures[measure]
        yield f"{title}: percentile among all candidates, 1 = first, chance 0.5"
        yield " " * (width + 2) + "  ".join(f"{_heading(name):>8}" for name in _COLUMNS)
        for result in study.results:
            wrong = result.wrong.get(measure, {})
            yield f"  {result.case:<{width}}" + _row(result.percentiles.get(measure), wrong)
        yield f"  {'mean over cases':<{width}}" + _row(summary.means, summary.wrong)
        yield ""
    yield from _conclusions(study)


def _heading(name: str) -> str:
    return {
        "shortest_path": "shortest",
        "largest_holding": "largest",
        "betweenness": "between",
    }.get(name, name)


def _row(methods: Mapping[str, float] | None, wrong: Mapping[str, float]) -> str:
    if not methods:
        return "  not defined"
    values = [methods.get(name) for name in (MODEL, *BASELINES)] + [wrong.get(MODEL)]
    return "  ".join(f"{'-' if v is None else f'{v:.2f}':>8}" for v in values)


def _conclusions(study: Study) -> Iterator[str]:
    overall, count = study.overall, len(study.results)
    seeds = len(study.settings.seeds)
    yield (
        f"{count} case{'s' if count > 1 else ''}, {seeds} seed{'s' if seeds > 1 else ''};"
        f" model, all measures: {overall.means.get(MODEL, 0.0):.2f}"
        f"{_range(overall.intervals.get(MODEL))}"
    )
    for measure, title in _TITLES.items():
        summary = study.measures[measure]
        if summary.chance is None or MODEL not in summary.means:
            continue
        yield (
            f"  {title}: {summary.means[MODEL]:.2f}{_range(summary.intervals.get(MODEL))};"
            f" a random order has{_range(summary.chance)} over {summary.cases} cases"
        )
    for name in (WRONG_KEY, *BASELINES):
        if name in overall.advantage:
            yield f"  model minus {name.replace('_', ' ')}:{_range(overall.advantage[name])}"
    found = misses(study)
    yield f"misses (below 0.5): {len(found)}"
    for case, measure, used, rank in found:
        yield f"  {rank:.2f}  {case}  {_TITLES[measure]}  {used}"


def _range(interval: Interval | None) -> str:
    return "" if interval is None else f" [{interval[0]:.2f}, {interval[1]:.2f}]"
