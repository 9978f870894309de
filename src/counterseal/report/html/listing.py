"""Rows of a table, as many as a page can bear, with an honest count of the rest.

A page of a very large change stays readable and below a megabyte; the review document always
has all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["MOST_NAMES", "MOST_ROWS", "Listing", "first", "names"]

T_co = TypeVar("T_co", covariant=True)

MOST_ROWS = 120
"""The most rows that a table of the page has."""

MOST_NAMES = 12
"""The most elements that one sentence names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T_co]):
    """The first rows of a table; how many more there are, and what is to be said of them."""

    rows: tuple[T_co, ...]
    more: int = 0
    note: str = ""

    def __bool__(self) -> bool:
        """Whether there is any row."""
        return bool(self.rows)


def first(rows: Iterable[T_co], most: int = MOST_ROWS) -> Listing[T_co]:
    """Return the first ``most`` rows and the number of the others."""
    every = tuple(rows)
    return Listing(rows=every[:most], more=max(0, len(every) - most))


def names(elements: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return the first few of some ids, and how many more there are."""
    said = ", ".join(elements[:most])
    more = len(elements) - most
    return f"{said} and {more:,} more" if more > 0 else said
