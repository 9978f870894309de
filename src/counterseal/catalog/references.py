"""References between tables: a row may name only what some table defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.catalog.adversaries import Adversary
from counterseal.catalog.keys import Key
from counterseal.catalog.rows import REFERENCE_CODE
from counterseal.catalog.uses import Use
from counterseal.catalog.weights import WeightSet
from counterseal.documents.wording import did_you_mean
from counterseal.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.documents.record import Record
    from counterseal.errors import Place

__all__ = ["faults"]


def faults(
    tables: Mapping[str, Mapping[str, Record]], places: Mapping[tuple[str, str], Place]
) -> list[Fault]:
    """Return a fault for every reference that leads nowhere, with the place of its row."""
    found = []
    for table, rows in tables.items():
        for row_id, row in rows.items():
            for target, name in _references(row):
                if name not in tables[target]:
                    message = f"'{row_id}' refers to '{name}', which {target}.yaml lacks"
                    fault = Fault(
                        code=REFERENCE_CODE,
                        message=message,
                        place=places.get((table, row_id)),
                        hint=did_you_mean(name, tables[target]),
                    )
                    found.append(fault)
    return found


def _references(row: Record) -> Iterator[tuple[str, str]]:
    if isinstance(row, Use):
        for group in row.groups:
            for attribute in group.any_of:
                yield "attributes", attribute
    if isinstance(row, Key):
        for attribute in (*row.left, *row.right):
            yield "attributes", attribute
    if isinstance(row, WeightSet):
        yield from (("attributes", name) for name in row.named)
    if isinstance(row, Adversary):
        for use in row.objectives.uses:
            yield "uses", use
