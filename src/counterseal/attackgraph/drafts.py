"""Drafts of steps: which rules apply where, which parents they name, what can be reached.

A draft that no entry can ever lead to is left out: it is an or-step none of whose parents
exists, or an and-step one of whose parents is missing, or depends on such steps alone. Leaving
it out changes no arrival time, and no override of a parameter can bring it back, because a
parameter only ever makes a step slower, rarer or impossible (``docs/attack-rules.md``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import CatalogError
from counterseal.estate.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.attackgraph.causes import Causes
    from counterseal.attackgraph.relations import Relations
    from counterseal.catalog.adversaries import Adversary, Vector
    from counterseal.catalog.rules import Parent, Rule
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element

__all__ = ["KIND_KEYS", "MARKET", "Draft", "draft_steps", "reachable"]

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

MARKET = "market"
"""In place of an entry vector: open to an adversary who buys what anyone can buy."""

_SINGULAR = {key: kind for kind, key in KIND_KEYS.items()}


@dataclass(slots=True, kw_only=True)
class Draft:
    """A step about to be made.

    Attributes:
        id: Id of the step.
        rule: The rule that makes it.
        element: Its element.
        vector: How the adversary uses the rule's entry vector, when it has one.
        entry: Whether the adversary may start here.
        other: Related element, for a rule with ``each``.
        parents: Ids of parents among the drafts, sorted.
        whole: Whether every parent row of an and-step led somewhere.
    """

    id: str
    rule: Rule
    element: Element
    vector: Vector | None
    entry: bool = False
    other: str = ""
    parents: tuple[str, ...] = ()
    whole: bool = True


def draft_steps(
    *,
    estate: Estate,
    adversary: Adversary,
    rules: Mapping[str, Rule],
    relations: Relations,
    causes: Causes,
) -> Mapping[str, Draft]:
    """Return a draft for each rule and element it applies to, by step id, parents resolved.

    Raises:
        CatalogError: Two rules make the same step, or a rule follows a relation that is not
            in ``relations.RELATIONS``.
    """
    drafter = _Drafter(estate, adversary, relations, causes)
    drafts: dict[str, Draft] = {}
    for rule in rules.values():
        for draft in drafter.drafts_of(rule):
            if draft.id in drafts:
                one = drafts[draft.id].rule.id
                raise CatalogError(f"rules {one} and {rule.id} both make {draft.id}")
            drafts[draft.id] = draft
    parents = _Parents(estate, relations, drafts)
    for draft in drafts.values():
        parents.resolve(draft)
    return drafts


class _Drafter:
    """Makes drafts without parents."""

    def __init__(
        self, estate: Estate, adversary: Adversary, relations: Relations, causes: Causes
    ) -> None:
        self._estate = estate
        self._relations = relations
        self._causes = causes
        self._ways: Mapping[str, Vector] = {
            vector.id.value: vector for vector in adversary.vectors
        }
        self._buys = adversary.buys_feeds

    def drafts_of(self, rule: Rule) -> Iterator[Draft]:
        if not self._is_open(rule):
            return
        each = self._relations[rule.each] if rule.each else None
        for element in self._applicable(rule):
            vector = self._ways.get(self._way_in(rule, element)) if rule.vector else None
            if rule.vector and vector is None and rule.vector != MARKET:
                continue
            for other in ("",) if each is None else each.get(element.id, ()):
                draft = self._draft(rule, element, vector, other)
                if draft is not None:
                    yield draft

    def _is_open(self, rule: Rule) -> bool:
        """Return whether the adversary has what the rule asks of one."""
        if rule.needs and not self._ways.keys() & set(rule.needs):
            return False
        if rule.vector == MARKET:
            return self._buys
        return not isinstance(rule.vector, str) or rule.vector in {"", *self._ways}

    def _applicable(self, rule: Rule) -> Iterator[Element]:
        tests = [
            (name.replace("-", "_"), frozenset(values))
            for name, values in rule.when.field.items()
        ]
        has = [self._relations[name] for name in rule.when.has]
        lacks = [self._relations[name] for name in rule.when.lacks]
        for element in self._estate.of_kind(KIND_KEYS[rule.element]).values():
            key = element.id
            if any(key not in relation for relation in has):
                continue
            if any(key in relation for relation in lacks):
                continue
            if all(_field(element, name) in values for name, values in tests):
                yield element

    def _way_in(self, rule: Rule, element: Element) -> str:
        """Return the entry vector, which may depend on the kind of an organization."""
        if isinstance(rule.vector, str):
            return rule.vector
        found = element.id
        if rule.vector_of != "self":
            found = next(iter(self._relations[rule.vector_of].get(element.id, ())), "")
        organization = self._estate.organizations.get(found)
        return rule.vector.get(organization.kind.value, "") if organization else ""

    def _draft(
        self, rule: Rule, element: Element, vector: Vector | None, other: str
    ) -> Draft | None:
        """Return a draft, or ``None`` when it requires a cause that can never hold."""
        if not all(self._causes.can_hold(kind, element.id) for kind in rule.requires):
            return None
        name = f"{element.id}#{rule.step}"
        return Draft(
            id=f"{name}:{other}" if other else name,
            rule=rule,
            element=element,
            vector=vector,
            entry=bool(rule.vector) and not rule.parents,
            other=other,
        )


def _field(element: Element, name: str) -> object:
    value: object = getattr(element, name)
    if isinstance(value, Fact):
        return "unknown" if value.value is None else value.value
    return "absent" if value is None else value


class _Parents:
    """Finds the parents of drafts among all drafts."""

    def __init__(
        self, estate: Estate, relations: Relations, drafts: Mapping[str, Draft]
    ) -> None:
        self._kind_of = estate.kind_of
        self._relations = relations
        self._drafts = drafts

    def resolve(self, draft: Draft) -> None:
        found: set[str] = set()
        whole = True
        for row in draft.rule.parents:
            steps = self._steps(draft, row)
            present = [step for step in steps if step in self._drafts]
            whole = whole and bool(present) and len(present) == len(steps)
            found.update(present)
        draft.parents = tuple(sorted(found))
        draft.whole = whole

    def _steps(self, draft: Draft, row: Parent) -> list[str]:
        element = draft.element.id
        if row.via == "self":
            return [f"{element}#{row.step}"]
        if row.via == "each":
            return [f"{draft.other}#{row.step}"]
        related = self._relations[row.via].get(element, ())
        if row.via == "zone.undeclared-sources":
            return [f"{element}#{row.step}:{other}" for other in related]
        if isinstance(row.step, str):
            return [f"{other}#{row.step}" for other in related]
        named = [(other, row.step.get(_SINGULAR[self._kind_of[other]])) for other in related]  # type: ignore[call-overload]
        return [f"{other}#{step}" for other, step in named if step]


def reachable(drafts: Mapping[str, Draft]) -> frozenset[str]:
    """Return the ids of drafts that some entry can lead to, in time linear in the edges."""
    children: dict[str, list[str]] = defaultdict(list)
    missing: dict[str, int] = {}
    for draft in drafts.values():
        for parent in draft.parents:
            children[parent].append(draft.id)
        if draft.rule.kind == "and":
            missing[draft.id] = len(draft.parents) if draft.whole else len(draft.parents) + 1
        else:
            missing[draft.id] = 1
    found = {draft.id for draft in drafts.values() if draft.entry}
    frontier = list(found)
    while frontier:
        for child in children.get(frontier.pop(), ()):
            missing[child] -= 1
            if missing[child] == 0 and child not in found:
                found.add(child)
                frontier.append(child)
    return frozenset(found)
