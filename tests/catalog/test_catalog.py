"""Six tables are one value: rows of a user win, references hold, the digest tells changes."""

from __future__ import annotations

import pytest

from counterseal.catalog.catalog import TABLES, VIEWS, overlay, parse
from counterseal.errors import CatalogError, InvalidDocumentError
from counterseal.testing.catalogs import catalog, catalog_files

SHOE_SIZE = b"""attributes:
  - id: shoe-size
    name: Shoe size
    kind: body
    layer: identity
    reset: {by: nobody, cost: impossible}
    identifiability: Little.
    adversary-use: none
    survival: {family: constant}
    citations: ["Example"]
"""
TRACK = b"""uses:
  - id: track
    name: Track
    family: surveillance
    statement: Somebody follows footprints.
    groups: [{need: feet, any-of: [shoe-size]}]
    citations: ["Example"]
"""


def test_the_packaged_catalog_has_every_table() -> None:
    assert all(len(catalog().table(name)) > 0 for name in TABLES)


def test_the_same_files_give_the_same_digest() -> None:
    assert parse(catalog_files()).digest == catalog().digest


def test_the_order_of_rows_does_not_change_the_digest() -> None:
    one = b"uses:\n" + TRACK.split(b"uses:\n")[1]
    two = one.replace(b"id: track", b"id: trail").split(b"uses:\n")[1]
    forward = overlay(catalog_files(), {"attributes.yaml": SHOE_SIZE, "uses.yaml": one + two})
    back = overlay(
        catalog_files(),
        {
            "attributes.yaml": SHOE_SIZE,
            "uses.yaml": b"uses:\n" + two + one.split(b"uses:\n")[1],
        },
    )
    assert forward.digest == back.digest


def test_a_user_adds_rows_that_use_each_other() -> None:
    user = {"attributes.yaml": SHOE_SIZE, "uses.yaml": TRACK}
    merged = overlay(catalog_files(), user)
    assert set(merged.uses) == set(catalog().uses) | {"track"}
    assert merged.digest != catalog().digest


def test_a_user_row_replaces_the_row_of_the_same_id() -> None:
    name = SHOE_SIZE.replace(b"shoe-size", b"name")
    merged = overlay(catalog_files(), {"attributes.yaml": name})
    assert merged.attributes["name"].name == "Shoe size"
    assert len(merged.attributes) == len(catalog().attributes)


def test_a_reference_that_leads_nowhere_is_named_with_its_place_and_a_guess() -> None:
    user = {"uses.yaml": TRACK.replace(b"shoe-size", b"fingerprnt")}
    with pytest.raises(InvalidDocumentError) as caught:
        overlay(catalog_files(), user)
    (fault,) = caught.value.faults
    assert fault.code == "CS200"
    assert fault.place is not None
    assert (fault.place.file, fault.place.line) == ("uses.yaml", 2)
    assert "fingerprint" in fault.hint


def test_an_adversary_wants_only_uses_that_exist() -> None:
    files = catalog_files()
    files["adversaries.yaml"] = files["adversaries.yaml"].replace(
        b"uses: [identify, locate, profile, influence]", b"uses: [teleport]"
    )
    with pytest.raises(InvalidDocumentError, match="teleport"):
        parse(files)


def test_faults_of_several_tables_are_told_at_once() -> None:
    files = catalog_files() | {"uses.yaml": b"uses: 1", "attributes.yaml": b"attributes: 1"}
    with pytest.raises(InvalidDocumentError) as caught:
        parse(files)
    assert {fault.place.file for fault in caught.value.faults if fault.place} == {
        "uses.yaml",
        "attributes.yaml",
    }


def test_a_missing_table_is_refused() -> None:
    files = catalog_files()
    del files["uses.yaml"]
    with pytest.raises(CatalogError, match=r"lacks uses\.yaml"):
        parse(files)


def test_a_catalog_may_lack_what_no_verdict_depends_on() -> None:
    files = catalog_files()
    for name in VIEWS:
        del files[f"{name}.yaml"]
    without = parse(files)
    assert without.weights == {}
    assert without.digest == catalog().digest


def test_a_weight_of_an_unknown_class_is_refused() -> None:
    user = catalog_files()["weights.yaml"].replace(
        b"attributes: [disability]", b"attributes: [x]"
    )
    with pytest.raises(InvalidDocumentError, match="refers to 'x'"):
        overlay(catalog_files(), {"weights.yaml": user})


def test_a_file_of_no_table_is_refused() -> None:
    with pytest.raises(CatalogError, match=r"useful\.yaml is no table"):
        overlay(catalog_files(), {"useful.yaml": b""})


def test_every_row_has_a_place() -> None:
    assert set(catalog().places) == {
        (table, row) for table in (*TABLES, *VIEWS) for row in catalog().table(table)
    }
