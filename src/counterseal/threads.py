"""Threads for kernels that leave the interpreter to others; an error does not wait for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

__all__ = ["threads"]


@contextmanager
def threads(count: int) -> Iterator[Executor]:
    """Offer ``count`` threads, and wait for what they do unless the block is left by an error.

    An interruption or an error leaves at once: what has not begun is dropped, and what runs is
    left to itself, for a kernel cannot be told to stop.
    """
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
