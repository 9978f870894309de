"""What commands that examine an estate have in common: options, and how they ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from counterseal.cli.commands.graph_compile import chosen_adversary
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.sources import know_project

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console
    from counterseal.cli.progress import Advance
    from counterseal.workspace.project import Project

__all__ = ["Question", "chosen_adversaries", "draw_options", "estate_argument", "examined"]


class Question(Protocol):
    """A question about an estate and some adversaries, answered by a document."""

    def __call__(
        self,
        project: Project,
        catalog: Catalog,
        adversaries: Sequence[str],
        /,
        *,
        seed: int,
        outer: int,
        lanes: int,
        workers: int | None,
        advance: Advance,
    ) -> dict[str, Json]:
        """Return the document that answers."""


def estate_argument(parser: argparse.ArgumentParser) -> None:
    """Add the estate."""
    parser.add_argument("estate", metavar="ESTATE", help="folder of the estate or its project")


def draw_options(
    parser: argparse.ArgumentParser, *, draws: int, lanes: int, whose: str = "all"
) -> None:
    """Add the adversary and the numbers of draws, with their defaults."""
    parser.add_argument("--adversary", metavar="ID", help=f"one profile; default: {whose}")
    parser.add_argument(
        "--draws", type=positive, default=draws, metavar="N", help="epistemic draws"
    )
    parser.add_argument(
        "--lanes", type=positive, default=lanes, metavar="N", help="trials per draw"
    )


def chosen_adversaries(catalog: Catalog, name: str | None) -> Sequence[str]:
    """Return the profile of this id, or all where none is named.

    Raises:
        UsageError: There is no such profile.
    """
    return [chosen_adversary(catalog, name).id] if name else sorted(catalog.adversaries)


def examined(
    args: argparse.Namespace,
    console: Console,
    ask: Question,
    *,
    doing: str = "simulating",
    chosen: Callable[[Catalog, str | None], Sequence[str]] = chosen_adversaries,
) -> dict[str, Json]:
    """Ask a question of the estate that ``args`` name, with progress; print the JSON if wanted.

    Raises:
        UsageError: There is no such estate or profile.
        InvalidDocumentError: The estate or the catalog is not valid.
    """
    from counterseal.workspace.project import open_project  # noqa: PLC0415 - heavy

    project = open_project(Path(args.estate))
    know_project(console, project)
    catalog = project.catalog()
    names = chosen(catalog, args.adversary)
    with progress(console, doing) as advance:
        document = ask(
            project,
            catalog,
            names,
            seed=args.seed or 0,
            outer=args.draws,
            lanes=args.lanes,
            workers=args.workers,
            advance=advance,
        )
    console.document(document)
    return document
