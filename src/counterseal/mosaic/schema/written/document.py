"""Read a schema document: attributes, pairs, linkers and holdings, as the author wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from counterseal.documents import persondata, tree
from counterseal.documents.validation import by_place, validate
from counterseal.errors import InvalidDocumentError
from counterseal.mosaic.schema.dependence.marginal import (
    Coarsening,
    Marginal,
    PairTable,
    bins,
    listed,
    zipf,
)
from counterseal.mosaic.schema.written.checking import faults_between
from counterseal.mosaic.schema.written.holdings import Linker, Schema, SchemaHolding
from counterseal.mosaic.schema.written.rows import SchemaFile

if TYPE_CHECKING:
    from counterseal.mosaic.schema.written.rows import (
        AttributeRow,
        CoarserRow,
        LinkerRow,
        PairRow,
    )

__all__ = ["parse"]

LIMITS: Final = tree.Limits(size_bytes=16 * 1024 * 1024, depth=12, nodes=2_000_000)


def parse(data: bytes, *, file: str) -> Schema:
    """Read a document ``counterseal-mosaic-schema/1``.

    Args:
        data: YAML or JSON.
        file: Its name, for places.

    Raises:
        InvalidDocumentError: It is not valid; all faults at once.
    """
    document = tree.parse(data, file=file, limits=LIMITS)
    personal = persondata.faults(document)
    if personal:
        raise InvalidDocumentError(f"{file} is not accepted", faults=personal)
    row = validate(SchemaFile, document.value, document=document)
    faults = by_place(faults_between(row, document))
    if faults:
        raise InvalidDocumentError(f"{file} is not valid", faults=faults)
    return _schema(row)


def _schema(row: SchemaFile) -> Schema:
    ours = tuple(one.id for one in row.holdings if one.held_by == "organization")
    return Schema(
        title=row.title,
        population=row.population.name,
        people=row.population.people,
        marginals=tuple(_marginal(one) for one in row.attributes),
        sensitive=frozenset(one.id for one in row.attributes if one.sensitive),
        pairs=tuple(_pair(one) for one in row.pairs),
        linkers=tuple(_linker(one) for one in row.linkers),
        holdings=tuple(
            SchemaHolding(
                id=one.id,
                name=one.name or one.id,
                attributes=one.attributes,
                coverage=one.coverage,
                is_named=one.named,
                is_adversarys=one.held_by == "adversary",
            )
            for one in row.holdings
        ),
        is_nested=row.overlap == "nested",
        before=row.change.before,
        after=ours if row.change.after is None else row.change.after,
    )


def _linker(row: LinkerRow) -> Linker:
    return Linker(
        name=row.name,
        attribute=row.attribute,
        false_match=row.false_match,
        false_non_match=row.false_non_match,
        source=row.source,
    )


def _marginal(row: AttributeRow) -> Marginal:
    labels = tuple(row.values) if row.values is not None else ()
    shares: tuple[float, ...] = ()
    flattest: tuple[float, ...] = ()
    steepest: tuple[float, ...] = ()
    if row.cardinality is not None and row.zipf is not None:
        shape = row.zipf
        shares, flattest, steepest = (
            zipf(row.cardinality, one) for one in (shape.exponent, shape.low, shape.high)
        )
    elif not row.identifier:
        shares = listed(tuple(row.values.values()) if row.values else row.shares or ())
    return Marginal(
        id=row.id,
        name=row.name or row.id,
        shares=shares,
        labels=labels,
        flattest=flattest,
        steepest=steepest,
        missing=row.missing,
        coarser=tuple(_coarsening(one, labels, len(shares)) for one in row.coarser),
        grade=row.grade,
        source=row.source,
    )


def _coarsening(row: CoarserRow, labels: tuple[str, ...], cardinality: int) -> Coarsening:
    if row.width is not None:
        return bins(cardinality, row.width, name=row.name)
    groups = row.groups or {}
    number = {label: i for i, members in enumerate(groups.values()) for label in members}
    alone = len(groups)
    return Coarsening(
        name=row.name,
        groups=tuple(number.get(label, alone + i) for i, label in enumerate(labels)),
    )


def _pair(row: PairRow) -> PairTable:
    total = sum(sum(line) for line in row.table)
    return PairTable(
        first=row.of[0],
        second=row.of[1],
        shares=tuple(tuple(cell / total for cell in line) for line in row.table),
        source=row.source,
    )
