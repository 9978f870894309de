"""Rows of a table, as many as a page can bear, with an honest count of the rest.

A page of a very large change stays readable and below a megabyte; the review document always
has all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MOST_ROWS", "Listing", "first"]

T = TypeVar("T")

MOST_ROWS = 300
"""The most rows that any table of the page has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """The first rows of a table, and how many more there are."""

    rows: tuple[T, ...]
    more: int = 0

    def __bool__(self) -> bool:
        """Whether there is any row."""
        return bool(self.rows)


def first(rows: Iterable[T], most: int = MOST_ROWS) -> Listing[T]:
    """Return the first ``most`` rows and the number of the others."""
    every = tuple(rows)
    return Listing(rows=every[:most], more=max(0, len(every) - most))
