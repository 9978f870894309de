"""What runs in the Python of a Spark worker: it says what it is, and simulates blocks.

Spark sends the names of these functions, not their code, so what runs is what is installed
there; each row says what that is, and the driver judges it. The job comes as plain JSON.
"""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

from counterseal.reach.engine import Engine
from counterseal.reach.spread.blocks import blocks_of, simulate_block
from counterseal.reach.spread.message import decode
from counterseal.workspace.spark.identity import identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark import Broadcast

__all__ = ["INTRODUCED", "SIMULATED", "introduce", "simulate"]

INTRODUCED = "host string, identity string"
SIMULATED = "block long, host string, identity string, ticks binary"


def introduce(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Answer each row with the name of the machine and the identity of the program there."""
    for batch in batches:
        count = batch.num_rows
        yield pa.RecordBatch.from_pydict(
            {"host": [socket.gethostname()] * count, "identity": [identity()] * count}
        )


def simulate(
    batches: Iterator[pa.RecordBatch], *, message: Broadcast[bytes], count: int
) -> Iterator[pa.RecordBatch]:
    """Answer each row, the number of a block, with the arrivals in its trials.

    Args:
        batches: Numbers of blocks, in the first column.
        message: The job, as ``encode`` writes it.
        count: How many blocks all trials are cut into.
    """
    for batch in batches:
        for number in batch.column(0).to_pylist():
            engine = _prepared(message.value)
            ticks = simulate_block(engine, blocks_of(engine.draws, count=count)[number])
            yield pa.RecordBatch.from_pydict(
                {
                    "block": [number],
                    "host": [socket.gethostname()],
                    "identity": [identity()],
                    "ticks": [ticks.astype("<u2", copy=False).tobytes()],
                }
            )


@lru_cache(maxsize=1)
def _prepared(message: bytes) -> Engine:
    """Return the engine of a job; a process keeps that of its last."""
    job = decode(message)
    return Engine(job.graph, draws=job.draws, targets=job.targets, workers=1, memory_bytes=0)
