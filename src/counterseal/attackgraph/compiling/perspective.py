"""One adversary's graph out of the blueprint of an estate: which drafts, with which efforts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.attackgraph.closure import possible, selected
from counterseal.attackgraph.columns import FAMILY_CODES, ZERO, Columns
from counterseal.attackgraph.compiling.causes import entry_cause, level_code
from counterseal.attackgraph.compiling.compiled import CompiledSteps, ParameterTable, numbers_of
from counterseal.attackgraph.compiling.drafts import MARKET
from counterseal.attackgraph.compiling.effort import DAYS_PER_YEAR, SKILL, Effort, Efforts
from counterseal.attackgraph.compiling.incidence import NONE
from counterseal.attackgraph.compiling.parameters import Parameters
from counterseal.attackgraph.compiling.products import EMPTY, Fragments, joined
from counterseal.attackgraph.distinct import numbered
from counterseal.attackgraph.model import AttackGraph, Objective, ParameterFamily, Power
from counterseal.catalog.adversaries import IntegrityAim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from numpy.typing import NDArray

    from counterseal.attackgraph.columns import Products
    from counterseal.attackgraph.compiling.blueprint import Blueprint
    from counterseal.attackgraph.model import Cause, Parameter, Product
    from counterseal.catalog.adversaries import Adversary, Vector
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate

__all__ = ["SEEN_BY", "perspective"]

SEEN_BY = "defender"
"""Latent factor shared by all detections."""

_LATENTS = tuple(sorted((SEEN_BY, SKILL)))


def perspective(
    blueprint: Blueprint,
    adversary: Adversary,
    catalog: Catalog,
    rules: Collection[str],
    footholds: Collection[str] | None = None,
) -> AttackGraph:
    """Return the graph of ``adversary``, for whom ``rules`` (ids) are open.

    With ``footholds`` (ids of steps) these are the only entries.
    """
    return _Perspective(blueprint, adversary, catalog, rules, footholds).graph()


class _Efforts(NamedTuple):
    """Efforts by number: of times their family, factor, loading; fragments of products."""

    family: NDArray[np.int8]
    latent: NDArray[np.int32]
    loading: NDArray[np.float64]
    scale: NDArray[np.int64]
    shape: NDArray[np.int64]
    chance: NDArray[np.int64]
    timed: NDArray[np.bool_]


class _Perspective:
    def __init__(
        self,
        blueprint: Blueprint,
        adversary: Adversary,
        catalog: Catalog,
        rules: Collection[str],
        footholds: Collection[str] | None,
    ) -> None:
        self._footholds = footholds
        self._blueprint = blueprint
        self._adversary = adversary
        self._catalog = catalog
        self._rules = rules
        self._ways: Mapping[str, Vector] = {v.id.value: v for v in adversary.vectors}
        self._parameters = Parameters(estate=blueprint.estate, priors=catalog.priors)
        self._fragments = Fragments(blueprint.values)
        self._objectives = tuple(
            sorted(
                _objectives(blueprint.estate, adversary, blueprint.position),
                key=lambda o: (o.kind, o.element),
            )
        )

    def graph(self) -> AttackGraph:
        columns = self._columns()
        return AttackGraph(
            adversary=self._adversary.id,
            steps=CompiledSteps(self._blueprint, columns, self._rows, self._made),
            causes=self._causes(columns),
            parameters=self._table(columns),
            objectives=self._objectives,
            horizon_days=DAYS_PER_YEAR * self._adversary.horizon_years,
            max_attempts=self._adversary.max_attempts,
            reentry=self._reentry,
            columns=columns,
        )

    @cached_property
    def _entry(self) -> NDArray[np.uint8]:
        """1 for each draft at which the adversary may begin."""
        drafts = self._blueprint.drafts
        if self._footholds is None:
            return drafts.entry
        held = [name in self._footholds for name in drafts.names]
        return np.array(held, dtype=np.bool_).astype(np.uint8)

    @cached_property
    def _reached(self) -> NDArray[np.bool_]:
        """Drafts that some entry of this adversary can lead to."""
        drafts = self._blueprint.drafts
        by_rule = np.array([*(rule.id in self._rules for rule in drafts.rules), False])
        by_way = np.array([name in {"", MARKET, *self._ways} for name in drafts.vectors])
        open_ = (by_rule[drafts.rule] & by_way[drafts.vector]).astype(np.uint8)
        if self._footholds is not None:
            open_ |= self._entry
        row, child = self._blueprint.children
        found = possible(drafts.missing.copy(), self._entry, open_, row, child)
        return found.astype(np.bool_)

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        """Positions of the drafts that become steps: what is reached, and every objective."""
        position = self._blueprint.position
        wanted = self._reached.copy()
        for objective in self._objectives:
            wanted[position[objective.step]] = True
            if objective.ends:
                wanted[position[objective.ends]] = True
        return np.flatnonzero(wanted)

    @cached_property
    def _made(self) -> NDArray[np.bool_]:
        """Which steps something leads to; the others are objectives that nothing leads to."""
        made: NDArray[np.bool_] = self._reached[self._rows]
        return made

    @cached_property
    def _reentry(self) -> Product:
        parameter = self._parameters.quantity(
            "entry:reentry-days",
            self._adversary.reentry_days,
            family=ParameterFamily.LOGNORMAL,
            label="days lost after a detected attempt",
        )
        return (Power(base=parameter),)

    @cached_property
    def _entry_causes(self) -> Mapping[str, Cause]:
        """What an entry by each vector requires, where the adversary may lack the vector."""
        found = {n: entry_cause(vector, self._parameters) for n, vector in self._ways.items()}
        return {name: cause for name, cause in found.items() if cause is not None}

    def _columns(self) -> Columns:
        blueprint, rows, made = self._blueprint, self._rows, self._made
        drafts = blueprint.drafts
        efforts, effort = self._efforts()
        roles, reentry, chances, products = self._products(efforts, effort)
        parent_row, parent = self._parents()
        need_row, need = self._needs()
        levels = [level_code(cause.level) for cause in self._entry_causes.values()]
        return Columns(
            names=[drafts.names[row] for row in rows.tolist()],
            kind=np.where(made, drafts.kind[rows], 0).astype(np.uint8),
            entry=np.where(made, self._entry[rows], 0).astype(np.uint8),
            parent_row=parent_row,
            parent=parent,
            family=efforts.family[effort],
            latents=_LATENTS,
            latent=efforts.latent[effort],
            seen_by=np.where(roles[3] != EMPTY, _LATENTS.index(SEEN_BY), NONE).astype(np.int32),
            loading=efforts.loading[effort],
            roles=roles,
            values=(*blueprint.values, *self._fragments.rows),
            products=products,
            need_row=need_row,
            need=need,
            causes=(*blueprint.causes, *(c.id for c in self._entry_causes.values())),
            cause_product=chances,
            cause_level=np.array([*blueprint.cause_level, *levels], dtype=np.uint8),
            reentry=reentry,
        )

    def _efforts(self) -> tuple[_Efforts, NDArray[np.int64]]:
        """Return the efforts there are, and the number of that of each step."""
        drafts, rows = self._blueprint.drafts, self._rows
        rule = np.where(self._made, drafts.rule[rows], NONE).astype(np.int64)
        many = len(drafts.vectors)
        keys, place = numbered(
            (rule + 1) * many + np.where(rule == NONE, 0, drafts.vector[rows])
        )
        source = Efforts(
            adversary=self._adversary, catalog=self._catalog, parameters=self._parameters
        )
        nothing, found = Effort(), []
        for key in keys.tolist():
            number, name = key // many - 1, drafts.vectors[key % many]
            known = number != NONE
            found.append(
                source.of(drafts.rules[number], self._ways.get(name)) if known else nothing
            )
        one, times = self._fragments.one, [effort.time for effort in found]
        latents = [_LATENTS.index(t.latent) if t.latent else NONE for t in times]
        return (
            _Efforts(
                family=np.array([FAMILY_CODES[t.family] for t in times], dtype=np.int8),
                latent=np.array(latents, dtype=np.int32),
                loading=np.array([t.loading for t in times], dtype=np.float64),
                scale=np.array([one(ZERO if t.zero else t.scale) for t in times]),
                shape=np.array([one(t.shape) for t in times]),
                chance=np.array([one(effort.success) for effort in found]),
                timed=np.array([not t.zero for t in times], dtype=np.bool_),
            ),
            place,
        )

    def _products(
        self, efforts: _Efforts, effort: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], int, NDArray[np.int32], Products]:
        """Return the products of roles, re-entry and causes, by number, and all of them."""
        blueprint, rows, one = self._blueprint, self._rows, self._fragments.one
        many, size = blueprint.products.row.size - 1, rows.size
        timed, made = efforts.timed[effort], self._made
        entries = [one(cause.probability) for cause in self._entry_causes.values()]
        reentry = one(self._reentry)
        keys = np.concatenate(
            [
                efforts.scale[effort] * many + np.where(timed, blueprint.time[rows], EMPTY),
                efforts.shape[effort] * many,
                efforts.chance[effort] * many + np.where(made, blueprint.success[rows], EMPTY),
                np.where(made, blueprint.unseen[rows], EMPTY),
                [reentry * many],
                blueprint.cause_product,
                np.array(entries, dtype=np.int64) * many,
                [EMPTY],
            ]
        ).astype(np.int64)
        found, place = numbered(keys)
        numbers = place.astype(np.int32)
        left, right = (found // many).astype(np.int32), (found % many).astype(np.int32)
        products = joined(self._fragments.encode(), blueprint.products, left, right)
        return (
            numbers[: 4 * size].reshape(4, size),
            int(numbers[4 * size]),
            numbers[4 * size + 1 : -1],
            products,
        )

    def _parents(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the parents of each step, in compressed rows."""
        drafts, rows = self._blueprint.drafts, self._rows
        place = np.full(len(drafts.names), NONE, dtype=np.int32)
        place[rows] = np.arange(rows.size, dtype=np.int32)
        place[~self._reached] = NONE
        start, parent = selected(drafts.parent_row, drafts.parent, rows.astype(np.int32), place)
        counts = np.diff(start)
        held = np.repeat(self._made, counts)
        ends = np.cumsum(np.where(self._made, counts, 0))
        return np.concatenate([[0], ends]).astype(np.int32), parent[held]

    def _needs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the causes that each step requires: the draft's, then that of its entry."""
        blueprint, rows = self._blueprint, self._rows
        vectors = blueprint.drafts.vectors
        entries = {name: number for number, name in enumerate(self._entry_causes)}
        own = np.array([entries.get(name, NONE) for name in vectors])[
            blueprint.drafts.vector[rows]
        ]
        own = np.where(self._made & (own != NONE), own + len(blueprint.causes), NONE)
        counts = np.where(self._made, np.diff(blueprint.need_row)[rows], 0)
        ends = np.cumsum(counts + (own != NONE))
        start = np.concatenate([[0], ends]).astype(np.int32)
        out = np.empty(int(start[-1]), dtype=np.int32)
        offset = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        out[np.repeat(start[:-1], counts) + offset] = blueprint.need[
            np.repeat(blueprint.need_row[rows], counts) + offset
        ]
        out[ends[own != NONE] - 1] = own[own != NONE]
        return start, out

    def _causes(self, columns: Columns) -> Mapping[str, Cause]:
        """Return the causes that some step requires, sorted."""
        entries = {cause.id: cause for cause in self._entry_causes.values()}
        used = np.zeros(len(columns.causes), dtype=np.bool_)
        used[columns.need] = True
        names = sorted([columns.causes[number] for number in np.flatnonzero(used).tolist()])
        return {n: entries[n] if n in entries else self._blueprint.cause(n) for n in names}

    def _table(self, columns: Columns) -> ParameterTable:
        """Return the parameters that some product names, sorted."""
        used = np.zeros(len(columns.values), dtype=np.bool_)
        wanted = np.zeros(columns.products.row.size - 1, dtype=np.bool_)
        wanted[columns.roles.reshape(-1)] = True
        wanted[columns.reentry] = True
        wanted[columns.cause_product[columns.need]] = True
        powers = np.repeat(wanted, np.diff(columns.products.row))
        used[columns.products.base[powers]] = True
        used[columns.products.exponent[powers]] = True
        rows = np.flatnonzero(used)
        own = rows[rows >= len(self._blueprint.values)].tolist()
        shared = self._blueprint.numbers
        ours = shared.sorted_rows[used[shared.sorted_rows]]
        added = [name for row in own if isinstance(name := columns.values[row], str)]
        extra = numbers_of([self._parameters.made[name] for name in added])
        names = [*(columns.values[row] for row in ours.tolist()), *added]
        order = sorted(range(len(names)), key=names.__getitem__)
        return ParameterTable(
            [names[i] for i in order],
            np.concatenate([shared.family[ours], extra.family])[order],
            np.concatenate([shared.numbers[ours], extra.numbers])[order],
            np.concatenate([shared.grade[ours], extra.grade])[order],
            self._parameter,
        )

    def _parameter(self, name: str) -> Parameter:
        made = self._parameters.made.get(name)
        return self._blueprint.parameter(name) if made is None else made


def _objectives(
    estate: Estate, adversary: Adversary, drafts: Collection[str]
) -> Iterator[Objective]:
    """Yield what the adversary wants of every holding, feed and knowledge item."""
    wanted = adversary.objectives
    for element in (*estate.holdings, *estate.feeds):
        name = "exfiltrate" if element in estate.holdings else "hold"
        yield Objective(kind="exfiltrate", element=element, step=f"{element}#{name}")
    for aim in wanted.integrity:
        for element in estate.holdings:
            step = f"{element}#{aim.value}"
            if aim is IntegrityAim.POISON and step not in drafts:
                continue
            ends = f"{step}-noticed"
            yield Objective(
                kind=aim.value, element=element, step=step, ends=ends if ends in drafts else ""
            )
    if wanted.knowledge:
        for element in estate.knowledge:
            yield Objective(kind="learn", element=element, step=f"{element}#learn")
