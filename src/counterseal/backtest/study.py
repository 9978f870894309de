"""Run the method and the baselines over cases and seeds, and put them side by side.

Whatever ranks is given the embedded estate and nothing else; the key of a case is looked up
only in finished rankings, and so is the end of its clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

from counterseal.backtest.baselines import baselines
from counterseal.backtest.embedding import embed
from counterseal.backtest.negative.hardening import hardened
from counterseal.backtest.negative.shuffling import classes, shuffled
from counterseal.backtest.negative.standing import places, standing
from counterseal.backtest.ranking import Measure, candidates, percentile
from counterseal.backtest.results.records import (
    BARE,
    MODEL,
    WITHIN,
    CaseResult,
    Settings,
    Study,
    TimeResult,
    Twin,
)
from counterseal.backtest.results.summing import (
    hardened_summary,
    shuffled_summary,
    summary,
    time_summary,
)
from counterseal.backtest.scoring import key, wrong_keys
from counterseal.backtest.timing.calibration import forecast, reference_days
from counterseal.backtest.timing.clock import recorded
from counterseal.backtest.timing.durations import durations, ends
from counterseal.backtest.usage import simulate, usage
from counterseal.errors import UsageError
from counterseal.reach.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    import numpy as np
    from numpy.typing import NDArray

    from counterseal.backtest.case import Case
    from counterseal.backtest.conversion import CaseEstate, Unmatched
    from counterseal.backtest.ranking import Candidates
    from counterseal.backtest.results.records import Percentiles
    from counterseal.backtest.timing.calibration import Forecast
    from counterseal.backtest.timing.durations import Durations
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.engine import Engine

    class Progress(Protocol):
        """Says how far the study is; what it raises ends the study."""

        def __call__(self, done: int, total: int, /) -> None: ...


__all__ = ["ADVERSARY", "Outcome", "backtest", "gather", "run_one"]

ADVERSARY: Final = "cyber-espionage"


def backtest(
    cases: Sequence[Case],
    catalog: Catalog,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Study:
    """Rank what was really used in each case, beside baselines and negative controls.

    Seeds of one case are independent of each other and of other cases: ``run_one`` may run
    anywhere, and ``gather`` puts outcomes together.

    Raises:
        UsageError: There is no case, no seed, or no adversary ``cyber-espionage``.
    """
    chosen = settings or Settings()
    outcomes: list[Outcome] = []
    total = len(cases) * len(chosen.seeds)
    for case in cases:
        for seed in chosen.seeds:
            outcomes.append(run_one(case, catalog, seed=seed, settings=chosen))
            if progress is not None:
                progress(len(outcomes), total)
    return gather(cases, catalog, outcomes, settings=chosen)


def run_one(case: Case, catalog: Catalog, *, seed: int, settings: Settings) -> Outcome:
    """Run one case under one seed: as it is, shuffled and hardened.

    Raises:
        UsageError: There is no adversary ``cyber-espionage``.
    """
    if ADVERSARY not in catalog.adversaries:
        raise UsageError(f"the catalog has no adversary {ADVERSARY}")
    return _Run(case, catalog, seed=seed, settings=settings).outcome()


def gather(
    cases: Sequence[Case], catalog: Catalog, outcomes: Sequence[Outcome], *, settings: Settings
) -> Study:
    """Put outcomes together, whoever computed them.

    Args:
        cases: The cases.
        catalog: For the naive reference of times.
        outcomes: One for each case and seed, seeds of one case together, in order.
        settings: What was run.

    Raises:
        UsageError: There is no case or no seed.
    """
    count = len(settings.seeds)
    if not cases or not count:
        raise UsageError("a backtest needs at least one case and one seed")
    results = [
        _result(case, catalog, outcomes[number * count : (number + 1) * count])
        for number, case in enumerate(cases)
    ]
    return _study(settings, results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case under one seed; small enough to hand from process to process.

    Attributes:
        percentiles, wrong: By measure, then by method.
        shuffled: The model's percentiles for each shuffle.
        twin: The case as it is and hardened.
        times: On the recorded clock, and from anywhere; ``None`` without an objective.
        systems: Systems of the embedded estate.
        campaigns: Successful campaigns.
        horizon_days: How far the simulation looks.
        unmatched: Wordings that no rule knows.
    """

    percentiles: Mapping[Measure, Percentiles]
    wrong: Mapping[Measure, Percentiles]
    shuffled: tuple[Mapping[Measure, Percentiles], ...]
    twin: Twin
    times: tuple[Durations, Durations] | None
    systems: int
    campaigns: int
    horizon_days: float
    unmatched: tuple[Unmatched, ...]


