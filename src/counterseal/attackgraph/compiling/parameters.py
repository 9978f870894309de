"""Parameters: one for each uncertain number, made when a step uses it or somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Parameter, ParameterFamily
from counterseal.documents.evidence import Grade
from counterseal.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.catalog.priors import Prior
    from counterseal.catalog.quantity import Quantity
    from counterseal.errors import Place
    from counterseal.estate.estate import Estate
    from counterseal.estate.fact import Fact

__all__ = ["Parameters"]


class Parameters:
    """The parameters of one graph, by id, growing while it is compiled.

    Every method returns the id of the parameter it names, and makes the parameter when it is
    asked for the first time.
    """

    def __init__(self, *, estate: Estate, priors: Mapping[str, Prior]) -> None:
        """Draw catalog rows from ``priors`` and places from ``estate``."""
        self.made: dict[str, Parameter] = {}
        self._estate = estate
        self._priors = priors
        self._places: dict[str, Place | None] = {}
        self._models: dict[str, Parameter] = {}
        self._names = {
            element.id: element.name or element.id for _, element in estate.elements()
        }

    def prior(self, prior_id: str) -> str:
        """Return the parameter of a catalog row."""
        if prior_id not in self.made:
            self.made[prior_id] = self.model(prior_id)
        return prior_id

    def quantity(
        self, parameter_id: str, quantity: Quantity, *, family: ParameterFamily, label: str
    ) -> str:
        """Return the parameter of a number that stands in a row of another table."""
        if parameter_id not in self.made:
            self.made[parameter_id] = _of_quantity(
                parameter_id, quantity, family=family, label=label
            )
        return parameter_id

    def like(
        self,
        parameter_id: str,
        prior_id: str,
        *,
        element: str,
        label: str,
        better: float | None,
    ) -> str:
        """Return a parameter of an element that is distributed as a catalog row says."""
        if parameter_id not in self.made:
            self.made[parameter_id] = self.like_of(
                parameter_id, prior_id, element=element, label=label, better=better
            )
        return parameter_id

    def like_of(
        self,
        parameter_id: str,
        prior_id: str,
        *,
        element: str,
        label: str,
        better: float | None,
    ) -> Parameter:
        """Return what ``like`` makes, without keeping it."""
        model = self.model(prior_id)
        return Parameter(
            id=parameter_id,
            family=model.family,
            mode=model.mode,
            low=model.low,
            high=model.high,
            grade=Grade.ASSUMED,
            source=model.source,
            element=element,
            place=self._place(element),
            label=label,
            better=better,
        )

    def known(
        self,
        parameter_id: str,
        value: float,
        *,
        element: str,
        label: str,
        better: float | None,
        grade: Grade,
        source: str = "",
        field: str = "",
        about: str = "",
    ) -> str:
        """Return a parameter of an element whose value is known."""
        if parameter_id not in self.made:
            self.made[parameter_id] = self.known_of(
                parameter_id,
                value,
                element=element,
                label=label,
                better=better,
                grade=grade,
                source=source,
                field=field,
                about=about,
            )
        return parameter_id

    def known_of(
        self,
        parameter_id: str,
        value: float,
        *,
        element: str,
        label: str,
        better: float | None,
        grade: Grade,
        source: str = "",
        field: str = "",
        about: str = "",
    ) -> Parameter:
        """Return what ``known`` makes, without keeping it."""
        return Parameter(
            id=parameter_id,
            family=ParameterFamily.POINT,
            mode=value,
            low=value,
            high=value,
            grade=grade,
            source=source,
            element=element,
            place=self._estate.place(about or element, field),
            label=label,
            better=better,
        )

    def number(
        self, element: str, field: str, fact: Fact[float], *, floor: float, better: float | None
    ) -> str:
        """Return the parameter of a numeric fact that is known, with its range.

        Values are kept at ``floor`` or above, so that powers of them exist.
        """
        parameter_id = f"fact:{element}.{field}"
        if parameter_id not in self.made:
            self.made[parameter_id] = self._number(
                parameter_id, element, field, fact, floor=floor, better=better
            )
        return parameter_id

    def _number(
        self,
        parameter_id: str,
        element: str,
        field: str,
        fact: Fact[float],
        *,
        floor: float,
        better: float | None,
    ) -> Parameter:
        value = max(floor, float(fact.value or 0.0))
        low = value if fact.low is None else max(floor, fact.low)
        high = value if fact.high is None else max(floor, fact.high)
        exact = low == high
        return Parameter(
            id=parameter_id,
            family=ParameterFamily.POINT if exact else ParameterFamily.TRIANGULAR,
            mode=value,
            low=low,
            high=high,
            grade=fact.grade,
            source=fact.source or "",
            element=element,
            place=self._estate.place(element, field),
            label=f"{field.replace('-', ' ')} of {self.name(element)}",
            better=better,
        )

    def name(self, element: str) -> str:
        """Return the name of an element, or its id when it has none."""
        return self._names.get(element, element)

    def _place(self, element: str) -> Place | None:
        if element not in self._places:
            self._places[element] = self._estate.place(element)
        return self._places[element]

    def model(self, prior_id: str) -> Parameter:
        """Return the parameter of a catalog row, without keeping it.

        Raises:
            CatalogError: There is no such row.
        """
        if prior_id not in self._models:
            try:
                row = self._priors[prior_id]
            except KeyError:
                raise CatalogError(f"priors.yaml has no row '{prior_id}'") from None
            self._models[prior_id] = _of_quantity(
                prior_id, row.quantity, family=ParameterFamily(row.shape), label=row.name
            )
        return self._models[prior_id]


def _of_quantity(
    parameter_id: str, quantity: Quantity, *, family: ParameterFamily, label: str
) -> Parameter:
    low = quantity.value if quantity.low is None else quantity.low
    high = quantity.value if quantity.high is None else quantity.high
    if family is ParameterFamily.BERNOULLI:
        low, high = 0.0, 1.0
    elif low == high or family is ParameterFamily.POINT:
        family, low, high = ParameterFamily.POINT, quantity.value, quantity.value
    return Parameter(
        id=parameter_id,
        family=family,
        mode=quantity.value,
        low=low,
        high=high,
        grade=quantity.grade,
        source=quantity.source,
        label=label,
    )
