"""Keys by which holdings can be joined."""

from __future__ import annotations

import pytest

from counterseal.catalog import keys
from counterseal.catalog.catalog import overlay
from counterseal.documents import tree
from counterseal.errors import InvalidDocumentError
from counterseal.testing.catalogs import catalog, catalog_files

ROW = """
keys:
  - id: a-key
    name: a key
    left: [name]
    found: {value: 0.9, low: 0.8, high: 0.95}
    false-match: {value: 1.0e-9}
    citations: [somebody]
"""


def test_the_other_side_needs_the_same_where_nothing_else_is_said() -> None:
    [row] = keys.parse(tree.parse(ROW.encode(), file="keys.yaml")).values()
    assert row.other == row.left == ("name",)
    text = ROW.replace("left: [name]", "left: [name]\n    right: [birth-date]")
    [row] = keys.parse(tree.parse(text.encode(), file="keys.yaml")).values()
    assert row.other == ("birth-date",)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("value: 0.9, low: 0.8, high: 0.95", "value: 1.2", "found lies outside"),
        ("value: 1.0e-9", "value: -0.1", "false-match lies outside"),
        ("    citations", "    shared: {value: 0.5}\n    citations", "shared is below 1"),
    ],
)
def test_what_is_no_share_is_refused_with_its_place(old: str, new: str, expected: str) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        keys.parse(tree.parse(ROW.replace(old, new).encode(), file="keys.yaml"))
    [fault] = caught.value.faults
    assert expected in fault.message
    assert fault.place is not None
    assert fault.place.file == "keys.yaml"


def test_a_key_of_no_known_attribute_is_refused() -> None:
    text = ROW.replace("[name]", "[nonsense]")
    with pytest.raises(InvalidDocumentError, match="nonsense"):
        overlay(catalog_files(), {"keys.yaml": text.encode()})


def test_the_digest_does_not_depend_on_keys_for_no_verdict_does() -> None:
    other = overlay(catalog_files(), {"keys.yaml": ROW.encode()})
    assert other.digest == catalog().digest
    assert "a-key" in other.keys


def test_every_key_is_of_data_that_can_be_compared_and_ranges_are_wide() -> None:
    """An elicited chance has a range of its own."""
    for row in catalog().keys.values():
        assert row.found.low is not None
        assert row.found.high is not None
        assert row.found.low < row.found.value < row.found.high
        assert row.citations
