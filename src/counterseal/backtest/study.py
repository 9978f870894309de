"""Run the method and the baselines over cases and seeds, and put them side by side.

Whatever ranks is given the embedded estate and nothing else; the key of a case is looked up
only in finished rankings.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.backtest.baselines import BASELINES, baselines
from counterseal.backtest.conversion import Controls
from counterseal.backtest.embedding import embed
from counterseal.backtest.intervals import bootstrap, chance
from counterseal.backtest.ranking import Measure, candidates, percentile
from counterseal.backtest.scoring import key, wrong_keys
from counterseal.backtest.usage import usage
from counterseal.errors import UsageError
from counterseal.reach.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from counterseal.backtest.case import Case
    from counterseal.backtest.conversion import CaseEstate, Unmatched
    from counterseal.backtest.embedding import Embedded
    from counterseal.backtest.intervals import Interval
    from counterseal.backtest.ranking import Candidates
    from counterseal.backtest.scoring import Key
    from counterseal.catalog.catalog import Catalog

    class Progress(Protocol):
        """Says how far the study is."""

        def __call__(self, done: int, total: int, /) -> None: ...


__all__ = [
    "ADVERSARY",
    "BARE",
    "MODEL",
    "WRONG_KEY",
    "CaseResult",
    "Settings",
    "Study",
    "Summary",
    "backtest",
]

ADVERSARY: Final = "cyber-espionage"
MODEL: Final = "model"
BARE: Final = "model_elements_only"
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
        controls: Which controls of a case are used.
        workers: Threads; results do not depend on it.
    """

    seeds: tuple[int, ...] = tuple(range(20))
    outer: int = 32
    lanes: int = 16
    controls: Controls = Controls.KNOWN_BEFORE
    workers: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """One case.

    Attributes:
        case: Its id.
        percentiles: By measure, then by method (``model``, each baseline; for the entry also
            ``model_elements_only``); a measure without key is absent.
        wrong: The same for wrong keys: what an element gets just for being one of the case.
        key: What was really used, in ids of the case.
        systems: Least and most systems of its embedded estates.
        campaigns: Successful campaigns over all seeds.
        unmatched: Wordings that no rule knows.
    """

    case: str
    percentiles: Mapping[Measure, Percentiles]
    wrong: Mapping[Measure, Percentiles]
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


@dataclass(frozen=True, kw_only=True)
class Study:
    """The whole backtest; ``overall`` pools all measures of all cases."""

    settings: Settings
    results: tuple[CaseResult, ...]
    measures: Mapping[Measure, Summary]
    overall: Summary


