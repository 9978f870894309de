"""What a study found, in sentences: one for each question, whichever way it fell.

Whether something is said to differ is one rule: the 95 % bootstrap interval over cases leaves
out what it would have to leave out. With one case there is no interval, and nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.backtest.baselines import BASELINES
from counterseal.backtest.negative.standing import HORIZONS_YEARS
from counterseal.backtest.results.records import MODEL, WRONG_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from counterseal.backtest.results.intervals import Interval
    from counterseal.backtest.results.records import Study, TimeSummary

__all__ = ["CHANCE", "Finding", "findings", "ranged"]

CHANCE: Final = 0.5
"""Mean percentile of a random order; below it something is a miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer.

    Attributes:
        id: Stable word for the question.
        title: The question, in a few words.
        statement: The answer with its figures.
        holds: Whether it speaks for the method; ``None`` where it decides nothing.
    """

    id: str
    title: str
    statement: str
    holds: bool | None


def findings(study: Study) -> tuple[Finding, ...]:
    """Return the answers in the order in which a reader needs them."""
    return (
        _chance(study),
        _baselines(study),
        _wrong_key(study),
        _shuffled(study),
        _hardened(study),
        _time(study),
    )


def ranged(interval: Interval | None) -> str:
    """Return an interval as text, with a space before it; empty where there is none."""
    return "" if interval is None else f" [{interval[0]:.2f}, {interval[1]:.2f}]"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _chance(study: Study) -> Finding:
    overall = study.overall
    answers = sum(row.cases for row in study.measures.values())
    size = (
        f"{counted(answers, 'answer')} in {counted(len(study.results), 'case')},"
        f" {counted(len(study.settings.seeds), 'seed')}"
    )
    if MODEL not in overall.means:
        statement = "no case says what was used: nothing could be ranked"
        return Finding(id="chance", title="against chance", statement=statement, holds=None)
    interval = overall.intervals.get(MODEL)
    word, holds = _beside(interval, CHANCE, ("above chance", "below chance"))
    statement = (
        f"{word}: what was really used stands at percentile {overall.means[MODEL]:.2f}"
        f"{ranged(interval)} of 1, chance 0.5 ({size})"
    )
    return Finding(id="chance", title="against chance", statement=statement, holds=holds)


def _baselines(study: Study) -> Finding:
    rows = {name: study.overall.advantage.get(name) for name in BASELINES}
    ahead = [name for name, row in rows.items() if row is not None and row[0] > 0]
    behind = [name for name, row in rows.items() if row is not None and row[1] < 0]
    rest = [name for name in BASELINES if name not in {*ahead, *behind}]
    statement = (
        f"better than {_listed(ahead)}; worse than {_listed(behind)};"
        f" not told apart: {_listed(rest)}"
    )
    beaten = len(ahead) == len(BASELINES)
    holds = True if beaten else (False if behind else None)
    return Finding(
        id="baselines", title="against naive methods", statement=statement, holds=holds
    )


def _wrong_key(study: Study) -> Finding:
    interval = study.overall.advantage.get(WRONG_KEY)
    words = (
        "what was used stands above the rest of its case",
        "what was used stands below the rest of its own case",
    )
    word, holds = _beside(interval, 0.0, words, none="not told apart from the rest of its case")
    figure = study.overall.wrong.get(MODEL)
    rest = (
        ""
        if figure is None
        else f" (a wrong key gets {figure:.2f}; difference{ranged(interval)})"
    )
    return Finding(
        id="wrong_key", title="against a wrong key", statement=f"{word}{rest}", holds=holds
    )


def _shuffled(study: Study) -> Finding:
    """Judge by place alone: among edges of its class, a shuffled edge must stand anywhere."""
    found, title = study.shuffled_within, "with edges shuffled"
    if found.mean is None or found.as_it_is is None:
        return Finding(id="shuffled", title=title, statement="no edge to look up", holds=None)
    word = {
        True: "at chance, as it must be",
        False: "NOT at chance",
        None: "one case, no interval",
    }[found.is_chance]
    lost = found.lost is not None and found.lost[0] > 0
    place = "its place does tell" if lost else "nothing shows that its place tells the model"
    holds = found.is_chance if found.is_chance is False or lost else None
    statement = (
        f"{word}: among edges of its own class, what was used stands at {found.mean:.2f}"
        f"{ranged(found.interval)}, and at {found.as_it_is:.2f} as it is; lost by shuffling"
        f"{ranged(found.lost) or ' no interval'}: {place}"
    )
    return Finding(id="shuffled", title=title, statement=statement, holds=holds)


def _hardened(study: Study) -> Finding:
    found = study.hardened
    falls = found.cases_fell == found.cases
    years = HORIZONS_YEARS[0]
    statement = (
        f"reach and rank fall in every pair of {found.cases_fell} of"
        f" {counted(found.cases, 'case')}{', as they must' if falls else ': NOT as they must'};"
        f" reached within {counted(years, 'year')} {found.before.reach[0]:.2f} to"
        f" {found.after.reach[0]:.2f}, mean rank of the case {found.before.rank:.2f} to"
        f" {found.after.rank:.2f}"
    )
    return Finding(
        id="hardened", title="with the case hardened", statement=statement, holds=falls
    )


def _time(study: Study) -> Finding:
    found, title = study.time, "time to objective"
    count = len(found.pits)
    skipped = len(study.results) - count
    left = f"; {counted(skipped, 'case')} not counted" if skipped else ""
    if not count:
        statement = f"no case can be compared{left}"
        return Finding(id="time", title=title, statement=statement, holds=None)
    word, holds = _beside(
        found.gain, 0.0, ("better than", "worse than"), none="not told apart from"
    )
    statement = (
        f"{found.covered} of {count} recorded figures in the central 80 %{_scores(found)},"
        f" {word} one lognormal from the priors{left}"
    )
    return Finding(id="time", title=title, statement=statement, holds=holds)


def _scores(found: TimeSummary) -> str:
    if found.crps is None or found.reference_crps is None:
        return ""
    return f"; score {found.crps:.2f} beside {found.reference_crps:.2f} (less is better)"


def _beside(
    interval: Interval | None,
    value: float,
    words: tuple[str, str],
    *,
    none: str = "not told apart from chance",
) -> tuple[str, bool | None]:
    """Return which word an interval supports, and whether that speaks for the method."""
    if interval is not None and interval[0] > value:
        return words[0], True
    if interval is not None and interval[1] < value:
        return words[1], False
    return none, None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_plain(names)) or "none"


def _plain(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield name.replace("_", " ")
