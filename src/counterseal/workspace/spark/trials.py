"""Trials over a Spark session: blocks go as numbers, arrivals come back as Arrow.

There is no shuffle and no order to keep: a row is the number of a block, and its answer is the
arrivals in that block. Nothing is believed that comes from another program than this one.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import SparkError, WorkersDifferError
from counterseal.reach.program import build
from counterseal.reach.spread.blocks import assemble, blocks_of, trials_of
from counterseal.reach.spread.message import encode
from counterseal.workspace.clock import stopwatch
from counterseal.workspace.spark.identity import differences, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    import pyarrow as pa
    from numpy.typing import NDArray
    from pyspark import Broadcast
    from pyspark.sql import DataFrame, SparkSession

    from counterseal.reach.arrivals import Arrivals
    from counterseal.reach.spread.blocks import Block
    from counterseal.reach.spread.message import Job

    Advance = Callable[[int, int], None]

__all__ = ["check_workers", "spread"]

BLOCKS_PER_CORE = 4
"""So that no core waits long for the last of them."""

LARGEST_BLOCK_BYTES = 2**24
LARGEST_WAVE_BYTES = 2**28
"""Blocks are asked for in waves, so that Java never holds more than this of their arrivals."""

PATIENCE_SECONDS = 90.0
"""How long all workers may be busy with others, or missing, before we give up."""

_POLL_SECONDS = 0.2
_SAME = "install the same version on every worker; `counterseal --version` says which"
_LOGS = "the logs of the workers say more; docs/spark.md has the usual causes"


def check_workers(session: SparkSession) -> int:
    """Ask every worker what it is, which also makes it load what it needs.

    Returns:
        Number of cores that Spark offers.

    Raises:
        WorkersDifferError: One is another program, or rounds otherwise.
        SparkError: There is no worker, or its Python has no Counterseal.
    """
    from counterseal.workspace.spark import worker  # noqa: PLC0415 - needs the extra

    cores = int(session.sparkContext.defaultParallelism)
    rows = session.range(0, 2 * cores, 1, 2 * cores)
    table = _collected(session, rows.mapInArrow(worker.introduce, worker.INTRODUCED))
    _require_same(table)
    return max(cores, int(session.sparkContext.defaultParallelism))


def spread(
    session: SparkSession,
    job: Job,
    *,
    blocks: int | None = None,
    advance: Advance = lambda _done, _total: None,
) -> Arrivals:
    """Simulate a job on the workers of a session.

    Args:
        session: Any session of the classic interface: ours (``opened``) or your own.
        job: What to simulate.
        blocks: How many blocks to cut the trials into; by the number of cores when ``None``.
            Results do not depend on it.
        advance: Told how many blocks are done, of how many.

    Returns:
        The arrivals that ``Engine(...).run()`` gives on one machine, to the byte.

    Raises:
        GraphError: The graph is not well formed.
        WorkersDifferError: An answer comes from another program.
        SparkError: The cluster did not give all answers.
    """
    build(job.graph, targets=job.targets)  # what is wrong with it is better said here
    cores = int(session.sparkContext.defaultParallelism)
    parts = blocks_of(job.draws, count=blocks or _count(job, cores))
    message = session.sparkContext.broadcast(encode(job))
    try:
        return assemble(job, _arriving(session, job, parts, message, advance))
    finally:
        message.destroy()


def _arriving(
    session: SparkSession,
    job: Job,
    parts: Sequence[Block],
    message: Broadcast[bytes],
    advance: Advance,
) -> Iterator[tuple[Block, NDArray[np.uint16]]]:
    """Yield every block with its arrivals, wave by wave, so that one wave is held at a time."""
    done = 0
    for wave in _waves(job, parts):
        rows = _answers(session, message, wave, len(parts))

        def told(some: int, done: int = done) -> None:
            advance(done + some, len(parts))

        table = _collected(session, rows, told)
        _require_same(table)
        yield from _read(table, job, parts)
        done += len(wave)
        advance(done, len(parts))


def _count(job: Job, cores: int) -> int:
    size = 2 * len(job.targets) * job.draws.trials
    return max(BLOCKS_PER_CORE * cores, 2 * BLOCKS_PER_CORE, -(-size // LARGEST_BLOCK_BYTES))


def _waves(job: Job, parts: Sequence[Block]) -> Iterator[Sequence[Block]]:
    """Yield runs of blocks whose arrivals are not too many at once."""
    size = 2 * len(job.targets) * job.draws.trials
    together = max(1, len(parts) * LARGEST_WAVE_BYTES // max(1, size))
    for first in range(0, len(parts), together):
        yield parts[first : first + together]


def _answers(
    session: SparkSession, message: Broadcast[bytes], wave: Sequence[Block], count: int
) -> DataFrame:
    """Return what will simulate some blocks, a task for each."""
    from counterseal.workspace.spark import worker  # noqa: PLC0415 - needs the extra

    rows = session.range(wave[0].number, wave[-1].number + 1, 1, len(wave))
    return rows.mapInArrow(
        partial(worker.simulate, message=message, count=count), worker.SIMULATED
    )


def _read(
    table: pa.Table, job: Job, parts: Sequence[Block]
) -> Iterator[tuple[Block, NDArray[np.uint16]]]:
    """Yield the blocks of a table of answers, with their arrivals."""
    cells = zip(table.column("block").to_pylist(), table.column("ticks"), strict=True)
    for number, cell in cells:
        trials = trials_of(job.draws, parts[number])
        ticks = np.frombuffer(cell.as_buffer(), dtype="<u2")
        yield parts[number], ticks.reshape(len(job.targets), trials.stop - trials.start)


def _require_same(table: pa.Table) -> None:
    """Raise unless every row was written by the program that runs here."""
    rows = zip(
        table.column("host").to_pylist(), table.column("identity").to_pylist(), strict=True
    )
    for host, theirs in sorted(set(rows)):
        found = differences(identity(), theirs)
        if found:
            raise WorkersDifferError(
                f"worker {host} is not this program: {'; '.join(found)}", hint=_SAME
            )


def _collected(
    session: SparkSession, rows: DataFrame, told: Callable[[int], None] = lambda _done: None
) -> pa.Table:
    """Return all rows as Arrow; cancel the job when this process is interrupted.

    Raises:
        SparkError: The job failed, or no worker took a task of it in time.
    """
    context, group = session.sparkContext, f"counterseal {id(rows)}"

    def work() -> pa.Table:
        context.setJobGroup(group, "counterseal trials", interruptOnCancel=True)
        return rows.toArrow()

    # This thread never waits for Java itself: Ctrl-C would leave half an answer in its socket.
    with ThreadPoolExecutor(2) as pool:
        job = pool.submit(work)
        try:
            _wait(job, told, lambda: pool.submit(_tasks, session, group).result())
            return job.result()
        except (KeyboardInterrupt, SparkError):
            context.cancelJobGroup(group)
            raise
        except Exception as error:
            raise _translated(error) from error


def _wait(
    job: Future[pa.Table], told: Callable[[int], None], tasks: Callable[[], tuple[int, int]]
) -> None:
    """Wait for a job and report how many of its tasks are done.

    Raises:
        SparkError: No worker took a task in time.
    """
    start, begun = stopwatch(), False
    while True:
        try:
            job.exception(timeout=_POLL_SECONDS)
        except TimeoutError:
            done, active = tasks()
            told(done)
            begun = begun or done + active > 0
            if not begun and stopwatch() - start > PATIENCE_SECONDS:
                raise SparkError(
                    f"no worker took a task in {PATIENCE_SECONDS:g} s",
                    hint="is a worker registered, with cores and memory to spare?",
                ) from None
        else:
            return


def _tasks(session: SparkSession, group: str) -> tuple[int, int]:
    """Return how many tasks of a group are done, and how many are under way."""
    tracker = session.sparkContext.statusTracker()
    jobs = [tracker.getJobInfo(one) for one in tracker.getJobIdsForGroup(group)]
    stages = [tracker.getStageInfo(one) for job in jobs if job for one in job.stageIds]
    known = [stage for stage in stages if stage]
    return (
        sum(stage.numCompletedTasks for stage in known),
        sum(stage.numActiveTasks for stage in known),
    )


def _translated(error: Exception) -> SparkError:
    """Return what an error of Spark means here."""
    text = str(error)
    missing = re.search(r"No module named '([\w.]+)'", text)
    if missing:
        return SparkError(
            f"the Python of a worker has no {missing[1]}, or an older one", hint=_SAME
        )
    if "PYTHON_VERSION_MISMATCH" in text:
        return SparkError(
            "the workers have another version of Python",
            hint="set PYSPARK_PYTHON to one like that of this command",
        )
    if "Cannot run program" in text:
        return SparkError(
            "a worker cannot start its Python", hint="set PYSPARK_PYTHON to a path it has there"
        )
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return SparkError(f"Spark failed: {first[:300] or type(error).__name__}", hint=_LOGS)
