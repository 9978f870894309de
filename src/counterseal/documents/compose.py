"""Build values and positions from the events of libyaml, in one pass and without recursion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import yaml
from yaml import events
from yaml._yaml import CParser

from counterseal.documents.scalars import resolve
from counterseal.documents.wording import quotable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from counterseal.documents.scalars import Scalar, Tree

__all__ = ["Branch", "CompositionError", "Flaw", "Spot", "compose"]

_CORE = "tag:yaml.org,2002:"
_MOST_FLAWS = 100  # of one file; more would only hide the first
_CONTAINERS: Mapping[type, frozenset[str | None]] = {
    events.MappingStartEvent: frozenset({None, "!", f"{_CORE}map"}),
    events.SequenceStartEvent: frozenset({None, "!", f"{_CORE}seq"}),
}
_TYPES: Mapping[str, type | None] = {
    f"{_CORE}int": int,
    f"{_CORE}float": float,
    f"{_CORE}bool": bool,
    f"{_CORE}null": type(None),
}


class Branch:
    """The position of a mapping or list (``at``), of its keys and of what it holds.

    A position is ``line << 32 | column``, both from 0: an integer is an eighth of a record.
    """

    __slots__ = ("at", "items", "keys")

    def __init__(self, at: int, *, items: dict[str, Spot] | list[Spot]) -> None:
        """Start a branch at ``at``; the builder fills ``items`` and ``keys``."""
        self.at = at
        self.items = items
        self.keys: dict[str, int] = {}

    def child(self, step: str | int) -> Spot | None:
        """Return the position of what stands at a key or index, if anything does."""
        if isinstance(self.items, dict):
            return self.items.get(step) if isinstance(step, str) else None
        if isinstance(step, int) and 0 <= step < len(self.items):
            return self.items[step]
        return None

    def children(self) -> Iterator[tuple[str | int, Spot]]:
        """Yield every key or index with its position."""
        if isinstance(self.items, dict):
            yield from self.items.items()
        else:
            yield from enumerate(self.items)


Spot: TypeAlias = "int | Branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A fault without its file; ``line`` and ``column`` count from 0."""

    code: str
    message: str
    line: int
    column: int
    hint: str = ""


class CompositionError(Exception):
    """The text is not a document that is read; ``flaws`` has at least one."""

    def __init__(self, *flaws: Flaw) -> None:
        """Collect the ``flaws`` in order of place."""
        super().__init__(flaws)
        self.flaws = flaws


def compose(data: bytes, *, depth: int, nodes: int) -> tuple[Tree, Spot]:
    """Return the value and the positions of the only document in ``data``.

    Raises:
        CompositionError: Something is not plain data, or beyond ``depth`` or ``nodes``.
    """
    builder = _Builder(depth=depth, nodes=nodes)
    parser = CParser(data)
    try:
        while (kind := type(event := parser.get_event())) is not events.StreamEndEvent:
            if (handler := builder.handlers.get(kind)) is not None:
                handler(event)
    except yaml.MarkedYAMLError as error:
        raise CompositionError(*builder.flaws, _syntax(error)) from None
    except yaml.YAMLError:
        flaw = Flaw(code="CS101", message="the text cannot be read as YAML", line=0, column=0)
        raise CompositionError(*builder.flaws, flaw) from None
    finally:
        parser.dispose()
    if builder.flaws:
        raise CompositionError(*builder.flaws)
    return builder.value, builder.spot


def _syntax(error: yaml.MarkedYAMLError) -> Flaw:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or "it ends too early"
    context = f" {error.context}:" if error.context else ""
    hint = "Check the indentation, brackets and quotes before this place."
    if "unexpected end of stream" in problem and error.context_mark:
        mark = error.context_mark
        hint = "The quote that opens here is never closed."
    if "tab" in problem or "cannot start any token" in problem:
        hint = "Indent with spaces, never tabs; quote text that starts with @, ` or %."
    line, column = (mark.line, mark.column) if mark else (0, 0)
    return Flaw(
        code="CS102",
        message=f"not valid YAML:{context} {problem}",
        line=line,
        column=column,
        hint=hint,
    )


def _at(event: events.Event) -> int:
    mark = event.start_mark
    return mark.line << 32 | mark.column if mark else 0


class _OpenMap:
    """A mapping that is still being read; ``key`` is the one that waits for its value."""

    __slots__ = ("anchor", "before", "branch", "items", "key", "value")

    def __init__(self, at: int, *, anchor: str | None, before: int) -> None:
        self.value: dict[str, Tree] = {}
        self.items: dict[str, Spot] = {}
        self.branch = Branch(at, items=self.items)
        self.anchor = anchor
        self.before = before
        self.key: str | None = None

    def put(self, value: Tree, spot: Spot) -> None:
        key = self.key or ""
        self.value[key] = value
        self.items[key] = spot
        self.key = None


class _OpenList:
    """A list that is still being read; it never waits for a key."""

    __slots__ = ("anchor", "before", "branch", "items", "value")

    key = ""

    def __init__(self, at: int, *, anchor: str | None, before: int) -> None:
        self.value: list[Tree] = []
        self.items: list[Spot] = []
        self.branch = Branch(at, items=self.items)
        self.anchor = anchor
        self.before = before

    def put(self, value: Tree, spot: Spot) -> None:
        self.value.append(value)
        self.items.append(spot)


