"""Workers that differ are refused, real masters are served, and Ctrl-C is heard.

Each test has a session of its own, so none may stand among tests that share one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.attackgraph.interchange import BareGraph, dump
from counterseal.cli.main import main
from counterseal.errors import SparkError, WorkersDifferError
from counterseal.reach.draws import Draws
from counterseal.reach.spread import Job
from counterseal.testing.graphs import tangle
from counterseal.workspace.spark import check_workers, opened, spread, trials
from counterseal.workspace.spark.session import LOOPBACK, spark_home

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        pytest.raises(WorkersDifferError, match=r"counterseal: 0\.0\.9 there, 0\.1\.0 here"),
    ):
        check_workers(found)


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


COMMAND = "import sys; from counterseal.cli.main import main; sys.exit(main(sys.argv[1:]))"


def _run(words: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process, and so with a Java, of its own."""
    return subprocess.run(  # noqa: S603 - our own interpreter on our own words
        [sys.executable, "-c", COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | variables,
    )


def test_a_java_that_listens_to_this_machine_alone_is_not_used_for_a_real_master() -> None:
    with opened("local[1]") as found:
        assert found.sparkContext.master == "local[1]"
    with socket.create_server((LOOPBACK, 0)) as server:
        url = f"spark://{LOOPBACK}:{server.getsockname()[1]}"
        with pytest.raises(SparkError, match="not to both"), opened(url):
            pass


def test_an_ended_session_leaves_ctrl_c_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with opened("local[1]"):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_java_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho Error: no such module >&2; exit 1\n")
    program.chmod(0o755)
    words = ["graph", "simulate", _written(bare(), tmp_path), "--spark", "local[1]"]
    done = _run(words, JAVA_HOME=str(tmp_path))
    assert done.returncode == 2
    assert "Java does not start Spark" in done.stderr + done.stdout
    assert "no such module" in done.stderr


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Start a master and a worker that want a secret; give the URL and the environment."""
    with socket.create_server((LOOPBACK, 0)) as server:
        url = f"spark://{LOOPBACK}:{server.getsockname()[1]}"
    conf = tmp_path / "conf" / "spark-defaults.conf"
    conf.parent.mkdir()
    secret = "spark.authenticate true\nspark.authenticate.secret only-for-this-test\n"  # noqa: S105 - a secret of a test
    conf.write_text(secret + "spark.network.crypto.enabled true\n")
    variables = {
        "SPARK_CONF_DIR": str(conf.parent),
        "SPARK_LOCAL_IP": LOOPBACK,
        "PYSPARK_PYTHON": sys.executable,
    }
    port = url.rpartition(":")[2]
    deploy = "org.apache.spark.deploy"
    daemons = (
        [f"{deploy}.master.Master", "--host", LOOPBACK, "--port", port, "--webui-port", "0"],
        [f"{deploy}.worker.Worker", "--host", LOOPBACK, "-c", "2", "-d", str(tmp_path), url],
    )
    program = str(spark_home() / "bin" / "spark-class")
    running = [
        subprocess.Popen(  # noqa: S603 - the installed Spark
            [program, *words], env=os.environ | variables, stderr=subprocess.DEVNULL
        )
        for words in daemons
    ]
    try:
        _await_port(int(port))
        yield url, variables
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=60)


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port)):
            return
        time.sleep(0.5)
    raise AssertionError("the master did not start")


def test_a_real_master_that_wants_a_secret_gives_the_bytes_of_one_machine(
    tmp_path: Path, standalone: tuple[str, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    url, variables = standalone
    words = ["graph", "simulate", _written(bare(), tmp_path), "--json", "--trials", "5000"]
    assert main(words) == 0
    expected = json.loads(capsys.readouterr().out)
    done = _run([*words, "--spark", url], **variables)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    del expected["edge_trials_per_second"], found["edge_trials_per_second"]
    assert found == expected


def test_ctrl_c_stops_the_job_and_exits_with_130(tmp_path: Path) -> None:
    words = ["graph", "simulate", _written(bare(), tmp_path), "--trials", "500000000"]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter on our own words
        [sys.executable, "-c", COMMAND, *words, "--spark", "local[2]"],
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
    _await_end(process.pid)


def _await_end(session: int) -> None:
    """Wait until Java and every worker are gone."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        rows = map(_fields, Path("/proc").glob("[0-9]*/stat"))
        if not [row for row in rows if row and int(row[3]) == session and row[0] != "Z"]:
            return
        time.sleep(0.5)
    raise AssertionError("processes are left behind")


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
