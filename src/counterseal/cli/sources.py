"""Tell the console which files a project has, so that faults show their source line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from counterseal.errors import CountersealError
from counterseal.workspace.files import read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from counterseal.cli.console import Console
    from counterseal.workspace.project import Project

__all__ = ["folder_files", "know_project"]

_SUFFIXES: Final = (".yaml", ".yml", ".json")


def know_project(console: Console, project: Project) -> None:
    """Remember the files of ``project``; what cannot be read is passed over here."""
    folders = {
        "estate/": project.estate_folder,
        "changes/": project.root / "changes",
        "catalog/": project.root / "catalog",
        "rules/": project.root / "rules",
    }
    for start, folder in folders.items():
        console.know(folder_files(folder, start), paths={start: _shown(folder)})


def folder_files(folder: Path, start: str) -> dict[str, bytes]:
    """Return the files below ``folder`` by path from it, with ``start`` before each name."""
    try:
        files = read_folder(folder, suffixes=_SUFFIXES)
    except CountersealError:  # said by whoever needs the folder
        return {}
    cut = len(folder.as_posix()) + 1 if folder.as_posix() != "." else 0
    return {start + name[cut:]: data for name, data in files.items()}


def _shown(folder: Path) -> str:
    return "" if folder.as_posix() == "." else f"{folder.as_posix()}/"
