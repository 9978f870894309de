"""The tables of a study as rows of text, for a terminal and for a page alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.negative.standing import HORIZONS_YEARS
from counterseal.backtest.ranking import Measure
from counterseal.backtest.results.records import MODEL, WITHIN
from counterseal.backtest.written.document import misses
from counterseal.backtest.written.finding import ranged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from counterseal.backtest.negative.standing import Standing
    from counterseal.backtest.results.records import CaseResult, Study, TimeResult
    from counterseal.backtest.timing.calibration import Forecast

__all__ = ["TITLES", "Table", "tables"]

TITLES: Final = {
    Measure.ENTRY: "entry",
    Measure.SEAM: "seam",
    Measure.LAST_HOP: "last hop",
}
NOTHING: Final = "-"

_HEADINGS: Final = {
    "shortest_path": "shortest",
    "largest_holding": "largest",
    "betweenness": "between",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table.

    Attributes:
        title: What it shows.
        head: Headings of the columns; the first column names rows.
        rows: Cells; as many in each as there are headings.
        notes: Lines below it.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def tables(study: Study) -> tuple[Table, ...]:
    """Return all tables: one for each measure, the controls, times, and misses."""
    return (
        *(_measure(study, measure) for measure in Measure),
        _differences(study),
        _wrong_keys(study),
        _within(study),
        _hardened(study),
        _times(study, anywhere=False),
        _times(study, anywhere=True),
        _misses(study),
    )


def _measure(study: Study, measure: Measure) -> Table:
    summary, left = study.measures[measure], study.shuffled[measure]
    columns = (MODEL, *BASELINES)
    rows = [_case(result, measure) for result in study.results]
    means = [_number(summary.means.get(name)) for name in columns]
    rows.append(("mean", *means, _number(summary.wrong.get(MODEL)), _number(left.mean)))
    notes = []
    if summary.chance is not None and MODEL in summary.means:
        notes.append(
            f"model{ranged(summary.intervals.get(MODEL)) or ': one case, no interval'};"
            f" a random order has{ranged(summary.chance)} over {summary.cases} cases;"
            f" shuffled{ranged(left.interval) or ': no interval'}"
        )
    return Table(
        title=f"{TITLES[measure]}: percentile among all candidates, 1 = first, chance 0.5",
        head=("", *(_HEADINGS.get(name, name) for name in columns), "wrong key", "shuffled"),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _case(result: CaseResult, measure: Measure) -> tuple[str, ...]:
    methods = result.percentiles.get(measure)
    if methods is None:
        return (result.case, "not defined", *[""] * (len(BASELINES) + 2))
    cells = [_number(methods.get(name)) for name in (MODEL, *BASELINES)]
    wrong: Mapping[str, float] = result.wrong.get(measure, {})
    return (
        result.case,
        *cells,
        _number(wrong.get(MODEL)),
        _number(result.shuffled.get(measure, {}).get(MODEL)),
    )


def _differences(study: Study) -> Table:
    columns = [study.measures[measure] for measure in Measure] + [study.overall]
    names = ("wrong_key", *BASELINES)
    rows = [
        (
            name.replace("_", " "),
            *(ranged(column.advantage.get(name)).strip() or NOTHING for column in columns),
        )
        for name in names
    ]
    lost = [study.shuffled[measure].lost for measure in Measure]
    shuffled = (ranged(row).strip() or NOTHING for row in lost)
    rows.append(("edges shuffled", *shuffled, NOTHING))
    return Table(
        title="model minus what stands beside it: 95 % interval over cases, paired",
        head=("", *TITLES.values(), "all"),
        rows=tuple(rows),
    )


def _within(study: Study) -> Table:
    measures, found = (Measure.SEAM, Measure.LAST_HOP), study.shuffled_within
    rows = []
    for result in study.results:
        tables = [
            table.get(measure, {})
            for measure in measures
            for table in (result.percentiles, result.shuffled)
        ]
        rows.append((result.case, *(_number(table.get(WITHIN)) for table in tables)))
    means = f"as it is {_number(found.as_it_is)}, shuffled {_number(found.mean)}"
    return Table(
        title="the model within the class of what was used: place and own facts alone can tell",
        head=("", *(f"{TITLES[m]}{part}" for m in measures for part in ("", ", shuffled"))),
        rows=tuple(rows),
        notes=(
            (
                f"{means}{ranged(found.interval)}; as it is minus shuffled"
                f"{ranged(found.lost) or ' -'}"
            ),
        ),
    )


def _wrong_keys(study: Study) -> Table:
    columns = (MODEL, *BASELINES)
    return Table(
        title="wrong key of every method: what stands in a case and was not used",
        head=("", *(_HEADINGS.get(name, name) for name in columns)),
        rows=tuple(
            (title, *(_number(study.measures[measure].wrong.get(name)) for name in columns))
            for measure, title in TITLES.items()
        ),
        notes=("away from 0.5, the embedding does not hide the case from that method",),
    )


def _hardened(study: Study) -> Table:
    found = study.hardened
    rows = []
    for result in study.results:
        before, after = [t.before for t in result.twins], [t.after for t in result.twins]
        fell = sum(_fell(b, a) for b, a in zip(before, after, strict=True))
        changes = (_change(before, after, k) for k in range(len(HORIZONS_YEARS) + 1))
        rows.append((result.case, *changes, f"{fell} of {len(result.twins)}"))
    spans = (f"{years} y" for years in HORIZONS_YEARS)
    return Table(
        title="hardened twin: share of places of the case reached, mean rank of its elements",
        head=("", *spans, "rank", "pairs that fall"),
        rows=tuple(rows),
        notes=(
            f"change over cases: {_intervals(found.reach)}, rank{ranged(found.rank) or ' -'}",
        ),
    )


def _fell(before: Standing, after: Standing) -> bool:
    lower = all(b > a for b, a in zip(before.reach, after.reach, strict=True))
    return lower and after.rank < before.rank


def _intervals(rows: Sequence[tuple[float, float] | None]) -> str:
    return ", ".join(
        f"{years} y{ranged(row) or ' -'}"
        for years, row in zip(HORIZONS_YEARS, rows, strict=True)
    )


def _change(before: Sequence[Standing], after: Sequence[Standing], column: int) -> str:
    def mean(rows: Sequence[Standing]) -> float:
        return sum((*row.reach, row.rank)[column] for row in rows) / len(rows)

    return f"{mean(before):.2f} > {mean(after):.2f}"


def _times(study: Study, *, anywhere: bool) -> Table:
    clock = "first foothold anywhere" if anywhere else "first foothold where the record starts"
    return Table(
        title=f"days to the objective from the {clock}",
        head=(
            *("", "recorded", "10 %", "50 %", "90 %", "PIT", "score"),
            *("naive PIT", "score", "campaigns"),
        ),
        rows=tuple(
            (result.case, *_time(result.time, anywhere=anywhere)) for result in study.results
        ),
        notes=tuple(_time_notes(study, anywhere=anywhere)),
    )


def _time_notes(study: Study, *, anywhere: bool) -> Iterator[str]:
    found = study.time_anywhere if anywhere else study.time
    if found.crps is not None and found.reference_crps is not None:
        yield (
            f"central 80 %: {found.covered} of {len(found.pits)}, reference"
            f" {found.reference_covered}; mean score {found.crps:.2f}, reference"
            f" {found.reference_crps:.2f}, reference minus model{ranged(found.gain) or ' -'}"
        )
    if anywhere:
        return
    yield (
        "PIT: share foretold below the record, ties half; score: ranked probability score"
        " of ln(1 + days), less is better; naive: one lognormal from the priors"
    )
    for result in study.results:
        if result.time.recorded.reason:
            yield f"{result.case} is not counted: {result.time.recorded.reason}"


def _time(time: TimeResult, *, anywhere: bool) -> tuple[str, ...]:
    days, model = time.recorded.days, time.anywhere if anywhere else time.model
    spread = (f"{model.low}", f"{model.median}", f"{model.high}") if model else (NOTHING,) * 3
    return (
        NOTHING if days is None else f"{days:g}{'' if time.recorded.counts else ' *'}",
        *spread,
        *_score(model),
        *_score(time.reference),
        f"{time.reached}" if anywhere else f"{time.timed} of {time.reached}",
    )


def _score(found: Forecast | None) -> tuple[str, str]:
    return (f"{found.pit:.2f}", f"{found.crps:.2f}") if found else (NOTHING, NOTHING)


def _misses(study: Study) -> Table:
    found = misses(study)
    return Table(
        title=f"misses (below 0.5): {len(found)}",
        head=("percentile", "case", "measure", "used"),
        rows=tuple(
            (f"{rank:.2f}", case, TITLES[measure], used) for case, measure, used, rank in found
        ),
    )


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
