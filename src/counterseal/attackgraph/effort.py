"""How long an attempt takes and how often it works: classes, entries, facts and controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import (
    INSTANT,
    Family,
    LocalTime,
    ParameterFamily,
    Power,
)
from counterseal.catalog.adversaries import TimeClass
from counterseal.catalog.priors import CLASSES
from counterseal.estate.fact import Fact

if TYPE_CHECKING:
    from counterseal.attackgraph.model import Product
    from counterseal.attackgraph.parameters import Parameters
    from counterseal.attackgraph.safeguards import Safeguard
    from counterseal.catalog.adversaries import Adversary, Vector
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.rules import Factor, Rule
    from counterseal.estate.records import Element

__all__ = ["DAYS_PER_YEAR", "SKILL", "Effort", "Efforts"]

DAYS_PER_YEAR = 365.25
SKILL = "skill"
"""Latent factor shared by every timed step of the adversary's own making."""

_SWITCHED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Local time and chance of a step."""

    time: LocalTime = INSTANT
    success: Product = ()


class Efforts:
    """Efforts of one adversary, worked out once for each rule and place."""

    def __init__(
        self, *, adversary: Adversary, catalog: Catalog, parameters: Parameters
    ) -> None:
        """Shift time classes as ``adversary`` does; rows come from ``catalog``."""
        self._adversary = adversary
        self._parameters = parameters
        self._loading = catalog.priors["latent:skill.loading"].quantity.value
        self._made: dict[tuple[str, str, int], Effort] = {}
        self._clocks: dict[tuple[str, str], tuple[LocalTime, Product]] = {}

    def of(
        self, rule: Rule, *, element: Element, vector: Vector | None, safeguard: Safeguard
    ) -> Effort:
        """Return the effort of ``rule`` on ``element``, entered by ``vector`` if any."""
        key = (rule.id, vector.id.value if vector else "", id(safeguard))
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._general(rule, vector, safeguard)
        return _moved(made, *self._facts(rule, element)) if rule.factors else made

    def _general(self, rule: Rule, vector: Vector | None, safeguard: Safeguard) -> Effort:
        key = (rule.id, vector.id.value if vector else "")
        if key not in self._clocks:
            self._clocks[key] = self._clock(rule, vector)
        time, chance = self._clocks[key]
        if not time.zero and safeguard.time:
            time = _with_scale(time, safeguard.time)
        base: Product = ()
        if rule.success is not None:
            success = self._parameters.quantity(
                f"rule:{rule.id}.success",
                rule.success,
                family=ParameterFamily.TRIANGULAR,
                label=f"chance of '{rule.label}' without controls",
            )
            base = (Power(base=success),)
        return Effort(time=time, success=(*chance, *base, *safeguard.success))

    def _clock(self, rule: Rule, vector: Vector | None) -> tuple[LocalTime, Product]:
        """Return the local time before controls, and a chance that comes with its class."""
        if rule.rate:
            return _exponential(self._parameters.prior(rule.rate)), ()
        if rule.time == "instant":
            return INSTANT, ()
        if rule.time != "entry":
            return self._of_class(rule.time)
        if vector is None:
            return INSTANT, ()
        if vector.rate_per_year is not None:
            rate = self._parameters.quantity(
                f"entry:{vector.id.value}.rate",
                vector.rate_per_year,
                family=ParameterFamily.LOGNORMAL,
                label=f"events of '{vector.id.value}' per year and unit",
            )
            return _exponential(rate), ()
        return self._of_class(str(vector.time_class))

    def _of_class(self, name: str) -> tuple[LocalTime, Product]:
        """Return a class as this adversary sees it: shifted by one at most."""
        shift = self._adversary.shift.get(TimeClass(name), 0)
        shifted = CLASSES[min(len(CLASSES) - 1, max(0, CLASSES.index(name) + shift))]
        chance: Product = ()
        if shifted == "infeasible":
            chance = (Power(base=self._parameters.prior("class:infeasible.chance")),)
            shifted = "very-hard"
        time = LocalTime(
            family=Family.LOGNORMAL,
            scale=(Power(base=self._parameters.prior(f"class:{shifted}.median")),),
            shape=(Power(base=self._parameters.prior(f"class:{shifted}.sigma")),),
            latent=SKILL,
            loading=self._loading,
        )
        return time, chance

    def _facts(self, rule: Rule, element: Element) -> tuple[Product, Product]:
        """Return what facts of ``element`` do to time and to success."""
        time: list[Power] = []
        success: list[Power] = []
        for factor in rule.factors:
            power = self._power(factor, element)
            if power is not None:
                (time if factor.on == "time" else success).append(power)
        return tuple(time), tuple(success)

    def _power(self, factor: Factor, element: Element) -> Power | None:
        fact = getattr(element, factor.fact.replace("-", "_"))
        if not isinstance(fact, Fact):
            fact = Fact(value=None)
        if factor.form == "scale":
            return self._scale(factor, element.id, fact)
        if factor.form == "switch":
            return self._switch(factor, element.id, fact)
        return self._table(factor, element.id, fact)

    def _scale(self, factor: Factor, element: str, fact: Fact[float]) -> Power:
        better = factor.floor if factor.better == "low" else None
        field = factor.fact
        if fact.is_unknown:
            base = self._parameters.like(
                f"fact:{element}.{field}",
                factor.unknown,
                element=element,
                label=f"{field.replace('-', ' ')} of {self._parameters.name(element)}",
                better=better,
            )
        else:
            base = self._parameters.number(
                element, field, fact, floor=factor.floor, better=better
            )
        exponent = factor.exponent
        if isinstance(exponent, str):
            exponent = self._parameters.prior(exponent)
        return Power(base=base, exponent=exponent)

    def _switch(self, factor: Factor, element: str, fact: Fact[bool]) -> Power:
        parameter = f"fact:{element}.{factor.fact}"
        label = f"{factor.fact} of {self._parameters.name(element)}"
        if fact.is_unknown:
            self._parameters.like(
                parameter, "state:unknown", element=element, label=label, better=_SWITCHED
            )
        else:
            self._parameters.known(
                parameter,
                float(bool(fact.value)),
                element=element,
                label=label,
                better=_SWITCHED,
                grade=fact.grade,
                source=fact.source or "",
                field=factor.fact,
            )
        return Power(base=self._parameters.prior(factor.effect), exponent=parameter)

    def _table(self, factor: Factor, element: str, fact: Fact[str]) -> Power:
        if not fact.is_unknown:
            return Power(base=self._parameters.prior(f"{factor.effect}:{fact.value}"))
        parameter = self._parameters.like(
            f"fact:{element}.{factor.fact}",
            "state:unknown",
            element=element,
            label=f"{factor.fact} of {self._parameters.name(element)}",
            better=_SWITCHED,
        )
        strongest = self._parameters.prior(f"{factor.effect}:{factor.strongest}")
        return Power(base=strongest, exponent=parameter)


def _exponential(rate: str) -> LocalTime:
    """Return the time to the first event at ``rate`` per year."""
    scale = (Power(base=DAYS_PER_YEAR), Power(base=rate, exponent=-1.0))
    return LocalTime(family=Family.EXPONENTIAL, scale=scale)


def _with_scale(time: LocalTime, more: Product) -> LocalTime:
    return LocalTime(
        family=time.family,
        scale=(*time.scale, *more),
        shape=time.shape,
        zero=time.zero,
        latent=time.latent,
        loading=time.loading,
    )


def _moved(effort: Effort, time: Product, success: Product) -> Effort:
    return Effort(
        time=_with_scale(effort.time, time) if time and not effort.time.zero else effort.time,
        success=(*effort.success, *success),
    )
