"""Compiling an estate into an attack graph, against mal-toolbox on a model of the same shape.

mal-toolbox (Apache-2.0, of the authors of the Meta Attack Language) ships no language, so one
is written here, ``estate.mal``: systems, links, grants and holdings with about as many steps as
our rules give each, and a defence for each control or fact that ours hold as a parameter.
"""

from __future__ import annotations

import argparse
import importlib
import os
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from measuring import Goal, Memory, Section, in_child, note, number, size

from counterseal.attackgraph.compile import compile_graph
from counterseal.estate.generator import generate
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

__all__ = ["measured"]

LANGUAGE = Path(__file__).with_name("estate.mal")
SIZES = (200, 2_000)
LINKS_EACH = 10
ADVERSARY = "cyber-espionage"
NOTE = """\
A generated estate, ten links a system, compiled for one adversary, the parsed estate given;
mal-toolbox gets an asset for every system, link, grant and holding of it, joined in the same
way, and makes its attack graph from the finished model. It ships no language, so it gets one
with about as many steps for each, and a defence where ours has a control or a fact as a
parameter (`benchmarks/estate.mal`: 33 a system, one a link, four a grant); `steps` are without
those. Organisations, zones, contracts, knowledge and 2,454 controls, which ours compiles too,
are left out of its model, and count as no objects of ours. Processor time, one process each;
`bytes` is what the finished graph holds."""


class Compiled(NamedTuple):
    """One compilation."""

    objects: int
    steps: int
    edges: int
    seconds: float
    held: int


def _objects(estate: Estate) -> int:
    return sum(
        len(rows) for rows in (estate.systems, estate.links, estate.grants, estate.holdings)
    )


def _ours(systems: int) -> Compiled:
    known = catalog()
    adversary = known.adversaries[ADVERSARY]
    compile_graph(generate(2, systems=20, links=100), adversary, known)
    estate = generate(1, systems=systems, links=systems * LINKS_EACH)
    memory = Memory()
    start = time.process_time()
    graph = compile_graph(estate, adversary, known)
    seconds = time.process_time() - start
    columns = graph.columns
    assert columns is not None
    return Compiled(
        objects=_objects(estate),
        steps=len(columns.names),
        edges=columns.parent.size,
        seconds=seconds,
        held=memory.held,
    )


def _theirs(systems: int) -> Compiled:
    estate = generate(1, systems=systems, links=systems * LINKS_EACH)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # mal-toolbox writes a log where it is imported
        language = importlib.import_module("maltoolbox.language").LanguageGraph
        attackgraph = importlib.import_module("maltoolbox.attackgraph").AttackGraph
        spoken = language.from_mal_spec(str(LANGUAGE))
        model = _model(spoken, estate)
        memory = Memory()
        start = time.process_time()
        graph = attackgraph(spoken, model)
        seconds = time.process_time() - start
        held = memory.held
        os.chdir("/")
    return Compiled(
        objects=len(model.assets),
        steps=sum(node.type in {"or", "and"} for node in graph.nodes.values()),
        edges=sum(len(node.children) for node in graph.nodes.values()),
        seconds=seconds,
        held=held,
    )


def _model(spoken: Any, estate: Estate) -> Any:  # noqa: ANN401 - a package without its types here
    """Return the estate as a model of the language."""
    model = importlib.import_module("maltoolbox.model").Model("estate", spoken)
    systems = {name: model.add_asset("System", name) for name in estate.systems}
    for name, link in estate.links.items():
        asset = model.add_asset("Link", name)
        asset.add_associated_assets("origin", {systems[link.from_]})
        asset.add_associated_assets("target", {systems[link.to]})
    for name, grant in estate.grants.items():
        asset = model.add_asset("Grant", name)
        asset.add_associated_assets("system", {systems[grant.system]})
    for name, holding in estate.holdings.items():
        asset = model.add_asset("Holding", name)
        asset.add_associated_assets("place", {systems[holding.system]})
    return model


def _row(name: str, systems: int, found: Compiled) -> list[str]:
    return [
        f"{systems:,}",
        name,
        f"{found.objects:,}",
        f"{found.steps:,}",
        f"{found.edges:,}",
        f"{number(found.seconds)} s",
        f"{number(1e6 * found.seconds / found.objects)} µs",
        f"{number(1e6 * found.seconds / found.steps)} µs",
        size(found.held / found.objects),
        size(found.held / found.steps),
    ]


def measured() -> Section:
    """Return both compilers on estates of two sizes."""
    rows, goals = [], []
    for systems in SIZES:
        note(f"compiling {systems:,} systems")
        ours = in_child(_ours, systems)
        rows.append(_row("Counterseal", systems, ours))
        if find_spec("maltoolbox") is None:
            continue
        note(f"mal-toolbox, {systems:,} systems")
        theirs = in_child(_theirs, systems)
        rows.append(_row("mal-toolbox", systems, theirs))
        goals = [
            Goal(
                number="8",
                text=f"{what}, mal-toolbox / ours, {systems:,} systems",
                found=found,
                bound=bound,
                unit=" x",
            )
            for what, found, bound in (
                (
                    "compile time per object",
                    theirs.seconds / theirs.objects / (ours.seconds / ours.objects),
                    50.0,
                ),
                (
                    "bytes per object",
                    theirs.held / theirs.objects / (ours.held / ours.objects),
                    10.0,
                ),
            )
        ]
    head = ["systems", "by", "objects", "steps", "edges", "time", "per object", "per step"]
    return Section(
        title="Compiling",
        note=NOTE,
        head=[*head, "bytes per object", "bytes per step"],
        rows=rows,
        goals=goals,
    )


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    measured().show()