def backtest(
    cases: Sequence[Case],
    catalog: Catalog,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Study:
    """Rank what was really used in each case, beside baselines and a wrong key.

    Raises:
        UsageError: There is no case, no seed, or no adversary ``cyber-espionage``.
    """
    chosen = settings or Settings()
    if not cases or not chosen.seeds:
        raise UsageError("a backtest needs at least one case and one seed")
    if ADVERSARY not in catalog.adversaries:
        raise UsageError(f"the catalog has no adversary {ADVERSARY}")
    results, total = [], len(cases) * len(chosen.seeds)
    for number, case in enumerate(cases):
        runs = []
        for seed in chosen.seeds:
            runs.append(_run(case, catalog, seed=seed, settings=chosen))
            if progress is not None:
                progress(number * len(chosen.seeds) + len(runs), total)
        results.append(_result(case, runs))
    return Study(
        settings=chosen,
        results=tuple(results),
        measures={m: _summary(results, (m,), chosen) for m in Measure},
        overall=_summary(results, tuple(Measure), chosen),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    percentiles: Mapping[Measure, Percentiles]
    wrong: Mapping[Measure, Percentiles]
    embedded: Embedded
    campaigns: int


def _run(case: Case, catalog: Catalog, *, seed: int, settings: Settings) -> _Run:
    """Rank once, then look up the key and the wrong keys."""
    embedded = embed(case.before, seed=seed, controls=settings.controls)
    found = candidates(embedded.estate)
    used = usage(
        embedded.estate,
        catalog.adversaries[ADVERSARY],
        catalog,
        draws=Draws(seed=seed, outer=settings.outer, lanes=settings.lanes),
        workers=settings.workers,
    )
    rows = {
        MODEL: {"nodes": used.entry, "edges": used.edge},
        BARE: {"nodes": used.bare_entry, "edges": used.edge},
    }
    for name, scores in baselines(embedded.estate, found, seed=seed).items():
        rows[name] = {"nodes": scores.nodes, "edges": scores.edges}
    looked = _Lookup(found=found, case=embedded.case, rows=rows)
    right = {measure: (name,) for measure, name in key(case).items()}
    return _Run(
        percentiles=looked.methods(right),
        wrong=looked.methods(wrong_keys(case)),
        embedded=embedded,
        campaigns=used.campaigns,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """Finished rankings in which a key may be looked up."""

    found: Candidates
    case: CaseEstate
    rows: Mapping[str, Mapping[str, Mapping[str, float]]]

    def rank(self, method: str, measure: Measure, name: str) -> float | None:
        """Return the percentile of one thing of the case, where it is a candidate."""
        kind = "nodes" if measure is Measure.ENTRY else "edges"
        return percentile(
            self.rows[method][kind], of=self.case.ids[name], among=self.found.of(measure)
        )

    def methods(self, wanted: Mapping[Measure, tuple[str, ...]]) -> dict[Measure, Percentiles]:
        """Return the mean percentile of what is wanted, by measure, then by method."""
        table: dict[Measure, Percentiles] = {}
        for measure, names in wanted.items():
            for method in self.rows:
                if method == BARE and measure is not Measure.ENTRY:
                    continue
                found = [self.rank(method, measure, name) for name in names]
                ranks = [rank for rank in found if rank is not None]
                if ranks:
                    table.setdefault(measure, {})[method] = sum(ranks) / len(ranks)
        return table


def _result(case: Case, runs: Sequence[_Run]) -> CaseResult:
    sizes = [len(run.embedded.estate.systems) for run in runs]
    return CaseResult(
        case=case.id,
        percentiles=_over_seeds([run.percentiles for run in runs]),
        wrong=_over_seeds([run.wrong for run in runs]),
        key=key(case),
        systems=(min(sizes), max(sizes)),
        campaigns=sum(run.campaigns for run in runs),
        unmatched=runs[0].embedded.case.unmatched,
    )


def _over_seeds(
    tables: Sequence[Mapping[Measure, Percentiles]],
) -> dict[Measure, Percentiles]:
    """Return means over seeds; a seed in which a measure is not defined is left out."""
    values: dict[Measure, dict[str, list[float]]] = {}
    for table in tables:
        for measure, methods in table.items():
            for method, rank in methods.items():
                values.setdefault(measure, {}).setdefault(method, []).append(rank)
    return {
        measure: {method: sum(ranks) / len(ranks) for method, ranks in methods.items()}
        for measure, methods in values.items()
    }


def _summary(
    results: Sequence[CaseResult], measures: Sequence[Measure], settings: Settings
) -> Summary:
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
    seed = settings.seeds[0]
    count = len(right.rows.get(MODEL, []))
    return Summary(
        cases=count,
        means=right.means(),
        intervals=right.intervals(seed),
        wrong=wrong.means(),
        advantage={m: row for m, row in gains.intervals(seed).items() if m != MODEL},
        chance=chance(count) if len(measures) == 1 else None,
    )


def _above_wrong_key(result: CaseResult, measures: Sequence[Measure]) -> list[float]:
    return [
        result.percentiles[measure][MODEL] - result.wrong[measure][MODEL]
        for measure in measures
        if measure in result.percentiles and measure in result.wrong
    ]


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
