"""Counts of people released about one table by earlier measurements, on other columns too.

With more columns classes only get smaller, so the records in small classes on some columns lie
within those on more. Two such counts may be subtracted, whoever asked for them and when. What
was released is therefore kept, and a count that differs from an earlier one by too few is
withheld.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.mosaic.tables.source import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Group", "Released", "admitted", "is_within"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of records that a count is about.

    Attributes:
        columns: The quasi-identifiers.
        missing: What NULL meant.
        below: Records in classes smaller than this; ``None`` for disclosed records.
        told: Records whose class discloses this sensitive attribute.
    """

    columns: frozenset[str]
    missing: Missing = Missing.OWN_VALUE
    below: int | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A group and how many records it has."""

    group: Group
    count: int


def is_within(one: Group, other: Group) -> bool:
    """Whether every record of one group is in another, as far as the definitions say.

    Uniques are counted among the disclosed of as many or more columns, though a unique record
    whose sensitive value is missing is not: rather too careful than not.
    """
    if not one.columns <= other.columns:
        return False
    if one.missing is not other.missing and one.missing is not Missing.WILDCARD:
        return False
    if one.below is not None and other.below is not None:
        return one.below <= other.below
    if one.told is not None:
        return one.told == other.told
    return one.below == 2  # noqa: PLR2004 - classes smaller than two: uniques


def admitted(
    asked: Iterable[Released], earlier: Sequence[Released], *, minimum: int
) -> tuple[Released, ...]:
    """Return which counts may be released, the first before the later.

    Args:
        asked: Counts in order of importance.
        earlier: Counts released before.
        minimum: Fewest people that a count, or a difference of two, may be about.
    """
    kept: list[Released] = []
    for new in asked:
        nested = (
            old.count
            for old in (*earlier, *kept)
            if is_within(old.group, new.group) or is_within(new.group, old.group)
        )
        gaps = (new.count, *(abs(new.count - count) for count in nested))
        if not any(0 < gap < minimum for gap in gaps):
            kept.append(new)
    return tuple(kept)
