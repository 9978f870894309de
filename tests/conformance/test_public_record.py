"""Every node and flow of the compiled public record stands in the example, with its source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from counterseal.documents.evidence import Grade
from counterseal.estate import change, loading
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.estate.records import Element, Link

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared/data/reference/us-immigration-public-record.yaml"
EXAMPLE = ROOT / "examples/public-record"
GRADES = {
    "D": Grade.DOCUMENTED,
    "A": Grade.DOCUMENTED,
    "P": Grade.ELICITED,
    "R": Grade.ASSUMED,
    "I": Grade.ASSUMED,
    "C": Grade.ASSUMED,
}

pytestmark = pytest.mark.skipif(
    not REFERENCE.exists(), reason="no ../shared/data/reference beside the project"
)


@pytest.fixture(scope="module")
def reference() -> Mapping[str, list[dict[str, object]]]:
    content: Mapping[str, list[dict[str, object]]] = yaml.safe_load(REFERENCE.read_text())
    return content


@pytest.fixture(scope="module")
def elements() -> Mapping[str, Element]:
    """Return what stands in the estate or is added by one of the changes, by id."""
    files = {path.name: path.read_bytes() for path in (EXAMPLE / "estate").glob("*.yaml")}
    estate = loading.parse(files, attributes=catalog().attributes)
    found = {element.id: element for _, element in estate.elements()}
    for path in sorted((EXAMPLE / "changes").glob("*.yaml")):
        patch = change.parse(path.read_bytes(), file=path.name).patch
        found |= {element.id: element for rows in patch.add.values() for element in rows}
    return found


def _kebab(name: object) -> str:
    return str(name).replace("_", "-")


def _sources(row: Mapping[str, object]) -> Iterator[str]:
    source = row.get("source", ())
    yield from [source] if isinstance(source, str) else (str(part) for part in source)  # type: ignore[attr-defined]


def test_every_node_is_there_with_its_sources_and_status(
    reference: Mapping[str, list[dict[str, object]]], elements: Mapping[str, Element]
) -> None:
    assert len(reference["systems"]) == 47
    for node in reference["systems"]:
        element = elements[_kebab(node["id"])]
        assert element.source.endswith(f"[{node['status']}]")
        assert all(source in element.source for source in _sources(node)), element.id


def test_every_flow_is_there_between_its_ends_with_its_source_and_status(
    reference: Mapping[str, list[dict[str, object]]], elements: Mapping[str, Element]
) -> None:
    assert len(reference["flows"]) == 52
    for flow in reference["flows"]:
        ends = [_kebab(flow["from"]), _kebab(flow["to"])]
        link: Link = elements["-to-".join(ends)]  # type: ignore[assignment]
        assert sorted((link.from_, link.to)) == sorted(ends)
        assert link.source == f"{flow['source']} [{flow['status']}]"


def test_every_documented_change_is_there_with_its_source(
    reference: Mapping[str, list[dict[str, object]]],
) -> None:
    documented = {
        _kebab(row["id"]).removeprefix("chg-"): row["source"]
        for row in reference["proposed_changes"]
    }
    written = {
        path.stem: change.parse(path.read_bytes(), file=path.name).source
        for path in (EXAMPLE / "changes").glob("*.yaml")
    }
    assert written == documented


def test_a_fact_has_the_grade_of_the_status_of_its_source(
    elements: Mapping[str, Element],
) -> None:
    graded = 0
    for element in elements.values():
        dumped = element.model_dump(mode="json", by_alias=True)
        for fact in _facts(dumped):
            status = str(fact["source"]).rpartition("[")[2].removesuffix("]")
            if status in GRADES:
                assert fact["grade"] == GRADES[status]
                graded += 1
    assert graded >= 10


def _facts(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, dict):
        if "grade" in value and value.get("source"):
            yield value
        for item in value.values():
            yield from _facts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _facts(item)
