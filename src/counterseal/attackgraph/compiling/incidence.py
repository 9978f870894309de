"""Elements by number, and the relations between them as compressed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.compiling.relations import Relations
    from counterseal.estate.estate import Estate

__all__ = ["KIND_KEYS", "NONE", "Incidence", "Rows"]

KIND_KEYS: Mapping[str, str] = {
    "organization": "organizations",
    "zone": "zones",
    "system": "systems",
    "holding": "holdings",
    "link": "links",
    "grant": "grants",
    "knowledge": "knowledge",
    "contract": "contracts",
    "feed": "feeds",
}
"""Key of an estate for every kind of element that rules speak of."""

NONE = -1
"""The number of no element."""


class Rows(NamedTuple):
    """Related elements of every element: ``item[start[e]:start[e + 1]]``, in rising order."""

    start: NDArray[np.int32]
    item: NDArray[np.int32]

    def counts(self, elements: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return how many elements are related to each of ``elements``."""
        counts: NDArray[np.int32] = self.start[elements + 1] - self.start[elements]
        return counts

    def first(self, elements: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the first element related to each of ``elements``, ``NONE`` for none."""
        out = np.full(elements.size, NONE, dtype=np.int32)
        some = self.counts(elements) > 0
        out[some] = self.item[self.start[elements[some]]]
        return out

    def spread(
        self, elements: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return every pair of a position in ``elements`` and an element related to it."""
        counts = self.counts(elements)
        which = np.repeat(np.arange(elements.size), counts)
        ends = np.cumsum(counts)
        offset = np.arange(which.size) - np.repeat(ends - counts, counts)
        return which, self.item[self.start[elements[which]] + offset]


class Incidence:
    """The elements of one estate, numbered in order of id, and their relations.

    Attributes:
        ids: Ids of the elements that rules speak of, sorted.
        position: Number of each id.
        kinds: Kinds of element, as rules name them, in order of code.
        kind: Code of the kind of each element.
    """

    def __init__(self, estate: Estate, relations: Relations) -> None:
        """Number the elements of ``estate``."""
        pairs = sorted(
            (element, code)
            for code, key in enumerate(KIND_KEYS.values())
            for element in estate.of_kind(key)
        )
        self.ids = tuple([element for element, _ in pairs])
        self.position: Mapping[str, int] = {e: number for number, e in enumerate(self.ids)}
        self.kinds = tuple(KIND_KEYS)
        self.kind = np.array([code for _, code in pairs], dtype=np.int8)
        self._relations = relations
        self._rows: dict[str, Rows] = {}

    @property
    def size(self) -> int:
        """How many elements there are."""
        return len(self.ids)

    def of_kind(self, kind: str) -> NDArray[np.int32]:
        """Return the numbers of the elements of a kind, in order."""
        return np.flatnonzero(self.kind == self.kinds.index(kind)).astype(np.int32)

    def flags(self, ids: Collection[str]) -> NDArray[np.bool_]:
        """Return a flag for each element: whether it is among ``ids``."""
        out = np.zeros(self.size, dtype=np.bool_)
        known = [self.position[one] for one in ids if one in self.position]
        out[known] = True
        return out

    def rows(self, relation: str) -> Rows:
        """Return one relation.

        Raises:
            CatalogError: No relation has this name.
        """
        if relation not in self._rows:
            self._rows[relation] = self._compress(self._relations[relation])
        return self._rows[relation]

    def _compress(self, relation: Mapping[str, tuple[str, ...]]) -> Rows:
        position = self.position
        counts = np.zeros(self.size + 1, dtype=np.int32)
        ordered = sorted((position[key], row) for key, row in relation.items() if row)
        for number, row in ordered:
            counts[number + 1] = len(row)
        items = [position[other] for _, row in ordered for other in row]
        return Rows(np.cumsum(counts, dtype=np.int32), np.array(items, dtype=np.int32))
