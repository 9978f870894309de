"""A style sheet, as far as colors need one: simple selectors, custom properties, the cascade.

Understood are tags, classes and their descendants; media queries for a color scheme and for
print. Whatever else a sheet holds is passed over, so it is to be used on sheets of our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.testing.accessibility.tree import Node

__all__ = ["SCHEMES", "Rule", "Sheet", "sheet_for"]

SCHEMES = ("light", "dark", "print")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SIMPLE = re.compile(r"(?P<tag>[a-zA-Z][a-zA-Z0-9]*|\*)?(?P<classes>(?:\.[\w-]+)*)")
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One selector with its declarations; ``order`` is its place in the sheet."""

    selector: str
    declarations: Mapping[str, str]
    order: int

    @property
    def weight(self) -> tuple[int, int, int]:
        """Specificity (classes, tags), then the place in the sheet."""
        tags = re.findall(r"(?:^|[\s>])([a-zA-Z][a-zA-Z0-9]*)", self.selector)
        return (self.selector.count("."), len(tags), self.order)

    def matches(self, node: Node) -> bool:
        """Whether the rule is about an element; selectors of another kind match nothing."""
        *above, last = self.selector.split()
        if not _fits(last, node):
            return False
        rest = list(above)
        for ancestor in node.ancestors():
            if rest and _fits(rest[-1], ancestor):
                rest.pop()
        return not rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rules that hold in one scheme, with the colors that its names stand for.

    Attributes:
        rules: Every rule, in order.
        variables: Values of custom properties of the root.
        strongest: By property, the rules that set it, the strongest first.
    """

    rules: tuple[Rule, ...]
    variables: Mapping[str, str]
    strongest: Mapping[str, tuple[Rule, ...]]

    def declared(self, node: Node, name: str) -> str:
        """Return what the strongest rule says of a property of an element, or nothing."""
        rules = self.strongest.get(name, ())
        return next((r.declarations[name] for r in rules if r.matches(node)), "")

    def color(self, value: str) -> str:
        """Return the ``#rrggbb`` that a value stands for; ``""`` when it is no plain color."""
        known = _VARIABLE.search(value)
        plain = self.variables.get(known[1], "") if known else value
        short = re.search(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", plain)
        if short is None:
            return ""
        digits = short[1] if len(short[1]) == 6 else "".join(2 * d for d in short[1])  # noqa: PLR2004 - long form
        return f"#{digits}"


def sheet_for(css: str, scheme: str) -> Sheet:
    """Return what a style sheet says in a scheme: ``light``, ``dark`` or ``print``."""
    rules = []
    variables: dict[str, str] = {}
    for order, (condition, selectors, body) in enumerate(_blocks(_COMMENT.sub("", css))):
        if not _holds(condition, scheme):
            continue
        declarations = dict(_declarations(body))
        for selector in (part.strip() for part in selectors.split(",")):
            rules.append(Rule(selector=selector, declarations=declarations, order=order))
            if selector == ":root":
                variables |= {k: v for k, v in declarations.items() if k.startswith("--")}
    ranked = sorted(rules, key=lambda rule: rule.weight, reverse=True)
    names = {name for rule in rules for name in rule.declarations}
    return Sheet(
        rules=tuple(rules),
        variables=variables,
        strongest={n: tuple(r for r in ranked if n in r.declarations) for n in names},
    )


def _holds(condition: str, scheme: str) -> bool:
    if not condition:
        return True
    if "prefers-color-scheme" in condition:
        return scheme == "dark" and "dark" in condition
    return scheme == "print" and condition == "print"


def _blocks(css: str) -> Iterator[tuple[str, str, str]]:
    """Yield (media condition, selectors, body) of every rule, in order."""
    place = 0
    while (start := css.find("{", place)) >= 0:
        head = css[place:start].strip()
        end = _closing(css, start)
        inner = css[start + 1 : end]
        if head.startswith("@media"):
            yield from ((head[6:].strip(), s, b) for _, s, b in _blocks(inner))
        elif not head.startswith("@"):
            yield ("", head, inner)
        place = end + 1


def _closing(css: str, start: int) -> int:
    """Return where the brace that opens at ``start`` is closed."""
    depth = 0
    for place in range(start, len(css)):
        depth += {"{": 1, "}": -1}.get(css[place], 0)
        if depth == 0:
            return place
    return len(css)


def _declarations(body: str) -> Iterator[tuple[str, str]]:
    for part in body.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _fits(simple: str, node: Node) -> bool:
    known = _compound(simple)
    return known is not None and known[0] in {"*", node.tag} and known[1] <= node.classes


@cache
def _compound(simple: str) -> tuple[str, frozenset[str]] | None:
    """Return tag and classes of a selector without spaces; ``None`` for any other kind."""
    found = _SIMPLE.fullmatch(simple)
    if found is None:
        return None
    return found["tag"] or "*", frozenset(filter(None, found["classes"].split(".")))
