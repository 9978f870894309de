"""A change laid over its estate: before, after, every alternative, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from counterseal.errors import InvalidDocumentError
from counterseal.estate.change import check_authority
from counterseal.estate.diff import diff
from counterseal.estate.estate import digests_of
from counterseal.estate.patch import apply

if TYPE_CHECKING:
    from counterseal.errors import Fault
    from counterseal.estate.change import Change
    from counterseal.estate.diff import Diff
    from counterseal.estate.estate import Estate
    from counterseal.review.inputs import Inputs

__all__ = ["Option", "Proposal", "propose"]


@dataclass(frozen=True, kw_only=True)
class Option:
    """An alternative of the change file as an estate."""

    id: str
    title: str
    estate: Estate


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is proposed, applied.

    Attributes:
        change: The change as written.
        before: The estate as it is; doing nothing leaves it so.
        after: The estate with the change.
        options: The alternatives of the change file, in its order.
        diff: What the change does.
    """

    change: Change
    before: Estate
    after: Estate
    options: tuple[Option, ...]
    diff: Diff

    @cached_property
    def digests(self) -> tuple[str, str]:
        """The digests of the estate before and after."""
        before, after = digests_of(self.before, self.after)
        return before, after


def propose(inputs: Inputs) -> Proposal:
    """Apply the change and its alternatives.

    Raises:
        InvalidDocumentError: A patch does not fit the estate, or the authority is not there;
            all faults of all patches, with their places in the change file.
    """
    faults: list[Fault] = []
    estates = []
    attributes = tuple(inputs.catalog.attributes)
    change = inputs.change
    for patch in (change.patch, *(option.patch for option in change.alternatives)):
        try:
            estates.append(apply(inputs.estate, patch, attributes=attributes))
        except InvalidDocumentError as error:
            faults.extend(error.faults)
    if not faults:
        faults.extend(check_authority(change, estates[0]))
    if faults:
        raise InvalidDocumentError("the change does not fit the estate", faults=tuple(faults))
    after, *others = estates
    return Proposal(
        change=change,
        before=inputs.estate,
        after=after,
        options=tuple(
            Option(id=option.id, title=option.title, estate=estate)
            for option, estate in zip(change.alternatives, others, strict=True)
        ),
        diff=diff(inputs.estate, after),
    )
