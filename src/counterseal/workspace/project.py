"""A project on disk: ``estate/``, ``changes/``, optional ``catalog/`` and ``rules/``.

A change file names no estate: the nearest ``estate/`` upwards from it is taken. What the
program itself writes stands in ``.counterseal/`` beside the estate. Files are named by their
path from the project, so that a review says the same wherever the project stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.catalog import catalog as catalogs
from counterseal.errors import NotEvaluableError
from counterseal.estate import loading
from counterseal.policy import cards
from counterseal.review.inputs import encode_settings
from counterseal.workspace import packaged
from counterseal.workspace.files import read_bytes, read_folder

if TYPE_CHECKING:
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.policy.cards import RuleSet
    from counterseal.review.inputs import Settings

__all__ = ["Project", "find_project", "open_project"]

YAML = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Where everything of one estate stands.

    Attributes:
        root: Folder of the project.
        estate_folder: Folder of the estate's files.
    """

    root: Path
    estate_folder: Path

    @property
    def state_folder(self) -> Path:
        """Where the program keeps reviews, keys and the ledger."""
        return self.root / ".counterseal"

    def review_folder(self, change_id: str) -> Path:
        """Where the review of a change and the inputs it was made from are kept."""
        return self.state_folder / "reviews" / change_id

    def estate_files(self) -> dict[str, bytes]:
        """Read the estate's files, named ``estate/…``."""
        return _under("estate/", self.estate_folder)

    def own_catalog_files(self) -> dict[str, bytes]:
        """Read the project's own catalog rows by file name, if it has any."""
        return _optional(self.root / "catalog")

    def own_rule_files(self) -> dict[str, bytes]:
        """Read the project's own rule cards by file name, if it has any."""
        return _optional(self.root / "rules")

    def inputs(self, change: Path, settings: Settings) -> dict[str, bytes]:
        """Read everything that a review of the file ``change`` depends on, by name.

        Raises:
            NotEvaluableError: There is no such file.
        """
        if not change.exists():
            raise NotEvaluableError(
                f"there is no change file {change}", hint="check the path; changes/ holds them"
            )
        return {
            **self.estate_files(),
            f"changes/{change.name}": read_bytes(change),
            **{f"catalog/{name}": data for name, data in self.own_catalog_files().items()},
            **{f"rules/{name}": data for name, data in self.own_rule_files().items()},
            **{f"packaged/catalog/{n}": data for n, data in packaged.catalog_files().items()},
            **{f"packaged/rules/{n}": data for n, data in packaged.rule_files().items()},
            "settings.json": encode_settings(settings),
        }

    def catalog(self) -> Catalog:
        """Load the catalog: what is shipped, with the project's rows laid over it."""
        return catalogs.overlay(packaged.catalog_files(), self.own_catalog_files())

    def rules(self) -> RuleSet:
        """Load the rule cards: what is shipped, with the project's laid over it."""
        return cards.overlay(packaged.rule_files(), self.own_rule_files())

    def estate(self, catalog: Catalog) -> Estate:
        """Load the estate, with every fault at once."""
        return loading.parse(self.estate_files(), attributes=tuple(catalog.attributes))


def open_project(folder: Path) -> Project:
    """Return the project of ``folder``: the project's own folder, or its estate folder."""
    inner = folder / "estate"
    if inner.is_dir():
        return Project(root=folder, estate_folder=inner)
    return Project(root=folder.parent, estate_folder=folder)


def find_project(start: Path) -> Project:
    """Return the project whose ``estate/`` is nearest upwards from ``start``.

    Raises:
        NotEvaluableError: No folder above has an ``estate`` folder.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / "estate").is_dir():
            root = _short(folder)
            return Project(root=root, estate_folder=root / "estate")
    raise NotEvaluableError(
        f"no estate/ folder found upwards from {start}",
        hint="give it with --estate DIR, or start one with `counterseal init`",
    )


def _short(folder: Path) -> Path:
    """Return ``folder`` relative to the working folder where possible, for short messages."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _under(prefix: str, folder: Path) -> dict[str, bytes]:
    files = read_folder(folder, suffixes=YAML)
    return {
        prefix + Path(name).relative_to(folder).as_posix(): data for name, data in files.items()
    }


def _optional(folder: Path) -> dict[str, bytes]:
    return _under("", folder) if folder.is_dir() else {}
