"""How much is asked for at once, and how long it is waited for; no Spark is needed for that."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import SparkError
from counterseal.reach.draws import Draws
from counterseal.reach.spread import Job, blocks_of
from counterseal.testing.graphs import graph, step
from counterseal.workspace.spark import trials
from counterseal.workspace.spark.trials import _count, _wait, _waves

if TYPE_CHECKING:
    from collections.abc import Iterator


def job(targets: int, lanes: int) -> Job:
    names = tuple(f"t{i}" for i in range(targets))
    steps = [step(name, entry=True) for name in names]
    return Job(graph=graph(steps), targets=names, draws=Draws(seed=1, outer=1, lanes=lanes))


@given(
    targets=st.integers(0, 40),
    lanes=st.integers(1, 2_000_000),
    cores=st.integers(1, 500),
)
def test_waves_are_all_blocks_in_order_and_none_is_too_large(
    targets: int, lanes: int, cores: int
) -> None:
    asked = job(targets, lanes)
    parts = blocks_of(asked.draws, count=_count(asked, cores))
    waves = list(_waves(asked, parts))
    assert [block for wave in waves for block in wave] == list(parts)
    size = 2 * targets * lanes
    for wave in waves:
        assert len(wave) == 1 or size * len(wave) / len(parts) <= trials.LARGEST_WAVE_BYTES


def test_each_core_has_several_blocks_so_that_none_waits_long_for_the_last() -> None:
    assert _count(job(1, 1000), 16) == 64
    assert _count(job(1, 1000), 1) == 8


def test_large_answers_are_cut_smaller() -> None:
    assert _count(job(40, 2_000_000), 1) == -(-160_000_000 // trials.LARGEST_BLOCK_BYTES)


def ticking(*states: tuple[int, int]) -> Iterator[tuple[int, int]]:
    yield from states
    while True:
        yield states[-1]


def test_a_job_that_no_worker_takes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "PATIENCE_SECONDS", 0.3)
    states = ticking((0, 0))
    with pytest.raises(SparkError, match=r"no worker took a task in 0\.3 s") as caught:
        _wait(Future(), lambda _done: None, lambda: next(states))
    assert "registered" in caught.value.hint


def test_a_job_that_was_begun_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "PATIENCE_SECONDS", 0.0)
    work: Future[object] = Future()
    states, told = ticking((0, 1), (1, 0), (1, 0), (2, 0)), list[int]()

    def tell(done: int) -> None:
        told.append(done)
        if done == 2:
            work.set_result("answers")

    _wait(work, tell, lambda: next(states))
    assert told == [0, 1, 1, 2]


def test_a_job_that_fails_is_no_longer_waited_for() -> None:
    work: Future[object] = Future()
    work.set_exception(RuntimeError("failed"))
    _wait(work, lambda _done: None, lambda: (0, 0))
    assert isinstance(work.exception(), RuntimeError)
