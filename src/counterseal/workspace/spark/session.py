"""A Spark session of our own: checked before Java starts, silent, and closed to others.

Local masters are bound to the loopback address and authenticate with a secret of the session,
which is on no command line. A real master is used as its owner configured it in
``SPARK_CONF_DIR``.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from counterseal.errors import SparkError
from counterseal.workspace.entropy import fresh_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from py4j.java_gateway import JavaGateway
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

__all__ = ["LOOPBACK", "java", "opened", "require_spark", "spark_home", "spark_is_here"]

_LOCAL = re.compile(r"local(\[(\d+|\*)(, *\d+)?\])?|local-cluster\[\d+, *\d+, *\d+\]")
_REAL = re.compile(r"yarn|k8s://\S+|spark://\S+")
_ADDRESS = re.compile(r"\[?([^,\]]+)\]?:(\d+)")
_CONNECT_SECONDS = 5.0
LOOPBACK = socket.inet_ntoa(socket.INADDR_LOOPBACK.to_bytes(4, "big"))

_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
}
_CLOSED = {
    "spark.driver.host": LOOPBACK,
    "spark.driver.bindAddress": LOOPBACK,
    "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
    "spark.io.encryption.enabled": "true",
}


def require_spark(master: str) -> None:
    """Raise unless a session with ``master`` can be tried: packages, Java, a port that answers.

    Raises:
        SparkError: Something is missing; the hint says what to do.
    """
    if not _LOCAL.fullmatch(master) and not _REAL.fullmatch(master):
        raise SparkError(
            f"{master!r} is not a master",
            hint="try local[2], local-cluster[2,1,1024] or spark://HOST:7077",
        )
    missing = _missing()
    if missing:
        raise SparkError(
            f"Spark needs {' and '.join(missing)}, not installed here",
            hint="pip install 'counterseal[spark]'",
        )
    if java() is None:
        raise SparkError(
            "Spark needs Java 17 or newer, and there is no Java here",
            hint="install a JDK and set JAVA_HOME, or put `java` on the path",
        )
    if master.startswith("spark://"):
        _require_answer(master.removeprefix("spark://"))


def spark_is_here() -> bool:
    """Whether packages and Java are installed."""
    return java() is not None and not _missing()


def java() -> str | None:
    """Return the Java that Spark would start, if there is one."""
    home = os.environ.get("JAVA_HOME")
    if home:
        return shutil.which(str(Path(home) / "bin" / "java"))
    return shutil.which("java")


def spark_home() -> Path:
    """Return the folder of Spark: ``SPARK_HOME``, or that of the package."""
    spec = find_spec("pyspark")
    inside = spec.submodule_search_locations if spec is not None else None
    return Path(os.environ.get("SPARK_HOME") or (inside or [""])[0])


@contextmanager
def opened(master: str) -> Iterator[SparkSession]:
    """Start a session with ``master``, and stop it afterwards.

    Args:
        master: ``local[N]``, ``local-cluster[WORKERS,CORES,MEGABYTES]``, ``spark://HOST:PORT``,
            ``yarn`` or ``k8s://URL``.

    Raises:
        SparkError: Something is missing, or the master does not take us.
    """
    require_spark(master)
    from pyspark.sql import SparkSession  # noqa: PLC0415 - the extra

    before = signal.getsignal(signal.SIGINT)
    context = _context(master)
    session, name = SparkSession(context), context.applicationId
    try:
        yield session
    finally:
        session.stop()
        if before is not None and signal.getsignal(signal.SIGINT) is not before:
            signal.signal(signal.SIGINT, before)
        if master.startswith("local-cluster"):
            _clear(name)


class _Java(NamedTuple):
    """A running Java, what it has printed, and whether it listens to this machine alone."""

    gateway: JavaGateway
    printed: IO[bytes]
    is_local: bool


_RUNNING: list[_Java] = []
"""The Java of this process, once there is one: PySpark has room for no other."""


def _context(master: str) -> SparkContext:
    """Start Java, if it is not running yet, and connect to the master."""
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - the extra

    is_local = _LOCAL.fullmatch(master) is not None
    python = {"PYSPARK_PYTHON": os.environ.get("PYSPARK_PYTHON", sys.executable)}
    address = {"SPARK_LOCAL_IP": LOOPBACK, "SPARK_LOCAL_HOSTNAME": LOOPBACK}
    with _environment({**python, **address} if is_local else {}):
        running = _java(is_local=is_local)
        conf = SparkConf()
        conf.setMaster(master).setAppName("counterseal")
        for key, value in {**_QUIET, **(_CLOSED if is_local else {})}.items():
            conf.set(key, value)
        if is_local:
            conf.set("spark.authenticate.secret", fresh_bytes(32).hex())
        try:
            return SparkContext(conf=conf, gateway=running.gateway)
        except Exception as error:
            raise SparkError(
                f"Spark cannot start with {master}: {_first_line(str(error))}",
                hint=_complaint(running.printed) or "docs/spark.md has the usual causes",
            ) from error


def _java(*, is_local: bool) -> _Java:
    """Return the Java of this process, which is started once.

    Raises:
        SparkError: Java does not start, or was started for another kind of master.
    """
    if not _RUNNING:
        _RUNNING.append(_started(is_local=is_local))
    if _RUNNING[0].is_local != is_local:
        raise SparkError(
            "a process speaks to local masters or to real ones, not to both",
            hint="its Java was started to listen to one kind; use another process",
        )
    return _RUNNING[0]


def _started(*, is_local: bool) -> _Java:
    from pyspark import SparkConf  # noqa: PLC0415 - the extra
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - the extra

    printed = tempfile.TemporaryFile()  # noqa: SIM115 - for as long as Java runs
    try:
        gateway = launch_gateway(SparkConf(), {"stdout": printed, "stderr": printed})
    except Exception as error:
        raise SparkError(
            "Java does not start Spark",
            hint=_complaint(printed) or "Spark needs Java 17 or newer",
        ) from error
    return _Java(gateway=gateway, printed=printed, is_local=is_local)


def _missing() -> list[str]:
    """Return the packages of the extra that are not installed."""
    return [name for name in ("pyspark", "pyarrow", "pandas") if find_spec(name) is None]


@contextmanager
def _environment(names: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment for a while."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _require_answer(addresses: str) -> None:
    """Raise unless something listens at one of ``HOST:PORT,HOST:PORT``."""
    faults = []
    for address in addresses.split(","):
        parts = _ADDRESS.fullmatch(address)
        if parts is None:
            raise SparkError(f"{address!r} is not HOST:PORT", hint="as in spark://HOST:7077")
        try:
            with socket.create_connection((parts[1], int(parts[2])), timeout=_CONNECT_SECONDS):
                return
        except (OSError, OverflowError) as error:
            faults.append(f"{address} ({error})")
    raise SparkError(
        f"no master answers at {', '.join(faults)}",
        hint="check host, port and firewall; the page of the master shows its URL",
    )


def _complaint(printed: IO[bytes]) -> str:
    """Return the line in which Java says what is wrong, if there is one."""
    printed.seek(0)
    lines = printed.read(2**20).decode(errors="replace").splitlines()
    told = [line.strip() for line in lines if re.search("rror|xception", line)]
    return told[-1][:300] if told else ""


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")


def _clear(application: str) -> None:
    """Remove what the workers of a local cluster leave in the folder of Spark."""
    shutil.rmtree(spark_home() / "work" / application, ignore_errors=True)
