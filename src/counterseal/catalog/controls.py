"""Controls of SP 800-53 revision 5, and what each does to the actions of an attacker.

An effect is a factor that applies in full when the control is in place and not at all when it
is absent: time is multiplied by ``factor ** state``, likewise the probability of success, and
the probability of going unseen by ``(1 - detection) ** state``. The factors are elicited and
wide; which technique a control bears on leans on a published mapping, how much does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from counterseal.catalog.quantity import Quantity
from counterseal.catalog.rows import Row, rows
from counterseal.documents.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.documents.tree import Document

__all__ = ["CatalogControl", "ControlEffect", "parse"]

BaselineName = Literal["low", "moderate", "high"]


class ControlEffect(Record):
    """What a control does to one action when it is fully in place.

    Attributes:
        action: Action of rules (``Rule.action``) that it bears on.
        on: ``time`` (factor >= 1), ``success`` (factor in (0, 1]), ``detection``
            (probability in [0, 1) that one attempt is noticed) or ``lag`` (factor in (0, 1]
            on the time until what was done is noticed).
        quantity: The factor or probability, with its range.
    """

    action: str
    on: Literal["time", "success", "detection", "lag"]
    quantity: Quantity

    @model_validator(mode="after")
    def _is_in_range(self) -> Self:
        low, high = self.quantity.low, self.quantity.high
        if low is None or high is None or low == high:
            raise ValueError("an effect needs a range: low and high")
        if self.on == "time" and low < 1:
            raise ValueError("a control cannot make an action faster (factor below 1)")
        if self.on in {"success", "lag"} and not 0 < low <= high <= 1:
            raise ValueError(f"a factor on {self.on} lies in (0, 1]")
        if self.on == "detection" and not 0 <= low <= high < 1:
            raise ValueError("a probability of detection lies in [0, 1)")
        return self


class CatalogControl(Row):
    """One control or enhancement.

    Attributes:
        id: Identifier in SP 800-53 revision 5: ``AC-2`` or ``AC-2(3)``.
        title: What it is, in words of this catalog.
        baselines: The SP 800-53B baselines that select it; empty when none does.
        effects: At least one; at most one for each action and kind.
        watches: Whether it is monitoring, which is placed by class: what a system is
            categorized as bounds what a baseline implies of it there.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?$")]
    title: str
    baselines: tuple[BaselineName, ...] = ()
    effects: Annotated[tuple[ControlEffect, ...], Field(min_length=1)]
    watches: bool = False

    @model_validator(mode="after")
    def _has_one_effect_of_a_kind(self) -> Self:
        seen = [(effect.action, effect.on) for effect in self.effects]
        if len(seen) != len(set(seen)):
            raise ValueError("two effects of one kind on one action")
        return self


def parse(document: Document) -> Mapping[str, CatalogControl]:
    """Return the rows of ``controls.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="controls", model=CatalogControl)
