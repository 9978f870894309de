"""A page as a tree of elements, by the parser of the standard library."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Node", "parse"]

_VOID = frozenset({"meta", "br", "hr", "img", "input", "link", "col", "source", "wbr"})
_UNSEEN = frozenset({"style", "script", "title", "desc", "head", "metadata", "template"})


@dataclass(slots=True, kw_only=True, eq=False)
class Node:
    """An element: its tag, attributes, parent, children and the text right inside it.

    Attributes:
        parts: Children and pieces of text, in order.
        classes: The classes of the element.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Node | None = None
    parts: list[Node | str] = field(default_factory=list)
    classes: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Split the class attribute once: selectors ask for it very often."""
        self.classes = frozenset(self.attributes.get("class", "").split())

    @property
    def children(self) -> list[Node]:
        """The elements right inside."""
        return [part for part in self.parts if isinstance(part, Node)]

    @property
    def own_text(self) -> str:
        """The text right inside, not in a child."""
        return " ".join("".join(p for p in self.parts if isinstance(p, str)).split())

    @property
    def text(self) -> str:
        """All text inside that a reader sees or hears."""
        if self.tag in _UNSEEN or self.attributes.get("aria-hidden") == "true":
            return ""
        pieces = [part if isinstance(part, str) else part.text for part in self.parts]
        return " ".join(" ".join(pieces).split())

    def walk(self) -> Iterator[Node]:
        """Yield the element and everything inside, in the order of the page."""
        yield self
        for child in self.children:
            yield from child.walk()

    def ancestors(self) -> Iterator[Node]:
        """Yield what the element lies in, innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def all(self, *tags: str) -> list[Node]:
        """Return every element inside with one of some tags."""
        return [node for node in self.walk() if node.tag in tags]

    def where(self) -> str:
        """Say which element this is, as a reader of the source would find it."""
        name = self.attributes.get("id") or self.attributes.get("class") or self.text[:40]
        return f"<{self.tag}> {name}".strip()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node(tag="#document")
        self.open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = self._add(tag, attrs)
        if tag not in _VOID:
            self.open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.open.tag != tag or self.open.parent is None:
            msg = f"</{tag}> does not close <{self.open.tag}>"
            raise ValueError(msg)
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.parts.append(data)

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Node:
        given = {name: value or "" for name, value in attrs}
        node = Node(tag=tag, attributes=given, parent=self.open)
        self.open.parts.append(node)
        return node


def parse(page: str) -> Node:
    """Return the root of a page.

    Raises:
        ValueError: A tag is closed that is not open, or the last is not closed.
    """
    builder = _Builder()
    builder.feed(page)
    builder.close()
    if builder.open is not builder.root:
        msg = f"<{builder.open.tag}> is never closed"
        raise ValueError(msg)
    return builder.root
