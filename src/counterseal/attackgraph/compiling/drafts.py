"""Drafts of steps: which rules apply where, and which parents they name.

Drafts are made once for an estate, whoever the adversary is; which of them are open to one
adversary follows from the entry vectors that it has. A draft that no entry can ever lead to
is left out of its graph: an or-step none of whose parents exists, or an and-step one of whose
parents is missing, or one that depends on such steps alone. Leaving it out changes no arrival
time, and no override of a parameter can bring it back, because a parameter only ever makes a
step slower, rarer or impossible (``docs/attack-rules.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.compiling.causes import SOMETIMES
from counterseal.attackgraph.compiling.incidence import KIND_KEYS, NONE
from counterseal.catalog.adversaries import IntegrityAim
from counterseal.errors import CatalogError
from counterseal.estate.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    _Table = NDArray[np.int32]
    """Drafts, a column each: rule, element, code of the step, other element, vector."""

    from counterseal.attackgraph.compiling.causes import Causes
    from counterseal.attackgraph.compiling.incidence import Incidence
    from counterseal.catalog.rules import Parent, Rule
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element

__all__ = ["COMPELLED", "GOALS", "MARKET", "ClashError", "Drafts", "draft_steps"]

MARKET = "market"
"""In place of an entry vector: open to an adversary who buys what anyone can buy."""

COMPELLED = "organization.compelled-owners"
"""The one relation that is there only for an adversary whose law can compel."""

GOALS: Mapping[str, tuple[str, ...]] = {
    "holding": (
        "exfiltrate",
        *(aim.value for aim in IntegrityAim if aim is not IntegrityAim.POISON),
    ),
    "feed": ("hold",),
    "knowledge": ("learn",),
}
"""Steps that can be an objective, by kind; they are in a graph even if nothing leads there.

What is learnt from nothing cannot be poisoned, so that poisoning is an objective only where a
rule makes its step.
"""

_EACH = "zone.undeclared-sources"
_RULE, _ELEMENT, _CODE, _OTHER, _VECTOR = range(5)


class ClashError(CatalogError):
    """Two rules make the same step."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drafts:
    """Steps about to be made, by position; sorted by name.

    Attributes:
        names: Step ids.
        rules: The rules, by number.
        vectors: Names of entry vectors, by number; the first is none.
        rule: Number of the rule that makes the step; ``NONE`` for an objective that none does.
        element: Number of the element.
        other: Number of the related element, for a rule with ``each``; else ``NONE``.
        vector: Number of the entry vector.
        entry: 1 where the adversary may start.
        compelled: 1 where only an adversary whose law can compel comes.
        kind: 1 for an and-step.
        parent_row, parent: Positions of parents, in compressed rows.
        missing: Parents that have to come first; more than there are when one is not there.
    """

    names: Sequence[str]
    rules: tuple[Rule, ...]
    vectors: tuple[str, ...]
    rule: NDArray[np.int32]
    element: NDArray[np.int32]
    other: NDArray[np.int32]
    vector: NDArray[np.int32]
    entry: NDArray[np.uint8]
    compelled: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    parent_row: NDArray[np.int32]
    parent: NDArray[np.int32]
    missing: NDArray[np.int32]

    def of_rule(self, number: int) -> NDArray[np.int64]:
        """Return the positions of the drafts of one rule, in order."""
        return np.flatnonzero(self.rule == number)


def draft_steps(
    *, estate: Estate, rules: Sequence[Rule], incidence: Incidence, causes: Causes
) -> Drafts:
    """Return a draft for each rule and element it applies to, parents resolved.

    Raises:
        ClashError: Two rules make the same step.
        CatalogError: A rule follows a relation that is not in ``relations.RELATIONS``.
    """
    vectors = _vectors(rules)
    drafter = _Drafter(estate, incidence, causes, vectors)
    steps = _Steps(rules, incidence)
    parts = [drafter.drafts_of(n, rule, steps.code(rule.step)) for n, rule in enumerate(rules)]
    table = np.concatenate([_table(np.empty(0, dtype=np.int32), code=NONE), *parts], axis=1)
    table = np.concatenate([table, steps.goals(table)], axis=1)
    names = steps.names(table)
    order = sorted(range(len(names)), key=names.__getitem__)
    names, table = [names[i] for i in order], table[:, np.array(order, dtype=np.int64)]
    rule = table[_RULE]
    _refuse_clash(names, rule, rules)
    parent_row, parent, missing = steps.parents(table)
    entries = [bool(r.vector) and not r.parents for r in rules]
    return Drafts(
        names=names,
        rules=tuple(rules),
        vectors=vectors,
        rule=rule,
        element=table[_ELEMENT],
        other=table[_OTHER],
        vector=table[_VECTOR],
        entry=_of_rules(entries, rule),
        compelled=_of_rules([is_compelled(r) for r in rules], rule),
        kind=_of_rules([r.kind == "and" for r in rules], rule),
        parent_row=parent_row,
        parent=parent,
        missing=missing,
    )


