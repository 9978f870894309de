"""Where the elements of an estate were written, worked out when somebody asks.

An estate of 20,000 systems has a quarter of a million fields; a run asks for the places of a
few dozen. So an estate keeps its documents and the path of each element, not the places.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from counterseal.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.documents.tree import Document, Path

__all__ = ["Origins", "SourcePlaces", "origins_of"]

Origins: TypeAlias = "Mapping[tuple[str, str], tuple[Document, Path]]"
"""By element id and field key (``""`` for the element), the document and the path in it."""


class SourcePlaces(Mapping[tuple[str, str], Place]):
    """Places by element id and field key.

    A key may go deeper with dots (``owners.0.share``). A field that has its own origin (it was
    set by a change file) has that place; any other field is looked up below its element.
    """

    __slots__ = ("_origins",)

    def __init__(self, origins: Origins) -> None:
        """Look places up in ``origins``."""
        self._origins = origins

    @property
    def origins(self) -> Origins:
        """What the places are worked out from."""
        return self._origins

    def __getitem__(self, key: tuple[str, str]) -> Place:
        element_id, field_key = key
        head, _, rest = field_key.partition(".")
        if (own := self._origins.get((element_id, head))) is not None:
            document, path = own
            return document.places[(*path, *_steps(rest))]
        document, path = self._origins[element_id, ""]
        return document.places[(*path, *_steps(field_key))]

    def nearest(self, element_id: str, path: Path) -> Place | None:
        """Return the place of the value at ``path`` of an element, or of what it stands in."""
        key = str(path[0]) if path else ""
        if (own := self._origins.get((element_id, key))) is not None:
            return own[0].place((*own[1], *path[1:]))
        if (row := self._origins.get((element_id, ""))) is not None:
            return row[0].place((*row[1], *path))
        return None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for element_id, field_key in self._origins:
            yield element_id, field_key
            document, path = self._origins[element_id, field_key]
            row = document.at(path) if not field_key else None
            for name in row if isinstance(row, dict) else ():
                if (element_id, name) not in self._origins:
                    yield element_id, name

    def __len__(self) -> int:
        return sum(1 for _ in self)


def origins_of(places: Mapping[tuple[str, str], Place]) -> Origins:
    """Return the origins of ``places``, or none when they have none (a hand-made estate)."""
    return places.origins if isinstance(places, SourcePlaces) else {}


def _steps(dotted: str) -> Path:
    parts = dotted.split(".") if dotted else []
    return tuple(int(part) if part.isdecimal() else part for part in parts)
