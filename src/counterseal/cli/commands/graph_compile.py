"""Write the attack graph of an estate as one adversary sees it, with full provenance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.parser import suggestion
from counterseal.cli.sources import know_project
from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console

__all__ = ["chosen_adversary", "configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("estate", metavar="ESTATE", help="folder of the estate or its project")
    parser.add_argument(
        "--adversary",
        default="cyber-espionage",
        metavar="ID",
        help="profile to compile for (default cyber-espionage)",
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Compile and print; the graph itself is JSON, with or without ``--json``."""
    import json  # noqa: PLC0415 - not needed for --help

    from counterseal.attackgraph.compile import compile_graph  # noqa: PLC0415 - heavy
    from counterseal.attackgraph.dump import dump  # noqa: PLC0415 - heavy
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    estate = project.estate(catalog)
    graph = compile_graph(estate, chosen_adversary(catalog, args.adversary), catalog)
    document = {**dump(graph), "schema": "counterseal-compiled-graph/1"}
    if console.is_json:
        console.document(document)
    else:
        console.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return console.conclude(
        Exit.OK, f"{len(graph.steps)} steps, {len(graph.parameters)} parameters"
    )


def chosen_adversary(catalog: Catalog, name: str) -> Adversary:
    """Return a profile by id.

    Raises:
        UsageError: There is none of that id.
    """
    if name in catalog.adversaries:
        return catalog.adversaries[name]
    known = ", ".join(catalog.adversaries)
    hint = suggestion(name, catalog.adversaries)
    raise UsageError(f"there is no adversary {name!r}", hint=hint or f"there are: {known}")