def _table(elements: NDArray[np.int32], *, code: int) -> _Table:
    """Return drafts of one step of ``elements`` that no rule makes."""
    out = np.full((5, elements.size), NONE, dtype=np.int32)
    out[_ELEMENT], out[_CODE], out[_VECTOR] = elements, code, 0
    return out


def _among(keys: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of ``keys`` are in the sorted ``known``."""
    if not known.size:
        return np.zeros(keys.size, dtype=np.bool_)
    place = np.minimum(np.searchsorted(known, keys), known.size - 1)
    found: NDArray[np.bool_] = known[place] == keys
    return found


def is_compelled(rule: Rule) -> bool:
    """Return whether a rule is for adversaries whose law can compel alone."""
    return COMPELLED in rule.when.has or "jurisdiction" in rule.requires


def _of_rules(flags: list[bool], rule: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the flag of the rule of each draft; none for a draft without one."""
    return np.array([*flags, False], dtype=np.uint8)[rule]


def _vectors(rules: Sequence[Rule]) -> tuple[str, ...]:
    named = {
        name
        for rule in rules
        for name in ([rule.vector] if isinstance(rule.vector, str) else rule.vector.values())
    }
    return ("", *sorted(named - {""}))


def _refuse_clash(names: list[str], rule: NDArray[np.int32], rules: Sequence[Rule]) -> None:
    if len(set(names)) == len(names):
        return
    twice = next(i for i in range(1, len(names)) if names[i] == names[i - 1])
    one, two = sorted((int(rule[twice - 1]), int(rule[twice])))
    raise ClashError(f"rules {rules[one].id} and {rules[two].id} both make {names[twice]}")


class _Drafter:
    """Makes drafts without parents: rule, element, other and vector, a column each."""

    def __init__(
        self, estate: Estate, incidence: Incidence, causes: Causes, vectors: tuple[str, ...]
    ) -> None:
        self._estate = estate
        self._incidence = incidence
        self._causes = causes
        self._vectors = vectors
        self._known: dict[tuple[str, str], tuple[Sequence[object], NDArray[np.int32]]] = {}

    def drafts_of(self, number: int, rule: Rule, code: int) -> _Table:
        elements = self._applicable(rule)
        vector = self._ways_in(rule, elements)
        if not isinstance(rule.vector, str):
            elements, vector = elements[vector > 0], vector[vector > 0]
        other = np.full(elements.size, NONE, dtype=np.int32)
        if rule.each:
            which, other = self._incidence.rows(rule.each).spread(elements)
            elements, vector = elements[which], vector[which]
        out = _table(elements, code=code)
        out[_RULE], out[_OTHER], out[_VECTOR] = number, other, vector
        return out

    def _applicable(self, rule: Rule) -> NDArray[np.int32]:
        incidence = self._incidence
        elements = incidence.of_kind(rule.element)
        for name in rule.when.has:
            elements = elements[incidence.rows(name).counts(elements) > 0]
        for name in rule.when.lacks:
            elements = elements[incidence.rows(name).counts(elements) == 0]
        for field, values in rule.when.field.items():
            known, code = self._values(rule.element, field)
            wanted = np.array([value in values for value in known], dtype=np.bool_)
            elements = elements[wanted[code[elements]]]
        for kind in set(rule.requires) & SOMETIMES:
            ids = (incidence.ids[element] for element in elements.tolist())
            kept = [self._causes.can_hold(kind, element) for element in ids]
            elements = elements[np.array(kept, dtype=np.bool_)]
        return elements

    def _values(self, kind: str, field: str) -> tuple[Sequence[object], NDArray[np.int32]]:
        """Return the values of a field, and the number of that of each element of a kind."""
        if (kind, field) not in self._known:
            values: dict[object, int] = {}
            code = np.zeros(self._incidence.size, dtype=np.int32)
            name, position = field.replace("-", "_"), self._incidence.position
            for element in self._estate.of_kind(KIND_KEYS[kind]).values():
                value = _field(element, name)
                code[position[element.id]] = values.setdefault(value, len(values))
            self._known[kind, field] = tuple(values), code
        return self._known[kind, field]

    def _ways_in(self, rule: Rule, elements: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the entry vector, which may depend on the kind of an organization."""
        if isinstance(rule.vector, str):
            return np.full(elements.size, self._vectors.index(rule.vector), dtype=np.int32)
        found = elements
        if rule.vector_of != "self":
            found = self._incidence.rows(rule.vector_of).first(elements)
        ids, organizations = self._incidence.ids, self._estate.organizations
        names = []
        for number in found.tolist():
            known = organizations.get(ids[number]) if number != NONE else None
            names.append(rule.vector.get(known.kind.value, "") if known else "")
        return np.array([self._vectors.index(name) for name in names], dtype=np.int32)


def _field(element: Element, name: str) -> object:
    value: object = getattr(element, name)
    if isinstance(value, Fact):
        return "unknown" if value.value is None else value.value
    return "absent" if value is None else value


class _Steps:
    """Names of steps, and steps by name; a step is an element, a code and another element."""

    def __init__(self, rules: Sequence[Rule], incidence: Incidence) -> None:
        self._rules = rules
        self._incidence = incidence
        goals = [goal for names in GOALS.values() for goal in names]
        self._codes = {
            name: code for code, name in enumerate(sorted({*goals, *(r.step for r in rules)}))
        }

    def code(self, name: str) -> int:
        """Return the code of a step's name; one that no rule makes has none."""
        return self._codes.get(name, NONE)

    def goals(self, table: _Table) -> _Table:
        """Return drafts without a rule for the objectives that no rule makes."""
        made = np.sort(self._keys(table[_ELEMENT], table[_CODE], table[_OTHER]))
        parts = []
        for kind, names in GOALS.items():
            elements = self._incidence.of_kind(kind)
            for name in names:
                row = _table(elements, code=self.code(name))
                keys = self._keys(row[_ELEMENT], row[_CODE], row[_OTHER])
                parts.append(row[:, ~_among(keys, made)])
        return np.concatenate(parts, axis=1)

    def names(self, table: _Table) -> list[str]:
        """Return the id of every step."""
        ids, codes = self._incidence.ids, tuple(self._codes)
        rows = table[[_ELEMENT, _CODE, _OTHER]].T.tolist()
        return [
            f"{ids[element]}#{codes[code]}" + (f":{ids[other]}" if other != NONE else "")
            for element, code, other in rows
        ]

    def parents(
        self, table: _Table
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return the parents of every draft in compressed rows, and how many must come."""
        size = table.shape[1]
        keys = self._keys(table[_ELEMENT], table[_CODE], table[_OTHER])
        known = np.argsort(keys)
        whole = np.ones(size, dtype=np.bool_)
        edges = [np.empty(0, dtype=np.int64)]
        for number, rule in enumerate(self._rules):
            drafts = np.flatnonzero(table[_RULE] == number)
            for row in rule.parents if drafts.size else ():
                child, wanted = self._wanted(table[:, drafts], row)
                place = np.searchsorted(keys, wanted, sorter=known)
                found = known[np.minimum(place, size - 1)]
                there = keys[found] == wanted
                named = np.bincount(child, minlength=drafts.size)
                present = np.bincount(child[there], minlength=drafts.size)
                whole[drafts] &= (present > 0) & (present == named)
                edges.append(drafts[child[there]] * size + found[there])
        pairs = np.sort(np.concatenate(edges))
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])[: pairs.size]]
        counts = np.bincount(pairs // size, minlength=size) if size else np.zeros(0, np.int64)
        every = np.array([*(rule.kind == "and" for rule in self._rules), False])[table[_RULE]]
        missing = np.where(every, counts + ~whole, 1).astype(np.int32)
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return start, (pairs % max(size, 1)).astype(np.int32), missing

    def _wanted(
        self, drafts: _Table, row: Parent
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the keys of the parents that a row names, with the position of the child."""
        element, other = drafts[_ELEMENT], drafts[_OTHER]
        every = np.arange(element.size)
        if row.via in {"self", "each"}:
            place = element if row.via == "self" else other
            return every, self._keys(place, self.code(str(row.step)), NONE)
        child, related = self._incidence.rows(row.via).spread(element)
        if row.via == _EACH:
            return child, self._keys(element[child], self.code(str(row.step)), related)
        if isinstance(row.step, str):
            return child, self._keys(related, self.code(row.step), NONE)
        named = [kind in row.step for kind in self._incidence.kinds]
        steps: Mapping[str, str] = dict(row.step.items())
        codes = [self.code(steps.get(kind, "")) for kind in self._incidence.kinds]
        some = np.array(named)[self._incidence.kind[related]]
        child, related = child[some], related[some]
        code = np.array(codes, dtype=np.int64)[self._incidence.kind[related]]
        return child, self._keys(related, code, NONE)

    def _keys(
        self,
        element: NDArray[np.int32],
        code: NDArray[np.integer] | int,
        other: NDArray[np.int32] | int,
    ) -> NDArray[np.int64]:
        """Return one number for each step; the steps of no rule have those of no draft."""
        names, size = len(self._codes) + 1, self._incidence.size + 1
        key = (element.astype(np.int64) * names + code) * size + other + 1
        return np.where(np.asarray(code) == NONE, NONE, key)
