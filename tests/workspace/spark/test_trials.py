"""Trials over Spark have the bytes of one machine; workers that differ are refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.interchange import BareGraph, dump
from counterseal.cli.main import main
from counterseal.errors import GraphError, SparkError, WorkersDifferError
from counterseal.estate.generator import generate
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.spread import Job
from counterseal.testing.catalogs import catalog
from counterseal.testing.graphs import tangle
from counterseal.workspace.spark import check_workers, opened, spread, trials
from counterseal.workspace.spark.session import java

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

PACKAGES = ("pyspark", "pyarrow", "pandas")
if java() is None or not all(find_spec(name) for name in PACKAGES):
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

SOURCE = Path(trials.__file__).parents[2]


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


def _python(folder: Path, path: Path) -> str:
    """Write a Python that sees what is in ``path`` before anything else."""
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={path}:$PYTHONPATH exec {sys.executable} "$@"\n')
    program.chmod(0o755)
    return str(program)


def test_a_worker_of_another_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "path" / "counterseal"
    shutil.copytree(SOURCE, other)
    root = other / "__init__.py"
    root.write_text(root.read_text().replace('"0.1.0"', '"0.0.9"'))
    monkeypatch.setenv("PYSPARK_PYTHON", _python(tmp_path, other.parent))
    with (
        opened("local[1]") as found,
        pytest.raises(
            WorkersDifferError, match=r"counterseal: 0\.0\.9 there, 0\.1\.0 here"
        ) as caught,
    ):
        check_workers(found)
    assert "source: " in caught.value.message


def test_answers_of_another_program_are_refused_even_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "path" / "counterseal"
    shutil.copytree(SOURCE, other)
    (other / "reach" / "extra.py").write_text('"""Changes nothing."""\n')
    monkeypatch.setenv("PYSPARK_PYTHON", _python(tmp_path, other.parent))
    with opened("local[1]") as found, pytest.raises(WorkersDifferError, match="source: "):
        spread(found, bare())


def test_a_worker_without_counterseal_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "path" / "counterseal").mkdir(parents=True)
    (tmp_path / "path" / "counterseal" / "__init__.py").touch()
    monkeypatch.setenv("PYSPARK_PYTHON", _python(tmp_path, tmp_path / "path"))
    with opened("local[1]") as found, pytest.raises(SparkError, match="has no counterseal"):
        check_workers(found)


def test_a_worker_without_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", "no-such-python")
    with opened("local[1]") as found, pytest.raises(SparkError, match="start its Python"):
        check_workers(found)


def _written(job: Job, folder: Path) -> str:
    path = folder / "graph.json"
    path.write_text(json.dumps(dump(BareGraph(graph=job.graph, targets=job.targets))))
    return str(path)


def test_the_command_prints_what_it_prints_without_spark_but_for_the_speed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["graph", "simulate", _written(bare(), tmp_path), "--json", "--trials", "5000"]
    documents = []
    for more in ([], ["--spark", "local[2]"]):
        assert main([*words, *more]) == 0
        documents.append(json.loads(capsys.readouterr().out))
    assert [d.pop("edge_trials_per_second") > 0 for d in documents] == [True, True]
    assert documents[0] == documents[1]


def test_ctrl_c_stops_the_job_and_exits_with_130(tmp_path: Path) -> None:
    words = ["graph", "simulate", _written(bare(), tmp_path), "--trials", "500000000"]
    code = "import sys; from counterseal.cli.main import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(  # noqa: S603 - our own interpreter on our own words
        [sys.executable, "-c", code, *words, "--spark", "local[2]"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        _await_trials(process)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert out.decode().splitlines()[-1] == "exit 130: interrupted"


def _await_trials(process: subprocess.Popen[bytes]) -> None:
    """Wait until two workers have been computing for a while."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        busy = [
            fields
            for fields in map(_fields, Path("/proc").glob("[0-9]*/stat"))
            if fields and int(fields[3]) == process.pid and int(fields[11]) > 1_000
        ]
        if len(busy) >= 3:  # Java and two workers, ten seconds of processor time each
            return
        time.sleep(0.5)
    raise AssertionError("no trials were begun")


def _fields(path: Path) -> list[str]:
    """Return what ``/proc`` says after a name: state, parent, group, session, times."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []
