"""Read YAML (and so JSON) into plain values, and remember where every value was written.

Events of libyaml are walked once, without recursion, so that hostile input meets a limit and
not the end of the stack. Keys are always text; a duplicate key is refused with both places;
aliases share their value and count as if written out; only tags of the core schema are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from counterseal.documents.compose import Branch, CompositionError, compose
from counterseal.documents.scalars import Tree
from counterseal.errors import Fault, InvalidDocumentError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.documents.compose import Spot

__all__ = ["Document", "Limits", "Path", "Tree", "parse"]

Path: TypeAlias = tuple[str | int, ...]

_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_NOT_ALLOWED = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one document may hold.

    Attributes:
        size_bytes: Bytes of the file.
        depth: Nesting of mappings and lists.
        nodes: Values and keys, an alias counted as if its value were written again.
    """

    size_bytes: int = 64 * 1024 * 1024
    depth: int = 40
    nodes: int = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file said, and where.

    Attributes:
        file: Name of the file, as faults give it.
        value: Plain Python values; do not change them.
        spots: Positions in the shape of ``value``.
    """

    file: str
    value: Tree
    spots: Spot = field(default=0, repr=False, compare=False)

    @property
    def places(self) -> Mapping[Path, Place]:
        """Every place by its path of keys and indexes, worked out on demand."""
        return _Places(self)

    def at(self, path: Path) -> Tree:
        """Return the value at ``path``.

        Raises:
            LookupError: Nothing stands there.
        """
        value = self.value
        for step in path:
            match value, step:
                case dict(), str():
                    value = value[step]
                case list(), int():
                    value = value[step]
                case _:
                    raise KeyError(path)
        return value

    def place(self, path: Path = ()) -> Place:
        """Return where the value at ``path`` starts, else where its nearest ancestor does."""
        spot = self.spots
        for step in path:
            below = spot.child(step) if isinstance(spot, Branch) else None
            if below is None:
                break
            spot = below
        return self.place_at(spot.at if isinstance(spot, Branch) else spot)

    def key_place(self, path: Path) -> Place:
        """Return where the key that ``path`` ends with was written, else ``place(path)``."""
        spot: Spot | None = self.spots
        for step in path[:-1]:
            spot = spot.child(step) if isinstance(spot, Branch) else None
        if path and isinstance(spot, Branch) and path[-1] in spot.keys:
            return self.place_at(spot.keys[str(path[-1])])
        return self.place(path)

    def place_at(self, at: int) -> Place:
        """Return the place of a position as ``spots`` has it."""
        return Place(file=self.file, line=(at >> 32) + 1, column=(at & 0xFFFFFFFF) + 1)


class _Places(Mapping[Path, Place]):
    """A view of the places of a document."""

    __slots__ = ("_document",)

    def __init__(self, document: Document) -> None:
        self._document = document

    def __getitem__(self, path: Path) -> Place:
        spot: Spot | None = self._document.spots
        for step in path:
            spot = spot.child(step) if isinstance(spot, Branch) else None
        if spot is None:
            raise KeyError(path)
        return self._document.place(path)

    def __iter__(self) -> Iterator[Path]:
        pending: list[tuple[Path, Spot]] = [((), self._document.spots)]
        while pending:
            path, spot = pending.pop()
            yield path
            if isinstance(spot, Branch):
                pending += [((*path, step), below) for step, below in spot.children()][::-1]

    def __len__(self) -> int:
        return sum(1 for _ in self)


def parse(data: bytes, *, file: str, limits: Limits = Limits()) -> Document:
    """Read one document.

    Args:
        data: UTF-8 text, with or without a byte order mark; YAML 1.2 core schema, or JSON.
        file: Name of the file, for places.
        limits: How much is accepted.

    Returns:
        The document; its value is ``None`` when the file is empty.

    Raises:
        InvalidDocumentError: It is not text, not YAML, beyond a limit, or says something that
            is not plain data (codes CS101 to CS106).
    """
    _require_text(data, file=file, limits=limits)
    try:
        value, spots = compose(data, depth=limits.depth, nodes=limits.nodes)
    except CompositionError as error:
        raise _invalid(
            file,
            *(
                Fault(
                    code=flaw.code,
                    message=flaw.message,
                    place=Place(file=file, line=flaw.line + 1, column=flaw.column + 1),
                    hint=flaw.hint,
                )
                for flaw in error.flaws
            ),
        ) from None
    return Document(file=file, value=value, spots=spots)


def _require_text(data: bytes, *, file: str, limits: Limits) -> None:
    start = Place(file=file, line=1, column=1)
    if len(data) > limits.size_bytes:
        message = f"the file has {len(data)} bytes; at most {limits.size_bytes} are read"
        hint = "Split it into several files; ids are shared by all files of a folder."
        raise _invalid(file, Fault(code="CS104", message=message, place=start, hint=hint))
    if data.startswith(_OTHER_ENCODINGS):
        message = "expected UTF-8 text; found the byte order mark of UTF-16 or UTF-32"
        hint = "Save the file as UTF-8."
        raise _invalid(file, Fault(code="CS101", message=message, place=start, hint=hint))
    body = data.removeprefix(_BOM)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        before = body[: error.start].decode()
        message = "expected UTF-8 text; found a byte that is not part of any character"
        place = _place_after(before, file=file)
        fault = Fault(
            code="CS101", message=message, place=place, hint="Save the file as UTF-8."
        )
        raise _invalid(file, fault) from None
    if found := _NOT_ALLOWED.search(text):
        message = f"found the control character U+{ord(found[0]):04X}, which text may not hold"
        place = _place_after(text[: found.start()], file=file)
        hint = "Delete it, or check that the file is text and not a binary file."
        raise _invalid(file, Fault(code="CS101", message=message, place=place, hint=hint))


def _place_after(before: str, *, file: str) -> Place:
    line = before.count("\n")
    return Place(file=file, line=line + 1, column=len(before) - before.rfind("\n"))


def _invalid(file: str, *faults: Fault) -> InvalidDocumentError:
    return InvalidDocumentError(f"{file} cannot be read", faults=faults)
