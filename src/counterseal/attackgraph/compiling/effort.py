"""How long an attempt takes one adversary, and how often it works, before controls."""

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

if TYPE_CHECKING:
    from counterseal.attackgraph.compiling.parameters import Parameters
    from counterseal.attackgraph.model import Product
    from counterseal.catalog.adversaries import Adversary, Vector
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.rules import Rule

__all__ = ["DAYS_PER_YEAR", "SKILL", "Effort", "Efforts"]

DAYS_PER_YEAR = 365.25
SKILL = "skill"
"""Latent factor shared by every timed step of the adversary's own making."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Local time and chance of a step, before controls and before facts of the element."""

    time: LocalTime = INSTANT
    success: Product = ()


class Efforts:
    """Efforts of one adversary, worked out once for each rule and way in."""

    def __init__(
        self, *, adversary: Adversary, catalog: Catalog, parameters: Parameters
    ) -> None:
        """Shift time classes as ``adversary`` does; rows come from ``catalog``."""
        self._adversary = adversary
        self._parameters = parameters
        self._loading = catalog.priors["latent:skill.loading"].quantity.value

    def of(self, rule: Rule, vector: Vector | None) -> Effort:
        """Return the effort of ``rule``, entered by ``vector`` if any."""
        time, chance = self._clock(rule, vector)
        if rule.success is None:
            return Effort(time=time, success=chance)
        success = self._parameters.quantity(
            f"rule:{rule.id}.success",
            rule.success,
            family=ParameterFamily.TRIANGULAR,
            label=f"chance of '{rule.label}' without controls",
        )
        return Effort(time=time, success=(*chance, Power(base=success)))

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


def _exponential(rate: str) -> LocalTime:
    """Return the time to the first event at ``rate`` per year."""
    scale = (Power(base=DAYS_PER_YEAR), Power(base=rate, exponent=-1.0))
    return LocalTime(family=Family.EXPONENTIAL, scale=scale)