class _Run:
    """One case under one seed: rank once, then look up the key, and again in the controls."""

    def __init__(self, case: Case, catalog: Catalog, *, seed: int, settings: Settings) -> None:
        self._case = case
        self._catalog = catalog
        self._seed = seed
        self._settings = settings
        self._embedded = embed(case.before, seed=seed, controls=settings.controls)
        self._classes = classes(self._embedded.estate)
        self._right = {measure: (name,) for measure, name in key(case).items()}

    def outcome(self) -> Outcome:
        """Run everything."""
        estate, case = self._embedded.estate, self._embedded.case
        engine, found = self._simulated(estate), candidates(estate)
        used = usage(engine, estate)
        rows = {
            MODEL: {"nodes": used.entry, "edges": used.edge},
            BARE: {"nodes": used.bare_entry, "edges": used.edge},
            WITHIN: {"nodes": {}, "edges": used.edge},
        }
        for name, scores in baselines(estate, found, seed=self._seed).items():
            rows[name] = {"nodes": scores.nodes, "edges": scores.edges}
        looked = _Lookup(found=found, case=case, rows=rows, classes=self._classes)
        twin = hardened(self._embedded, self._catalog)
        safer = self._simulated(twin, like=engine)
        return Outcome(
            percentiles=looked.methods(self._right),
            wrong=looked.methods(wrong_keys(self._case)),
            shuffled=tuple(self._shuffled(k) for k in range(self._settings.shuffles)),
            twin=Twin(
                before=standing(engine, used, found, case),
                after=standing(safer, usage(safer, twin), candidates(twin), case),
            ),
            times=self._times(engine),
            systems=len(estate.systems),
            campaigns=used.campaigns,
            horizon_days=engine.graph.horizon_days,
            unmatched=case.unmatched,
        )

    def _simulated(self, estate: Estate, *, like: Engine | None = None) -> Engine:
        settings = self._settings
        return simulate(
            estate,
            self._catalog.adversaries[ADVERSARY],
            self._catalog,
            draws=Draws(seed=self._seed, outer=settings.outer, lanes=settings.lanes),
            workers=settings.workers,
            also=places(self._embedded.case),
            like=like,
        )

    def _shuffled(self, number: int) -> Mapping[Measure, Percentiles]:
        estate = shuffled(self._embedded.estate, seed=self._seed, number=number)
        used = usage(self._simulated(estate), estate)
        edges = {"nodes": used.entry, "edges": used.edge}
        looked = _Lookup(
            found=candidates(estate),
            case=self._embedded.case,
            rows={MODEL: edges, WITHIN: edges},
            classes=self._classes,
        )
        return looked.methods(self._right)

    def _times(self, engine: Engine) -> tuple[Durations, Durations] | None:
        """Return times on the recorded clock and from anywhere, if there is an objective."""
        told, estate, case = recorded(self._case), self._embedded.estate, self._embedded.case
        if not told.until:
            return None
        until = ends(case, estate, told.until)
        since = case.ids.get(told.since, "")
        return (
            durations(engine, estate, until=until, since=since),
            durations(engine, estate, until=until, since=""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """Finished rankings in which a key may be looked up."""

    found: Candidates
    case: CaseEstate
    rows: Mapping[str, Mapping[str, Mapping[str, float]]]
    classes: Mapping[str, object]

    def rank(self, method: str, measure: Measure, name: str) -> float | None:
        """Return the percentile of one thing of the case, where it is a candidate."""
        kind = "nodes" if measure is Measure.ENTRY else "edges"
        own, among = self.case.ids[name], self.found.of(measure)
        if method == WITHIN:
            mine = self.classes.get(own)
            among = tuple(edge for edge in among if self.classes.get(edge) == mine)
        return percentile(self.rows[method][kind], of=own, among=among)

    def methods(self, wanted: Mapping[Measure, tuple[str, ...]]) -> dict[Measure, Percentiles]:
        """Return the mean percentile of what is wanted, by measure, then by method."""
        table: dict[Measure, Percentiles] = {}
        for measure, names in wanted.items():
            for method in self.rows:
                if method == (WITHIN if measure is Measure.ENTRY else BARE):
                    continue
                found = [self.rank(method, measure, name) for name in names]
                ranks = [rank for rank in found if rank is not None]
                if ranks:
                    table.setdefault(measure, {})[method] = sum(ranks) / len(ranks)
        return table


def _result(case: Case, catalog: Catalog, runs: Sequence[Outcome]) -> CaseResult:
    sizes = [run.systems for run in runs]
    return CaseResult(
        case=case.id,
        percentiles=_over_seeds([run.percentiles for run in runs]),
        wrong=_over_seeds([run.wrong for run in runs]),
        shuffled=_over_seeds([table for run in runs for table in run.shuffled]),
        twins=tuple(run.twin for run in runs),
        time=_time(case, catalog, runs),
        key=key(case),
        systems=(min(sizes), max(sizes)),
        campaigns=sum(run.campaigns for run in runs),
        unmatched=runs[0].unmatched,
    )


def _time(case: Case, catalog: Catalog, runs: Sequence[Outcome]) -> TimeResult:
    """Pool the times of all seeds and put them beside the recorded figure."""
    told = recorded(case)
    times = [run.times for run in runs if run.times is not None]
    own = reduce(add, (row[0] for row in times)) if times else None
    wide = reduce(add, (row[1] for row in times)) if times else None
    naive = reference_days(catalog, horizon_days=runs[0].horizon_days)

    def beside(days: NDArray[np.int64] | None) -> Forecast | None:
        return None if days is None or told.days is None else forecast(days, told.days)

    return TimeResult(
        recorded=told,
        trials=own.trials if own else 0,
        reached=own.reached if own else 0,
        timed=own.reached - own.elsewhere if own else 0,
        model=beside(own.days if own else None),
        anywhere=beside(wide.days if wide else None),
        reference=beside(naive),
    )


def _study(settings: Settings, results: Sequence[CaseResult]) -> Study:
    seed, every = settings.seeds[0], tuple(Measure)
    return Study(
        settings=settings,
        results=tuple(results),
        measures={m: summary(results, (m,), seed=seed) for m in Measure},
        overall=summary(results, every, seed=seed),
        shuffled={m: shuffled_summary(results, (m,), method=MODEL, seed=seed) for m in Measure},
        shuffled_within=shuffled_summary(results, every, method=WITHIN, seed=seed),
        hardened=hardened_summary(results, seed=seed),
        time=time_summary(results, anywhere=False, seed=seed),
        time_anywhere=time_summary(results, anywhere=True, seed=seed),
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
