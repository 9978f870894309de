"""Facts of an element that make a step slower or rarer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Power
from counterseal.estate.fact import Fact

if TYPE_CHECKING:
    from counterseal.attackgraph.compiling.parameters import Parameters
    from counterseal.attackgraph.model import Product
    from counterseal.catalog.rules import Factor, Rule
    from counterseal.estate.records import Element

__all__ = ["Factors"]

_SWITCHED = 1.0


class Factors:
    """Factors of rules as products over the parameters of one estate."""

    def __init__(self, *, parameters: Parameters) -> None:
        """Make parameters of facts in ``parameters``."""
        self._parameters = parameters

    def of(self, rule: Rule, element: Element) -> tuple[Product, Product]:
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
