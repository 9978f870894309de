"""A compiled graph for people and programs: its content with labels, sources and places.

The digest is that of the content alone (``AttackGraph.digest``), so that a dump of the same
estate from another folder has the same digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.attackgraph.model import AttackGraph
    from counterseal.canon import Json

__all__ = ["FORMAT", "dump"]

FORMAT = "counterseal-compiled-graph/1"


def dump(graph: AttackGraph) -> dict[str, Json]:
    """Return the graph as JSON: ``AttackGraph.as_json`` and where everything comes from.

    Keys beside those of the content are ``format``, ``digest`` and ``provenance``: the label
    and place of each step, the label of each cause, and the label, source, element, place and
    best value of each parameter, by id.
    """
    return {
        "format": FORMAT,
        "digest": graph.digest,
        **graph.as_json(),
        "provenance": {
            "steps": {
                step.id: _without_empty({"label": step.label, "place": _text(step.place)})
                for step in graph.steps
            },
            "causes": {cause.id: {"label": cause.label} for cause in graph.causes.values()},
            "parameters": {
                parameter.id: _without_empty(
                    {
                        "label": parameter.label,
                        "source": parameter.source,
                        "element": parameter.element,
                        "place": _text(parameter.place),
                        "better": parameter.better,
                    }
                )
                for parameter in graph.parameters.values()
            },
        },
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _without_empty(row: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in row.items() if value not in {"", None}}
