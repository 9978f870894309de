"""Many "what if"s at once: results in order, whatever the number of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from counterseal.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["each"]

T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Sequence[T], *, workers: int) -> Iterator[R]:
    """Yield ``work(item)`` for every item, in order.

    ``work`` must not depend on what was done before; most of its time is spent in kernels
    that leave the interpreter to the other threads.
    """
    if workers <= 1 or len(items) <= 1:
        yield from map(work, items)
        return
    with threads(workers) as pool:
        yield from pool.map(work, items)
