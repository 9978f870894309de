"""Published weightings: cited, complete, and taken from the catalog's own thresholds."""

from __future__ import annotations

import pytest

from counterseal.catalog.weights import WeightSet, parse
from counterseal.documents.evidence import Grade
from counterseal.documents.tree import parse as parse_document
from counterseal.errors import InvalidDocumentError
from counterseal.testing.catalogs import catalog

SETS = catalog().weights


def test_there_are_at_least_three_published_sets() -> None:
    assert {"bulk-thresholds", "nist-impact", "special-categories"} <= set(SETS)


def test_thresholds_weigh_a_thousand_to_a_hundred_to_ten_to_one() -> None:
    weights = SETS["bulk-thresholds"].of(catalog().attributes)
    found = [weights[name] for name in ("genome", "fingerprint", "health", "name")]
    assert found == [1000, 100, 10, 1]


def test_thresholds_weigh_exactly_the_classes_that_have_one() -> None:
    weights = SETS["bulk-thresholds"].of(catalog().attributes)
    rows = catalog().attributes.values()
    assert set(weights) == {row.id for row in rows if row.threshold}


def test_impact_levels_cover_every_class_with_the_values_of_the_scale() -> None:
    weights = SETS["nist-impact"].of(catalog().attributes)
    assert set(weights) == set(catalog().attributes)
    assert set(weights.values()) == {2, 5, 8}


def test_special_categories_are_members_or_nothing() -> None:
    weights = SETS["special-categories"].of(catalog().attributes)
    assert set(weights.values()) == {1}
    assert {"genome", "health", "ethnicity-religion", "fingerprint"} <= set(weights)
    assert "criminal-history" not in weights
    assert "face-image" not in weights


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_weight_is_cited_and_what_is_judged_here_says_so(name: str) -> None:
    row = SETS[name]
    assert row.citations
    assert row.statement
    for weight in row.classes:
        assert weight.source
        if "judged" in weight.source:
            assert weight.grade is Grade.ELICITED
    if any(weight.grade is Grade.ELICITED for weight in row.classes):
        assert row.grade is Grade.ELICITED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("basis: classes", "only with it"),
        (
            "basis: thresholds\n    classes: [{attributes: [name], weight: 1, source: s}]",
            "only with it",
        ),
        (
            "basis: classes\n    classes: [{attributes: [name, name], weight: 1, source: s}]",
            "two weights",
        ),
        (
            "basis: classes\n    classes: [{attributes: [name], weight: -1, source: s}]",
            "at least 0",
        ),
    ],
)
def test_a_set_that_cannot_be_meant_is_refused(content: str, reason: str) -> None:
    head = "weights:\n  - id: own\n    name: Own\n    statement: s\n    citations: [c]\n"
    document = parse_document(f"{head}    {content}\n".encode(), file="weights.yaml")
    with pytest.raises(InvalidDocumentError) as caught:
        parse(document)
    assert reason in str(caught.value.faults)


def test_a_class_that_a_set_does_not_cover_is_left_out() -> None:
    one = WeightSet.model_validate(
        {
            "id": "own",
            "name": "Own",
            "statement": "s",
            "basis": "classes",
            "classes": [{"attributes": ["name"], "weight": 3, "source": "s"}],
        }
    )
    assert one.of(catalog().attributes) == {"name": 3}
