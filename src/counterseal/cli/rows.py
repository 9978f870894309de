"""Rows of a document, whatever its type says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json

__all__ = ["rows_of"]


def rows_of(value: Json) -> Sequence[Mapping[str, Json]]:
    """Return the objects in a list of JSON; none where there is no list."""
    if not isinstance(value, list | tuple):
        return []
    return [row for row in value if isinstance(row, dict)]
