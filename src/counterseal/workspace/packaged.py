"""What is shipped inside the distribution: catalog tables, rule cards, example estates."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.errors import UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["catalog_files", "example_folder", "examples", "rule_files"]


def catalog_files() -> dict[str, bytes]:
    """Return the shipped catalog tables by file name."""
    return _yaml_files(resources.files("counterseal.catalog") / "data")


def rule_files() -> dict[str, bytes]:
    """Return the shipped rule cards by file name."""
    return _yaml_files(resources.files("counterseal.policy") / "data" / "rules")


def examples() -> tuple[str, ...]:
    """Return the names of the shipped example estates, sorted."""
    return tuple(sorted(child.name for child in _examples_root().iterdir() if child.is_dir()))


def example_folder(name: str) -> Path:
    """Return the folder of a shipped example.

    Raises:
        UsageError: There is no example of that name.
    """
    if name not in examples():
        known = ", ".join(examples())
        raise UsageError(f"there is no example {name!r}", hint=f"the examples are: {known}")
    return _examples_root() / name


def _examples_root() -> Path:
    """In a wheel the examples stand in the package, in a checkout beside ``src``."""
    package = Path(str(resources.files("counterseal")))
    shipped = package / "_examples"
    return shipped if shipped.is_dir() else package.parents[1] / "examples"


def _yaml_files(folder: Traversable) -> dict[str, bytes]:
    return {
        entry.name: entry.read_bytes()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    }