class _Builder:
    """The state of one composition."""

    def __init__(self, *, depth: int, nodes: int) -> None:
        self.value: Tree = None
        self.spot: Spot = 0
        self.flaws: list[Flaw] = []
        self._depth = depth
        self._nodes = nodes
        self._count = 0
        self._documents = 0
        self._open: list[_OpenMap | _OpenList] = []
        self._anchors: dict[str, tuple[Tree, Spot, int]] = {}
        self.handlers: Mapping[type, Callable[..., None]] = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._start,
            events.SequenceStartEvent: self._start,
            events.MappingEndEvent: self._end,
            events.SequenceEndEvent: self._end,
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._document,
        }

    def _scalar(self, event: events.ScalarEvent) -> None:
        mark = event.start_mark
        at = mark.line << 32 | mark.column if mark else 0
        top = self._open[-1] if self._open else None
        self._count += 1
        if self._count > self._nodes:
            self._spend(0, at)
        if top is not None and top.key is None and isinstance(top, _OpenMap):
            self._key(top, event.value, at)
            return
        text: Scalar = event.value
        if event.tag is not None or event.implicit[0]:
            text = self._resolved(event, at)
        if event.anchor is not None:
            self._anchors[event.anchor] = (text, at, 1)
        if top is None:
            self.value, self.spot = text, at
        else:
            top.put(text, at)

    def _resolved(self, event: events.ScalarEvent, at: int) -> Scalar:
        tag: str | None = event.tag
        if tag in ("!", f"{_CORE}str"):
            return str(event.value)
        try:
            value = resolve(event.value)
        except ValueError as error:
            self._flaw("CS106", str(error), at, hint="Put it in quotes if it is text.")
            return None
        if tag is not None and (tag not in _TYPES or type(value) is not _TYPES[tag]):
            self._refuse_tag(at)
        return value

    def _start(self, event: events.MappingStartEvent | events.SequenceStartEvent) -> None:
        at = _at(event)
        self._spend(1, at)
        if event.tag not in _CONTAINERS[type(event)]:
            self._refuse_tag(at)
        if len(self._open) >= self._depth:
            self._stop("CS104", f"nested deeper than {self._depth} levels", at)
        if self._open and self._open[-1].key is None:
            self._stop("CS105", "expected a key; found a list or mapping in its place", at)
        kind = _OpenMap if type(event) is events.MappingStartEvent else _OpenList
        opened = kind(at, anchor=event.anchor, before=self._count)
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)
        self._open.append(opened)

    def _end(self, _: events.CollectionEndEvent) -> None:
        done = self._open.pop()
        if done.anchor is not None:
            size = self._count - done.before + 1
            self._anchors[done.anchor] = (done.value, done.branch, size)
        self._put(self._open[-1] if self._open else None, done.value, done.branch)

    def _alias(self, event: events.AliasEvent) -> None:
        at = _at(event)
        top = self._open[-1] if self._open else None
        if top is not None and top.key is None:
            self._stop("CS105", "expected a key; found an alias (*) in its place", at)
        if event.anchor not in self._anchors:
            self._flaw("CS105", "an alias (*) without an anchor (&) that ends before it", at)
        value, spot, size = self._anchors.get(event.anchor or "", (None, at, 1))
        self._spend(size, at)
        self._put(top, value, spot)

    def _document(self, event: events.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            at = _at(event)
            self._stop("CS105", "expected one document; '---' starts a second one", at)

    def _key(self, top: _OpenMap, key: str, at: int) -> None:
        if key in top.branch.keys:
            line = (top.branch.keys[key] >> 32) + 1
            column = (top.branch.keys[key] & 0xFFFFFFFF) + 1
            message = (
                f"the key {quotable(key)} is given twice; first at line {line}, column {column}"
            )
            self._flaw("CS103", message, at, hint="Keep one of the two.")
        elif key == "<<":
            self._flaw(
                "CS105", "merge keys (<<) are not read", at, hint="Write the fields out."
            )
        else:
            top.branch.keys[key] = at
        top.key = key

    def _put(self, top: _OpenMap | _OpenList | None, value: Tree, spot: Spot) -> None:
        if top is None:
            self.value, self.spot = value, spot
        else:
            top.put(value, spot)

    def _spend(self, nodes: int, at: int) -> None:
        self._count += nodes
        if self._count > self._nodes:
            hint = "Split the file, or write fewer aliases: each counts as its whole value."
            self._stop("CS104", f"more than {self._nodes} values", at, hint=hint)

    def _refuse_tag(self, at: int) -> None:
        message = "expected plain data; found a tag (!) that is not read here"
        hint = "Delete the tag: only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq."
        self._flaw("CS105", message, at, hint=hint)

    def _flaw(self, code: str, message: str, at: int, *, hint: str = "") -> None:
        flaw = Flaw(
            code=code, message=message, line=at >> 32, column=at & 0xFFFFFFFF, hint=hint
        )
        self.flaws.append(flaw)
        if len(self.flaws) >= _MOST_FLAWS:
            raise CompositionError(*self.flaws)

    def _stop(self, code: str, message: str, at: int, *, hint: str = "") -> NoReturn:
        self._flaw(code, message, at, hint=hint)
        raise CompositionError(*self.flaws)
