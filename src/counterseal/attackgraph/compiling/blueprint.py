"""What an estate makes of the rules, whoever the adversary is: worked out once for all."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.closure import reversed_rows
from counterseal.attackgraph.columns import compressed
from counterseal.attackgraph.compiling.causes import Causes, compelled_owners, level_code
from counterseal.attackgraph.compiling.compiled import numbers_of
from counterseal.attackgraph.compiling.drafts import draft_steps
from counterseal.attackgraph.compiling.factors import Factors
from counterseal.attackgraph.compiling.incidence import NONE, Incidence
from counterseal.attackgraph.compiling.parameters import Parameters
from counterseal.attackgraph.compiling.products import EMPTY, Fragments, joined
from counterseal.attackgraph.compiling.relations import Relations
from counterseal.attackgraph.compiling.safeguards import ABSENT, Safeguards
from counterseal.attackgraph.distinct import numbered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.columns import Products
    from counterseal.attackgraph.compiling.compiled import Numbers
    from counterseal.attackgraph.model import Cause, Parameter
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.rules import Rule
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element

__all__ = ["BEARERS", "Blueprint"]

BEARERS: Mapping[str, str] = {
    "organization": "self",
    "zone": "self",
    "system": "self",
    "grant": "grant.system",
    "link": "link.to",
    "holding": "holding.system",
    "contract": "contract.contractor",
    "feed": "feed.broker",
    "knowledge": "knowledge.holders",
}
"""Whose controls bear on a step, by kind of element, unless its rule says otherwise."""


class Blueprint:
    """The drafts of one estate, with what they require and what moves them.

    Attributes:
        estate: The estate.
        drafts: The steps about to be made.
        parameters: Numbers that products are made of, but for states of controls.
        time, success, unseen: Product of controls and facts for each draft.
        causes: Ids of the causes that drafts require, sorted.
        cause_level: 1 for a cause drawn once per epistemic draw, 0 for one of every trial.
        cause_product: Product of the probability of each cause.
        need_row, need: Positions in ``causes`` of what each draft requires.
        products: The products, by number; the first is empty.
    """

    def __init__(self, estate: Estate, catalog: Catalog, rules: Sequence[Rule]) -> None:
        """Lay out ``estate``; linear in elements and relations.

        Raises:
            CatalogError: A rule refers to a prior or follows a relation that is not there, or
                two rules make one step.
        """
        self.estate = estate
        self.parameters = Parameters(estate=estate, priors=catalog.priors)
        self._causes = Causes(estate=estate, parameters=self.parameters)
        relations = Relations(estate, compelled=compelled_owners(estate))
        self.incidence = Incidence(estate, relations)
        self.drafts = draft_steps(
            estate=estate, rules=rules, incidence=self.incidence, causes=self._causes
        )
        self._fragments = Fragments()
        self._safeguards = Safeguards(
            estate=estate,
            controls=catalog.controls,
            parameters=self.parameters,
            incidence=self.incidence,
            fragments=self._fragments,
        )
        names = [self._needs(position) for position in range(len(self.drafts.names))]
        self.causes = tuple(sorted(self._causes.made))
        self.cause_level = [level_code(self._causes.made[cause].level) for cause in self.causes]
        place = {cause: number for number, cause in enumerate(self.causes)}
        self.need_row, self.need = compressed([[place[n] for n in row] for row in names])
        self._compose()

    def element(self, position: int) -> Element:
        """Return the element of a draft."""
        number = self.drafts.element[position]
        kind = self.estate.kind_of[self.incidence.ids[number]]
        return self.estate.of_kind(kind)[self.incidence.ids[number]]

    def cause(self, cause_id: str) -> Cause:
        """Return a cause by id."""
        return self._causes.made[cause_id]

    def parameter(self, parameter_id: str) -> Parameter:
        """Return a parameter by id, made now if nobody asked before."""
        made = self.parameters.made
        if parameter_id not in made:
            made[parameter_id] = self._safeguards.parameter(parameter_id)
        return made[parameter_id]

    @cached_property
    def numbers(self) -> Numbers:
        """Numbers of every value, by row; those of a constant are none."""
        made, states = self.parameters.made, self._safeguards
        models, named = [], []
        for row, value in enumerate(self.values):
            if isinstance(value, str):
                models.append(made.get(value) or states.model(value))
                named.append((value, row))
            else:
                models.append(ABSENT)
        found = numbers_of(models)
        rows = np.array([row for _, row in sorted(named)], dtype=np.int64)
        return found._replace(sorted_rows=rows)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Position of every draft by name."""
        return {name: position for position, name in enumerate(self.drafts.names)}

    @property
    def values(self) -> Mapping[str | float, int]:
        """Parameter ids and constants of the products, with their rows, in order of rows."""
        return self._fragments.rows

    @cached_property
    def children(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Positions of the children of each draft, in compressed rows."""
        drafts = self.drafts
        return reversed_rows(drafts.parent_row, drafts.parent, len(drafts.names))

    def _needs(self, position: int) -> Sequence[str]:
        """Return the causes that a draft requires, sorted."""
        drafts = self.drafts
        number = drafts.rule[position]
        kinds = drafts.rules[number].requires if number != NONE else ()
        if not kinds:
            return ()
        ids, other = self.incidence.ids, drafts.other[position]
        element, related = ids[drafts.element[position]], "" if other == NONE else ids[other]
        found = {self._causes.of(kind, element, related) for kind in kinds}
        return sorted(found - {""})

    def _compose(self) -> None:
        """Number the distinct products of controls and facts, and of causes."""
        size = len(self.drafts.names)
        guards = self._guarded(size)
        facts = self._moved(size)
        chances = [
            self._fragments.one(self._causes.made[cause].probability) for cause in self.causes
        ]
        parts = self._fragments.encode()
        many = parts.row.size - 1
        left = np.concatenate([guards.reshape(-1), chances, [EMPTY]]).astype(np.int64)
        right = np.concatenate([facts.reshape(-1), np.zeros(len(chances) + 1, np.int64)])
        keys, place = numbered(left * many + right)
        first, second = (keys // many).astype(np.int32), (keys % many).astype(np.int32)
        self.products: Products = joined(parts, parts, first, second)
        roles = place[: 3 * size].reshape(3, size).astype(np.int32)
        self.time, self.success, self.unseen = roles
        self.cause_product = place[3 * size : -1].astype(np.int32)

    def _guarded(self, size: int) -> NDArray[np.int32]:
        """Return the fragments of controls on time, success and going unseen."""
        found = np.full((3, size), EMPTY, dtype=np.int32)
        by_action: dict[str, list[int]] = {}
        for number, rule in enumerate(self.drafts.rules):
            if rule.action:
                by_action.setdefault(rule.action, []).append(number)
        for action, numbers in by_action.items():
            rows = [self.drafts.of_rule(number) for number in numbers]
            here = np.concatenate(rows)
            bearers = [self._bearers(n, row) for n, row in zip(numbers, rows, strict=True)]
            element = self.drafts.element[here]
            guard = self._safeguards.at(action, element, np.concatenate(bearers))
            found[:, here] = guard.time, guard.success, guard.unseen
        return found

    def _bearers(self, number: int, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the element whose controls bear on each draft of a rule; ``NONE`` for none."""
        rule = self.drafts.rules[number]
        relation = rule.bearer or BEARERS[rule.element]
        found = self.drafts.element[rows]
        if relation != "self":
            found = self.incidence.rows(relation).first(found)
        return np.where((found != NONE) & self._bearing[found], found, NONE).astype(np.int32)

    @cached_property
    def _bearing(self) -> NDArray[np.bool_]:
        estate = self.estate
        return self.incidence.flags([*estate.systems, *estate.zones, *estate.organizations])

    def _moved(self, size: int) -> NDArray[np.int64]:
        """Return the fragments of facts on time, success and going unseen."""
        found = np.full((3, size), EMPTY, dtype=np.int64)
        factors = Factors(parameters=self.parameters)
        rules = [number for number, rule in enumerate(self.drafts.rules) if rule.factors]
        for position in np.flatnonzero(np.isin(self.drafts.rule, rules)).tolist():
            rule = self.drafts.rules[self.drafts.rule[position]]
            time, success = factors.of(rule, self.element(position))
            found[0, position] = self._fragments.one(time)
            found[1, position] = self._fragments.one(success)
        return found
