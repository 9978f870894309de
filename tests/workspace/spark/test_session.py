"""What keeps a session from starting is said before Java starts, with what to do about it."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.errors import SparkError
from counterseal.workspace.spark import session
from counterseal.workspace.spark.session import LOOPBACK, require_spark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def listening() -> Iterator[int]:
    """Listen at a port."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """Return a port at which nothing listens."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def equipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let packages and Java be there, whether they are or not."""
    monkeypatch.setattr(session, "find_spec", lambda _name: object())
    monkeypatch.setattr(session, "java", lambda: "java")


@pytest.mark.parametrize(
    "master",
    ["", "sc://host", "local[]", "local[2", "local-cluster[2]", "spark://", "mesos://host:1"],
)
def test_what_is_no_master_is_refused(master: str) -> None:
    with pytest.raises(SparkError, match="is not a master") as caught:
        require_spark(master)
    assert "local[2]" in caught.value.hint


@pytest.mark.parametrize(
    "master",
    ["local", "local[2]", "local[*]", "local[4, 2]", "local-cluster[2,1,1024]", "yarn"],
)
@pytest.mark.usefixtures("equipped")
def test_masters_of_every_kind_are_taken(master: str) -> None:
    require_spark(master)


def test_packages_that_are_missing_are_named_with_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = {"pyarrow": object()}
    monkeypatch.setattr(session, "find_spec", there.get)
    with pytest.raises(SparkError, match="pyspark and pandas") as caught:
        require_spark("local[2]")
    assert "counterseal[spark]" in caught.value.hint


@pytest.mark.parametrize("home", ["", "no-such-folder"])
def test_a_missing_java_is_said_to_be_missing(
    home: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(session, "find_spec", lambda _name: object())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", home)
    with pytest.raises(SparkError, match="no Java here") as caught:
        require_spark("local[2]")
    assert "JAVA_HOME" in caught.value.hint


def test_the_java_of_java_home_is_taken_before_that_of_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert session.java() == str(program)


@pytest.mark.usefixtures("equipped")
def test_a_master_that_does_not_answer_is_named(closed: int) -> None:
    with pytest.raises(SparkError, match=f"no master answers at {LOOPBACK}:{closed}"):
        require_spark(f"spark://{LOOPBACK}:{closed}")


@pytest.mark.usefixtures("equipped")
def test_one_master_of_several_is_enough(closed: int, listening: int) -> None:
    require_spark(f"spark://{LOOPBACK}:{closed},{LOOPBACK}:{listening}")


@pytest.mark.parametrize("address", ["host", "host:port", ":7077", "host:7077:1", "h:99999"])
@pytest.mark.usefixtures("equipped")
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SparkError, match=r"is not HOST:PORT|no master answers"):
        require_spark(f"spark://{address}")


def test_the_command_ends_with_2_and_the_code_of_the_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = tmp_path / "graph.json"
    steps = [{"id": "a", "kind": "or", "entry": True}]
    head = {"format": "counterseal-attack-graph/1", "targets": ["a"], "horizon_days": 1}
    graph.write_text(json.dumps({**head, "steps": steps}))
    words = ["graph", "simulate", str(graph), "--spark", "sc://host", "--json"]
    assert main(words) == 2
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert error["code"] == "CS020"
    assert "local-cluster" in error["hint"]


def test_threads_of_this_machine_and_a_cluster_are_not_asked_for_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = tmp_path / "graph.json"
    steps = [{"id": "a", "kind": "or", "entry": True}]
    head = {"format": "counterseal-attack-graph/1", "targets": ["a"], "horizon_days": 1}
    graph.write_text(json.dumps({**head, "steps": steps}))
    words = ["graph", "simulate", str(graph), "--spark", "local[2]", "--workers", "2"]
    assert main(words) == 2
    assert "--workers" in "".join(capsys.readouterr())
