"""Bare graphs are read, written back the same, and refused with place, cause and fix."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from counterseal.attackgraph.interchange import FORMAT, BareGraph, dump, parse
from counterseal.attackgraph.model import Family, LocalTime, Power, StepKind
from counterseal.errors import GraphError, InvalidDocumentError
from counterseal.testing.graphs import graph, step

if TYPE_CHECKING:
    from counterseal.canon import Json

EXAMPLE = {
    "format": FORMAT,
    "causes": [{"id": "link-3", "probability": 0.9}],
    "steps": [
        {
            "id": "a",
            "kind": "or",
            "parents": [],
            "entry": True,
            "time_days": {"family": "point", "value": 0},
        },
        {
            "id": "c",
            "kind": "or",
            "parents": ["a", "b"],
            "time_days": {"family": "weibull", "shape": 0.7, "scale": 1e-3, "success": 0.5},
        },
        {
            "id": "b",
            "kind": "and",
            "parents": ["a", "c"],
            "requires": ["link-3"],
            "time_days": {"family": "lognormal", "median": 4.0, "sigma": 1.1},
        },
    ],
    "targets": ["b"],
    "horizon_days": 365,
}


def read(**changes: Json) -> BareGraph:
    return parse(json.dumps({**EXAMPLE, **changes}, indent=1).encode(), file="bare.json")


def test_the_documented_example_is_read() -> None:
    bare = read()
    assert [s.id for s in bare.graph.steps] == ["a", "b", "c"]
    a, b, c = bare.graph.steps
    assert a.entry
    assert a.time.zero
    assert b.kind is StepKind.AND
    assert b.requires == ("link-3",)
    assert b.time == LocalTime(
        family=Family.LOGNORMAL, scale=(Power(base=4.0),), shape=(Power(base=1.1),)
    )
    assert c.success == (Power(base=0.5),)
    assert c.time.scale == (Power(base=1e-3),)
    assert bare.graph.causes["link-3"].probability == (Power(base=0.9),)
    assert bare.targets == ("b",)
    assert bare.graph.horizon_days == 365.0


@pytest.mark.parametrize(
    "time",
    [
        {"family": "point", "value": 2.5},
        {"family": "exponential", "mean": 3.0},
        {"family": "weibull", "shape": 0.5, "scale": 9.0},
        {"family": "gamma", "shape": 1.0, "scale": 1.0},
        {"family": "lognormal", "median": 4.0, "sigma": 1.1, "success": 0.25},
    ],
    ids=lambda time: str(time["family"]),
)
def test_what_is_written_reads_back_the_same(time: dict[str, Json]) -> None:
    bare = read(steps=[{"id": "b", "kind": "or", "entry": True, "time_days": time}])
    again = parse(json.dumps(dump(bare)).encode(), file="again.json")
    assert again == bare
    assert dump(again) == dump(bare)


def faults(**changes: Json) -> str:
    with pytest.raises(InvalidDocumentError) as caught:
        read(**changes)
    for fault in caught.value.faults:
        assert fault.place is not None
        assert fault.place.file == "bare.json"
    return str(caught.value)


def one(**changes: Json) -> list[Json]:
    return [{"id": "b", "kind": "or", "entry": True, **changes}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "other/1"}, "counterseal-attack-graph/1"),
        ({"steps": one(kind="xor")}, "expected"),
        ({"steps": one(parents=["bb"])}, "there is no step 'bb'"),
        ({"steps": one(requires=["link-4"])}, "there is no cause 'link-4'"),
        ({"steps": one() + one()}, "'b' is used twice among the steps; first at bare.json:"),
        ({"steps": one(entry=False)}, "no step is an entry"),
        ({"steps": one(kind="and", entry=False)}, "and-step 'b' has no parents"),
        ({"steps": []}, "at least"),
        ({"steps": one(times={})}, "unknown key 'times'"),
        ({"targets": ["z"]}, "there is no step 'z'"),
        ({"targets": []}, "at least"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"causes": [{"id": "link-3", "probability": 1.2}]}, "probability"),
        ({"causes": [{"id": "x", "probability": 1}] * 2}, "used twice among the causes"),
        ({"steps": one(time_days={"family": "pareto", "alpha": 1})}, "lognormal"),
        ({"steps": one(time_days={"family": "exponential"})}, "exponential takes 'mean'"),
        ({"steps": one(time_days={"family": "point", "value": -1})}, "at least 0"),
        (
            {"steps": one(time_days={"family": "gamma", "shape": 1, "scale": 2, "mean": 2})},
            "gamma takes 'shape' and 'scale'",
        ),
        (
            {"steps": one(time_days={"family": "point", "value": 1, "success": 1.5})},
            "success",
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_wrong_document_is_refused_with_place_and_cause(
    changes: dict[str, Json], words: str
) -> None:
    assert words in faults(**changes)


def test_all_wrong_names_are_reported_together_in_order_of_place() -> None:
    text = faults(steps=one(parents=["x", "y"], requires=["z"]), targets=["w"])
    wrong = ["'x'", "'y'", "'z'", "'w'"]
    assert [text.index(name) for name in wrong] == sorted(text.index(name) for name in wrong)


def test_a_likely_name_is_suggested() -> None:
    assert "link-3" in faults(steps=one(requires=["link3"]))


def test_text_that_is_no_document_is_refused() -> None:
    with pytest.raises(InvalidDocumentError):
        parse(b'{"format": ', file="bare.json")


@pytest.mark.parametrize(
    "made",
    [
        graph([step("v", entry=True, unseen=0.5)]),
        graph([step("v", entry=True, time=LocalTime(family=Family.POINT, latent="skill"))]),
    ],
    ids=["detection", "latent factor"],
)
def test_what_the_format_cannot_say_is_not_written(made: object) -> None:
    bare = BareGraph(graph=made, targets=("v",))  # type: ignore[arg-type]
    with pytest.raises(GraphError, match="no detection and no latent factors"):
        dump(bare)


def test_a_product_of_parameters_is_not_written() -> None:
    time = LocalTime(family=Family.POINT, scale=(Power(base="p"),))
    with pytest.raises(GraphError, match="constants only"):
        dump(BareGraph(graph=graph([step("v", entry=True, time=time)]), targets=("v",)))
