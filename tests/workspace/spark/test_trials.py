"""Trials over Spark have the bytes of one machine; workers that differ are refused."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.errors import GraphError, SparkError
from counterseal.estate.generator import generate
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.spread import Job
from counterseal.testing.catalogs import catalog
from counterseal.testing.graphs import tangle
from counterseal.workspace.spark import check_workers, opened, spread, trials
from counterseal.workspace.spark.session import spark_is_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

if not spark_is_here():
    pytest.skip(
        "PySpark or Java is not installed: `make spark` runs the tests over Spark",
        allow_module_level=True,
    )

pytestmark = [
    pytest.mark.slow,
    # py4j leaves the socket of each thread to the collection of garbage
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def bare() -> Job:
    graph, target = tangle(np.random.default_rng(8), size=30)
    targets = (target, *(step.id for step in graph.steps[:4]))
    draws = Draws(seed=8, outer=1, lanes=9_000)
    return Job(graph=graph, targets=tuple(dict.fromkeys(targets)), draws=draws)


def compiled() -> Job:
    graph = compile_graph(
        generate(5, systems=8, links=12), catalog().adversaries["humint-enabled"], catalog()
    )
    targets = tuple(dict.fromkeys(objective.step for objective in graph.objectives))
    return Job(graph=graph, targets=targets, draws=Draws(seed=5, outer=24, lanes=90))


def here(job: Job) -> bytes:
    return Engine(job.graph, draws=job.draws, targets=job.targets).run().ticks.tobytes()


@pytest.fixture(scope="module", params=["local[2]", "local-cluster[2,1,1024]"])
def session(request: pytest.FixtureRequest) -> Iterator[SparkSession]:
    """Open a session with each local master."""
    with opened(request.param) as found:
        assert check_workers(found) == 2
        yield found


@pytest.mark.parametrize("blocks", [None, 1, 3, 7])
def test_any_number_of_blocks_has_the_bytes_of_one_machine(
    session: SparkSession, blocks: int | None
) -> None:
    job = bare()
    assert spread(session, job, blocks=blocks).ticks.tobytes() == here(job)


def test_a_compiled_graph_with_uncertain_facts_has_the_bytes_of_one_machine(
    session: SparkSession,
) -> None:
    job = compiled()
    found = spread(session, job)
    assert found.ticks.tobytes() == here(job)
    assert found.steps == job.targets
    assert found.draws == job.draws


def test_answers_that_come_in_waves_have_the_bytes_of_one_machine(
    session: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "LARGEST_WAVE_BYTES", 20_000)
    job, told = bare(), list[tuple[int, int]]()
    found = spread(session, job, blocks=9, advance=lambda *state: told.append(state))
    assert found.ticks.tobytes() == here(job)
    assert {total for _, total in told} == {9}
    assert sorted(told) == told
    assert told[-1] == (9, 9)


def test_a_local_session_is_closed_to_others(session: SparkSession) -> None:
    context = session.sparkContext
    conf = context.getConf()
    assert conf.get("spark.driver.host").startswith("127.")
    assert conf.get("spark.driver.bindAddress").startswith("127.")
    assert conf.get("spark.authenticate") == "true"
    assert context.uiWebUrl is None
    secret = conf.get("spark.authenticate.secret")
    assert len(secret) == 64
    assert [line for line in _command_lines() if secret in line] == []


def _command_lines() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    assert found
    return found


def test_a_graph_that_is_none_is_refused_before_anything_is_sent(
    session: SparkSession,
) -> None:
    job = bare()
    with pytest.raises(GraphError):
        spread(session, Job(graph=job.graph, targets=("nowhere",), draws=job.draws))


def test_a_cluster_that_is_busy_with_others_is_not_waited_for_without_end(
    session: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "PATIENCE_SECONDS", 1.0)
    context = session.sparkContext

    def busy() -> None:
        context.setJobGroup("others", "others", interruptOnCancel=True)
        context.parallelize(range(2), 2).foreach(_sleep)

    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(busy)
        while not context.statusTracker().getActiveJobsIds():
            time.sleep(0.05)
        time.sleep(1.0)
        with pytest.raises(SparkError, match="no worker took a task in 1 s"):
            check_workers(session)
        context.cancelJobGroup("others")
        assert others.exception() is not None


def _sleep(_number: int) -> None:
    time.sleep(60)
