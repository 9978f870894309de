"""Every attribute class is there, cited, and says what makes it last."""

from __future__ import annotations

import pytest

from counterseal.catalog.attributes import AttributeKind, Layer, parse
from counterseal.catalog.survival import CurveFamily
from counterseal.documents.evidence import Grade
from counterseal.documents.tree import parse as parse_document
from counterseal.errors import InvalidDocumentError
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import ATTRIBUTES


def test_the_closed_list_of_classes_is_complete() -> None:
    assert set(catalog().attributes) >= ATTRIBUTES


@pytest.mark.parametrize("attribute", sorted(catalog().attributes))
def test_every_class_is_cited(attribute: str) -> None:
    row = catalog().attributes[attribute]
    assert all(citation.strip() for citation in row.citations)
    assert row.citations
    assert row.survival.source


@pytest.mark.parametrize("attribute", sorted(catalog().attributes))
def test_every_elicited_point_is_wide(attribute: str) -> None:
    for point in catalog().attributes[attribute].survival.points:
        if point.grade is Grade.ELICITED:
            assert point.highest > point.share > point.lowest


def test_what_happened_never_becomes_untrue() -> None:
    historical = [
        a for a in catalog().attributes.values() if a.kind is AttributeKind.HISTORICAL
    ]
    assert historical
    assert all(a.survival.family is CurveFamily.CONSTANT for a in historical)


def test_a_resettable_class_can_be_reset() -> None:
    resettable = [
        a for a in catalog().attributes.values() if a.kind is AttributeKind.RESETTABLE
    ]
    assert resettable
    assert not any(a.is_irreversible for a in resettable)


def test_nothing_of_a_body_outlives_the_body() -> None:
    mortality = catalog().attributes["fingerprint"].survival
    for attribute in catalog().attributes.values():
        if attribute.kind is AttributeKind.BODY:
            for years in (5.0, 10.0, 25.0):
                assert attribute.survival.at(years) <= mortality.at(years) + 1e-9


def test_identity_relationship_and_movement_layers_are_told_apart() -> None:
    layers = {attribute.layer for attribute in catalog().attributes.values()}
    assert {Layer.IDENTITY, Layer.RELATIONSHIP, Layer.MOVEMENT} <= layers


@pytest.mark.parametrize(
    ("attribute", "people"),
    [("fingerprint", 1_000), ("genome", 100), ("health", 10_000), ("name", 100_000)],
)
def test_bulk_thresholds_are_those_of_the_rule(attribute: str, people: int) -> None:
    assert catalog().attributes[attribute].threshold == people


def test_a_row_without_citation_is_refused_with_its_place() -> None:
    data = b"""attributes:
  - id: shoe-size
    name: Shoe size
    kind: body
    layer: identity
    reset: {by: nobody, cost: impossible}
    identifiability: none
    adversary-use: none
    survival: {family: constant}
"""
    with pytest.raises(InvalidDocumentError) as caught:
        parse(parse_document(data, file="attributes.yaml"))
    (fault,) = caught.value.faults
    assert fault.code == "CS203"
    assert fault.place is not None
    assert (fault.place.line, fault.place.column) == (2, 5)
