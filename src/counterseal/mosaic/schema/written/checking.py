"""What may be wrong between the rows of a schema document, each fault with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.documents.wording import did_you_mean, quotable
from counterseal.errors import Fault
from counterseal.mosaic.schema.dependence.marginal import listed
from counterseal.mosaic.schema.written.rows import MOST_PAIRED_VALUES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from counterseal.documents.tree import Document, Path
    from counterseal.mosaic.schema.written.rows import AttributeRow, PairRow, SchemaFile

__all__ = ["faults_between"]

MOST_HOLDINGS: Final = 8
"""Holdings of both sides together: every way to put them together is tried."""

_FARTHEST: Final = 0.02
"""Half the sum of differences by which a pairwise table may contradict the single shares."""


def faults_between(row: SchemaFile, document: Document) -> Iterator[Fault]:
    """Yield what is wrong between rows that are each well formed."""
    attributes = {one.id: one for one in row.attributes}
    yield from _repeated([one.id for one in row.attributes], ("attributes",), document)
    yield from _repeated([one.id for one in row.holdings], ("holdings",), document)
    for i, one in enumerate(row.attributes):
        yield from _coarser_faults(one, ("attributes", i, "coarser"), document)
    for i, pair in enumerate(row.pairs):
        yield from _pair_faults(pair, attributes, ("pairs", i), document)
    yield from _linker_faults(row, attributes, document)
    yield from _holding_faults(row, attributes, document)


def _coarser_faults(row: AttributeRow, path: Path, document: Document) -> Iterator[Fault]:
    for i, one in enumerate(row.coarser):
        here = (*path, i)
        if row.identifier:
            message = "an identifier has no coarser form"
            yield _fault("CS117", message, here, document, hint="Leave it out.")
        if one.groups is None:
            continue
        if row.values is None:
            message = "groups of labels need an attribute with 'values'"
            yield _fault("CS117", message, here, document, hint="Use 'width' instead.")
            continue
        members = [label for group in one.groups.values() for label in group]
        for label in members:
            if label not in row.values:
                yield _unknown(label, row.values, (*here, "groups"), document, what="value")
        if len(set(members)) < len(members):
            message = "a value stands in two groups"
            yield _fault("CS139", message, (*here, "groups"), document, hint="Keep one.")


def _pair_faults(
    row: PairRow, attributes: Mapping[str, AttributeRow], path: Path, document: Document
) -> Iterator[Fault]:
    known = True
    for i, name in enumerate(row.of):
        if name not in attributes:
            known = False
            yield _unknown(name, attributes, (*path, "of", i), document, what="attribute")
    if row.of[0] == row.of[1]:
        yield _fault("CS133", "a pair of one attribute with itself", (*path, "of"), document)
        return
    if known:
        yield from _shape_faults(row, [attributes[n] for n in row.of], path, document)


def _shape_faults(
    row: PairRow, of: list[AttributeRow], path: Path, document: Document
) -> Iterator[Fault]:
    here = (*path, "table")
    weights = [tuple(a.values.values()) if a.values else a.shares for a in of]
    if any(one is None or len(one) > MOST_PAIRED_VALUES for one in weights):
        message = f"a pair needs attributes with listed values, at most {MOST_PAIRED_VALUES}"
        yield _fault("CS117", message, (*path, "of"), document, hint="List them in 'values'.")
        return
    rows, columns = (len(one or ()) for one in weights)
    if len(row.table) != rows or any(len(line) != columns for line in row.table):
        message = f"expected {rows} rows of {columns} numbers, one for each pair of values"
        yield _fault("CS115", message, here, document, hint="Rows follow the first attribute.")
        return
    table = np.array(row.table, dtype=np.float64)
    if table.sum() <= 0:
        yield _fault("CS117", "some cell needs a count or share above 0", here, document)
        return
    for axis, one in enumerate(weights):
        found = table.sum(axis=1 - axis) / table.sum()
        said = np.array(listed(one or ()))
        apart = float(np.abs(found - said).sum()) / 2
        if apart > _FARTHEST:
            message = f"the table contradicts the values of '{of[axis].id}' by {apart:.0%}"
            yield _fault(
                "CS117", message, here, document, hint="Take both from one population."
            )


def _linker_faults(
    row: SchemaFile, attributes: Mapping[str, AttributeRow], document: Document
) -> Iterator[Fault]:
    names = [one.attribute for one in row.linkers]
    for i, name in enumerate(names):
        here = ("linkers", i, "attribute")
        if name not in attributes:
            yield _unknown(name, attributes, here, document, what="attribute")
        elif not attributes[name].identifier:
            message = "a linker compares an attribute that is everybody's own"
            hint = "Say 'identifier: true' for a face or a handle."
            yield _fault("CS117", message, here, document, hint=hint)
        if name in names[:i]:
            yield _fault("CS139", "two linkers for one attribute", here, document)


def _holding_faults(
    row: SchemaFile, attributes: Mapping[str, AttributeRow], document: Document
) -> Iterator[Fault]:
    for i, one in enumerate(row.holdings):
        for j, name in enumerate(one.attributes):
            here = ("holdings", i, "attributes", j)
            if name not in attributes:
                yield _unknown(name, attributes, here, document, what="attribute")
            elif name in one.attributes[:j]:
                yield _fault("CS139", f"'{name}' is named twice", here, document)
    if len(row.holdings) > MOST_HOLDINGS:
        message = f"expected at most {MOST_HOLDINGS} holdings; found {len(row.holdings)}"
        hint = "Put those together that are always used together."
        yield _fault("CS115", message, ("holdings",), document, hint=hint)
    ours = [one.id for one in row.holdings if one.held_by == "organization"]
    for key in ("before", "after"):
        for i, name in enumerate(getattr(row.change, key) or ()):
            if name not in ours:
                place = ("change", key, i)
                yield _unknown(name, ours, place, document, what="holding of the organization")


def _repeated(names: list[str], path: Path, document: Document) -> Iterator[Fault]:
    for i, name in enumerate(names):
        if name in names[:i]:
            message = f"the id '{name}' is given twice"
            yield _fault("CS121", message, (*path, i, "id"), document, hint="Rename one.")


def _unknown(
    name: str, known: Iterable[str], path: Path, document: Document, *, what: str
) -> Fault:
    message = f"there is no {what} {quotable(name)}"
    return _fault("CS122", message, path, document, hint=did_you_mean(name, known))


def _fault(code: str, message: str, path: Path, document: Document, *, hint: str = "") -> Fault:
    return Fault(code=code, message=message, place=document.place(path), hint=hint)
