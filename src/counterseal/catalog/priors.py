"""Priors: the uncertain numbers that rules share, and what an unknown fact is taken to be.

Every row is wide on purpose, is never tuned to a case and says what it leans on. The id of a
row is the id of its parameter in an attack graph (``class:moderate.median``), so that a reader
who meets the parameter finds the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from counterseal.catalog.quantity import Quantity  # noqa: TC001 - a field of a record
from counterseal.catalog.rows import Row, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.documents.tree import Document

__all__ = ["CLASSES", "Prior", "PriorId", "Shape", "parse"]

CLASSES = ("trivial", "easy", "moderate", "hard", "very-hard", "infeasible")
"""The time classes, easiest first (``class:NAME.median`` in days, ``class:NAME.sigma``)."""

PriorId = Annotated[
    str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*:[a-z0-9]+([.-][a-z0-9]+)*$")
]

Shape = Literal["point", "uniform", "triangular", "lognormal", "bernoulli"]


class Prior(Row):
    """One uncertain number that rules share.

    Attributes:
        id: Also the id of the parameter in a graph.
        name: What a reader should call it.
        shape: ``lognormal``: the range is its 5 % and 95 % quantile. ``triangular`` and
            ``uniform``: the range is its support. ``bernoulli``: 1 with probability ``value``.
        quantity: The number, with its range, grade and source.
    """

    id: PriorId
    name: str
    shape: Shape
    quantity: Quantity

    @model_validator(mode="after")
    def _range_fits_the_shape(self) -> Self:
        low, high = self.quantity.low, self.quantity.high
        if self.shape not in {"point", "bernoulli"} and (low is None or high is None):
            msg = f"a {self.shape} prior needs low and high"
            raise ValueError(msg)
        if self.shape == "lognormal" and (low is None or low <= 0):
            raise ValueError("a lognormal prior needs low above 0")
        if self.shape == "bernoulli" and not 0 <= self.quantity.value <= 1:
            raise ValueError("a bernoulli prior needs a value in [0, 1]")
        return self


def parse(document: Document) -> Mapping[str, Prior]:
    """Return the rows of ``priors.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="priors", model=Prior)
