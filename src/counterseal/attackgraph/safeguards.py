"""How far controls are in place where a step happens, and what they do to it.

A record of a control on an element speaks for that element; one on a zone for the systems in
it; one on an organization for what it operates. Where no record speaks, a declared baseline
implies the control in part; where there is no baseline either, its state is unknown. The state
of each control is one parameter of the element that bears it, so that a condition is an
override of that parameter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import ParameterFamily, Power
from counterseal.documents.evidence import Grade
from counterseal.estate.kinds import Baseline, ControlState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.attackgraph.model import Product
    from counterseal.attackgraph.parameters import Parameters
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """What the controls at one element do to one action, as products."""

    time: Product = ()
    success: Product = ()
    unseen: Product = ()


NOTHING = Safeguard()


class Safeguards:
    """Controls of one estate as products over parameters."""

    def __init__(
        self,
        *,
        estate: Estate,
        controls: Mapping[str, CatalogControl],
        parameters: Parameters,
    ) -> None:
        """Index the records of ``estate`` and the effects of ``controls``."""
        self._estate = estate
        self._controls = controls
        self._parameters = parameters
        self._effects: dict[str, list[tuple[CatalogControl, ControlEffect]]] = defaultdict(list)
        for control in controls.values():
            for effect in control.effects:
                self._effects[effect.action].append((control, effect))
        self._records: dict[str, dict[str, list[Control]]] = defaultdict(dict)
        for record in estate.controls.values():
            for element in record.on:
                self._records[element].setdefault(record.control, []).append(record)
        self._made: dict[tuple[str, str, str], Safeguard] = {}
        self._states: dict[tuple[str, str], str] = {}
        self._scopes: dict[str, tuple[str, ...]] = {}
        self._baselines: dict[str, Baseline | None] = {}
        self._factors: dict[tuple[str, str, str], str] = {}

    def at(self, *, element: str, bearer: str, action: str) -> Safeguard:
        """Return what controls do to ``action`` on ``element``, borne by ``bearer``."""
        effects = self._effects.get(action)
        if not effects or not bearer:
            return NOTHING
        own = element if element in self._records else bearer
        key = (own, bearer, action)
        if key not in self._made:
            self._made[key] = self._make(own, bearer, effects)
        return self._made[key]

    def _make(
        self, own: str, bearer: str, effects: list[tuple[CatalogControl, ControlEffect]]
    ) -> Safeguard:
        powers: dict[str, list[Power]] = {"time": [], "success": [], "detection": []}
        records = self._records.get(own, {})
        for control, effect in effects:
            state = self._state(control, own if control.id in records else bearer)
            powers[effect.on].append(Power(base=self._factor(control, effect), exponent=state))
        return Safeguard(
            time=tuple(powers["time"]),
            success=tuple(powers["success"]),
            unseen=tuple(powers["detection"]),
        )

    def _factor(self, control: CatalogControl, effect: ControlEffect) -> str:
        key = (control.id, effect.action, effect.on)
        if key not in self._factors:
            self._factors[key] = self._make_factor(control, effect)
        return self._factors[key]

    def _make_factor(self, control: CatalogControl, effect: ControlEffect) -> str:
        quantity, on = effect.quantity, str(effect.on)
        if on == "detection":
            quantity, on = _complement(quantity), "unseen"
        return self._parameters.quantity(
            f"effect:{control.id}.{effect.action}.{on}",
            quantity,
            family=ParameterFamily.TRIANGULAR,
            label=f"effect of {control.id} on {on} of {effect.action}",
        )

    def _state(self, control: CatalogControl, holder: str) -> str:
        """Return the parameter for the state of ``control`` at ``holder``."""
        key = (control.id, holder)
        if key not in self._states:
            self._states[key] = self._make_state(control, holder)
        return self._states[key]

    def _make_state(self, control: CatalogControl, holder: str) -> str:
        parameter_id = f"control:{control.id}@{holder}"
        label = f"{control.id} at {self._parameters.name(holder)}"
        for scope in self._scope(holder):
            records = self._records.get(scope, {}).get(control.id)
            if records:
                return self._recorded(parameter_id, label, holder, records)
        state = self._implied(control, holder)
        if not state:
            return self._parameters.known(
                parameter_id, 0.0, element=holder, label=label, better=1.0, grade=Grade.ASSUMED
            )
        return self._parameters.like(
            parameter_id, state, element=holder, label=label, better=1.0
        )

    def _recorded(
        self, parameter_id: str, label: str, holder: str, records: list[Control]
    ) -> str:
        """Return the best recorded state; unknown only when every record says so."""
        known = [record for record in records if record.state.value is not None]
        if not known:
            return self._parameters.like(
                parameter_id, "state:unknown", element=holder, label=label, better=1.0
            )
        best = max(known, key=lambda record: (_degree(record), record.id))
        return self._parameters.known(
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
