"""How far controls are in place where a step happens, and what they do to it.

A record of a control on an element speaks for that element; one on a zone for the systems in
it; one on an organization for what it operates. Where no record speaks, a declared baseline
implies the control in part; where there is no baseline either, its state is unknown. The state
of each control is one parameter of the element that bears it, so that a condition is an
override of that parameter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.compiling.incidence import NONE
from counterseal.attackgraph.compiling.products import EMPTY
from counterseal.attackgraph.distinct import distinct, numbered
from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.documents.evidence import Grade
from counterseal.estate.kinds import Baseline, ControlState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.attackgraph.compiling.incidence import Incidence
    from counterseal.attackgraph.compiling.parameters import Parameters
    from counterseal.attackgraph.compiling.products import Fragments
    from counterseal.catalog.controls import CatalogControl, ControlEffect
    from counterseal.catalog.quantity import Quantity
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Control

__all__ = ["DEGREE", "Safeguard", "Safeguards"]

DEGREE: Mapping[ControlState, float] = {
    ControlState.ABSENT: 0.0,
    ControlState.PLANNED: 0.0,
    ControlState.PARTIAL: 1 / 3,
    ControlState.IMPLEMENTED: 1.0,
    ControlState.VERIFIED: 1.0,
}
"""How far a control is in place, by its recorded state (``engine.md``, starting parameters)."""

ABSENT = Parameter(
    id="state:absent",
    family=ParameterFamily.POINT,
    mode=0.0,
    low=0.0,
    high=0.0,
    grade=Grade.ASSUMED,
)
"""The state of a control that nothing implies."""

_PREFIX = "control:"
_CLASSES = tuple(Baseline)

_ROLES: Mapping[str, frozenset[str]] = {
    "time": frozenset({"time", "lag"}),
    "success": frozenset({"success"}),
    "unseen": frozenset({"detection"}),
}
"""What an effect on something is a factor of: a lag is the time of a step of the defender."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Safeguard:
    """What controls do to actions, as numbers of products; one for each action at a place."""

    time: NDArray[np.int32]
    success: NDArray[np.int32]
    unseen: NDArray[np.int32]


