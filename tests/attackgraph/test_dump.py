"""A dump says of everything in a graph what it is called and where it comes from."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.dump import FORMAT, dump
from counterseal.canon import canonical
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate


def _dumped(estate: Estate) -> dict[str, object]:
    graph = compile_graph(estate, catalog().adversaries["cyber-espionage"], catalog())
    content: dict[str, object] = json.loads(canonical(dump(graph)))
    return content


def test_a_dump_has_a_format_and_the_digest_of_the_graph(busy: Estate) -> None:
    graph = compile_graph(busy, catalog().adversaries["cyber-espionage"], catalog())
    content = dump(graph)
    assert (content["format"], content["digest"]) == (FORMAT, graph.digest)


def test_every_step_cause_and_parameter_has_its_provenance(busy: Estate) -> None:
    content = dump(compile_graph(busy, catalog().adversaries["cyber-espionage"], catalog()))
    provenance = content["provenance"]
    assert isinstance(provenance, dict)
    for table in ("steps", "causes", "parameters"):
        rows = content[table]
        assert isinstance(rows, list)
        assert set(provenance[table]) == {row["id"] for row in rows}
        assert all(entry["label"] for entry in provenance[table].values())


def test_a_step_says_where_its_element_was_written(busy: Estate) -> None:
    text = json.dumps(_dumped(busy))
    assert '"portal#control": {"label": "control the system: portal", "place": "estate' in text


def test_places_are_no_part_of_the_digest(busy: Estate) -> None:
    elsewhere = _dumped(replace(busy, places={}))
    assert elsewhere["digest"] == _dumped(busy)["digest"]
    assert elsewhere["provenance"] != _dumped(busy)["provenance"]