class Safeguards:
    """Controls of one estate as products over parameters."""

    def __init__(
        self,
        *,
        estate: Estate,
        controls: Mapping[str, CatalogControl],
        parameters: Parameters,
        incidence: Incidence,
        fragments: Fragments,
    ) -> None:
        """Index the records of ``estate`` and the effects of ``controls``."""
        self._estate = estate
        self._controls = tuple(controls.values())
        self._by_id = controls
        self._parameters = parameters
        self._incidence = incidence
        self._fragments = fragments
        self._effects: dict[str, list[tuple[int, ControlEffect]]] = defaultdict(list)
        for number, control in enumerate(self._controls):
            for effect in control.effects:
                self._effects[effect.action].append((number, effect))
        self._records: dict[str, dict[str, list[Control]]] = defaultdict(dict)
        for record in estate.controls.values():
            for element in record.on:
                self._records[element].setdefault(record.control, []).append(record)
        self._priors: dict[str, Parameter] = {}
        self._scopes: dict[str, tuple[str, ...]] = {}
        self._baselines: dict[str, Baseline | None] = {}
        self._spoken: dict[str, Mapping[str, Sequence[Control]]] = {}

    def at(
        self, action: str, element: NDArray[np.int32], bearer: NDArray[np.int32]
    ) -> Safeguard:
        """Return what controls do to ``action`` on elements, each with its bearer.

        Args:
            action: What is attempted.
            element: Numbers of elements; where one has records of its own, they count first.
            bearer: Numbers of those whose controls bear on it; ``NONE`` for nobody.
        """
        effects = self._effects.get(action, [])
        own = np.where(self._recorded[element], element, bearer)
        keys = np.where(bearer == NONE, NONE, own.astype(np.int64) << 32 | bearer)
        places, where = numbered(keys)
        some = places != NONE
        pairs = (places[some] >> 32, places[some] & 0xFFFFFFFF)
        made = {}
        for role, kinds in _ROLES.items():
            found = np.full(places.size, EMPTY, dtype=np.int32)
            rows = [(number, effect) for number, effect in effects if effect.on in kinds]
            found[some] = self._products(rows, *pairs)
            made[role] = found[where]
        return Safeguard(**made)

    def _products(
        self,
        effects: list[tuple[int, ControlEffect]],
        own: NDArray[np.int64],
        bearer: NDArray[np.int64],
    ) -> NDArray[np.int32]:
        base = [self._fragments.value(self._factor(*effect)) for effect in effects]
        exponent = np.empty((own.size, len(effects)), dtype=np.int32)
        for column, (number, _) in enumerate(effects):
            holder = np.where(self._known[number][own], own, bearer)
            exponent[:, column] = self._states(number, holder)
        return self._fragments.many(base, exponent)

    @cached_property
    def _recorded(self) -> NDArray[np.bool_]:
        """Whether an element has a record of any control."""
        return self._incidence.flags(self._records)

    @cached_property
    def _known(self) -> Sequence[NDArray[np.bool_]]:
        """For each control, whether an element has a record of it."""
        return [
            self._incidence.flags([e for e, known in self._records.items() if one.id in known])
            for one in self._controls
        ]

    def _states(self, control: int, holder: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the row of the state of a control at each holder."""
        rows = self._rows[control]
        unknown = distinct(holder[rows[holder] == NONE])
        name, ids = self._controls[control].id, self._incidence.ids
        rows[unknown] = [
            self._fragments.value(f"{_PREFIX}{name}@{ids[number]}")
            for number in unknown.tolist()
        ]
        found: NDArray[np.int32] = rows[holder]
        return found

    @cached_property
    def _rows(self) -> NDArray[np.int32]:
        """Row of the state of each control at each element, as far as it was asked for."""
        return np.full((len(self._controls), self._incidence.size), NONE, dtype=np.int32)

    def _factor(self, number: int, effect: ControlEffect) -> str:
        control = self._controls[number]
        quantity, on = effect.quantity, str(effect.on)
        if on == "detection":
            quantity, on = _complement(quantity), "unseen"
        return self._parameters.quantity(
            f"effect:{control.id}.{effect.action}.{on}",
            quantity,
            family=ParameterFamily.TRIANGULAR,
            label=f"effect of {control.id} on {on} of {effect.action}",
        )

    def is_state(self, parameter_id: str) -> bool:
        """Return whether a parameter is the state of a control."""
        return parameter_id.startswith(_PREFIX)

    def model(self, parameter_id: str) -> Parameter:
        """Return a parameter with numbers and grade of the state of a control.

        Its id may be another.
        """
        name, _, holder = parameter_id.removeprefix(_PREFIX).partition("@")
        records = self._speaking(holder).get(name, ())
        if any(record.state.value is not None for record in records):
            return self.parameter(parameter_id)
        prior = "state:unknown" if records else self._implied(self._by_id[name], holder)
        return self._assumed(prior) if prior else ABSENT

    def _assumed(self, prior: str) -> Parameter:
        if prior not in self._priors:
            self._priors[prior] = replace(self._parameters.model(prior), grade=Grade.ASSUMED)
        return self._priors[prior]

    def parameter(self, parameter_id: str) -> Parameter:
        """Return the state of a control at an element, with what it rests on."""
        name, _, holder = parameter_id.removeprefix(_PREFIX).partition("@")
        control, records = self._by_id[name], self._speaking(holder).get(name, ())
        label = f"{control.id} at {self._parameters.name(holder)}"
        known = [record for record in records if record.state.value is not None]
        if known:
            best = max(known, key=lambda record: (_degree(record), record.id))
            return self._parameters.known_of(
                parameter_id,
                _degree(best),
                element=holder,
                label=label,
                better=1.0,
                grade=best.state.grade,
                source=best.state.source or best.evidence,
                field="state",
                about=best.id,
            )
        prior = "state:unknown" if records else self._implied(control, holder)
        if prior:
            return self._parameters.like_of(
                parameter_id, prior, element=holder, label=label, better=1.0
            )
        return self._parameters.known_of(
            parameter_id, 0.0, element=holder, label=label, better=1.0, grade=Grade.ASSUMED
        )

    def _speaking(self, holder: str) -> Mapping[str, Sequence[Control]]:
        """Return, by control, the nearest records that speak for ``holder``."""
        if holder not in self._spoken:
            found: dict[str, Sequence[Control]] = {}
            for scope in reversed(self._scope(holder)):
                found |= self._records.get(scope, {})
            self._spoken[holder] = found
        return self._spoken[holder]

    def _scope(self, holder: str) -> tuple[str, ...]:
        """Return the elements whose records speak for ``holder``, nearest first."""
        if holder not in self._scopes:
            self._scopes[holder] = tuple(dict.fromkeys(self._walk(holder)))
        return self._scopes[holder]

    def _walk(self, holder: str) -> Iterator[str]:
        yield holder
        system = self._estate.systems.get(holder)
        zone = self._estate.zones.get(system.zone if system else holder)
        if system and system.operator:
            yield system.zone
            yield system.operator
        if zone:
            yield zone.id
            yield zone.operator

    def _implied(self, control: CatalogControl, holder: str) -> str:
        """Return the prior for the state of a control without a record; empty for absent."""
        baseline = self._baseline(holder)
        if control.watches:
            baseline = self._watched(holder, baseline)
            if baseline in {None, Baseline.NONE} and self._is_watched(holder):
                return "state:watched"
        if baseline is None:
            return "state:unknown" if control.baselines else "state:beyond"
        if baseline is Baseline.NONE:
            return ""
        return f"state:{baseline}" if str(baseline) in control.baselines else "state:beyond"

    def _baseline(self, holder: str) -> Baseline | None:
        """Return the declared baseline nearest to ``holder``."""
        if holder not in self._baselines:
            self._baselines[holder] = self._find_baseline(holder)
        return self._baselines[holder]

    def _watched(self, holder: str, baseline: Baseline | None) -> Baseline | None:
        """Return the lower of a baseline and of what a system is categorized as.

        Monitoring is placed by class: a system of a low class is watched less, wherever it is.
        """
        system = self._estate.systems.get(holder)
        own = system.categorization.value if system else None
        known = [one for one in (baseline, own) if one is not None]
        return min(known, key=_CLASSES.index, default=None)

    def _is_watched(self, holder: str) -> bool:
        """Return whether the zone of ``holder`` names who watches it."""
        system = self._estate.systems.get(holder)
        zone = self._estate.zones.get(system.zone if system else holder)
        return zone is not None and zone.monitored_by is not None

    def _find_baseline(self, holder: str) -> Baseline | None:
        for scope in self._scope(holder):
            zone = self._estate.zones.get(scope)
            organization = self._estate.organizations.get(scope)
            if zone and zone.baseline.value is not None:
                return zone.baseline.value
            if organization and organization.posture.value is not None:
                return organization.posture.value
        return None


def _degree(record: Control) -> float:
    return 0.0 if record.state.value is None else DEGREE[record.state.value]


def _complement(quantity: Quantity) -> Quantity:
    return quantity.model_copy(
        update={
            "value": 1 - quantity.value,
            "low": None if quantity.high is None else 1 - quantity.high,
            "high": None if quantity.low is None else 1 - quantity.low,
        }
    )
